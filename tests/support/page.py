"""What Pyodide gives to Python in a page, here in CPython, over real connections.

The WebSocket keeps the rules of https://websockets.spec.whatwg.org: until it is open, send() throws; once it
closes, send() takes and discards; `binaryType` begins as "blob"; each event is a task of its own; of whatever
kept it from opening there is a close event with code 1006, and nothing else. The promises and stacks are as
in Pyodide 314: a cell gives way where it waits, what an event calls cannot, and knows no running loop.
"""

import _thread
import asyncio
import ssl
import sys
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import ModuleType, SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from greenlet import getcurrent, greenlet
from websockets.asyncio.client import connect

CONNECTING, OPEN, CLOSING, CLOSED = range(4)


class JsException(Exception):
    """What JavaScript throws, as Python sees it."""


class Buffer:
    """An ArrayBuffer, or a view of one."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def to_bytes(self) -> bytes:
        return self._data


class WebSocket:
    """One connection; `trusted` is whose certificates the browser takes, None where it is not for TLS."""

    trusted: ssl.SSLContext | None = None
    opened = sent = closed = 0

    @classmethod
    def new(cls, url: str, protocols: list[str]) -> "WebSocket":
        return cls(url, protocols)

    def __init__(self, url: str, protocols: list[str]) -> None:
        if urlsplit(url).scheme not in ("ws", "wss") or "#" in url:
            raise JsException("SyntaxError")
        type(self).opened += 1
        self.binaryType, self.readyState, self.bufferedAmount = "blob", CONNECTING, 0
        self._listeners: dict[str, list[Callable[[object], object]]] = {}
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._task = asyncio.get_event_loop_policy().get_event_loop().create_task(self._run(url, protocols))

    def addEventListener(self, event: str, call: Callable[[object], object]) -> None:  # noqa: N802
        self._listeners.setdefault(event, []).append(call)

    def removeEventListener(self, event: str, call: Callable[[object], object]) -> None:  # noqa: N802
        self._listeners[event].remove(call)

    def send(self, data: Buffer) -> None:
        if self.readyState == CONNECTING:
            raise JsException("InvalidStateError")
        type(self).sent += 1
        self.bufferedAmount += len(data.to_bytes())
        if self.readyState == OPEN:
            self._queue.put_nowait(data.to_bytes())

    def close(self) -> None:
        if self.readyState == CONNECTING:
            self._task.cancel()
        elif self.readyState == OPEN:
            self._queue.put_nowait(None)  # after what has been sent
        self.readyState = max(self.readyState, CLOSING)

    async def _run(self, url: str, protocols: list[str]) -> None:
        code, reason = 1006, ""
        with suppress(Exception, asyncio.CancelledError):
            async with connect(url, subprotocols=protocols, compression=None, **_way(url)) as connection:  # type: ignore[arg-type]
                assert connection.subprotocol in protocols
                self.readyState = OPEN
                self._fire("open")
                sending = asyncio.ensure_future(self._send(connection))
                async for message in connection:
                    await asyncio.sleep(0)
                    if self.readyState == OPEN:
                        self._fire("message", data=self._seen(message))
                sending.cancel()
            code, reason = connection.close_code or 1006, connection.close_reason or ""
        self.readyState = CLOSED
        type(self).closed += 1
        if code == 1006:
            self._fire("error")
        self._fire("close", code=code, reason=reason, wasClean=code != 1006)

    async def _send(self, connection: Any) -> None:
        while (data := await self._queue.get()) is not None:
            await connection.send(data)
            self.bufferedAmount -= len(data)
        await connection.close()

    def _seen(self, message: str | bytes) -> object:
        if isinstance(message, str):
            return message
        return Buffer(message) if self.binaryType == "arraybuffer" else object()  # a Blob is read later

    def _fire(self, event: str, **facts: object) -> None:
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        try:
            for call in tuple(self._listeners.get(event, ())):
                call(SimpleNamespace(type=event, **facts))
        finally:
            asyncio._set_running_loop(loop)


class Promise:
    def __init__(self, work: Any) -> None:
        self._work = asyncio.get_event_loop_policy().get_event_loop().create_task(work)

    def then(self, good: Callable[[object], object], bad: Callable[[object], object]) -> None:
        self._work.add_done_callback(lambda it: bad(it.exception()) if it.exception() else good(it.result()))


async def _fetch(url: str, *, mode: str, credentials: str, cache: str) -> object:
    """Ask as a page may ask another origin: whether there was an answer is all that it learns."""
    assert (mode, credentials, cache) == ("no-cors", "omit", "no-store")
    way = _way(url)
    reader, writer = await asyncio.open_connection(way.pop("host"), urlsplit(url).port, **way)
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    answer = await reader.read(5)
    writer.close()
    if answer != b"HTTP/":
        raise JsException("TypeError: Failed to fetch")
    return object()


def _way(url: str) -> dict[str, Any]:
    """Return how loopback is reached without a thread that looks its name up."""
    if urlsplit(url).scheme not in ("wss", "https"):
        return {"host": "127.0.0.1"}
    return {
        "host": "127.0.0.1",
        "server_hostname": urlsplit(url).hostname,
        "ssl": WebSocket.trusted or ssl.create_default_context(),
    }


def _refuse(*_: object) -> None:
    raise RuntimeError("can't start new thread")


def become_a_page(trusts: str | None = None, origin: str = "http://127.0.0.1", online: bool = True) -> None:
    """Have this process be as Python in a page is, from now on."""
    vars(_thread)["start_new_thread"] = vars(threading)["_start_new_thread"] = _refuse
    WebSocket.trusted = ssl.create_default_context(cafile=trusts) if trusts else None
    js, pyodide, ffi = ModuleType("js"), ModuleType("pyodide"), ModuleType("pyodide.ffi")
    vars(js).update(
        WebSocket=WebSocket,
        fetch=lambda url, **how: Promise(_fetch(url, **how)),
        navigator=SimpleNamespace(onLine=online),
        origin=origin,
    )
    vars(ffi).update(
        JsException=JsException,
        create_proxy=Proxy,
        to_js=lambda it: Buffer(it) if isinstance(it, bytes) else it,
        can_run_sync=lambda: getcurrent().parent is not None,
        run_sync=lambda awaited: getcurrent().parent.switch(awaited),
    )
    sys.modules.update({"js": js, "pyodide": pyodide, "pyodide.ffi": ffi})


class Proxy:
    """A Python function in JavaScript's hands, until it is destroyed."""

    def __init__(self, call: Callable[[object], object]) -> None:
        self._call: Callable[[object], object] | None = call

    def __call__(self, event: object) -> object:
        assert self._call is not None, "This borrowed proxy was automatically destroyed"
        return self._call(event)

    def destroy(self) -> None:
        self._call = None


async def in_a_cell(work: Callable[[], Any]) -> Any:
    """Run as a cell is run: on a stack that is left while it waits."""
    stack = greenlet(work)
    waits: Awaitable[object] | Any = stack.switch()
    while not stack.dead:
        waits = stack.switch(await waits)
    return waits
