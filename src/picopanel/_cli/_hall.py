"""A whole class in one thread: waits for all sockets together, and looks after each board in turn."""

from __future__ import annotations

import contextlib
import selectors
import time
from collections.abc import Sequence
from typing import Any

from .._link.troubles import link_sentences
from ._desk import Desk

LOOK_EVERY = 0.04
ONE_MORE_EVERY = 0.02
"""Seconds: a class does not plug in within one moment."""

TELL_EVERY = 1.0


class Hall:
    """Keeps many boards at a broker.

    Args:
        desks: The boards.
    """

    def __init__(self, desks: Sequence[Desk]) -> None:
        self._desks = desks
        self._selector = selectors.DefaultSelector()
        self._watched: dict[Desk, Any] = {}
        self._stopped = False
        self._told = ""
        self._tell_at = 0.0

    def stop(self) -> None:
        """End `run`, from a signal handler."""
        self._stopped = True

    def run(self) -> int:
        """Be there until `stop`; return 1 if the broker will never let the class in."""
        _allow_many_sockets()
        started = look_at = time.monotonic()
        while not self._stopped:
            self._serve(max(0.0, look_at - time.monotonic()))
            now = time.monotonic()
            if now < look_at:
                continue
            look_at = now + LOOK_EVERY
            for desk in self._desks[: 1 + int((now - started) / ONE_MORE_EVERY)]:
                desk.look(now)
                self._watch(desk)
                if desk.outcome is not None and desk.outcome.phase == "refused":
                    print(" ".join(link_sentences(desk.outcome)), flush=True)
                    return 1
            self._tell(now)
        for desk in self._desks:
            desk.leave()
        print("Stopped.", flush=True)
        return 0

    def _serve(self, seconds: float) -> None:
        if not self._watched:
            time.sleep(seconds)
            return
        for key, _ in self._selector.select(seconds):
            key.data.serve()
            self._watch(key.data)  # at once: the number of a closed socket is given to the next one

    def _watch(self, desk: Desk) -> None:
        """Wait for the socket that a desk has now."""
        new, old = desk.socket, self._watched.get(desk)
        if new is old:
            return
        if old is not None:
            del self._watched[desk]
            with contextlib.suppress(KeyError, ValueError, OSError):  # it is closed already
                self._selector.unregister(old)
        if new is not None:
            self._selector.register(new, selectors.EVENT_READ, desk)
            self._watched[desk] = new

    def _tell(self, now: float) -> None:
        online = sum(desk.online for desk in self._desks)
        troubles = [
            " ".join(link_sentences(desk.outcome)) for desk in self._desks if desk.outcome is not None
        ]
        text = f"Online: {online} of {len(self._desks)}"
        if troubles and not online:
            text = min(troubles)
        if text != self._told and now >= self._tell_at:
            self._told, self._tell_at = text, now + TELL_EVERY
            print(text, flush=True)


def _allow_many_sockets() -> None:
    """A client takes three files, and many systems start a program with 1024 allowed."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
