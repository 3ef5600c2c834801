"""Servers on a socket of this computer: what they say, no real broker could be made to say."""

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Thread

from .ports import free_port


class Listening:
    """A port at which every client is attended to, in a thread of its own, until this is closed.

    Args:
        attend: What is done with a client; then its connection is closed. Who leaves, leaves.
    """

    def __init__(self, attend: Callable[[socket.socket], object]) -> None:
        self._attend = attend
        self.port = free_port()  # one of the system's may be knocked at by who knew it before
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=512)
        self.url = f"mqtt://127.0.0.1:{self.port}"
        Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "Listening":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        hang_up(self._listener)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError), client:
            self._attend(client)


def hang_up(each: socket.socket) -> None:
    with suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)  # `close` alone would not wake the thread that reads from it
    each.close()


def packets(client: socket.socket) -> Iterator[tuple[int, bytes]]:
    """Yield the first byte and the body of every packet that an MQTT client sends."""
    with client.makefile("rb") as stream:
        while head := stream.read(1):
            yield head[0], stream.read(_remaining_length(stream.read))


def _remaining_length(read: Callable[[int], bytes]) -> int:
    size = shift = 0
    while True:
        (byte,) = read(1)
        size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return size


def packed(kind: int, body: bytes) -> bytes:
    """Return a packet of at most 127 bytes of body."""
    return bytes([kind, len(body)]) + body
