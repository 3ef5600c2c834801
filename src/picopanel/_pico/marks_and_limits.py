"""What a user adds to the readings: marks and limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._device.known import TEMPERATURE
from .._device.limits import Call
from .._errors import InvalidArgument
from .._errors.arguments import nearest
from .._errors.warn import warn
from .._store.limit import Limit

if TYPE_CHECKING:
    from .._device.device import Device


class Remarks:
    """The verbs for marks and limits, once for `Pico` and for `PicoPanel`."""

    _device: Device

    def _settle(self) -> None:
        """Wait a moment for what the board says of itself."""
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

    @property
    def limits(self) -> tuple[Limit, ...]:
        """The limits that are set, one a channel."""
        return self._device.limits.all

    def limit(
        self,
        channel: str | None = None,
        *,
        low: float | None = None,
        high: float | None = None,
        margin: float = 0.0,
        call: Call | None = None,
    ) -> tuple[Limit, ...] | None:
        """Draw limits on the chart, and say so when a reading is beyond them.

        A channel has one limit: a second call replaces it, `remove_limit()` takes it away. Without
        arguments it tells which are set, as `panel.limits` does.

        Args:
            channel: What to watch; `temperature` if None.
            low: The least value, in the channel's unit, that is well; None for none.
            high: The greatest.
            margin: How far back inside a value must be before the next crossing counts: noise
                around a limit crosses it many times.
            call: Called with the `Reading` that crosses a limit outwards, once for each
                crossing, in the observers' thread: it may wait and may call verbs. An exception
                in it shows in the panel.

        Example:
            >>> panel.limit(high=30, call=lambda reading: panel.off())
            >>> panel.limits
            (Limit(channel='temperature', low=None, high=30.0, margin=0.0),)
            >>> panel.remove_limit()
        """
        if channel is None and low is None and high is None and call is None:
            return self.limits
        name = TEMPERATURE if channel is None else channel
        if not isinstance(name, str):
            raise InvalidArgument("channel must be the name of a channel.")
        if call is not None and not callable(call):
            raise InvalidArgument("call must be a function that takes a reading.")
        limit = Limit(name, low, high, margin)
        if low is None and high is None:
            warn(f"limit() needs low or high; remove_limit({name!a}) takes it away.", DeprecationWarning)
        else:
            self._expect(name)
        self._device.limits.set(limit, call)
        return None

    def remove_limit(self, channel: str | None = None) -> None:
        """Take a channel's limit away.

        Args:
            channel: Its name; all limits go if None.
        """
        names = [limit.channel for limit in self.limits]
        if channel is not None and channel not in names:
            raise InvalidArgument(f"{channel!a} has no limit. {nearest(channel, names)}".rstrip())
        for name in names if channel is None else [channel]:
            self._device.limits.set(Limit(name), None)

    def _expect(self, channel: str) -> None:
        """Warn of a channel that the board is not known to have; it may come yet."""
        if channel not in self._device.channels:
            self._settle()
        known = self._device.channels
        if known and channel not in known:
            said = f"The board has no channel {channel!a} yet, so its limit watches nothing."
            warn(f"{said} {nearest(channel, known)}")
