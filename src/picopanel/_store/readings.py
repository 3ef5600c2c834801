"""A log's readings in order of time, column by column: what files, frames and figures are made of."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from operator import le
from typing import Any

from .store import EVENT, Origin, Rows, places

Event = tuple[float, Mapping[str, Any]]


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
    def of(cls, rows: Rows) -> Readings:
        """Return the readings among a log's rows."""
        columns: list[array[Any]] = [rows.times, rows.values, rows.lags, rows.stamps, rows.origins]
        # Events are few among them, and what is cut in slices is fast.
        cuts = [-1, *places(EVENT, rows.origins), len(rows.origins)]
        runs = [slice(event + 1, following) for event, following in pairwise(cuts)]
        columns = [_joined(column, runs) for column in columns]
        if not all(map(le, columns[0], islice(columns[0], 1, None))):
            order = sorted(range(len(columns[0])), key=columns[0].__getitem__)
            columns = [array(it.typecode, map(it.__getitem__, order)) for it in columns]
        times, values, lags, stamps, origins = columns
        events = [(rows.times[row - rows.first], event) for row, event in rows.events]
        texts = sorted((time, event["text"]) for time, event in events if event["kind"] == "mark")
        marks = [(bisect_left(times, time), text) for time, text in texts]
        return cls(times, values, lags, stamps, origins, rows.table, events, marks)


def is_silence(gap: float, interval: float) -> bool:
    """Whether a board that measures at an interval was silent in a gap, in ms, as js/src/data/history.ts."""
    return gap > max(3 * interval, 1000)


def _joined(column: array[Any], runs: Sequence[slice]) -> array[Any]:
    joined = column[:0]
    for run in runs:
        joined.extend(column[run])
    return joined
