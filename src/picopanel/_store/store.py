"""A bounded log of readings and events, with one running number for both.

`since(seq)` is the whole delivery contract: its answer depends on the log alone, so it may be
given any number of times, by anyone, in any cut, and the receiver ends with the same rows.
A row costs 30 bytes: time, value, arrival, board clock and origin.
"""

from __future__ import annotations

import pickle
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from operator import add
from tempfile import TemporaryFile
from typing import Any
from weakref import finalize

from .._errors import arguments
from .._protocol.payloads import in_unicode
from .marks import Event

EVENT = 0  # the origin number of a row that is an event
NO_CLOCK = -(2**63)  # the stamp of a reading whose board did not know the time

UNTOLD = "…"
"""The channel of rows whose channels were too many to be told apart, as only a recording that lies has."""

UNTOLD_BOOT = "untold"  # the boot of rows whose boots were; their channels keep their names

_ROWS_IN_A_BLOCK = 8192
_MOST_EVENTS = 20_000
_MOST_ORIGINS = 4096
"""About 1 MiB; a board that sleeps, and starts anew for each of its three readings, gets there."""

_MOST_UNTOLD = 512


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a reading comes from. Readings of one origin share it."""

    channel: str
    boot: str | None = None
    interval: int | None = None
    led: bool | None = None
    virtual: bool = False
    replay: bool = False  # whether it was played from a recording
    derived: bool = False  # whether it was reckoned from other readings


class _Block:
    """Rows `first` to `end - 1`: times, values, lags, stamps and origins, a column each."""

    __slots__ = ("columns", "first")

    def __init__(self, first: int) -> None:
        self.first = first
        self.columns: tuple[array[Any], ...] = tuple(map(array, "ddiqH"))

    @property
    def end(self) -> int:
        return self.first + len(self.columns[0])

    def close(self) -> None:
        """Give back what the columns had reserved for growing."""
        self.columns = tuple(column[:] for column in self.columns)


class _Away:
    """Blocks in a file, until somebody asks for them."""

    def __init__(self, blocks: Sequence[_Block]) -> None:
        self.first, self.end, self._count = blocks[0].first, blocks[-1].end, len(blocks)
        self._file = TemporaryFile()  # noqa: SIM115 - it outlives this block
        finalize(self, self._file.close)
        for block in blocks:  # one by one: a pickle holds what it has written until its end
            pickle.dump(block, self._file)

    def back(self) -> list[_Block]:
        self._file.seek(0)
        return [pickle.load(self._file) for _ in range(self._count)]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows `first` to `end - 1`; rows below `floor` are gone for good.

    Times are milliseconds of Unix time. `lags` is arrival minus time in ms; `stamps` is the
    board's own clock in Unix ms, or `NO_CLOCK`.
    """

    first: int
    end: int
    floor: int
    times: array[float]
    values: array[float]
    lags: array[int]
    stamps: array[int]
    origins: array[int]
    events: tuple[tuple[int, Mapping[str, Any]], ...]
    table: Mapping[int, Origin]

    def runs(self) -> Iterator[tuple[int, int]]:
        """Yield where an event stands, -1 at first, and where the next does: readings are between them.

        Events are few among them, and what is cut in slices is fast.
        """
        return pairwise([-1, *_places(EVENT, self.origins), len(self.origins)])

    def timed_events(self) -> list[Event]:
        """Return its events with their times."""
        return [(self.times[row - self.first], event) for row, event in self.events]

    @property
    def arrivals(self) -> array[float]:
        """When each row had come, one after the other."""
        return array("d", accumulate(map(add, self.times, self.lags), max))


class Store:
    """The log.

    Args:
        capacity: How many rows are kept at least; the oldest go first.

    Example:
        >>> store = Store()
        >>> store.append(Origin("temperature"), [1000.0], [23.4])
        >>> store.since(0).values
        array('d', [23.4])
    """

    def __init__(self, capacity: int = 1_000_000) -> None:
        self._capacity = capacity = arguments.count("capacity", capacity, least=1)
        self._block_size = min(_ROWS_IN_A_BLOCK, max(1, capacity // 8))
        self._blocks = [_Block(0)]
        self._away: _Away | None = None
        self._numbers: dict[Origin, int] = {}
        self._origins: list[Origin | None] = [None]
        self._events: dict[int, Mapping[str, Any]] = {}
        self._marks: dict[str, list[int]] = {}  # the rows of each mark's changes

    @property
    def floor(self) -> int:
        return (self._away or self._blocks[0]).first

    @property
    def end(self) -> int:
        """The number that the next row will get."""
        return (self._away or self._blocks[-1]).end

    def append(
        self,
        origin: Origin,
        times: Sequence[float],
        values: Sequence[float],
        arrivals: Sequence[float] | None = None,
        stamps: Sequence[int] | None = None,
    ) -> None:
        """Add readings of one origin; times, arrivals (as times if None) and stamps in ms of Unix time."""
        lags = map(_lag, arrivals, times) if arrivals else (0,) * len(times)
        clocks = (NO_CLOCK,) * len(times) if stamps is None else stamps
        # Made first: what no column can hold must not leave the others longer.
        origins = array("H", (self._number(origin),)) * len(times)
        self._add(origins, times, values, array("i", lags), array("q", clocks))

    def append_event(self, time: float, event: Mapping[str, Any]) -> None:
        """Add an event, a JSON object with a `kind`; time in ms of Unix time."""
        self._events[self.end] = told = in_unicode(event)
        if (name := _mark_of(told)) is not None:
            self._marks.setdefault(name, []).append(self.end)
        if len(self._events) > _MOST_EVENTS:
            self._forget(next(iter(self._events)))
        self._add((EVENT,), (time,), (0.0,), (0,), (NO_CLOCK,))

    def since(self, seq: int, limit: int | None = None) -> Rows:
        """Return the rows from number `seq` on, `limit` at the most."""
        first = min(max(seq, self.floor), self.end)
        end = self.end if limit is None else min(self.end, first + limit)
        if first < end:
            self._come_back()
        columns = _Block(first).columns
        start = bisect_right(self._blocks, first, key=lambda block: block.first) - 1
        for block in self._blocks[start:]:
            if block.first >= end:
                break
            cut = slice(max(first - block.first, 0), end - block.first)
            for column, part in zip(columns, block.columns, strict=True):
                column.extend(part[cut])
        times, values, lags, stamps, origins = columns
        rows = (first + at for at in _places(EVENT, origins))
        events = tuple((row, self._events[row]) for row in rows if row in self._events)
        table = {n: origin for n in set(origins) if (origin := self._origins[n]) is not None}
        return Rows(first, end, self.floor, times, values, lags, stamps, origins, events, table)

    def events(self, kind: str) -> list[Event]:
        """Return the events of a kind with their times, without readings."""
        return self._timed([row for row, event in self._events.items() if event["kind"] == kind])

    def changes_of(self, mark: str) -> list[Event]:
        """Return the events of one mark, with their times."""
        return self._timed(self._marks.get(mark, []))

    def extend(self, rows: Rows, *, replay: bool = False) -> None:
        """Add another log's rows; `replay` marks their origins."""
        numbers = {n: self._number(replace(origin, replay=replay)) for n, origin in rows.table.items()}
        columns = (rows.times, rows.values, rows.lags, rows.stamps)
        events = dict(rows.events)
        for event, following in rows.runs():
            if (told := events.get(rows.first + event)) is not None:
                self.append_event(rows.times[event], told)
            for first in range(event + 1, following, self._block_size):
                cut = slice(first, min(following, first + self._block_size))
                origins = array("H", map(numbers.__getitem__, rows.origins[cut]))
                self._add(origins, *(column[cut] for column in columns))

    @property
    def room(self) -> int:
        """How many rows may be added to it at once: so many are free, or a tenth of the oldest goes."""
        return max(1, self._capacity // 10, self._capacity - (self.end - self.floor))

    @property
    def derived(self) -> frozenset[str]:
        """The channels that have been derived from others."""
        return frozenset(origin.channel for origin in self._origins if origin and origin.derived)

    def withdraw(self, channel: str, *cuts: tuple[int, float]) -> None:
        """Forget derived readings of a channel.

        Their rows are nobody's then, as those of events are that are no longer kept.

        Args:
            channel: Its name.
            cuts: In order: of the rows before one, those from a time on.
        """
        self._come_back()
        mine = {n for n, it in enumerate(self._origins) if it and it.derived and it.channel == channel}
        befores = [row for row, _ in cuts]
        sinces = [float("inf"), *accumulate((since for _, since in reversed(cuts)), min)][::-1]
        for block in self._blocks:
            times, *_, origins = block.columns
            inside = befores[bisect_right(befores, block.first) : bisect_left(befores, block.end)]
            for first, end in pairwise([block.first, *inside, block.end]) if mine else ():
                since = sinces[bisect_right(befores, first)]
                cut = slice(first - block.first, end - block.first)
                rows = zip(times[cut], origins[cut], strict=True)
                origins[cut] = array("H", [EVENT if n in mine and t >= since else n for t, n in rows])

    def clear(self) -> None:
        """Forget all rows; numbers go on."""
        self._blocks, self._away = [_Block(self.end)], None
        self._events.clear()
        self._marks.clear()

    def rest(self) -> None:
        """Keep many rows in a file without a name until somebody asks for them: it seems that nobody will."""
        if self._away is None and len(self._blocks) > 1:
            with suppress(OSError):  # no room there: they stay where they are
                self._away = _Away(self._blocks)
                self._blocks = [_Block(self._away.end)]

    def _come_back(self) -> None:
        if self._away is not None:
            self._blocks, self._away = self._away.back(), None

    def _timed(self, rows: Sequence[int]) -> list[Event]:
        if rows:
            self._come_back()
        return [(self._time(row), self._events[row]) for row in rows]

    def _time(self, row: int) -> float:
        block = self._blocks[bisect_right(self._blocks, row, key=lambda block: block.first) - 1]
        return block.columns[0][row - block.first]  # type: ignore[no-any-return]

    def _number(self, origin: Origin) -> int:
        if (known := self._numbers.get(origin)) is not None:
            return known
        next_, told = len(self._origins), origin
        if next_ >= _MOST_ORIGINS:
            channel = origin.channel if next_ < _MOST_ORIGINS + _MOST_UNTOLD else UNTOLD
            boot = origin.boot and UNTOLD_BOOT
            told = Origin(channel, boot, None, None, origin.virtual, origin.replay, origin.derived)
        number = self._numbers[origin] = self._numbers.setdefault(told, next_)
        if number == next_:
            self._origins.append(told)
        return number

    def _add(self, origins: Sequence[int], *columns: Sequence[float]) -> None:
        count = len(origins)
        self._come_back()
        block = self._blocks[-1]
        if 0 < len(block.columns[0]) > self._block_size - count:
            block.close()
            block = _Block(block.end)
            self._blocks.append(block)
        for column, part in zip(block.columns, (*columns, origins), strict=True):
            column.extend(part)
        if block.end - self._blocks[0].first > self._capacity:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        before = self.floor
        while len(self._blocks) > 1 and self.end - self._blocks[1].first >= self._capacity:
            del self._blocks[0]
        if self.floor > before:
            for row in [row for row in self._events if row < self.floor]:
                self._forget(row)

    def _forget(self, event: int) -> None:
        if (name := _mark_of(self._events.pop(event))) is not None:
            self._marks[name].remove(event)
            if not self._marks[name]:
                del self._marks[name]


def _mark_of(event: Mapping[str, Any]) -> str | None:
    """Return the name of a mark; None of another event, and of a mark that has none."""
    return event.get("mark") if event["kind"] == "mark" else None


def _places(number: int, origins: array[int]) -> Iterator[int]:
    """Yield where a number stands."""
    at = -1
    for _ in range(origins.count(number)):
        at = origins.index(number, at + 1)
        yield at


def _lag(arrival: float, time: float) -> int:
    """Return how much later than its time a reading came, in ms, as 32 bits hold it (24 days)."""
    lag = round(arrival - time)
    return lag if -(2**31) <= lag < 2**31 else (2**31 - 1 if lag > 0 else -(2**31))  # of each row: no call
