"""A log's readings in order of time, column by column: what files, frames and figures are made of."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import le
from typing import Any

from .store import EVENT, Origin, Store, places

Event = tuple[float, Mapping[str, Any]]

_SILENT_AFTER = 3
"""Intervals without a reading."""

_SILENT_AT_LEAST = 1000
"""Milliseconds that are no silence, however short the interval, as in `js/src/data/history.ts`."""


@dataclass(frozen=True, slots=True)
class Readings:
    """The readings of a log in order of time, a column each, as `Rows` has them, and its events.

    Attributes:
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
    def of(cls, store: Store) -> Readings:
        """Return the readings of a log."""
        rows = store.since(0)
        columns: list[array[Any]] = [rows.times, rows.values, rows.lags, rows.stamps, rows.origins]
        runs = list(_runs(rows.origins))
        columns = [_cut(column, runs) for column in columns]
        if not all(map(le, columns[0], islice(columns[0], 1, None))):
            order = sorted(range(len(columns[0])), key=columns[0].__getitem__)
            columns = [array(it.typecode, map(it.__getitem__, order)) for it in columns]
        times, values, lags, stamps, origins = columns
        events = [(rows.times[row - rows.first], event) for row, event in rows.events]
        texts = sorted((time, event["text"]) for time, event in events if event["kind"] == "mark")
        marks = [(bisect_left(times, time), text) for time, text in texts]
        return cls(times, values, lags, stamps, origins, rows.table, events, marks)


def is_silence(gap: float, interval: float) -> bool:
    """Whether a board that measures at an interval was silent in a gap; all in milliseconds."""
    return gap > max(_SILENT_AFTER * interval, _SILENT_AT_LEAST)


def _runs(origins: array[int]) -> Iterator[slice]:
    """Yield where readings are; events are few among them, and what is cut in slices is fast."""
    first = 0
    for event in places(EVENT, origins):
        yield slice(first, event)
        first = event + 1
    yield slice(first, None)


def _cut(column: array[Any], runs: Sequence[slice]) -> array[Any]:
    cut = column[runs[0]]
    for run in runs[1:]:
        cut.extend(column[run])
    return cut
