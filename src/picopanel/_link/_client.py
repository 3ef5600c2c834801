"""A paho client that reads many messages at once.

paho asks the system four times for each message: whether there is one, for its first byte, for its
length, for the rest. That is half of what a fast board's message costs.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import MQTTErrorCode

_PIECE = 65536


class Client(paho.Client):
    """paho's, over a `Buffered` socket (not with WebSocket, which has a buffer of its own)."""

    on_read: Callable[[Any], None] = staticmethod(lambda connection: None)
    """Called with the socket whenever all that has been read is handed on."""

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        """Hand on all that has come, in paho's thread."""
        result = super().loop_read(max_packets)
        connection = self.socket()
        while isinstance(connection, Buffered) and connection.pending() and result == paho.MQTT_ERR_SUCCESS:
            result = super().loop_read(max_packets)
            connection = self.socket()
        self.on_read(connection)
        return result

    def _create_socket(self) -> Any:  # should a later paho not call it, its messages are read one by one
        made = super()._create_socket()
        return Buffered(made) if isinstance(made, socket.socket) else made


class Buffered:
    """A socket in paho's hands, with what it has received and not handed on yet."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.fileno = connection.fileno
        self._received, self._at = b"", 0
        self._sealed = connection.pending if isinstance(connection, ssl.SSLSocket) else None

    def recv(self, size: int) -> bytes:
        """Return what has come, `size` bytes at most; raise as a socket does where nothing has."""
        at = self._at
        if at == len(self._received):
            self._received, at = self._connection.recv(_PIECE), 0
        self._at = min(at + size, len(self._received))
        return self._received[at : self._at]

    def pending(self) -> int:
        """Return how many bytes have come of which `select` knows nothing."""
        waiting = len(self._received) - self._at
        return waiting + self._sealed() if self._sealed else waiting

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)
