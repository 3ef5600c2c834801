"""What a user adds to the readings: marks and limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._limit import Limit
from .limits import Call

if TYPE_CHECKING:
    from .device import Device


class Remarks:
    """The verbs for marks and limits, once for `Pico` and for `PicoPanel`."""

    @property
    def _device(self) -> Device:
        raise NotImplementedError

    def mark(self, text: str) -> None:
        """Mark this moment on the chart, e.g. what has just been done to the board by hand.

        The readings that follow carry the mark in `to_dataframe()` and `to_csv()`, until the next.

        Args:
            text: A few words, at most 200 characters.

        Example:
            >>> panel.mark("heater on")
            >>> means = panel.to_dataframe().groupby("mark").value.mean()
        """
        self._device.mark(str(text))

    def limit(
        self,
        channel: str = "temperature",
        *,
        low: float | None = None,
        high: float | None = None,
        margin: float = 0.0,
        call: Call | None = None,
    ) -> None:
        """Draw limits on the chart, and say so when a reading is beyond them.

        A channel has one limit: a second call replaces it, and one without `low` and `high`
        removes it.

        Args:
            channel: What to watch.
            low: The least value, in the channel's unit, that is well; None for none.
            high: The greatest.
            margin: How far back inside a value must be before the next crossing counts: noise
                around a limit crosses it many times.
            call: Called with the `Reading` that crosses a limit outwards, once for each
                crossing, in the observers' thread: it may wait and may call verbs. An exception
                in it shows in the panel.

        Example:
            >>> panel.limit(high=30, call=lambda reading: panel.off())
            >>> panel.limit()
        """
        if call is not None and not callable(call):
            raise TypeError("call must be a function that takes a reading.")
        self._device.limits.set(Limit(channel, low, high, margin), call)
