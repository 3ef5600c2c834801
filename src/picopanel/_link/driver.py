"""Drives a paho client in the thread of who calls.

What raises is raised there, and not lost in a thread of paho's; and a socket may have any number, where
paho's own `select` ends at 1024.
"""

from __future__ import annotations

import selectors
import socket
from collections.abc import Callable
from contextlib import suppress
from threading import get_ident
from typing import Any

import paho.mqtt.client as paho

# poll wants no file of its own; where there is none (Windows), select has no such end.
_Selector: Callable[[], selectors.BaseSelector] = getattr(
    selectors, "PollSelector", selectors.DefaultSelector
)


class Driver:
    """Waits for a client's socket and for whoever wants to send, and lets paho do what is due."""

    def __init__(self, client: paho.Client) -> None:
        self._client = client
        self._selector = _Selector()
        self._thread: int | None = None
        self._bell, self._button = socket.socketpair()
        for each in (self._bell, self._button):
            each.setblocking(False)
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._watched = 0
        """What the client's socket is watched for."""
        client.on_socket_register_write = lambda *_: self.ring()
        client.on_socket_close = lambda _, __, connection: self._forget(connection)

    def ring(self) -> None:
        """Something is to be sent, or to be looked at: wait no longer. From any thread."""
        if get_ident() != self._thread:
            with suppress(OSError):  # it rings already, or nobody is there any more
                self._button.send(b"!")

    def turn(self, seconds: float) -> None:
        """Wait at most so long for what comes, and do what is due.

        Raises:
            Exception: What paho or a callback raised.
        """
        client = self._client
        self._thread = get_ident()
        if client.want_write():
            client.loop_write()
        connection = client.socket()
        if connection is None:
            return
        self._watch(connection)
        pending = getattr(connection, "pending", None)
        waits = pending is not None and pending() > 0
        ready = {key.fileobj: mask for key, mask in self._selector.select(0 if waits else seconds)}
        if self._bell in ready:
            self._bell.recv(4096)
            # Even if what rang has been sent meanwhile: paho rings no more before it has been called.
            client.loop_write()
        if waits or ready.get(connection, 0) & selectors.EVENT_READ:
            client.loop_read()
        client.loop_misc()

    def finish(self, seconds: float) -> None:
        """Say goodbye, send what waits within so many seconds, and close all."""
        try:
            self._client.disconnect()
            self.turn(0)
            if self._client.want_write():
                self.turn(seconds)
        finally:
            connection = self._client.socket()
            if connection is not None:
                self._forget(connection)
                connection.close()
            self._thread = None
            for each in (self._selector, self._bell, self._button):
                each.close()

    def _watch(self, connection: Any) -> None:
        wanted = selectors.EVENT_READ
        if self._client.want_write():
            wanted |= selectors.EVENT_WRITE
        if not self._watched:
            self._selector.register(connection, wanted)
        elif self._watched != wanted:
            self._selector.modify(connection, wanted)
        self._watched = wanted

    def _forget(self, connection: Any) -> None:
        if self._watched:
            self._watched = 0
            self._selector.unregister(connection)
