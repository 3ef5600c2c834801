"""The log's readings as files, frames and figures. Heavy libraries are imported when called."""

from __future__ import annotations

import csv
import io
import os
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from ._arguments import opened
from ._axes import stack
from ._limit import Limit
from ._overlay import draw_limits, draw_mark
from ._store import EVENT, NO_CLOCK, Rows, Store

if TYPE_CHECKING:
    import pandas
    import plotly.graph_objects


class Row(NamedTuple):
    """One reading, as files and frames give it; times are Unix milliseconds."""

    time: float
    elapsed_s: float
    channel: str
    value: float
    unit: str
    led: bool | None
    virtual: bool
    replay: bool
    boot: str | None
    arrival: float
    board_time: int | None
    mark: str | None
    """The last one before it, of `panel.mark()`."""


class Export:
    """What leaves a store.

    Args:
        store: Where the readings are.
        title: The device's ID.
        units: Each channel's unit, as people write it.
        limits: Returns the limits that are set.
    """

    def __init__(
        self,
        store: Store,
        title: str,
        units: Mapping[str, str],
        limits: Callable[[], Sequence[Limit]] = tuple,
    ) -> None:
        self._store = store
        self._title = title
        self._units = units
        self._limits = limits

    def to_dataframe(self) -> pandas.DataFrame:
        """Return the readings as a frame, in order of time."""
        types = {
            "led": "boolean",
            "virtual": "bool",
            "replay": "bool",
            "value": "float64",
            "elapsed_s": "float64",
            "mark": "string",
        }
        made = frame(self.rows(), Row._fields, ("time", "arrival", "board_time"))
        typed: pandas.DataFrame = made.astype(types)
        return typed

    def to_csv(self, path: str | os.PathLike[str] | TextIO | None) -> str | None:
        """Write the readings to a file, in order of time; times are ISO 8601 in UTC."""
        if path is None:
            text = io.StringIO(newline="")
            self.to_csv(text)
            return text.getvalue()
        with opened(path) as file:
            writer = csv.writer(file)
            writer.writerow(Row._fields)
            writer.writerows(map(_cells, self.rows()))
        return None

    def figure(self, *, elapsed: bool = False) -> plotly.graph_objects.Figure:
        """Return a figure: an axis a unit, a line a channel, a mark for each command and answer."""
        import plotly.graph_objects as go

        rows = self.rows()
        start = rows[0].time if rows else 0.0

        def axis(time: float) -> float | datetime:
            return (time - start) / 1000 if elapsed else _local(time)

        figure = go.Figure()
        channels: dict[str, list[Row]] = {channel: [] for channel in self._units}
        for row in rows:
            channels.setdefault(row.channel, []).append(row)
        channels = {channel: points for channel, points in channels.items() if points}
        units = list(dict.fromkeys(points[0].unit for points in channels.values()))
        axes = dict(zip(units, stack(figure, map(_text, units)), strict=False))
        for channel, points in channels.items():
            unit = points[0].unit
            virtual = ", virtual" if points[-1].virtual else ""
            figure.add_scatter(
                x=[axis(row.time) for row in points],
                y=[row.value for row in points],
                yaxis=axes[unit],
                mode="lines+markers" if len(points) < 200 else "lines",
                name=_text(f"{channel} ({unit})" if unit else channel) + virtual,
            )
        lowest = min((row.value for row in rows if row.unit == units[0]), default=0.0)
        events = self._events()
        marks = [(time, event) for time, event in events if event["kind"] in _MARKS]
        figure.add_scatter(
            x=[axis(time) for time, _ in marks],
            y=[lowest] * len(marks),
            mode="markers",
            marker_symbol=[_MARKS[event["kind"]] for _, event in marks],
            hovertext=[_text(_describe(event)) for _, event in marks],
            name="commands",
            visible=bool(marks),
        )
        for time, event in events:
            if event["kind"] == "mark":
                draw_mark(figure, axis(time), _text(event["text"]))
        draw_limits(figure, self._limits(), self._units, axes, _text)
        what = [word for word in ("virtual", "replay") if any(getattr(row, word) for row in rows)]
        zone = _local(start).tzname() or "local"
        figure.update_layout(
            title=_text(self._title) + (f" ({', '.join(what)})" if what else ""),
            xaxis_title="elapsed (s)" if elapsed else f"time ({zone})",
            showlegend=True,
        )
        return figure

    def rows(self) -> list[Row]:
        """Return the readings in order of time."""
        rows = sorted(self._rows(self._store.since(0)), key=lambda row: row.time)
        start = rows[0].time if rows else 0.0
        marks = sorted((time, event["text"]) for time, event in self._events() if event["kind"] == "mark")
        times: list[float] = [time for time, _ in marks]

        def mark(time: float) -> str | None:
            at = bisect_right(times, time)
            return marks[at - 1][1] if at else None

        return [row._replace(elapsed_s=(row.time - start) / 1000, mark=mark(row.time)) for row in rows]

    def _rows(self, rows: Rows) -> Iterator[Row]:
        columns = zip(rows.times, rows.values, rows.lags, rows.stamps, rows.origins, strict=True)
        for time, value, lag, stamp, number in columns:
            if number == EVENT:
                continue
            origin = rows.table[number]
            yield Row(
                time=time,
                elapsed_s=0.0,
                channel=origin.channel,
                value=value,
                unit=self._units.get(origin.channel, ""),
                led=origin.led,
                virtual=origin.virtual,
                replay=origin.replay,
                boot=origin.boot,
                arrival=time + lag,
                board_time=None if stamp == NO_CLOCK else stamp,
                mark=None,
            )

    def _events(self) -> list[tuple[float, Mapping[str, Any]]]:
        rows = self._store.since(0)
        return [(rows.times[row - rows.first], event) for row, event in rows.events]


def _cells(row: Row) -> tuple[object, ...]:
    return (
        iso(row.time),
        round(row.elapsed_s, 3),
        row.channel,
        row.value,
        plain(row.unit),
        {None: "", True: "on", False: "off"}[row.led],
        str(row.virtual).lower(),
        str(row.replay).lower(),
        plain(row.boot or ""),
        iso(row.arrival),
        iso(row.board_time),
        plain(row.mark or ""),
    )


_MARKS = {"sent": "triangle-up-open", "answered": "triangle-up", "unanswered": "x"}


def _describe(event: Mapping[str, Any]) -> str:
    if event["kind"] == "answered":
        return f"{event['command']}: answered after {event['latency']} ms"
    if event["kind"] == "unanswered":
        return f"{event['command']}: no answer after {event['after'] / 1000:g} s"
    return f"{event['command']}: sent"


def frame(rows: Sequence[object], columns: Sequence[str], moments: Sequence[str]) -> pandas.DataFrame:
    """Return rows as a frame; those of its columns that are `moments` come in ms of Unix time."""
    try:
        import pandas
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            'to_dataframe() needs pandas: run  %pip install "picopanel[pandas]"  and try again.'
        ) from None
    made: pandas.DataFrame = pandas.DataFrame(rows, columns=list(columns))
    for column in moments:
        times = pandas.to_datetime(made[column].astype("float64"), unit="ms", utc=True)
        made[column] = times.dt.round("ms")
    return made


def _local(time: float) -> datetime:
    return datetime.fromtimestamp(time / 1000).astimezone()


def iso(time: float | None) -> str:
    """Return milliseconds of Unix time as ISO 8601 in UTC; empty for None."""
    if time is None:
        return ""
    return datetime.fromtimestamp(time / 1000, timezone.utc).isoformat(timespec="milliseconds")


def plain(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _text(text: str) -> str:
    # Plotly reads a few HTML tags in its texts, and TeX; a device's words are only ever text.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("$", "&#36;")
