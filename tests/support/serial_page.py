"""A `navigator.serial` for pages without a port: true streams of bytes to a pseudo-terminal of this machine.

A page's half is `serial_page.js`, which refuses what Chromium refuses. This is what in Chromium is the
browser's half: who may have which port (`chrome/browser/serial/serial_chooser_context.cc`), who has it open
(`services/device/serial/serial_port_impl.cc`), and the file itself (`serial_io_handler_posix.cc`).
"""

import asyncio
import contextlib
import json
import os
import termios
import tty
from collections import defaultdict
from collections.abc import Callable
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

from playwright.sync_api import BrowserContext
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application
from tornado.websocket import WebSocketHandler

PICO = {"usbVendorId": 0x2E8A, "usbProductId": 0x0005}
PAGE = (Path(__file__).parent / "serial_page.js").read_text()


def install(context: BrowserContext, board_port: str, usb: dict[str, int] = PICO) -> "Serial":
    """Give the pages of `context` that are opened from now on, and their pop-ups, a board at `board_port`.

    It ends with the context.
    """
    serial = Serial(board_port, usb)
    context.add_init_script(PAGE.replace("%BRIDGE%", serial.url))
    context.on("close", lambda _: serial.close())
    return serial


class Serial:
    """One plug of this machine, and the user at it.

    Args:
        board_port: Where the board is.
        usb: Its vendor and product. Chromium knows such a board again when it is plugged in again; a port
            without them, `{}`, it does not.

    Attributes:
        chooses: Whether the user chooses the board in the chooser, or closes that.
        busy: Whether another program has the port.
        asked: How often the chooser was shown.
    """

    def __init__(self, board_port: str, usb: dict[str, int]) -> None:
        self.chooses, self.busy, self.asked = True, False, 0
        self.usb = usb
        self.pages: set[_Page] = set()
        self.wires: set[_Wire] = set()
        self._granted: dict[str, set[str]] = defaultdict(set)
        self._tokens = map(str, count(1))
        self.path: str | None = board_port
        self.token = next(self._tokens)
        self._loop = asyncio.new_event_loop()
        Thread(target=self._loop.run_forever, daemon=True).start()
        self._in_loop(self._listen)

    def unplug(self) -> None:
        """Pull the cable; the board itself does not notice."""
        self._in_loop(self._unplug)

    def plug_in(self, board_port: str) -> None:
        self._in_loop(lambda: self._plug_in(board_port))

    def close(self) -> None:
        with contextlib.suppress(RuntimeError):  # it has ended already
            self._in_loop(self._server.stop)
        self._loop.call_soon_threadsafe(self._loop.stop)

    def port(self) -> dict[str, Any]:
        return {"token": self.token, "usb": self.usb}

    def granted(self, origin: str) -> list[dict[str, Any]]:
        return [self.port()] if self.path and self.token in self._granted[origin] else []

    def choose(self, origin: str, filters: list[dict[str, int]]) -> dict[str, Any] | None:
        """Show the chooser, in which only ports are that one of the filters, if there are any, fits."""
        self.asked += 1
        fits = not filters or any(each.items() <= self.usb.items() for each in filters)
        if not (self.chooses and self.path and fits):
            return None
        self._granted[origin].add(self.token)
        return self.port()

    def forget(self, origin: str) -> None:
        self._granted[origin].discard(self.token)
        for wire in self.wires:
            wire.lose()

    def _listen(self) -> None:
        application = Application(
            [("/service", _Page, {"serial": self}), (r"/port/(\d+)", _Wire, {"serial": self})]
        )
        sockets = bind_sockets(0, "127.0.0.1")
        self.url = f"ws://127.0.0.1:{sockets[0].getsockname()[1]}"
        self._server = HTTPServer(application)
        self._server.add_sockets(sockets)

    def _unplug(self) -> None:
        self.path = None
        for wire in self.wires:
            wire.lose()
        self._tell("disconnect")
        if not self.usb:
            self._granted.clear()

    def _plug_in(self, board_port: str) -> None:
        before, self.token, self.path = self.token, next(self._tokens), board_port
        for tokens in self._granted.values():
            if before in tokens:
                tokens.add(self.token)
        self._tell("connect")

    def _tell(self, event: str) -> None:
        for page in self.pages:
            if self.token in self._granted[page.origin]:
                page.write_message(json.dumps({"event": event, "said": self.port()}))

    def _in_loop(self, do: Callable[[], object]) -> None:
        async def done() -> None:
            do()

        asyncio.run_coroutine_threadsafe(done(), self._loop).result(10)


class _Socket(WebSocketHandler):
    def initialize(self, serial: Serial) -> None:
        self.serial = serial

    def check_origin(self, origin: str) -> bool:
        return True  # also a frame that has none


class _Page(_Socket):
    """A page's questions."""

    origin = ""

    def on_message(self, message: str | bytes) -> None:
        told = json.loads(message)
        self.origin, what = told["origin"], told["what"]
        self.serial.pages.add(self)
        said: object = None
        if what == "ports":
            said = self.serial.granted(self.origin)
        elif what == "choose":
            said = self.serial.choose(self.origin, told["filters"])
        elif what == "forget":
            self.serial.forget(self.origin)
        self.write_message(json.dumps({"number": told.get("number"), "said": said}))

    def on_close(self) -> None:
        self.serial.pages.discard(self)


class _Wire(_Socket):
    """An open port: what the page asks for is read, what it sends is written, as fast as the board can."""

    def open(self, token: str) -> None:
        self.set_nodelay(True)
        serial, self._file = self.serial, None
        self._loop = asyncio.get_running_loop()
        self._wanted, self._unsent, self._draining = 0, b"", False
        if serial.path and token == serial.token and not (serial.busy or serial.wires):
            with contextlib.suppress(OSError):
                self._file = os.open(serial.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        if self._file is None:
            self.write_message("no")
            self.close()
            return
        tty.setraw(self._file)
        serial.wires.add(self)
        self.write_message("yes")

    def on_message(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            self._unsent += message
            self._write()
            return
        what, _, more = message.partition(" ")
        if what == "want":
            self._wanted += int(more)
            self._read()
        elif what == "drain":
            self._draining = True
            self._write()
        elif what == "flush":
            self._flush(more)
            self.write_message("yes")

    def lose(self) -> None:
        """The board is gone; a page hears it when it reads, and again when it sends something."""
        if self._file is not None:
            self._release()
            self.write_message("lost")

    def on_close(self) -> None:
        if self._file is not None:
            termios.tcflush(self._file, termios.TCIOFLUSH)
            self._release()
        self.serial.wires.discard(self)

    def _read(self) -> None:
        if self._file is None:
            return
        try:
            data = os.read(self._file, self._wanted) if self._wanted else None
        except BlockingIOError:
            self._loop.add_reader(self._file, self._read)
            return
        except OSError:
            data = b""
        if data == b"":
            self.lose()
            return
        self._loop.remove_reader(self._file)
        if data:
            self._wanted -= len(data)
            self.write_message(data, binary=True)
            self._read()

    def _write(self) -> None:
        try:
            written = os.write(self._file, self._unsent) if self._unsent else 0
        except BlockingIOError:
            self._loop.add_writer(self._file, self._write)
            return
        except (OSError, TypeError):  # it has gone
            self._unsent = b""
            self.lose()
            self.write_message("unsent")
            written = 0
        self._unsent = self._unsent[written:]
        if written:
            self.write_message(f"wrote {written}")
        if self._unsent:
            self._loop.add_writer(self._file, self._write)
            return
        if self._file is not None:
            self._loop.remove_writer(self._file)
        if self._draining:
            self._draining = False
            self.write_message("yes")

    def _flush(self, which: str) -> None:
        self._wanted = 0 if which == "in" else self._wanted
        self._unsent = b"" if which == "out" else self._unsent
        if self._file is not None:
            termios.tcflush(self._file, {"in": termios.TCIFLUSH, "out": termios.TCOFLUSH}[which])

    def _release(self) -> None:
        file, self._file = self._file, None
        self._loop.remove_reader(file)
        self._loop.remove_writer(file)
        os.close(file)
