"""A paho client that reads many messages at once, and tells what the broker really said.

paho asks the system four times for each message: whether there is one, for its first byte, for its
length, for the rest. That is half of what a fast board's message costs.

Of its private names four are used: `_create_socket`, for a socket that reads in large pieces,
`_create_socket_connection`, for one that sends at once, and `_packet_handle` with `_in_packet`, for the
reason codes that paho renames or drops, and to cut off what is too long. Should a later paho not call the
first two, its messages are read one by one, and sent later.
"""

from __future__ import annotations

import secrets
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties, VariableByteIntegers
from paho.mqtt.reasoncodes import ReasonCode

from .._broker import Broker
from .._errors import NotConnected
from . import LinkStatus
from .connection import TIMEOUT
from .reasons import FAILURE
from .troubles import from_end, tls_context

LARGEST = 1 << 20  # bytes of a message; every payload of the protocol is far below
# Messages are handed on before others have a turn: each costs up to 0.1 ms, and a flood has no end.
MOST_AT_ONCE = 256
_PIECE = 65536
_CONNACK, _PUBACK, _PUBREC, _PUBCOMP, _SUBACK, _DISCONNECT = 0x20, 0x40, 0x50, 0x70, 0x90, 0xE0
_ANSWERS = (_PUBACK, _PUBREC, _PUBCOMP, _SUBACK)
_FORGOTTEN = 0x92  # the one refusal that paho knows in a PUBCOMP
_LATER = (ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Client(paho.Client):
    """Connects once, over a `Buffered` socket (not with paho's WebSocket, which has a buffer of its own).

    Its ID at the broker begins with `name`; `will` is topic, payload, QoS, retained. `open_socket` opens what
    is connected in paho's place, with TLS, WebSocket and all.
    """

    on_accepted: Callable[[object], object]  # called with what the broker says of itself
    accepted = False
    code: int | None = None  # with which the broker refused us, or ended the connection
    codes: tuple[int, ...] = ()  # of what was answered just now (`_ANSWERS`), in the broker's own numbers
    outcome: LinkStatus | None = None  # why the connection has ended
    buffered: Buffered | None = None

    def __init__(
        self,
        broker: Broker,
        version: int,
        *,
        name: str = "picopanel",
        keepalive: int = 15,
        will: tuple[str, str, int, bool] | None = None,
        open_socket: Callable[[Broker], Any] | None = None,
    ) -> None:
        super().__init__(
            CallbackAPIVersion.VERSION2,
            client_id=f"{name}-{secrets.token_hex(6)}",
            protocol=MQTTProtocolVersion(version),
            transport="tcp" if open_socket else broker.transport,
            reconnect_on_failure=False,
        )
        self.broker, self.version, self._open_socket = broker, version, open_socket
        self.connect_timeout, self.keepalive = TIMEOUT, keepalive
        if broker.tls and not open_socket:
            self.tls_set_context(tls_context(broker))
        if broker.transport == "websockets":
            self.ws_set_options(path=broker.resource)
        broker.sign_in(self.username_pw_set)
        if will is not None:
            self.will_set(*will)
        self.on_connect = self._answered
        self.on_disconnect = self._ended

    def greet(self) -> Client:
        """Connect, and say how long a message may be where the broker understands that; this blocks."""
        properties = self._properties(PacketTypes.CONNECT, "MaximumPacketSize", LARGEST)
        self.connect(self.broker.host, self.broker.port, self.keepalive, properties=properties)
        return self

    def send(self, topic: str, payload: bytes, qos: int, retain: bool, expiry: int | None) -> int:
        """Publish, to expire after so many seconds where the broker can; return the message's number."""
        properties = self._properties(PacketTypes.PUBLISH, "MessageExpiryInterval", expiry)
        sent = self.publish(topic, payload, qos, retain, properties)
        if sent.rc != paho.MQTT_ERR_SUCCESS:
            raise NotConnected("The connection to the broker has just broken; the command was not sent.")
        return sent.mid

    def _properties(self, packet: int, name: str, value: int | None) -> Properties | None:
        if self.version != MQTTProtocolVersion.MQTTv5 or value is None:
            return None
        properties = Properties(packet)  # type: ignore[no-untyped-call]
        setattr(properties, name, value)
        return properties

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        """Hand on what has come, but for a flood: `has_pending` tells of the rest."""
        for _ in range(MOST_AT_ONCE):
            result = super().loop_read(max_packets)
            # Of a message that is too long the beginning is kept: whoever it is for refuses and counts it.
            del self._in_packet["packet"][LARGEST:]
            if result != paho.MQTT_ERR_SUCCESS or not self.has_pending:
                break
        return result

    @property
    def has_pending(self) -> bool:
        """Whether more has come of which no selector knows."""
        pending = getattr(self.socket(), "pending", None)
        return pending is not None and pending() > 0

    def say_goodbye(self) -> None:
        """Send what waits and a farewell, as far as the socket takes it."""
        with suppress(Exception):  # what else is broken by now does not matter
            self.disconnect()
            self.loop_write()

    def hang_up(self) -> None:
        connection = self.socket()
        if connection is not None:
            connection.close()

    def _answered(self, *told: Any) -> None:
        if self.accepted:
            self.on_accepted(told[-1])
        else:
            self._ended(*told)

    def _ended(self, _: object, __: object, ___: object, code: ReasonCode, properties: object) -> None:
        self.outcome = self.outcome or from_end(self, code, properties)

    def _packet_handle(self) -> MQTTErrorCode:
        kind, body = self._in_packet["command"] & 0xF0, self._in_packet["packet"]
        if kind == _CONNACK:
            self.accepted = len(body) > 1 and body[1] == 0
            self.code = None if self.accepted else body[:2][-1]
        elif kind == _DISCONNECT:
            self.code = (body or b"\0")[0]
        elif kind in _ANSWERS:
            self._note_codes(kind, body)
        try:
            return super()._packet_handle()
        except (KeyError, ValueError):
            if self.code is None:
                raise
            self.outcome = from_end(self)  # paho 2.1 knows no code but those of its own table
            return MQTTErrorCode.MQTT_ERR_PROTOCOL
        finally:
            self.codes = ()

    def _note_codes(self, kind: int, body: bytearray) -> None:
        """Keep what the broker says; paho is told of each refusal as the one that it always knows there.

        Over a code that is not in its own table it would end the connection.
        """
        at = 2
        if kind == _SUBACK and self.version == MQTTProtocolVersion.MQTTv5:
            try:
                at += sum(VariableByteIntegers.decode(bytes(body[2:6])))  # type: ignore[no-untyped-call]
            except Exception:  # it cannot be read: paho says so
                return
        end = len(body) if kind == _SUBACK else 3
        self.codes = tuple(body[at:end])
        known = _FORGOTTEN if kind == _PUBCOMP else FAILURE
        body[at:end] = bytes(known if code >= FAILURE else code for code in self.codes)
        if kind == _PUBREC and FAILURE in body[at:end]:
            self._in_packet["command"] = _PUBACK  # paho goes on as if it had been taken

    def _create_socket_connection(self) -> Any:
        made = super()._create_socket_connection()
        # With Nagle's algorithm the second packet of every QoS 2 publish waits for 40 ms.
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def _create_socket(self) -> Any:
        made = self._open_socket(self.broker) if self._open_socket else super()._create_socket()
        if not self._open_socket and not isinstance(made, socket.socket):
            return made
        self.buffered = Buffered(made)
        return self.buffered


class Buffered:
    """A socket in paho's hands, with what it has received and not handed on yet."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.fileno = connection.fileno
        self.began = b""
        self.broken: ssl.SSLError | None = None
        self._received, self._at = b"", 0
        # What TLS has taken in and not opened yet, or a page's WebSocket.
        self._sealed: Callable[[], int] | None = getattr(connection, "pending", None)

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
            sent: int = self._connection.send(data)
            return sent
        except (BlockingIOError, *_LATER):
            raise
        except OSError:
            with suppress(OSError):
                self._receive()
            raise

    def _receive(self) -> bytes:
        try:
            received: bytes = self._connection.recv(_PIECE)
            return received
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
        if not isinstance(self._connection, socket.socket):  # it has handed on all that it had
            return False
        try:
            return bool(socket.socket.recv(self._connection, 1, socket.MSG_PEEK))  # of TLS, the sealed bytes
        except OSError:  # there is nothing, or it is closed
            return False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)
