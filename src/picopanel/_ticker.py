"""One thread that calls what has to be called now and then."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable
from threading import Condition, Thread


class Ticker:
    """Calls functions at their periods, in one daemon thread that lives while there are any."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._changed = Condition()
        self._due: dict[Callable[[], object], tuple[float, float]] = {}
        self._thread: Thread | None = None

    def every(self, seconds: float, call: Callable[[], object]) -> None:
        """Call a function every so many seconds, the first time after that long."""
        with self._changed:
            self._due[call] = (time.monotonic() + seconds, seconds)
            if self._thread is None:
                self._thread = Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._changed.notify()

    def forget(self, call: Callable[[], object]) -> None:
        """Call a function no more."""
        with self._changed:
            self._due.pop(call, None)
            self._changed.notify()

    def hurry(self, call: Callable[[], object], not_before: float = 0.0) -> None:
        """Call a function as soon as can be after a monotonic time, then at its period again."""
        with self._changed:
            due, period = self._due.get(call, (0.0, 0.0))
            if not_before < due:
                self._due[call] = (not_before, period)
                self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._due:
                    self._thread = None
                    return
                call, (due, period) = min(self._due.items(), key=lambda item: item[1][0])
                wait = due - time.monotonic()
                if wait > 0:
                    self._changed.wait(wait)
                    continue
                self._due[call] = (time.monotonic() + period, period)
            try:
                call()
            except Exception:  # one faulty panel must not stop the others' clock
                traceback.print_exc(file=sys.__stderr__)


ticker = Ticker("picopanel-ticker")
