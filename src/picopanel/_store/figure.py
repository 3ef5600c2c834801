"""The chart as a plotly figure, in the panel's own look and thinned as the panel thins."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from itertools import compress, pairwise
from typing import TYPE_CHECKING, Any

from .._errors import arguments
from . import style
from .export import Export, Readings, was_silent
from .levels import levels_of
from .marks import Event
from .store import Origin
from .zone import changes, local, span, zone_name

if TYPE_CHECKING:
    import plotly.graph_objects

_MOST_COMMANDS = 2000  # the newest are marked
_CORNERS = 4  # first, last, least and greatest of a column of readings
_WITH_DOTS = 200

_DRAWN_STEPS = ("wait", "wait until", "repeat")  # commands and marks are drawn as what they are
_HAPPENED = {"begun": "begins", "paused": "is paused", "resumed": "goes on", "aborted": "was ended"}

_WORDS_AT = {"low": "bottom left", "high": "top left", "trigger": "top right"}  # two may be at one height
_BETWEEN = 0.09  # of the height of one unit's chart, between two
_STRIP = 0.1  # of that, for the commands' marks
_MARGIN = {"l": 64, "r": 28, "t": 64, "b": 52}
_AXIS = {"gridcolor": style.GRID, "linecolor": style.GRID, "zeroline": False}
_LOOK = {
    "font": {"family": style.FONT, "size": style.FONT_SIZE, "color": style.SOFT},
    "title": {"font": {"size": 16, "color": style.INK}, "x": 0, "xref": "paper"},
    "paper_bgcolor": style.GROUND,
    "plot_bgcolor": style.GROUND,
    "colorway": style.LINES,
    "hoverlabel": {"bgcolor": style.GROUND, "bordercolor": style.GRID, "font": {"color": style.INK}},
    "legend": {"orientation": "h", "x": 1, "xanchor": "right", "y": 1.01, "yanchor": "bottom"},
    "margin": _MARGIN,
    "xaxis": _AXIS,
    "yaxis": _AXIS,
}
"""The panel's. As a template, so that a user may choose another."""

Axis = Callable[[float], Any]


def draw(
    export: Export, start: object, end: object, elapsed: bool, points: int
) -> plotly.graph_objects.Figure:
    """Return a figure: an axis a unit, a line a channel, a mark for each command and answer."""
    import plotly.graph_objects as go

    points = arguments.count("points", points, least=1)
    found, units = Readings.of(export.rows).within(*span(start, end)), export.units
    x, axis_title = _time_axis(found, arguments.flag("elapsed", elapsed))
    lines = _lines(found, units, points)
    figure = go.Figure(layout={"template": {"layout": _LOOK}})
    axes, beneath = _axes(figure, [line.unit for line in lines])
    virtual = {line.virtual for line in lines}
    for line in lines:
        drawn = list(line.points())
        colour, dash = style.line(line.nth)
        name = f"{line.channel} ({line.unit})" if line.unit else line.channel
        figure.add_scatter(
            x=[x(time) for time, _ in drawn],
            y=[value for _, value in drawn],
            yaxis=axes[line.unit],
            mode="lines+markers" if len(drawn) < _WITH_DOTS else "lines",
            line={"color": colour, "dash": dash, "width": 2},
            marker={"size": 5},
            name=_text(name) + line.said(others=len(virtual) > 1),
        )
    _draw_commands(figure, found.events, beneath, x)
    _draw_marks(figure, found.events, x)
    _draw_levels(figure, export, axes)
    title = _text(export.device_id) + _said(found, lines)
    figure.update_layout(title_text=title, xaxis_title_text=axis_title, showlegend=True)
    return figure


class Line:
    """One channel's readings in order of time, and which of them are drawn."""

    def __init__(self, found: Readings, channel: str, unit: str = "", nth: int = 0) -> None:
        self.channel, self.unit, self.nth = channel, unit, nth
        numbers = {number for number, origin in found.table.items() if origin.channel == channel}
        these = bytes(map(numbers.__contains__, found.origins))
        self.times = array("d", compress(found.times, these))
        self._values = array("d", compress(found.values, these))
        self._origins = array("H", compress(found.origins, these))
        self._table, self._silences = found.table, found.silences
        self.kept: Sequence[int] = range(len(self.times))

    @property
    def virtual(self) -> bool:
        return self._origin(-1).virtual

    def said(self, *, others: bool) -> str:
        """What is said beside its name; `others`: not all of the lines are virtual, or none."""
        said = [", virtual"] if self.virtual and others else []
        return "".join([*said, ", derived"] if self._origin(-1).derived else said)

    def thin(self, points: int) -> None:
        """Keep the first, last, least and greatest of each of some columns, as js/src/chart/thin.ts does."""
        if len(self.times) <= points:
            return
        columns = max(1, points // _CORNERS)
        first, width = self.times[0], (self.times[-1] - self.times[0]) / columns
        edges = [bisect_left(self.times, first + nth * width) for nth in range(columns)]
        self.kept = [at for cut in pairwise([*edges, len(self.times)]) for at in self._corners(*cut)]

    def points(self) -> Iterator[tuple[float, float | None]]:
        """Yield times and values; None where no line must join two readings."""
        for last, at in pairwise([-1, *self.kept]):
            if last == at - 1 >= 0 and self._breaks(last, at):
                yield self.times[last] + 1, None
            yield self.times[at], self._values[at]

    def _corners(self, first: int, end: int) -> Sequence[int]:
        if end - first <= _CORNERS:
            return range(first, end)
        values = self._values[first:end]
        extremes = (first + values.index(min(values)), first + values.index(max(values)))
        return sorted({first, end - 1, *extremes})

    def _breaks(self, last: int, at: int) -> bool:
        then, now = self.times[last], self.times[at]
        known = was_silent(self._table[self._origins[last]], self._table[self._origins[at]], now - then)
        if known is not None:
            return known
        silent = bisect_left(self._silences, then)
        return silent < len(self._silences) and self._silences[silent] <= now

    def _origin(self, at: int) -> Origin:
        return self._table[self._origins[at]]


def _lines(found: Readings, units: Mapping[str, str], points: int) -> list[Line]:
    channels = dict.fromkeys([*units, *(origin.channel for origin in found.table.values())])
    lines = [Line(found, channel, units.get(channel, ""), nth) for nth, channel in enumerate(channels)]
    lines = [line for line in lines if line.times]
    for line in lines:
        line.thin(points // len(lines))
    return lines


def _said(found: Readings, lines: Sequence[Line]) -> str:
    origins = found.table.values()
    said = [word for word in ("virtual", "replay") if any(getattr(origin, word) for origin in origins)]
    drawn = sum(len(line.kept) for line in lines)
    if drawn < len(found.times):
        said.append(f"{drawn:,} of {len(found.times):,} readings drawn")
    return f" ({', '.join(said)})" if said else ""


def _time_axis(found: Readings, elapsed: bool) -> tuple[Axis, str]:
    """Return where a time is on the axis, and the axis's title.

    One distance from UTC holds for the whole axis: by the clock on the wall the hour that comes twice
    would be drawn over itself.
    """
    first, last = (found.times[0], found.times[-1]) if found.times else (0.0, 0.0)
    if elapsed:
        return lambda time: (time - first) / 1000, "elapsed (s)"
    begin = local(first)
    title = f"time ({zone_name(begin)}{' throughout' if changes(first, last) else ''})"
    return lambda time: datetime.fromtimestamp(time / 1000, begin.tzinfo), title


def _axes(figure: Any, units: Sequence[str]) -> tuple[dict[str, str], str]:
    """Give the figure an axis a unit, one above the other, and one for the commands; return their names."""
    units = list(dict.fromkeys(units)) or [""]
    tall = 1 + style.FURTHER * (len(units) - 1)
    strip, between = _STRIP / tall, _BETWEEN / tall
    height = (1 - strip - between * (len(units) - 1)) / len(units)
    names = ["y", *(f"y{nth}" for nth in range(2, len(units) + 1))]
    beneath = f"y{len(units) + 1}"
    for nth, (name, unit) in enumerate(zip(names, units, strict=True)):
        top = 1 - nth * (height + between)
        domain = [max(strip, top - height), top]
        figure.layout[f"yaxis{name[1:]}"] = {**_AXIS, "title": {"text": _text(unit)}, "domain": domain}
    commands = {"domain": [0, strip], "range": [0, 1], "visible": False, "fixedrange": True}
    figure.update_layout(
        {f"yaxis{beneath[1:]}": commands},
        xaxis_anchor=beneath,
        height=round(style.HEIGHT * tall) + _MARGIN["t"] + _MARGIN["b"],
    )
    return dict(zip(units, names, strict=True)), beneath


def _draw_commands(figure: Any, events: Sequence[Event], axis: str, x: Axis) -> None:
    marks = [(time, event) for time, event in events if event["kind"] in style.SYMBOLS][-_MOST_COMMANDS:]
    colour = {"unanswered": style.BAD, "refused": style.BAD, "done": style.SOFT}
    symbols = [style.SYMBOLS[event["kind"]] for _, event in marks]
    colours = [colour.get(event["kind"], style.GOOD) for _, event in marks]
    figure.add_scatter(
        x=[x(time) for time, _ in marks],
        y=[0.4] * len(marks),
        yaxis=axis,
        mode="markers",
        marker={"symbol": symbols, "color": colours, "size": 9, "line": {"width": 1.5, "color": colours}},
        hoverinfo="x+text",
        hovertext=[_text(_described(event)) for _, event in marks],
        name="commands",
        showlegend=False,
        visible=bool(marks),
    )


def _described(event: Mapping[str, Any]) -> str:
    kind = event["kind"]
    if kind == "done":
        return event["text"]  # type: ignore[no-any-return]
    command = event["command"]
    if kind == "answered":
        return f"{command}: answered after {event['latency']} ms"
    if kind == "unanswered":
        return f"{command}: no answer after {event['after'] / 1000:g} s"
    return f"{command}: refused, {event['reason']}" if kind == "refused" else f"{command}: sent"


def _across(event: Mapping[str, Any]) -> str | None:
    """Return what an event has to say across the chart, as js/src/data/words.ts does; None if nothing."""
    kind = event["kind"]
    if kind == "mark":
        return str(event["text"])
    if kind == "step":
        return event["does"] if event["word"] in _DRAWN_STEPS and "." not in event["place"] else None
    if kind == "experiment":
        return f"{event['name']} {_HAPPENED.get(event['state'], event['state'])}"
    return None


def _draw_marks(figure: Any, events: Sequence[Event], x: Axis) -> None:
    marks = [(x(time), _text(text)) for time, event in events if (text := _across(event)) is not None]
    line = {"color": style.SOFT, "width": 1, "dash": "dot"}
    rule = {"type": "line", "y0": 0, "y1": 1, "yref": "paper", "line": line}
    place = {"y": 1, "yref": "paper", "showarrow": False, "xanchor": "left", "yanchor": "top"}
    figure.update_layout(
        shapes=[{**rule, "x0": at, "x1": at} for at, _ in marks],
        annotations=[{**place, "x": at, "text": text, "align": "left"} for at, text in marks],
    )


def _draw_levels(figure: Any, export: Export, axes: Mapping[str, str]) -> None:
    for channel, word, value in levels_of(export.limits, export.trigger):
        unit = export.units.get(channel, "")
        colour, dash = style.LEVELS[word]
        figure.add_hline(
            y=value,
            yref=axes.get(unit, "y"),
            line={"color": colour, "width": 1.5, "dash": dash},
            annotation={
                "text": _text(f"{channel} {word} {value:g} {unit}".rstrip()),
                "font": {"color": colour},
            },
            annotation_position=_WORDS_AT[word],
        )


def _text(text: str) -> str:
    # Plotly reads a few HTML tags in its texts, and TeX; a device's words are only ever text.
    return escape(text, quote=False).replace("$", "&#36;")
