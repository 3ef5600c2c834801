"""The time, and what is to be done at a time: the two clocks of the computer, and timers in the loop."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from . import loop

_SET = 100.0  # ms between two looks from which a clock was set; less is a clock that is led along
_AT_ONCE = 0.02  # seconds; between two clocks that were not read at once lies how long that took


def _never_set() -> Callable[[], float]:
    """Return the clock that is never set, and where there is one that goes on while the computer sleeps."""
    for name in ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC_RAW"):
        with suppress(AttributeError, OSError):
            clock = partial(time.clock_gettime, getattr(time, name))
            clock()
            return clock
    return time.monotonic


_steady = _never_set()


@dataclass(frozen=True, slots=True)
class Clock:
    """The two clocks and the loop's timers; a test hands in its own."""

    monotonic: Callable[[], float] = _steady  # seconds, for waiting; never set
    unix: Callable[[], float] = lambda: time.time() * 1000  # ms of Unix time, for what is kept and shown
    later: Callable[[float, Callable[[], object]], loop.Handle] = loop.later  # seconds, and what is due then


class Timer:
    """Calls every so many seconds (None: only when it is hurried) until it is stopped; in the loop only."""

    def __init__(self, clock: Clock, seconds: float | None, call: Callable[[], object]) -> None:
        self._clock = clock
        self._seconds = seconds
        self._call = call
        self._handle: loop.Handle | None = None
        self._at = float("inf")
        self._stopped = False
        self._again()

    def hurry(self, not_before: float = 0.0) -> None:
        """Call as soon as can be after a monotonic time, then at the period again."""
        if not_before < self._at and not self._stopped:
            self._call_at(max(not_before, self._clock.monotonic()))

    def every(self, seconds: float) -> None:
        self._seconds = seconds
        self._again()

    def stop(self) -> None:
        self._stopped = True
        if self._handle is not None:
            self._handle.cancel()

    def _again(self) -> None:
        self._at = float("inf")
        if self._seconds is not None and not self._stopped:
            self._call_at(self._clock.monotonic() + self._seconds)

    def _call_at(self, at: float) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._at = at
        self._handle = self._clock.later(max(0.0, at - self._clock.monotonic()), self._due)

    def _due(self) -> None:
        self._again()
        loop.safely(self._call)


_together: dict[tuple[float, Clock], tuple[Timer, dict[Callable[[], object], None]]] = {}


def every(seconds: float, clock: Clock, call: Callable[[], object]) -> Callable[[], None]:
    """Call every so many seconds, at once with others, until what is returned is called; in the loop only.

    To wake up for each of 300 boards costs more than what there is to do for it.
    """
    key = (seconds, clock)

    def call_all() -> None:
        for each in tuple(calls):
            if each in calls:
                loop.safely(each)

    def stop() -> None:
        calls.pop(call, None)
        if not calls:
            timer.stop()
            _together.pop(key, None)

    timer, calls = _together[key] = _together.get(key) or (Timer(clock, seconds, call_all), {})
    calls[call] = None
    return stop


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
