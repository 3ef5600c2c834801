"""What is kept of a widget once its kernel is gone: `Recorded` of `js/src/contract.ts`; picture and table."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import cycle, groupby
from typing import Any, Protocol

from .._store import Rows
from .._store.export import Readings
from .._store.figure import Line
from .._store.levels import Level
from .._store.marks import Event
from .._store.style import GRID, GROUND, INK, LEVELS, LINES, SOFT
from .._store.zone import clocks, day

MOST_BYTES = 50_000
MOST_POINTS = 2000

_A_MARK = 40  # points that a mark counts as much as: of 200 characters it takes the bytes of so many

_WIDTH, _HEIGHT = 720, 240
_RIGHT, _TOP, _BOTTOM = 12, 12, 24
_ABOVE = 12  # for the words of marks
_LONGEST = 40  # characters of such words
_CHARACTER = 8  # pixels of the widest digit that a reader's font may have

Series = dict[str, tuple[list[float], list[float | None]]]
"""By channel: times in ms of Unix time, and values; None is a silence."""

Table = Iterable[Sequence[str]]


class Snapshot(Protocol):
    """What is kept of a widget, in all its forms."""

    @property
    def version(self) -> object:
        """Something that is another once there is something new to keep."""

    @property
    def recorded(self) -> dict[str, Any]: ...
    @property
    def text(self) -> str: ...
    def html(self, css_class: str = ...) -> str: ...


@dataclass(frozen=True)
class PanelSnapshot:
    state: Mapping[str, Any]
    rows: Rows
    units: Mapping[str, str]
    at: float
    marks: Sequence[Event] = ()  # in order of time
    levels: Sequence[Level] = ()

    @property
    def version(self) -> object:
        return self.rows.floor, self.rows.end, self.state["led"], self.state["closed"], *self.levels

    @cached_property
    def series(self) -> Series:
        return series(self.rows)

    @property
    def recorded(self) -> dict[str, Any]:
        """The readings, thinned, with the state they belong to; notices are for whoever is there."""
        most = MOST_POINTS
        while True:
            channels = [
                {"channel": channel, "times": times, "values": values}
                for channel, (times, values) in thinned(self.series, most).items()
            ]
            recorded = {
                "at": self.at,
                "state": {**self.state, "notices": []},
                "series": channels,
                "marks": [{"time": time, "text": it["text"]} for time, it in self.marks[-most // _A_MARK :]],
            }
            if most < 2 * max(1, len(channels)) or len(json.dumps(recorded)) <= MOST_BYTES:
                return recorded
            most //= 2

    @property
    def text(self) -> str:
        return sheet_text(self.state["id"], self.at, self._table())

    def html(self, css_class: str = "picopanel-snapshot") -> str:
        title = f"<b>{escape(self.state['id'])}</b>{', virtual' if self.state['virtual'] else ''}"
        marks = [(time, it["text"]) for time, it in self.marks[-MOST_POINTS // _A_MARK :]]
        levels = [(it.value, LEVELS[it.word][0]) for it in self.levels if it.channel in self.series]
        drawn = picture(thinned(self.series, MOST_POINTS), self.units, marks, levels)
        return sheet(title, self.at, ("channel", "last value", "time"), self._table(), css_class, drawn)

    def page(self, loader: str, bundle: bytes) -> str:
        """Return the recorded panel as one page that needs no kernel and no network."""
        facts, script = (json.dumps(it).replace("<", "\\u003c") for it in (self.recorded, loader))
        return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>{escape(self.state["id"])}</title>
<style>body {{ margin: 1rem; font-family: sans-serif }}</style>
<div id="panel">{self.html()}</div>
<script type="module">
const recorded = {facts};
const packed = Uint8Array.from(atob("{base64.b64encode(bundle).decode()}"), (letter) => letter.charCodeAt(0));
const traits = {{ _recorded: recorded, _state: recorded.state, _assets: "" }};
const model = {{
  get: (name) => traits[name],
  on() {{}}, off() {{}}, send() {{}},
  widget_manager: {{ get_model: async () => ({{ get: () => packed }}) }},
}};
const url = URL.createObjectURL(new Blob([{script}], {{ type: "text/javascript" }}));
const host = (await import(url)).default();
host.initialize({{ model }});
host.render({{ model, el: document.getElementById("panel") }});
</script>
</html>
"""

    def _table(self) -> Table:
        ends = clocks([times[-1] for times, _ in self.series.values()])
        for (channel, (_, values)), end in zip(self.series.items(), ends, strict=True):
            yield channel, f"{values[-1]:g} {self.units.get(channel, '')}".strip(), end
        yield "LED", {True: "on", False: "off", None: "unknown"}[self.state["led"]], ""


def series(rows: Rows) -> Series:
    """Return readings by channel, in order of time, with None where a board was silent."""
    readings = Readings.of(rows)
    found: Series = {}
    for channel in dict.fromkeys(origin.channel for origin in rows.table.values()):
        times, values = found[channel] = [], []
        for time, value in Line(readings, channel).points():
            times.append(round(time))
            values.append(None if value is None else float(f"{value:.7g}"))
    return found


def thinned(series: Series, most: int) -> Series:
    """Return as many points in all, with the extremes of each channel."""
    return {
        channel: ([times[n] for n in kept], [values[n] for n in kept])
        for channel, (times, values) in series.items()
        for kept in [extremes(values, most // len(series))]
    }


def extremes(values: Sequence[float | None], most: int) -> list[int]:
    """Return which of the values to keep, `most` at the most: minima, maxima, silences, both ends."""
    count = len(values)
    if count <= most:
        return list(range(count))
    kept, parts = {0, count - 1}, max(1, (most - 2) // 3)
    for part in range(parts):
        bucket = range(part * count // parts, (part + 1) * count // parts)
        known = {n: value for n in bucket if (value := values[n]) is not None}
        kept.update([n for n in bucket if n not in known][:1])
        if known:
            kept |= {min(known, key=known.__getitem__), max(known, key=known.__getitem__)}
    return sorted(kept)[:most]


def picture(
    series: Series,
    units: Mapping[str, str],
    marks: Sequence[tuple[float, str]] = (),
    levels: Sequence[tuple[float, str]] = (),
) -> str:
    """Return readings as SVG, with marks in order of time and levels by their colours; of none, nothing."""
    parts = {channel: _unbroken(*line) for channel, line in series.items()}
    points = [point for line in parts.values() for part in line for point in part]
    if not points:
        return ""
    all_times, all_values = zip(*points, strict=True)
    held = [*all_values, *(value for value, _ in levels)]
    first, last, low, high = min(all_times), max(all_times), min(held), max(held)
    labels = [f"{high:.4g}", f"{low:.4g}"]
    left = 16 + _CHARACTER * max(map(len, labels))
    marks = [(time, text) for time, text in marks if first <= time <= last]
    top = _TOP + (_ABOVE if marks else 0)
    wide, tall = _WIDTH - left - _RIGHT, _HEIGHT - top - _BOTTOM

    def across(time: float) -> float:
        return float(left + wide * (time - first) / ((last - first) or 1))

    def up(value: float) -> float:
        return float(top + tall * (1 - (value - low) / ((high - low) or 1)))

    def at(time: float, value: float) -> str:
        return f"{across(time):.1f},{up(value):.1f}"

    lines = "".join(
        f'<polyline fill="none" stroke="{colour}" stroke-width="1.5" '
        f'points="{" ".join(at(*point) for point in part)}"/>'
        for line, colour in zip(parts.values(), cycle(LINES), strict=False)
        for part in line
    )
    lines += "".join(
        f'<line x1="{left}" x2="{left + wide}" y1="{up(value):.1f}" y2="{up(value):.1f}" '
        f'stroke="{colour}" stroke-dasharray="8 4"/>'
        for value, colour in levels
    )
    begin, end = clocks((first, last))
    label = ", ".join(f"{each} in {units[each]}" if units.get(each) else each for each in series)
    right, foot = _WIDTH - _RIGHT, _HEIGHT - 6
    # A ground of its own, so that it is readable on any page, and no wider than its place.
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="100%" '
        f'style="max-width: {_WIDTH}px; display: block" '
        f'role="img" aria-label="{escape(label)}" font-family="sans-serif" font-size="12" fill="{SOFT}">'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" rx="6" fill="{GROUND}"/>'
        f'<rect x="{left}" y="{top}" width="{wide}" height="{tall}" fill="none" stroke="{GRID}"/>{lines}'
        f"{_mark_lines([(across(time), text) for time, text in marks], top, tall, left)}"
        f'<text x="{left - 6}" y="{top + 10}" text-anchor="end">{labels[0]}</text>'
        f'<text x="{left - 6}" y="{top + tall}" text-anchor="end">{labels[1]}</text>'
        f'<text x="{left}" y="{foot}">{begin}</text>'
        f'<text x="{right}" y="{foot}" text-anchor="end">{end}</text></svg>'
    )


def _mark_lines(marks: Sequence[tuple[float, str]], top: int, tall: int, left: float) -> str:
    """Return a line for each mark at its pixel, and above the words of the newest that have room."""
    drawn, free = [], float(_WIDTH)
    look = f'stroke="{SOFT}" stroke-dasharray="2 3"'
    for x, text in reversed(marks):
        drawn.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{top + tall}" {look}/>')
        words = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
        width = _CHARACTER * len(words)
        begin, anchor = (x, "start") if x + width <= free else (x - width, "end")
        if left <= begin and begin + width <= free:
            place = f'x="{x:.1f}" y="{top - 4}" text-anchor="{anchor}"'
            drawn.append(f'<text {place} fill="{INK}">{escape(words)}</text>')
            free = begin
        free = min(free, x)
    return "".join(drawn)


def _unbroken(times: list[float], values: list[float | None]) -> list[list[Any]]:
    parts = groupby(zip(times, values, strict=True), lambda point: point[1] is not None)
    return [list(part) for known, part in parts if known]


def sheet(
    title: str, at: float, heads: Iterable[str], rows: Table, css_class: str, above_table: str = ""
) -> str:
    """Return a table as HTML, under a title that is HTML and says when it was."""
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<div class="{css_class}" dir="ltr"><p>{title}, recorded {day(at)}</p>{above_table}'
        f"<table><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr>{body}</table></div>"
    )


def sheet_text(title: str, at: float, rows: Table) -> str:
    lines = ("  ".join(filter(None, row)) for row in rows)
    return "\n".join([f"{title}, recorded {day(at)}", *lines])
