"""A Chromium as a user has it: with a window, its own chooser, and a serial port of this machine.

Nothing drives it but a mouse and a keyboard, by the X server's own test extension: what automation gives a
page (the right to open windows, storage that is not divided) would be given to the one that is tested.
DevTools' protocol only looks: at the pages, where it asks as a user's gesture only if told to, and at what
the browser itself shows, as its chooser.
"""

import ctypes
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from websockets.sync.client import connect

from .browsers import ARGUMENTS
from .ending import end
from .ports import free_port
from .screen import Screen
from .waiting import eventually

PORT = "/dev/ttyS0"
"""Chromium asks the system for its serial ports (`services/device/serial/serial_device_enumerator_linux.cc`),
and a pseudo-terminal is none. So in Chromium's own view of the file system one is put over this."""
MOUNT = f'mount --bind "$1" {PORT} && shift && exec "$@"'
WIDTH, HEIGHT = 1280, 900
SETTINGS = (
    "--no-default-browser-check",
    "--password-store=basic",
    "--lang=en",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    f"--window-size={WIDTH},{HEIGHT}",
    "--window-position=0,0",
    "--remote-allow-origins=*",
)
MIDDLE_OF = """element => {
    if (!element) return null;
    element.scrollIntoView({ block: "center" });
    const { x, y, width, height } = element.getBoundingClientRect();
    const [across, down] = [x + width / 2, y + height / 2];
    if (!element.contains(document.elementFromPoint(across, down))) return null;
    return [screenX + across, screenY + outerHeight - innerHeight + down];
}"""
CHOOSER, OFFER_TO_KEEP_A_PASSWORD = "ChooserBubbleUiViewDelegate", "PasswordSaveUpdateView"
HELD = 0.2
"""Seconds, as by a finger. With a press and its release at once, a page asks for the chooser while the press
is still giving that page the focus, and a chooser that loses the focus closes."""
HEEDED_AFTER = 1
"""Seconds. What has just opened takes no click for the time of a double click, half a second: that might be
meant for what was there before (`ui/views/input_event_activation_protector.cc`)."""


def is_possible() -> str:
    """Why not, if it is not."""
    if not os.path.exists(PORT):
        return f"this machine has no {PORT}"
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
        return "a view of the file system of one's own may not be had here"
    return ""


class Desk(Screen):
    """A screen with a mouse and a keyboard."""

    def __init__(self) -> None:
        super().__init__(WIDTH, HEIGHT)
        self._x, self._test = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXtst.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XStringToKeysym.restype = ctypes.c_ulong
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(self.name.encode()))

    def click(self, x: int, y: int) -> None:
        self._test.XTestFakeMotionEvent(self._display, -1, x, y, 0)
        for down in (1, 0):
            self._test.XTestFakeButtonEvent(self._display, 1, down, 0)
            self._x.XFlush(self._display)
            time.sleep(HELD)

    def press(self, key: str, held: str = "") -> None:
        """Press a key, a character or what X calls it (`Return`), while another may be held (`Shift_L`)."""
        codes = [self._code(each) for each in (held, key) if each]
        for down in (1, 0):
            for code in codes if down else reversed(codes):
                self._test.XTestFakeKeyEvent(self._display, code, down, 0)
        self._x.XFlush(self._display)

    def type(self, text: str) -> None:
        """Type letters, figures, spaces and hyphens."""
        for character in text:
            self.press(character, held="Shift_L" if character.isupper() else "")

    def _code(self, key: str) -> int:
        sym = ord(key) if len(key) == 1 else self._x.XStringToKeysym(key.encode())
        return int(self._x.XKeysymToKeycode(self._display, ctypes.c_ulong(sym)))


class Headed:
    """Chromium on a screen.

    Args:
        screen: Where it is shown.
        profile: Its folder, empty at first.
        url: The page that it opens.
        board_port: The pseudo-terminal that it sees as `PORT`.
    """

    def __init__(self, screen: Desk, profile: Path, url: str, board_port: str) -> None:
        self._screen, self._pages, self._views = screen, free_port(), free_port()
        looks = (f"--remote-debugging-port={self._pages}", f"--enable-ui-devtools={self._views}")
        arguments = [*ARGUMENTS, *SETTINGS, f"--user-data-dir={profile}", *looks, url]
        chromium = shutil.which("chromium") or "chromium"
        self._process = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", MOUNT, "sh", board_port, chromium, *arguments],
            env={**os.environ, "DISPLAY": screen.name},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def see(self, address: str, expression: str) -> Any:
        """Return what an expression is in the page whose address has this in it; None without such a page."""
        try:
            with urlopen(f"http://127.0.0.1:{self._pages}/json", timeout=10) as answer:
                open_now = json.load(answer)
        except OSError:
            return None  # it has just been started
        for each in open_now:
            if each["type"] == "page" and address in each["url"]:
                with devtools(each["webSocketDebuggerUrl"]) as ask:
                    found = ask("Runtime.evaluate", expression=expression, returnByValue=True)
                    return found["result"].get("value")
        return None

    def until(self, address: str, expression: str, within: float = 60) -> None:
        """Wait until an expression is true in a page."""
        eventually(
            lambda: self.see(address, expression),
            f"{expression} in {address}",
            within=within,
            seen=lambda: self.see(address, "document.body.innerText"),
        )

    def click(self, address: str, element: str) -> None:
        """Click in the middle of an element, which an expression gives, once it is seen and stays there."""
        places = [None]

        def stays() -> Any:
            places.append(self.see(address, f"({MIDDLE_OF})({element})"))
            return places[-1] if places[-1] == places[-2] else None

        self._screen.click(*map(int, eventually(stays, f"{element} is seen in {address}")))

    def window(self, name: str) -> list[dict[str, Any]]:
        """Return what is in a window of the browser's own, if it is open."""
        with devtools(f"ws://127.0.0.1:{self._views}/0") as ask:
            ask("DOM.enable")
            nodes = inside(ask("DOM.getDocument")["root"])
            found = (node for node in nodes if node["nodeName"] == "Widget" and name in node["attributes"])
            return [view for node in found for view in views(ask, node)]

    def choose(self) -> None:
        """Choose the port in the chooser, as soon as that opens."""
        table = self._in_chooser("TableView", RowCount="1")
        time.sleep(HEEDED_AFTER)
        self._screen.click(*middle(table, height="RowHeight"))
        self._screen.click(*middle(self._in_chooser("MdTextButton Connect", State="STATE_NORMAL")))
        self._wait_for_its_end()

    def dismiss(self) -> None:
        """Close the chooser, as soon as that opens, without a choice."""
        self._in_chooser("TableView")
        self._screen.press("Escape")
        self._wait_for_its_end()

    def close(self) -> None:
        end(self._process)

    def _in_chooser(self, name: str, **about: str) -> dict[str, Any]:
        """Wait until something is in the chooser, and this is true of it."""

        def look() -> Any:
            found = self._chooser().get(name)
            return found if found and about.items() <= found.items() else None

        what = f"{name} is in the chooser, with {about}"
        return dict(eventually(look, what, seen=self._chooser))

    def _wait_for_its_end(self) -> None:
        eventually(lambda: not self._chooser(), "the chooser closes", seen=self._chooser)

    def _chooser(self) -> dict[str, dict[str, Any]]:
        """What is in it by class and text, while it is open."""
        return {f"{it['ClassName']} {it.get('Text', '')}".strip(): it for it in self.window(CHOOSER)}


def inside(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A node of a document, and all that are in it."""
    yield node
    for child in node.get("children", []):
        yield from inside(child)


def views(ask: Callable[..., Any], node: dict[str, Any], x: int = 0, y: int = 0) -> Iterator[dict[str, Any]]:
    """What Chromium tells of a window of its own, and of each thing in it, with its place on the screen."""
    rules = ask("CSS.getMatchedStylesForNode", nodeId=node["nodeId"]).get("matchedCSSRules", [])
    about = {each["name"]: each["value"] for rule in rules for each in rule["rule"]["style"]["cssProperties"]}
    if not about:
        return  # it has just gone
    left, top = x + int(about["X"]), y + int(about["Y"])
    yield {**about, "left": left, "top": top}
    for child in node.get("children", []):
        yield from views(ask, child, left, top)


def middle(view: dict[str, Any], height: str = "Height") -> tuple[int, int]:
    """Where to click on it: on all of it, or on its first row."""
    return view["left"] + int(view["Width"]) // 2, view["top"] + int(view[height]) // 2


@contextmanager
def devtools(address: str) -> Iterator[Callable[..., Any]]:
    """Ask by DevTools' protocol: `ask("Runtime.evaluate", expression="1 + 1")`."""
    with connect(address, max_size=None) as socket:
        numbers = count(1)

        def ask(method: str, **params: object) -> Any:
            number, answer = next(numbers), {}
            socket.send(json.dumps({"id": number, "method": method, "params": params}))
            while answer.get("id") != number:  # it also tells of what happens
                answer = json.loads(socket.recv(timeout=20))
            return answer.get("result", {})

        yield ask
