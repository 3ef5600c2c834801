"""A page that asks `navigator.serial` what it does, the board it asks of, and what it must say."""

import json
import os
import tty
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

CHOOSE, GET = "Failed to execute 'requestPort' on 'Serial': ", "Failed to execute 'getPorts' on 'Serial': "
OPEN, CLOSE = "Failed to execute 'open' on 'SerialPort': ", "Failed to execute 'close' on 'SerialPort': "
SIGNALS = "Failed to execute 'setSignals' on 'SerialPort': "
NO_BAUD_RATE = "Failed to read the 'baudRate' property from 'SerialOptions': Required member is undefined."
EXPECTED = {
    "no click": f"SecurityError: {CHOOSE}Must be handling a user gesture to show a permission request.",
    "frame without permission": f"SecurityError: {GET}"
    'Access to the feature "serial" is disallowed by permissions policy.',
    "nothing granted": [],
    "filter by product": f"TypeError: {CHOOSE}"
    "A filter containing a usbProductId must also specify a usbVendorId.",
    "filter by nothing": f"TypeError: {CHOOSE}A filter must provide a property to filter by.",
    "chooser closed": f"NotFoundError: {CHOOSE}No port selected by the user.",
    "a second chooser by one click": f"NotFoundError: {CHOOSE}No port selected by the user.",
    "granted": True,
    "is connected": True,
    "nothing to read while closed": None,
    "close a closed one": f"InvalidStateError: {CLOSE}The port is already closed.",
    "signals of a closed one": f"InvalidStateError: {SIGNALS}The port is closed.",
    "open without a rate": f"TypeError: {OPEN}{NO_BAUD_RATE}",
    "open at no rate": f"TypeError: {OPEN}Requested baud rate must be greater than zero.",
    "open with no buffer": f"TypeError: {OPEN}Requested buffer size (0 bytes) must be greater than zero.",
    "open": "done",
    "open while it opens": f"InvalidStateError: {OPEN}A call to open() is already in progress.",
    "open an open one": f"InvalidStateError: {OPEN}The port is already open.",
    "no signals": f"TypeError: {SIGNALS}Signals dictionary must contain at least one member.",
    "signals": f"NetworkError: {SIGNALS}Failed to set control signals.",  # a pseudo-terminal has none
    "one stream": True,
    "all bytes, more than its buffer": True,
    "close while it is read": f"TypeError: {CLOSE}Cannot cancel a locked stream",
    "cancelled": True,
    "the new stream is locked": False,
    "close while it is written": f"TypeError: {CLOSE}Cannot abort a locked stream",
    "close": "done",
    "closed": True,
    "open again": "done",
    "read when it goes": "NetworkError: The device has been lost.",
    "nothing to read when it has gone": None,
    "written when it has gone": "done",
    "told when it has gone": "NetworkError: The device has been lost.",
    "nothing to write when it has gone": None,
    "close when it has gone": "done",
    "open when it has gone": f"NetworkError: {OPEN}Failed to open serial port.",
}
PAGE = (Path(__file__).parent / "serial_checks.html").read_bytes()


class Echo:
    """A board that says what it hears."""

    def __init__(self) -> None:
        self._main, plug = os.openpty()
        tty.setraw(plug)
        self.port, self._plug = os.ttyname(plug), plug
        self._gone = False
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        self._gone = True
        os.write(self._plug, b"!")  # to close it would not wake the thread that reads from it
        self._thread.join(10)
        os.close(self._plug)

    def _serve(self) -> None:
        while (data := os.read(self._main, 4096)) and not self._gone:
            os.write(self._main, data)
        os.close(self._main)


class Reports:
    """The page's server; `next` waits for what the page tells of: a path, and what it says."""

    def __init__(self, page: bytes = PAGE) -> None:
        told: Queue[tuple[str, Any]] = Queue()
        self.next: Callable[..., tuple[str, Any]] = told.get

        class Requests(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(page)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                told.put((self.path.lstrip("/"), json.loads(body)))
                self._answer(b"")

            def _answer(self, body: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
