"""A connection over the browser's own WebSocket, where Python runs in a page or its worker (Pyodide).

There is no other way out of a page. Its rules are those of the WebSockets standard
(https://websockets.spec.whatwg.org): sending throws until it is open, what has been sent before it is closed
still goes out, and of whatever keeps it from opening a page is told code 1006 and nothing else.
"""

from __future__ import annotations

import importlib
from typing import Any

from .._broker import Broker
from .._runtime import loop
from . import LinkStatus
from .watching import Call


class PageSocket:
    """What paho takes for a socket that never blocks; it opens by itself, and tells when there is news."""

    def __init__(self, broker: Broker) -> None:
        self._js: Any = importlib.import_module("js")
        self._ffi: Any = importlib.import_module("pyodide.ffi")
        self.is_open = False
        self.failed: LinkStatus | None = None  # why it could not be opened, as far as a browser tells
        self._over = False  # no more will come
        self._came = bytearray()
        self._readable: Call | None = None
        self._writable: Call | None = None
        host = f"[{broker.host}]" if ":" in broker.host else broker.host
        self._place = f"{'s' if broker.tls else ''}://{host}:{broker.port}"
        self._socket = self._js.WebSocket.new(f"ws{self._place}{broker.resource}", self._ffi.to_js(["mqtt"]))
        self._socket.binaryType = "arraybuffer"
        hearing = {"open": self._opened, "message": self._message, "close": self._closed}
        self._hearing = {event: self._ffi.create_proxy(call) for event, call in hearing.items()}
        for event, call in self._hearing.items():
            self._socket.addEventListener(event, call)

    def when_readable(self, call: Call | None) -> None:
        """Call each time that something has come, or it is over; None: not now."""
        self._readable = call
        if self.pending():
            loop.post(self._tell)

    def when_writable(self, call: Call | None) -> None:
        self._writable = call

    def pending(self) -> int:
        """Return for how many bytes a call is worth it; the end of all counts as one."""
        return len(self._came) + self._over

    def recv(self, _: int) -> bytes:
        """Return all that has come, or nothing at the end."""
        if not self.pending():
            raise BlockingIOError
        came, self._came = bytes(self._came), bytearray()
        return came

    def send(self, data: bytes) -> int:
        if not self.is_open:
            raise BlockingIOError
        self._socket.send(self._ffi.to_js(bytes(data)))
        return len(data)

    def close(self) -> None:
        hearing, self._hearing = self._hearing, {}
        self.when_readable(None)
        self.when_writable(None)
        for event, call in hearing.items():
            self._socket.removeEventListener(event, call)
            loop.post(call.destroy)  # not at once: it may be what calls
        self._socket.close()

    def setblocking(self, _: bool) -> None:
        """It never blocks."""

    def fileno(self) -> int:
        return -1

    def _opened(self, _: object) -> None:
        self.is_open = True
        if self._writable is not None:
            self._writable()

    def _message(self, event: Any) -> None:
        data = event.data
        self._came += data.encode() if isinstance(data, str) else data.to_bytes()
        self._tell()

    def _closed(self, _: object) -> None:
        if self.is_open:
            self._over = True
            self._tell()
        elif not self._js.navigator.onLine:
            self._fail("network")
        else:
            # A question that needs no WebSocket: if it is answered, then name, port and certificate are good.
            asked = self._js.fetch(
                f"http{self._place}/", mode="no-cors", credentials="omit", cache="no-store"
            )
            asked.then(lambda _: self._fail("no-websocket"), lambda _: self._fail("unopened"))

    def _fail(self, problem: str) -> None:
        self.failed = LinkStatus("lost", problem, f"https{self._place.removeprefix('s')}")
        self._over = True
        self._tell()

    def _tell(self) -> None:
        if self._readable is not None:
            self._readable()
