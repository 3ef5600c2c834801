"""Lets messages that come fast gather in the socket, so that they are taken in together."""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Callable
from threading import Event
from time import monotonic
from typing import Any

REST = 0.029
"""Seconds. To wake up for a single message costs paho 0.1 ms; one that waits already, a quarter of that."""

_WINDOW = 0.1
_FAST = 16
"""Messages in a window: as fast as a chart is drawn, or slower, each is taken in at once."""

_UNPACED = 1.0
"""Seconds after a command: its answer is due."""


class Pace:
    """Rests the network's thread between messages that come fast.

    Args:
        gathered: Called before each rest, and whenever nothing more has come.
    """

    def __init__(self, gathered: Callable[[], None]) -> None:
        self._gathered = gathered
        self._hurry = Event()
        self._hurry_until = 0.0
        self._window, self._count = 0.0, 0
        self.fast = False
        """Whether what comes may wait for `gathered`, which is sure to follow."""

    def hurry(self) -> None:
        """A command is sent, or the connection ends: rest no more for now. From any thread."""
        self._hurry_until = monotonic() + _UNPACED
        self._hurry.set()

    def came(self, connection: Any) -> None:
        """A message has come; to be called before it is handed on."""
        self._count += 1
        now = monotonic()
        if now - self._window >= _WINDOW:
            fast = self._count > _FAST and now - self._window < 2 * _WINDOW
            self.fast = fast and isinstance(connection, socket.socket)
            self._window, self._count = now, 0

    def taken(self, connection: Any) -> None:
        """It has been handed on: rest, if nothing more has come."""
        if not self.fast or not _is_empty(connection):
            return
        self._gathered()
        if monotonic() > self._hurry_until:
            self._hurry.clear()
            self._hurry.wait(REST)


def _is_empty(connection: socket.socket) -> bool:
    if isinstance(connection, ssl.SSLSocket):
        return not connection.pending() and not select.select([connection], [], [], 0)[0]
    try:
        connection.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    except OSError:  # paho will find it broken
        pass
    return False
