"""What a thread waits on, whole whatever interrupt comes, and how an interrupt looks to the user."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from threading import Lock
from types import TracebackType
from typing import Any

_LOOK_AGAIN = 1.0  # seconds, by itself: an interrupt may have come between setting and telling


class Event:
    """As `threading.Event`, and no interrupt jams it.

    A KeyboardInterrupt in the midst of `threading.Event.wait` can leave that event's own lock taken,
    which is entered and left in Python; whoever sets it then, such as the loop, hangs for ever. A lock
    of C is either taken or not.
    """

    def __init__(self) -> None:
        self._set = False
        self._gate = Lock()
        self._gate.acquire()

    def is_set(self) -> bool:
        return self._set

    def set(self) -> None:
        self._set = True
        self._open()

    def clear(self) -> None:
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


class EndsAtTheUsersLine:
    """IPython shows an interrupt in this block as one of the user's line: ours would say nothing there."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, KeyboardInterrupt):
            error._render_traceback_ = partial(_rendered, error)  # type: ignore[attr-defined]


def _rendered(error: BaseException) -> list[str]:
    """For IPython: render an error as it does, without our frames and what they have called."""
    from IPython import get_ipython

    trace: TracebackType | None = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        if _is_ours(trace.tb_next):
            trace.tb_next = None
        trace = trace.tb_next
    shell: Any = get_ipython()  # type: ignore[no-untyped-call, unused-ignore]
    lines: list[str] = shell.InteractiveTB.structured_traceback(type(error), error, error.__traceback__)
    return lines


def _is_ours(trace: TracebackType) -> bool:
    package = __name__.partition(".")[0]
    return str(trace.tb_frame.f_globals.get("__name__")).partition(".")[0] == package
