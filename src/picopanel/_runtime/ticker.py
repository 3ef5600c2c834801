"""One thread that calls what has to be called now and then."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Condition, RLock

from . import threads
from .interrupts import undisturbed

_LONGEST_WAIT = 60.0
"""Seconds; no system waits for as long as one can say."""


class Ticker:
    """Calls functions at their periods, in one daemon thread that lives while there are any."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = RLock()
        self._changed = Condition(self._lock)
        self._due: dict[Callable[[], object], tuple[float, float]] = {}
        self._running = False

    @undisturbed()
    def every(self, seconds: float, call: Callable[[], object]) -> None:
        """Call a function every so many seconds, the first time after that long."""
        with self._lock:
            self._due[call] = (time.monotonic() + seconds, seconds)
            if not self._running:
                self._running = True
                threads.run(self._name, self._run, self._step)
            self._changed.notify()

    def forget(self, call: Callable[[], object]) -> None:
        """Call a function no more."""
        with self._lock:
            self._due.pop(call, None)
            self._changed.notify()

    def hurry(self, call: Callable[[], object], not_before: float = 0.0) -> None:
        """Call a function as soon as can be after a monotonic time, then at its period again."""
        with self._lock:
            due, period = self._due.get(call, (0.0, 0.0))
            if not_before < due:
                self._due[call] = (not_before, period)
                self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._due:
                    self._running = False
                    return
                wait = min(due for due, _ in self._due.values()) - time.monotonic()
                if wait > 0:
                    self._changed.wait(min(wait, _LONGEST_WAIT))
                    continue
            self._step()

    def _step(self) -> None:
        """Call what is due."""
        with self._lock:
            now = time.monotonic()
            calls = [call for call, (due, _) in self._due.items() if due <= now]
            for call in calls:
                self._due[call] = (now + self._due[call][1], self._due[call][1])
        for call in calls:
            if call in self._due:  # else it was forgotten since its turn has come
                threads.safely(call)


ticker = Ticker("picopanel-ticker")
