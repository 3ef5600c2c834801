"""Readings as they come, for a loop over `readings()`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._errors import NotConnected, PanelClosed
from .._runtime.waiting import Event
from .values import Reading

if TYPE_CHECKING:
    from .device import Device

_AT_ONCE = 1000


class Follow:
    """What a board's log brings from now on; in the loop only.

    What was measured before now, and comes late, is left out.

    Args:
        device: The board.
        seconds: For how long, by the board's clock; for ever if None.
        channel: Only readings of this one; of all if None.

    Attributes:
        news: Set when there may be more.
        left: Seconds that were left when it was last asked.

    Raises:
        PanelClosed: None can come any more.
    """

    def __init__(self, device: Device, seconds: float | None, channel: str | None) -> None:
        if device.closed:
            raise PanelClosed(device.closed)
        device.catch_up()
        known = device.known
        self._device = device
        self._channel = channel
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
        return found if found or self.news.is_set() or not self._none_follow() else None

    def stop(self) -> None:
        if self.news.set in self._device.known.listeners:
            self._device.known.listeners.remove(self.news.set)

    def _none_follow(self) -> bool:
        """Whether nothing more comes by itself: the recording is over. Say so if nothing ever can."""
        status = self._device.link_status
        if status.phase == "refused":
            said = self._device.diagnosis()
            raise NotConnected(f"No readings can come. {said.trouble} {said.next}")
        return status.ended
