"""A Chromium as a user has it: with a window, its own chooser, and a serial port of this machine.

Nothing drives it but a mouse and a keyboard, by the X server's own test extension: what automation gives a
page (the right to open windows, storage that is not divided) would be given to the one that is tested. Its
pages are looked at by DevTools' protocol, which asks as a user's gesture only if told to.
"""

import ctypes
import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from websockets.sync.client import connect

from .browser import ARGUMENTS
from .ending import end
from .ports import free_port
from .waiting import eventually

PORT = "/dev/ttyS0"
"""Chromium asks the system for its serial ports (`services/device/serial/serial_device_enumerator_linux.cc`),
and a pseudo-terminal is none. So in Chromium's own view of the file system one is put over this."""
MOUNT = f'mount --bind "$1" {PORT} && shift && exec "$@"'
SCREEN, MIDDLE = (1280, 900), (640, 500)
MIDDLE_OF = """element => {
    element.scrollIntoView({ block: "center" });
    const { x, y, width, height } = element.getBoundingClientRect();
    return [screenX + x + width / 2, screenY + outerHeight - innerHeight + y + height / 2];
}"""
FIRST_PORT, CONNECT = (171, 176), (502, 511)  # in the chooser
HEEDED_AFTER = 2  # seconds: a chooser takes no click at first, which might be meant for what was there before
SETTINGS = (
    "--user-data-dir={}",
    "--no-default-browser-check",
    "--password-store=basic",
    "--lang=en",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


def is_possible() -> str:
    """Why not, if it is not."""
    if not shutil.which("Xvfb"):
        return "no X server: apt-get install xvfb"
    if not os.path.exists(PORT):
        return f"this machine has no {PORT}"
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
        return "a view of the file system of one's own may not be had here"
    return ""


class Screen:
    """An X server with a mouse, a keyboard, and pictures of what it shows."""

    def __init__(self) -> None:
        read, write = os.pipe()
        size = f"{SCREEN[0]}x{SCREEN[1]}x24"
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp"]
        self._process = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as told:
            self.name = f":{told.readline().strip()}"
        self._x, self._test = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXtst.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XStringToKeysym.restype = ctypes.c_ulong
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(self.name.encode()))

    def click(self, x: int, y: int) -> None:
        self._test.XTestFakeMotionEvent(self._display, -1, x, y, 0)
        for down in (1, 0):
            self._test.XTestFakeButtonEvent(self._display, 1, down, 0)
        self._x.XFlush(self._display)

    def press(self, *keys: str) -> None:
        """Press keys, by their names: `press("Down", "Return")`."""
        for key in keys:
            sym = ctypes.c_ulong(self._x.XStringToKeysym(key.encode()))
            code = self._x.XKeysymToKeycode(self._display, sym)
            for down in (1, 0):
                self._test.XTestFakeKeyEvent(self._display, code, down, 0)
            self._x.XFlush(self._display)
            time.sleep(0.05)

    def hold(self, held: str, key: str) -> None:
        """Press a key while another is held: `hold("Shift_L", "Return")`."""
        code = self._x.XKeysymToKeycode(self._display, ctypes.c_ulong(self._x.XStringToKeysym(held.encode())))
        self._test.XTestFakeKeyEvent(self._display, code, 1, 0)
        self.press(key)
        self._test.XTestFakeKeyEvent(self._display, code, 0, 0)
        self._x.XFlush(self._display)

    def choose(self) -> None:
        """Choose the first port of the chooser; Return would close it where the click was not heeded."""
        time.sleep(HEEDED_AFTER)
        for place in (FIRST_PORT, CONNECT):
            self.click(*place)
            time.sleep(0.3)

    def picture(self, file: Path) -> None:
        subprocess.run(["import", "-display", self.name, "-window", "root", str(file)], check=True)

    def close(self) -> None:
        end(self._process)


class Headed:
    """Chromium on a screen.

    Args:
        screen: Where it is shown.
        profile: Its folder, empty at first.
        url: The page that it opens.
        board_port: The pseudo-terminal that it sees as `PORT`.
    """

    def __init__(self, screen: Screen, profile: Path, url: str, board_port: str, *more: str) -> None:
        width, height = SCREEN
        chromium = shutil.which("chromium") or "chromium"
        self._screen, self._devtools = screen, free_port()
        more = (*more, f"--remote-debugging-port={self._devtools}", "--remote-allow-origins=*")
        arguments = [*ARGUMENTS, *(each.format(profile) for each in SETTINGS), *more]
        arguments += [f"--window-size={width},{height}", "--window-position=0,0", url]
        self._process = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", MOUNT, "sh", board_port, chromium, *arguments],
            env={**os.environ, "DISPLAY": screen.name},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def see(self, address: str, expression: str) -> Any:
        """Return what an expression is in the page whose address has this in it; None without such a page."""
        with urlopen(f"http://127.0.0.1:{self._devtools}/json", timeout=10) as answer:
            pages = [each for each in json.load(answer) if each["type"] == "page" and address in each["url"]]
        if not pages:
            return None
        with connect(pages[0]["webSocketDebuggerUrl"]) as devtools:
            asked = {"expression": expression, "returnByValue": True}
            devtools.send(json.dumps({"id": 1, "method": "Runtime.evaluate", "params": asked}))
            return json.loads(devtools.recv())["result"]["result"].get("value")

    def until(self, address: str, expression: str, within: float = 60) -> Any:
        """Wait until an expression is true in a page, and return what it is."""

        def look() -> Any:
            try:
                return self.see(address, expression)
            except OSError:
                return None  # it has just been started

        return eventually(look, f"{expression} in {address}", within=within)

    def click(self, address: str, element: str) -> None:
        """Click in the middle of an element, which an expression gives."""
        x, y = self.until(address, f"{element} && ({MIDDLE_OF})({element})")
        self._screen.click(int(x), int(y))

    def close(self) -> None:
        end(self._process)
