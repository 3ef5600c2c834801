"""Lets messages that come fast gather in the socket, so that they are taken in together."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any

from .._runtime.interrupts import Event
from .client import Buffered

REST = 0.035
"""Seconds, where one topic is fast. To wake up for one message costs 0.1 ms; one of many, a fifth of that."""

SHORT_REST = 0.005
"""Seconds, where many slow topics together are fast, as on a wall; several charts wait for nothing."""

_WINDOW = 0.1
_FAST = 16
"""Messages in a window: as fast as a chart is drawn, or slower, each is taken in at once."""

_UNPACED = 1.0
"""Seconds after a command: its answer is due."""


class Pace:
    """Rests the network's thread between messages that come fast.

    Example:
        >>> pace = Pace()
        >>> pace.came("bench/onboard_temp")
        >>> pace.rest
        0.0
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._hurry = Event()
        self._hurry_until = 0.0
        self._counts: dict[str, int] = {}
        self._since = clock()
        self.rest = 0.0
        """Seconds to rest when nothing more has come."""

    def hurry(self) -> None:
        """A command is sent, or the connection ends: rest no more for now. From any thread."""
        self._hurry_until = self._clock() + _UNPACED
        self._hurry.set()

    def came(self, topic: str) -> None:
        """Count a message."""
        self._counts[topic] = self._counts.get(topic, 0) + 1

    def taken(self, connection: Any, gathered: Callable[[], object]) -> None:
        """All that was read is handed on: call `gathered` and rest, unless more of what is fast has come."""
        now = self._clock()
        if now - self._since >= _WINDOW:
            self.rest = self._judge(now - self._since)
            self._since = now
            self._counts.clear()
        # What paho buffers by itself (WebSocket) cannot be looked into: it is never rested for.
        rest = self.rest if isinstance(connection, Buffered) else 0.0
        if rest and _has_more(connection):
            return
        gathered()
        if rest:
            self._hurry.clear()  # before the look, or what hurries between the two would be forgotten
            if self._clock() > self._hurry_until:
                self._hurry.wait(rest)

    def _judge(self, seconds: float) -> float:
        topics, messages = len(self._counts), sum(self._counts.values())
        if seconds > 2 * _WINDOW or messages <= _FAST:
            return 0.0
        if max(self._counts.values()) > _FAST:
            return REST
        # Boards that are heard about once in a window, though a few come twice.
        return SHORT_REST if messages < 1.5 * topics else 0.0


def _has_more(connection: Buffered) -> bool:
    if connection.fileno() < 0:  # closed
        return False
    return connection.pending() > 0 or connection.has_more()
