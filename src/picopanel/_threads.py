"""Threads, and on hosts that have none (JupyterLite) what takes their place.

There, whoever passes by does what is due: the page with each question, a verb while it waits.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from threading import Lock, Thread, current_thread, main_thread
from typing import Any

_GAP = 0.02

_LOOK_AGAIN = 1.0

_steps: list[Callable[[], object]] = []


@cache
def available() -> bool:
    """Whether this host can start threads."""
    try:
        Thread(target=_nothing, name="picopanel-trial", daemon=True).start()
    except RuntimeError:
        return False
    return True


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


def run(name: str, loop: Callable[[], object], step: Callable[[], object]) -> None:
    """Run a loop in a daemon thread; without threads, call `step` until it says False."""
    if available():
        Thread(target=loop, name=name, daemon=True).start()
    elif step not in _steps:
        _steps.append(step)


def pass_by() -> None:
    """Do what is due on a host without threads; elsewhere there is nothing to do."""
    for step in tuple(_steps):
        if step() is False:
            _steps.remove(step)


def wait(done: Event, seconds: float | None) -> bool:
    """Wait for an event, and say whether it has come."""
    if available():
        return done.wait(seconds)
    end = None if seconds is None else time.monotonic() + seconds
    pass_by()
    while not done.is_set() and (end is None or time.monotonic() < end):
        time.sleep(_GAP)
        pass_by()
    return done.is_set()


def _nothing() -> None:
    """A thread's least work."""
