"""JupyterLite: its kernel, its files and its server are in the page."""

from __future__ import annotations

import itertools
import json

from typing_extensions import Self

from ..support.lite import JupyterLite, LiteNotebook
from .behaviours import cells
from .seat import Seat
from .servers import HOSTS, Host, JupyterSeat

numbers = itertools.count(1)
CONTENTS = "([name, act, how]) => jupyterapp.serviceManager.contents[act](name, how)"


class Gate:
    """A file among those of the page, in place of one on the disk."""

    def __init__(self, seat: LiteSeat) -> None:
        self.name = f"gate{next(numbers)}"
        self._seat = seat
        self._there = False

    def touch(self) -> None:
        self._there = True
        self._seat.contents(self.name, "save", {"type": "file", "format": "text", "content": ""})

    def unlink(self, *, missing_ok: bool) -> None:
        if self._there:
            self._there = False
            self._seat.contents(self.name, "delete")


class LiteSeat(JupyterSeat):
    host: Lite
    looks = ()  # the site follows its viewer's light or dark

    def open(self) -> None:
        self._gate = Gate(self)
        sources = cells(self._gate.name)
        self._nth = {name: nth for nth, name in enumerate(sources)}
        self.book = LiteNotebook(self.host.server, self.window, list(sources.values()), page=self.page)

    def contents(self, name: str, act: str, how: object = None) -> dict[str, str]:
        return dict(self.page.evaluate(CONTENTS, [name, act, how]) or {})

    def file(self, name: str) -> bytes:
        how = {"content": True, "type": "file", "format": "text"}
        return self.contents(name, "get", how)["content"].encode()

    def close(self) -> None:
        Seat.close(self)


class Lite(Host):
    name = "JupyterLite"
    seat = LiteSeat
    has_story = False
    browsers = ("Chromium", "Firefox")  # in WebKitGTK, Python is there after minutes
    cannot = {  # noqa: RUF012
        "click in a running cell": "its page keeps every click until the running cell is over",
        "reload": "its kernel ends with the page; the still picture stays, and the cell is to be run again",
    }

    def start(self) -> Self:
        self.server = JupyterLite(self.folder / "site")
        return self

    def close(self) -> None:
        self.server.close()

    @property
    def version(self) -> str:
        settings = json.loads((self.server.site / "jupyter-lite.json").read_text())
        return str(settings["jupyter-config-data"]["appVersion"])


HOSTS[Lite.name] = Lite
