"""Which samples of a board have come, when it took them, and which are missing. Pure.

A sample's time is what our clock said when the board took it: later for later ones, whichever clock is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

_MOST_BOOTS = 8
_MOST_HOLES = 63

_LATE = 1000  # ms by which a message may be read late; a larger step back is a clock that was set
_BELIEVED = 5000  # ms for which all is as late by more than that: what was held back catches up sooner
_LOOKED_BACK = 300_000  # ms in which one message comes without delay; crystals drift apart by 60 meanwhile
_WORTH = 10  # ms; less is the network's, and every step is remembered
_MOST_STEPS = 64
_ONWARD = 0.001  # ms for each of the board's where time would turn back, so that it goes on


@dataclass(frozen=True, slots=True)
class _Step:
    """How a sample after number `after` is placed; all else in ms."""

    after: int
    offset: float
    not_before: float = float("-inf")
    up: float = 0.0  # of the sample that was placed at `not_before`

    def place(self, up: float) -> float:
        return max(up + self.offset, self.not_before + max(up - self.up, 0) * _ONWARD)


@dataclass(slots=True)
class _Span:
    """The offsets that were heard from a moment on."""

    since: float
    least: float = float("inf")
    most: float = float("-inf")

    def take(self, offset: float) -> None:
        self.least, self.most = min(self.least, offset), max(self.most, offset)

    def move(self, by: float) -> None:
        self.since, self.least, self.most = self.since + by, self.least + by, self.most + by


class BoardTime:
    """Learns what has to be added to a board's `up` in one boot, from the quickest of its messages.

    No crystal is right, and any clock may be set, so that falls and rises. It moves what is placed from
    then on, and nothing that stands already: not its order either, however late a missing sample comes.
    """

    def __init__(self) -> None:
        self._steps = [_Step(-1, float("inf"))]
        self._seq, self._up = -1, -1.0
        self._lately = _Span(0.0)
        self._apart: _Span | None = None  # while everything is late by more than a message can be

    @property
    def offset(self) -> float:
        """What is added to the newest `up`, in ms: the least heard lately, infinite before the first."""
        return self._steps[-1].offset

    def heard(self, arrival: float, up: float, seq: int | None = None) -> None:
        """Learn from a message, by the `up` of its newest sample, of that number, or of when it was sent."""
        offset = arrival - up
        turned_back = seq is not None and seq > self._seq and up < self._up
        if offset < self.offset or turned_back:
            self._add(offset, arrival, arrival)
        elif offset - self.offset > _LATE:
            self._is_apart(arrival, offset)
        else:
            self._is_usual(arrival, offset)

    def clock_was_set(self, by: float) -> None:
        for span in (self._lately, self._apart):
            if span is not None:
                span.move(by)
        if self.offset < float("inf"):
            self._step(self.offset + by, self._up + self.offset + by)

    def _is_usual(self, arrival: float, offset: float) -> None:
        self._apart = None
        self._lately.take(offset)
        if arrival - self._lately.since >= _LOOKED_BACK:
            risen = self._lately.least
            if risen - self.offset >= _WORTH:
                self._step(risen, self._up + risen)
            self._lately = _Span(arrival)

    def _is_apart(self, arrival: float, offset: float) -> None:
        apart = self._apart
        if apart is not None:
            apart.take(offset)
        if apart is None or apart.most - apart.least > _LATE:  # what was held back gets quicker and quicker
            self._apart = _Span(arrival, offset, offset)
        elif arrival - apart.since >= _BELIEVED:
            self._add(apart.least, arrival, self._up + apart.least)

    def _add(self, offset: float, arrival: float, next_at: float) -> None:
        self._step(offset, next_at)
        self._lately, self._apart = _Span(arrival), None

    def _step(self, offset: float, next_at: float) -> None:
        """Place what comes from now on by another offset, and so the next sample at about `next_at`."""
        after = self._seq
        if after < 0:
            self._steps = [_Step(-1, offset)]
            return
        if self._steps[-1].after == after and len(self._steps) > 1:
            del self._steps[-1]
        newest_at = self.place(after, self._up)
        in_order = next_at >= newest_at - _LATE
        self._steps.append(_Step(after, offset, newest_at, self._up) if in_order else _Step(after, offset))
        if len(self._steps) > _MOST_STEPS:
            self._steps[:2] = [_Step(-1, self._steps[1].offset)]

    def place(self, seq: int, up: float) -> float:
        """Return the Unix time in ms at which the board took the sample of this number and `up`."""
        step = next((step for step in reversed(self._steps) if seq > step.after), self._steps[0])
        return step.place(up)

    def place_all(self, seq: int, up: float, dt: float, count: int) -> list[float]:
        """Return the Unix times of samples, the first with this number at `up`, one each `dt` ms."""
        last = seq + count - 1
        if last > self._seq:
            self._seq, self._up = last, up + (count - 1) * dt
        newest = self._steps[-1]
        if seq <= newest.after:
            return [self.place(seq + nth, up + nth * dt) for nth in range(count)]
        start = up + newest.offset
        if start == newest.place(up):  # as nearly always
            return [start + nth * dt for nth in range(count)]
        return [newest.place(up + nth * dt) for nth in range(count)]


@dataclass(slots=True)
class Boot:
    """The samples of one boot: those from number `first` to before `end` have come, but for the holes."""

    time: BoardTime = field(default_factory=BoardTime)
    first: int = 0
    end: int = 0  # the number after the newest sample; 0 before any has come
    holes: list[tuple[int, int]] = field(default_factory=list)  # what is missing, `[start, stop)` each
    told_all: bool = False  # the board has sent what it remembers of the time before `first`, or never will
    knows_time: bool = False  # it has told its `up` of the very moment; a sample may be one sent again

    def add(self, first: int, end: int) -> list[tuple[int, int]]:
        """Note samples as come, and return the ranges of those that are new."""
        if not self.end:
            self.first = self.end = first
        if first == self.end:  # the next ones, as nearly always
            self.end = end
            return [(first, end)]
        gaps = [(min(first, self.first), self.first), *self.holes, (self.end, max(end, self.end))]
        before = [(start, min(stop, first)) for start, stop in gaps]
        behind = [(max(start, end), stop) for start, stop in gaps]
        self.first, self.end = gaps[0][0], gaps[-1][1]
        self.holes = sorted(_not_empty(before + behind))[-_MOST_HOLES:]
        return _not_empty((max(start, first), min(stop, end)) for start, stop in gaps)

    @property
    def missing(self) -> int:
        """How many samples are missing."""
        return sum(stop - start for start, stop in self.holes)


def _not_empty(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(start, stop) for start, stop in ranges if start < stop]


class Samples:
    """The boots of one board, the current one last."""

    def __init__(self) -> None:
        self._boots: dict[str, Boot] = {}
        self.current: str | None = None

    def boot(self, name: str, arrival: float, up: float, seq: int | None = None) -> tuple[Boot, bool]:
        """Return a boot, heard of by its newest sample, and whether another has followed it already."""
        boot = self._boots.get(name)
        superseded = boot is not None and name != self.current
        if boot is None:
            boot = self._boots[name] = Boot()
        if len(self._boots) > _MOST_BOOTS:
            del self._boots[next(iter(self._boots))]
        if not superseded:
            self.current = name
        boot.time.heard(arrival, up, seq)
        return boot, superseded

    def answered(self, name: str, arrival: float, up: float) -> None:
        """Take the board's time from an answer, which is never an old one."""
        boot = self._boots.get(name)
        if boot is not None:
            boot.time.heard(arrival, up)
            boot.knows_time = True

    def clock_was_set(self, by: float) -> None:
        for boot in self._boots.values():
            boot.time.clock_was_set(by)

    def now(self, wall: float) -> tuple[str | None, int | None]:
        """Return the current boot and the board's `up` at a Unix time in ms, as far as they are known."""
        boot = self.get(self.current)
        up = max(0, round(wall - boot.time.offset)) if boot is not None and boot.knows_time else None
        return self.current, up

    def get(self, name: str | None) -> Boot | None:
        return self._boots.get(name or "")
