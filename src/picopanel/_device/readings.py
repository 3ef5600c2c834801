"""Readings, and how they come to a loop over `readings()`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from .._errors import NotConnected
from .._runtime.waiting import Event

if TYPE_CHECKING:
    from .device import Device

_AT_ONCE = 1000


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


class Follow:
    """What a board's log brings from now on, of one channel or of all; in the loop only.

    What was measured before now, and comes late, is left out.

    Attributes:
        news: Set when there may be more.
        left: Seconds, by the board's clock, that were left when it was last asked; for ever if None.
    """

    def __init__(self, device: Device, seconds: float | None, channel: str | None) -> None:
        device.check_open()
        device.catch_up()
        known = device.known
        self._device, self._channel = device, channel
        self._end = None if seconds is None else known.now + seconds
        self._seq = device.store.end
        # A recording may begin again, and its clock with it.
        self._start = float("-inf") if device.player else known.clock.unix() - known.ahead()
        self.news = Event()
        self.left = seconds

    def take(self) -> list[Reading] | None:
        """Return what has come since the last time; None when nothing more can."""
        device, known = self._device, self._device.known
        if self.news.set not in known.listeners:
            known.listeners.append(self.news.set)
        if device.closed:
            return None
        self.left = None if self._end is None else self._end - known.now
        rows = device.store.since(self._seq, _AT_ONCE)
        self._seq = rows.end
        (self.news.set if rows.end < device.store.end else self.news.clear)()
        found = [
            known.reading(time, value, origin)
            for row, (time, value, number) in enumerate(
                zip(rows.times, rows.values, rows.origins, strict=True), rows.first
            )
            if (origin := rows.table.get(number)) is not None
            and self._channel in (None, origin.channel)
            and time >= self._start + known.ahead(row)
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
