"""Readings, and who follows them: loops over `readings()`, and the limits that a user has set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from .._errors import FAILS, NotConnected
from .._runtime import loop, observers
from .._runtime.waiting import Event
from .._store import Origin, Rows
from .._store.limit import Limit, Side
from .._store.zone import utc
from .known import Known

if TYPE_CHECKING:
    from .device import Device

_AT_ONCE = 1000
_LOOKED_BACK = 1000  # rows


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of one channel.

    Attributes:
        time: When it was measured, in UTC.
        channel: The channel's name, e.g. `temperature`.
        value: In `unit`.
        unit: As people write it, e.g. `°C`; empty if the board names none.
        led: Whether the LED was on; None if unknown.
        virtual: Whether a virtual board made it.
    """

    time: datetime
    channel: str
    value: float
    unit: str
    led: bool | None
    virtual: bool


Call = Callable[[Reading], object]


def _reading(known: Known, time: float, value: float, origin: Origin) -> Reading:
    unit = known.units.get(origin.channel, "")
    return Reading(utc(time), origin.channel, value, unit, origin.led, origin.virtual)


def readings(rows: Rows, channel: str | None) -> Iterator[tuple[int, float, float, Origin]]:
    """Yield those of a channel, or all: the row, when, what and whence."""
    ours = {n: origin for n, origin in rows.table.items() if channel in (None, origin.channel)}
    for row, number in enumerate(rows.origins):
        if number in ours:
            yield rows.first + row, rows.times[row], rows.values[row], ours[number]


class Follow:
    """What is measured from now on, of one channel or of all, without what comes late; in the loop only."""

    def __init__(self, device: Device, seconds: float | None, channel: str | None) -> None:
        device.check_open()
        device.catch_up()
        known = device.known
        self._device, self._channel = device, channel
        self._end = None if seconds is None else known.now + seconds
        self._seq = device.store.end
        # A recording may begin again, and its clock with it.
        self._start = float("-inf") if device.player else known.clock.unix() - known.ahead()
        self.news = Event()  # set when there may be more
        self.left = seconds  # by the board's clock, when it was last asked; for ever if None

    def take(self) -> list[Reading] | None:
        """Return what has come since the last time; None when nothing more can."""
        device, known = self._device, self._device.known
        if self.news.set not in known.listeners:
            known.listeners.append(self.news.set)
        if device.closed:
            return None
        self.left = None if self._end is None else self._end - known.now
        rows = device.store.since(max(self._seq, known.past), _AT_ONCE)
        self._seq = rows.end
        (self.news.set if rows.end < device.store.end else self.news.clear)()
        found = [
            _reading(known, time, value, origin)
            for row, time, value, origin in readings(rows, self._channel)
            if time >= self._start + known.ahead(row)
        ]
        if found or self.news.is_set():
            return found
        status = device.link_status
        if status.phase == "refused":
            said = device.diagnosis()
            raise NotConnected(f"No readings can come. {said.trouble} {said.next}")
        return None if status.ended else found

    def stop(self) -> None:
        if self.news.set in self._device.known.listeners:
            self._device.known.listeners.remove(self.news.set)


@dataclass(slots=True)
class _Watch:
    """One limit, and on which side of it the newest reading lies."""

    limit: Limit
    call: Call | None
    side: Side = "within"
    _newest: float = float("-inf")

    def crossings(self, rows: Rows, known: Known) -> list[Reading | None]:
        """Take in rows; return the reading at each change of side, or None for one back within."""
        newest, _ = known.last.get(self.limit.channel, (float("inf"), 0.0))
        self._newest = min(self._newest, newest)  # the board's clock has turned out to be earlier
        found: list[Reading | None] = []
        for _, time, value, origin in readings(rows, self.limit.channel):
            if time < self._newest:
                continue  # a late one says nothing of now
            self._newest = time
            side = self.limit.side(value, self.side)
            if side != self.side:
                self.side = side
                found.append(None if side == "within" else _reading(known, time, value, origin))
        return found


class Limits:
    """The limits of one board, one a channel."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._watches: dict[str, _Watch] = {}
        self._seq = 0
        self.hearers: list[Callable[[Reading, str], object]] = []
        """Told, in the loop, of each reading that crosses a limit outwards, and of the limit in words."""

    @property
    def all(self) -> tuple[Limit, ...]:
        return tuple(watch.limit for watch in self._watches.values())

    @property
    def beyond(self) -> tuple[str, str] | None:
        """A channel that is beyond its limit, and the words for that; None while none is."""
        for channel, watch in self._watches.items():
            if watch.side != "within":
                return channel, watch.limit.words(watch.side, self._known.units.get(channel, ""))
        return None

    def set(self, limit: Limit, call: Call | None) -> None:
        """Watch a channel from the next reading on; a limit on neither side ends that."""
        if not self._watches:
            self.pass_over()
        self._watches.pop(limit.channel, None)
        if limit.low is not None or limit.high is not None:
            self._watches[limit.channel] = _Watch(limit, call)
        self._known.changed()

    def remove(self, channels: list[str]) -> None:
        self._watches = {name: watch for name, watch in self._watches.items() if name not in channels}
        self._known.changed()

    def pass_over(self) -> None:
        """What is in the log by now is of the past: only what comes is watched."""
        self._seq = self._known.store.end

    def check(self) -> None:
        if self._seq < self._known.past:
            self._jumped()
        if not self._watches or self._seq == self._known.store.end:
            return
        rows = self._known.store.since(self._seq)
        self._seq = rows.end
        crossed = [
            (watch, reading)
            for watch in self._watches.values()
            for reading in watch.crossings(rows, self._known)
        ]
        for watch, reading in crossed:
            if reading is None:
                continue
            if watch.call is not None:
                observers.call(partial(self._call, watch.call, reading))
            words = watch.limit.words(watch.limit.side(reading.value, "within"), reading.unit)
            for hear in self.hearers:
                loop.safely(hear, reading, words)
        if crossed:
            self._known.changed()

    def _jumped(self) -> None:
        """Find out on which side of its limit each channel is where a replay has gone; nobody is called."""
        self._seq = self._known.past
        rows = self._known.store.since(self._seq - _LOOKED_BACK)
        self._watches = {name: _Watch(it.limit, it.call) for name, it in self._watches.items()}
        for watch in self._watches.values():
            watch.crossings(rows, self._known)

    def _call(self, call: Call, reading: Reading) -> None:
        """In the observers' thread."""
        try:
            if not self._known.closed:
                call(reading)
        except FAILS as error:
            name = getattr(call, "__name__", type(call).__name__)
            self._known.blame(f"Your limit's function {name!r}", error)
