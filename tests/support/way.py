"""A way to a broker that can be cut, fall silent without closing, be slow, and refuse MQTT 5."""

import contextlib
import socket
import time
from collections import deque
from threading import Event, Thread

from .listening import Listening, hang_up

REFUSED = bytes([0x20, 0x02, 0x00, 0x01])  # a 3.1.1 CONNACK: unacceptable protocol version


class Way(Listening):
    """Forwards a loopback port to a broker's port.

    Args:
        ports: The broker's. Of several, each connection gets the next one that answers.
        refuse_mqtt5: Answer an MQTT 5 CONNECT as an old broker does, and close.
    """

    def __init__(self, *ports: int, refuse_mqtt5: bool = False) -> None:
        self._brokers = deque(ports)
        self._refuse = refuse_mqtt5
        self._open = Event()
        self._open.set()
        self._whole = True
        self._delay = 0.0
        self._sockets: list[socket.socket] = []
        super().__init__(self._forward)

    def block(self) -> None:
        """Swallow nothing and pass nothing on: a network that has gone without a word."""
        self._open.clear()

    def unblock(self) -> None:
        self._open.set()

    def cut(self) -> None:
        """Close every connection, and every new one, until `mend()`."""
        self._whole = False
        for each in self._sockets:
            hang_up(each)
        self._sockets.clear()

    def mend(self) -> None:
        self._whole = True

    def slow(self, seconds: float) -> None:
        """Pass each piece on so much later; 0 is as usual again."""
        self._delay = seconds

    def close(self) -> None:
        self._open.set()
        super().close()
        for each in self._sockets:
            hang_up(each)

    def _forward(self, client: socket.socket) -> None:
        first = client.recv(4096)
        if not first or not self._whole:  # somebody only knocked, or there is no way
            return
        if self._refuse and protocol_level(first) == 5:
            client.sendall(REFUSED)
            return
        broker = self._connect()
        if broker is None:
            return
        self._sockets += [client, broker]
        broker.sendall(first)
        back = Thread(target=self._pump, args=(broker, client), daemon=True)
        back.start()
        self._pump(client, broker)
        back.join()
        broker.close()

    def _connect(self) -> socket.socket | None:
        for _ in range(len(self._brokers)):
            self._brokers.rotate()
            with contextlib.suppress(OSError):
                return socket.create_connection(("127.0.0.1", self._brokers[0]))
        return None

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                time.sleep(self._delay)
                self._open.wait()
                sink.sendall(data)
        except OSError:
            pass
        # The other direction goes on: what a dead client has sent may still arrive.
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


def protocol_level(connect: bytes) -> int:
    """Return the protocol level of a CONNECT packet."""
    at = 1
    while connect[at] & 0x80:
        at += 1
    name = int.from_bytes(connect[at + 1 : at + 3], "big")
    return connect[at + 3 + name]
