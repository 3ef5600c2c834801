"""The computer's two clocks: one that is never set, for waiting, and one that people read."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

_SET = 100.0
"""Milliseconds between two looks from which a clock was set; less is a clock that is led along."""

_AT_ONCE = 0.02
"""Seconds; between two clocks that were not read at once lies how long that took."""


def _never_set() -> Callable[[], float]:
    """Return the clock that is never set and goes on while the computer sleeps, where there is one.

    Python's own stands still meanwhile on Linux and macOS.
    """
    for name in ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC_RAW"):
        number = getattr(time, name, None)
        try:
            if number is not None and time.clock_gettime(number) >= 0:
                return lambda: time.clock_gettime(number)
        except OSError:
            continue
    return time.monotonic


steady = _never_set()


@dataclass(frozen=True, slots=True)
class Clock:
    """The two clocks; a test hands in its own."""

    monotonic: Callable[[], float] = steady
    """Seconds, for waiting."""
    unix: Callable[[], float] = lambda: time.time() * 1000
    """Milliseconds of Unix time, for what is kept and shown."""


class ClockWatch:
    """Notices that the clock which people read was set: a Raspberry Pi has no other until it is online."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead: float | None = None

    def look(self) -> float:
        """Return by how many ms the clock has been set since the last look; 0 nearly always."""
        before, unix, after = self._clock.monotonic(), self._clock.unix(), self._clock.monotonic()
        if after - before > _AT_ONCE:
            return 0.0
        ahead = unix - before * 1000
        by = 0.0 if self._ahead is None else ahead - self._ahead
        self._ahead = ahead
        return by if abs(by) >= _SET else 0.0
