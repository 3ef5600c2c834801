"""What keeps whole what the main thread shares with others, when the user interrupts it.

An interrupt raises KeyboardInterrupt anywhere in the main thread: also between two lines that belong
together, and within Python's own `Event` and `Condition`. A lock of C, such as `Lock` and `RLock`,
is either taken or not.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock, current_thread, main_thread
from typing import Any

_LOOK_AGAIN = 1.0
"""Seconds after which a wait looks by itself: an interrupt may have come between setting and telling."""


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let an interrupt of the main thread wait until what it shares with other threads is whole again.

    For what is short: never wait in it.
    """
    former = signal.getsignal(signal.SIGINT) if current_thread() is main_thread() else None
    if not callable(former):
        yield
        return
    came: list[Any] = []
    signal.signal(signal.SIGINT, lambda *signal_and_frame: came.append(signal_and_frame))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former)
        if came:
            former(*came[0])


class Event:
    """As `threading.Event`, and no interrupt jams it.

    A KeyboardInterrupt in the midst of `threading.Event.wait` can leave that event's own lock taken,
    which is entered and left in Python; whoever sets it then, such as a link's thread, hangs for ever.
    """

    def __init__(self) -> None:
        self._set = False
        self._gate = Lock()
        self._gate.acquire()

    def is_set(self) -> bool:
        """Whether it has come."""
        return self._set

    def set(self) -> None:
        """It has come: let all who wait go on."""
        self._set = True
        self._open()

    def clear(self) -> None:
        """It is to come once more."""
        self._set = False
        self._gate.acquire(blocking=False)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it has come, or for so long, and say whether it has."""
        end = float("inf") if seconds is None else time.monotonic() + seconds
        while not self.is_set() and (left := end - time.monotonic()) > 0:
            if self._gate.acquire(timeout=min(left, _LOOK_AGAIN)) and self.is_set():
                self._open()  # for whoever waits as well
        return self._set

    def _open(self) -> None:
        with suppress(RuntimeError):  # it is open
            self._gate.release()
