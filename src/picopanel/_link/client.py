"""A paho client that reads many messages at once, and tells what the broker really said.

paho asks the system four times for each message: whether there is one, for its first byte, for its
length, for the rest. That is half of what a fast board's message costs.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from .._broker import Broker
from .reasons import FAILURE

LARGEST = 1 << 20
"""Bytes of a message; every payload of the protocol is far below."""

_PIECE = 65536
_LATER = (ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Client(paho.Client):
    """paho's, over a `Buffered` socket (not with WebSocket, which has a buffer of its own)."""

    on_read: Callable[[Any], None] = staticmethod(lambda connection: None)
    """Called with the socket whenever all that has been read is handed on."""

    broker: Broker
    """Where it goes."""

    accepted = False
    """Whether the broker has let us in."""
    code: int | None = None
    """The reason code with which it refused, or ended the connection: paho renames or drops some."""

    @property
    def began(self) -> bytes:
        """The first bytes that came, if the transport tells them."""
        return self._first.began if self._first else b""

    @property
    def broken(self) -> ssl.SSLError | None:
        """What broke TLS, if that is how it ended."""
        return self._first.broken if self._first else None

    _first: Buffered | None = None

    def greet(self, host: str, port: int, keepalive: int) -> None:
        """Connect, and say how long a message may be where the broker understands that."""
        properties = None
        if self._protocol == paho.MQTTv5:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            properties.MaximumPacketSize = LARGEST
        self.connect(host, port, keepalive=keepalive, properties=properties)

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        """Hand on all that has come, in the thread of who calls."""
        result = self._read(max_packets)
        connection: Any = self.socket()
        while isinstance(connection, Buffered) and connection.pending() and result == paho.MQTT_ERR_SUCCESS:
            result = self._read(max_packets)
            connection = self.socket()
        self.on_read(connection)
        return result

    def _read(self, max_packets: int) -> MQTTErrorCode:
        result = super().loop_read(max_packets)
        # Of a message that is too long the beginning is kept: whoever it is for refuses and counts it.
        del self._in_packet["packet"][LARGEST:]
        return result

    def _handle_connack(self) -> MQTTErrorCode:
        flags_and_code = self._in_packet["packet"][:2]
        self.accepted = len(flags_and_code) == 2 and flags_and_code[1] == 0
        self.code = None if self.accepted else flags_and_code[-1]
        return super()._handle_connack()

    def _handle_pubrec(self) -> MQTTErrorCode:
        if self._in_packet["packet"][2:3] >= bytes([FAILURE]):  # paho goes on as if it had been taken
            return self._handle_pubackcomp("PUBACK")
        return super()._handle_pubrec()

    def _handle_disconnect(self) -> None:
        self.code = (self._in_packet["packet"] or b"\0")[0]
        super()._handle_disconnect()

    def _create_socket(self) -> Any:  # should a later paho not call it, its messages are read one by one
        made = super()._create_socket()
        if not isinstance(made, socket.socket):
            return made
        self._first = Buffered(made)
        return self._first


class Buffered:
    """A socket in paho's hands, with what it has received and not handed on yet."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.fileno = connection.fileno
        self.began = b""
        self.broken: ssl.SSLError | None = None
        self._received, self._at = b"", 0
        self._sealed = connection.pending if isinstance(connection, ssl.SSLSocket) else None

    def recv(self, size: int) -> bytes:
        """Return what has come, `size` bytes at most; raise as a socket does where nothing has."""
        at = self._at
        if at == len(self._received):
            self._received, at = self._receive(), 0
            self.began = self.began or self._received[:2]
        self._at = min(at + size, len(self._received))
        return self._received[at : self._at]

    def send(self, data: bytes) -> int:
        """Send, as a socket does; where the other end has gone, hear why."""
        try:
            return self._connection.send(data)
        except (BlockingIOError, *_LATER):
            raise
        except OSError:
            with suppress(OSError):
                self._receive()
            raise

    def _receive(self) -> bytes:
        try:
            return self._connection.recv(_PIECE)
        except _LATER:
            raise
        except ssl.SSLError as error:  # paho keeps to itself why a connection ended
            self.broken = error
            raise

    def pending(self) -> int:
        """Return how many bytes have come of which no selector knows."""
        waiting = len(self._received) - self._at
        return waiting + self._sealed() if self._sealed else waiting

    def has_more(self) -> bool:
        """Whether more has come that has not been read."""
        try:
            return bool(socket.socket.recv(self._connection, 1, socket.MSG_PEEK))  # of TLS, the sealed bytes
        except OSError:  # there is nothing, or it is closed
            return False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)
