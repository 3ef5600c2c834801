"""Threads, and on hosts that have none (JupyterLite) what takes their place.

There, whoever passes by does what is due: the page with each question, a verb while it waits.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable
from functools import cache
from threading import Thread

from .interrupts import EndsAtTheUsersLine, Event

_GAP = 0.02

_steps: list[Callable[[], object]] = []


@cache
def available() -> bool:
    """Whether this host can start threads."""
    try:
        Thread(target=_nothing, name="picopanel-trial", daemon=True).start()
    except RuntimeError:
        return False
    return True


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
    with EndsAtTheUsersLine():
        if available():
            return done.wait(seconds)
        end = None if seconds is None else time.monotonic() + seconds
        pass_by()
        while not done.is_set() and (end is None or time.monotonic() < end):
            time.sleep(_GAP)
            pass_by()
        return done.is_set()


def safely(call: Callable[..., object], *arguments: object) -> None:
    """Call what belongs to one of many: if it is faulty, that is printed, and ends nothing for the others."""
    try:
        call(*arguments)
    except Exception:
        traceback.print_exc(file=sys.__stderr__)


def _nothing() -> None:
    """A thread's least work."""
