"""The one thread that runs users' code: it may take its time, and may call verbs that wait."""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread, current_thread

from . import loop

_waiting: SimpleQueue[Callable[[], object]] = SimpleQueue()
_thread: Thread | None = None


def call(function: Callable[[], object]) -> None:
    """Have a function called, after those before it; in the loop only."""
    global _thread
    if not loop.has_thread():
        loop.post(function)
        return
    _waiting.put(function)
    if _thread is None:
        _thread = Thread(target=_run, name="picopanel-observers", daemon=True)
        _thread.start()


def is_here() -> bool:
    """Whether this is their thread, which nobody may wait for in it."""
    return current_thread() is _thread


def _run() -> None:
    while True:
        loop.safely(_waiting.get())
