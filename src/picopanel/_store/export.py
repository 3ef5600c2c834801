"""A log's readings in order of time, as files and frames, column by column; heavy libraries when called."""

from __future__ import annotations

import csv
import io
import os
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cached_property, lru_cache, reduce
from itertools import chain, islice, pairwise
from operator import iadd, itemgetter, le
from typing import TYPE_CHECKING, Any, TextIO

from .._errors.arguments import file_path, library, opened
from .limit import Limit
from .marks import ROUNDED, Event, as_changed
from .store import NO_CLOCK, Origin, Rows
from .trigger import Trigger

if TYPE_CHECKING:
    import pandas
    import plotly.graph_objects

HEADER = "time,elapsed_s,channel,value,unit,led,virtual,replay,derived,boot,arrival,board_time,mark\r\n"

POINTS = 20_000  # readings that are drawn, of all channels together

OVER = ("done", "stopped", "failed", "aborted")  # what becomes of an experiment

_AT_ONCE = 8192  # rows that are written together
_SILENCES = ("unanswered", "offline", "start")  # no readings then, as in js/src/data/history.ts


@dataclass(frozen=True)
class Readings:
    """The readings of a log in order of time, a column each, as `Rows` has them, and its events.

    Attributes:
        events: Without the marks that were changed later or taken away.
        marks: Each mark's text, with the first reading that carries it.
    """

    times: array[float]
    values: array[float]
    lags: array[int]
    stamps: array[int]
    origins: array[int]
    table: Mapping[int, Origin]
    events: Sequence[Event]
    marks: Sequence[tuple[int, str]]

    @classmethod
    def of(cls, rows: Rows) -> Readings:
        """Return the readings among a log's rows."""
        columns: list[array[Any]] = [rows.times, rows.values, rows.lags, rows.stamps, rows.origins]
        runs = [slice(event + 1, following) for event, following in rows.runs()]
        columns = [reduce(iadd, map(column.__getitem__, runs), column[:0]) for column in columns]
        if not all(map(le, columns[0], islice(columns[0], 1, None))):
            order = sorted(range(len(columns[0])), key=columns[0].__getitem__)
            columns = [array(it.typecode, map(it.__getitem__, order)) for it in columns]
        times, values, lags, stamps, origins = columns
        events = as_changed(rows.timed_events())
        texts = sorted((time, event["text"]) for time, event in events if event["kind"] == "mark")
        marks = [(bisect_left(times, time - ROUNDED), text) for time, text in texts]
        return cls(times, values, lags, stamps, origins, rows.table, events, marks)

    def within(self, start: float, end: float) -> Readings:
        """Return those from one time to another, both included."""
        first, stop = bisect_left(self.times, start), bisect_right(self.times, end)
        columns: list[array[Any]] = [self.times, self.values, self.lags, self.stamps, self.origins]
        times, values, lags, stamps, origins = (column[first:stop] for column in columns)
        events = [event for event in self.events if start <= event[0] <= end]
        marks = [(max(0, row - first), text) for row, text in self.marks if row < stop]
        return Readings(times, values, lags, stamps, origins, self.table, events, marks)

    @cached_property
    def silences(self) -> list[float]:
        """The times at which a board was silent by its events, in order."""
        return sorted(time for time, event in self.events if event["kind"] in _SILENCES)


def _steps(events: Sequence[Event]) -> list[tuple[float, str | None]]:
    """Return when each step of experiments began, with its number and words; with None, when one was over."""
    found = [
        (time, f"{event['step']:g} {event['does']}" if event["kind"] == "step" else None)
        for time, event in events
        if (event["kind"] == "step" and event["word"] != "repeat")
        or (event["kind"] == "experiment" and event["state"] in OVER)
    ]
    return sorted(found, key=itemgetter(0))


def was_silent(before: Origin, after: Origin, gap: float, least: float = 0) -> bool | None:
    """Whether a board began anew or was silent between two readings, `gap` ms apart.

    None where it tells no interval; a channel may have a `least` one. `js/src/data/history.ts` does the same.
    """
    if before.boot and after.boot and before.boot != after.boot:
        return True
    if not (before.interval or after.interval):
        return None
    return gap > 1000 and gap > 3 * max(before.interval or 0, after.interval or 0, least)


@dataclass(frozen=True, slots=True)
class Export:
    """What leaves a store, as it was when its rows were taken; units are as people write them."""

    rows: Rows
    device_id: str
    units: Mapping[str, str]
    limits: Sequence[Limit] = ()
    trigger: Trigger | None = None

    def to_dataframe(self) -> pandas.DataFrame:
        pd = library("pandas", "to_dataframe()")
        import numpy

        found = Readings.of(self.rows)
        times, numbers = numpy.asarray(found.times), numpy.asarray(found.origins)

        def of_origin(what: Callable[[Origin], object], kind: Any = object) -> Any:
            each = numpy.zeros(max(found.table, default=0) + 1, kind)
            for number, origin in found.table.items():
                each[number] = what(origin)
            return each[numbers]

        mark = numpy.full(len(times), None, object)
        for first, text in found.marks:
            mark[first:] = text
        led = of_origin(lambda origin: -1 if origin.led is None else origin.led, "int8")
        columns = {
            "time": times,
            "elapsed_s": (times - times[:1]) / 1000,
            "channel": of_origin(lambda origin: origin.channel),
            "value": numpy.asarray(found.values),
            "unit": of_origin(lambda origin: self.units.get(origin.channel, "")),
            "led": pd.arrays.BooleanArray(led == 1, led == -1),
            "virtual": of_origin(lambda origin: origin.virtual, bool),
            "replay": of_origin(lambda origin: origin.replay, bool),
            "derived": of_origin(lambda origin: origin.derived, bool),
            "boot": of_origin(lambda origin: origin.boot),
            "arrival": times + numpy.asarray(found.lags),
            "board_time": numpy.asarray(found.stamps),
            "mark": pd.array(mark, dtype="string"),
        }
        if steps := _steps(found.events):
            step = numpy.full(len(times), None, object)
            for time, words in steps:
                step[bisect_left(found.times, time) :] = words
            columns["step"] = pd.array(step, dtype="string")
        return frame(columns, ("time", "arrival", "board_time"))

    def to_csv(self, path: str | os.PathLike[str] | TextIO | None) -> str | None:
        return written(chain([HEADER], self.lines()), path)

    def figure(
        self, start: object = None, end: object = None, *, elapsed: bool = False, points: int = POINTS
    ) -> plotly.graph_objects.Figure:
        from .figure import draw

        return draw(self, start, end, elapsed, points)

    def lines(self, before: str = "") -> Iterator[str]:
        """Yield the lines of a CSV, many at once, each behind the cells before it."""
        found = Readings.of(self.rows)
        cells = {number: self._cells(origin) for number, origin in found.table.items()}
        start = found.times[0] if found.times else 0.0
        cuts = [0, *(first for first, _ in found.marks), len(found.times)]
        texts = ["", *(text for _, text in found.marks)]
        for (from_, to), text in zip(pairwise(cuts), texts, strict=True):
            mark = quoted(plain(text))
            for first in range(from_, to, _AT_ONCE):
                cut = slice(first, min(to, first + _AT_ONCE))
                columns = (found.times[cut], found.values[cut], found.lags[cut], found.stamps[cut])
                yield "".join(
                    f"{before}{iso(time)},{round((time - start) / 1000, 3)!r},{channel},{value!r},{facts},"
                    f"{iso(time + lag)},{'' if stamp == NO_CLOCK else iso(stamp)},{mark}\r\n"
                    for time, value, lag, stamp, (channel, facts) in zip(
                        *columns, map(cells.__getitem__, found.origins[cut]), strict=True
                    )
                )

    def _cells(self, origin: Origin) -> tuple[str, str]:
        led = {None: "", True: "on", False: "off"}[origin.led]
        flags = [str(it).lower() for it in (origin.virtual, origin.replay, origin.derived)]
        unit = plain(self.units.get(origin.channel, ""))
        return quoted(origin.channel), quoted(unit, led, *flags, plain(origin.boot or ""))


def read_recording(path: str | os.PathLike[str]) -> pandas.DataFrame:
    """Return a recording's readings as a frame, with the columns of `PicoPanel.to_dataframe()`.

    Times are in UTC and `elapsed_s` in seconds since the first reading. All are returned, however long the
    recording is, with the newest 20,000 marks and other events; the torn last line of a crash is left out.
    The file is not changed, and may still grow.

    Args:
        path: What `PicoPanel.record()` has written, as lines or as Parquet.

    Raises:
        RecordingFailed: There is no such file, or it cannot be read.
        NotARecording: The file holds something else, or is damaged.

    Example:
        >>> with panel.record("run.jsonl"):
        ...     panel.sleep(1)
        >>> frame = picopanel.read_recording("run.jsonl")
        >>> frame.unit.unique()[0]
        '°C'
    """
    from .files import read_file

    library("pandas", "read_recording()")
    found = read_file(file_path("path", path), sys.maxsize)
    return Export(found.store.since(0), found.device_id, found.units).to_dataframe()


def frame(columns: Mapping[str, Any], moments: Sequence[str]) -> pandas.DataFrame:
    """Return columns as a frame; those that are `moments` come in ms of Unix time, or `NO_CLOCK` for none."""
    pd = library("pandas", "to_dataframe()")
    import numpy

    # The unit that pandas itself gives to times; it joins no two tables whose units differ.
    unit = pd.to_datetime(["2026-01-01"]).unit
    made = dict(columns)
    for name in moments:
        milliseconds = numpy.rint(columns[name]).astype("int64").astype("datetime64[ms]")
        made[name] = pd.DatetimeIndex(milliseconds.astype(f"datetime64[{unit}]")).tz_localize("UTC")
    return pd.DataFrame(made, copy=False)  # type: ignore[no-any-return]


def written(lines: Iterable[str], path: str | os.PathLike[str] | TextIO | None) -> str | None:
    """Write lines to a file, or one that is open; None returns them as a text."""
    text = io.StringIO(newline="")
    with opened(text if path is None else path) as file:
        file.writelines(lines)
    return text.getvalue() if path is None else None


def iso(time: float | None) -> str:
    """Return milliseconds of Unix time as ISO 8601 in UTC; empty for None."""
    if time is None:
        return ""
    second, millisecond = divmod(round(time), 1000)
    return f"{_second(second)}.{millisecond:03d}+00:00"


@lru_cache(256)
def _second(time: int) -> str:
    return datetime.fromtimestamp(time, timezone.utc).isoformat()[:19]


def plain(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def quoted(*cells: str) -> str:
    """Return cells as they stand in a line of a CSV."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(("", *cells))  # a lone empty cell it would quote
    return line.getvalue()[1:]
