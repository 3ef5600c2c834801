"""A person who sits in front of a host in a browser, and what they can do there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from playwright.sync_api import Locator

from ..support.browser import Window, on
from ..support.browsers import CHROMIUM_LOOKS, LOOKS, Start
from ..support.panel import PanelOnPage
from ..support.wall import WallOnPage

if TYPE_CHECKING:
    from .servers import Host

OURS = re.compile("blob:|picopanel", re.IGNORECASE)
"""In an error of a page: hosts report errors of their own."""


class NotToBeHad(Exception):
    """What this host or browser cannot have at all, with the reason: a line for the table, no failure."""


class Seat:
    """A host in a window of a browser.

    Args:
        host: Whose notebook is opened.
        start: Starts browsers.
        browser: One of their names.
        look: How the browser is made to look, as `LOOKS` names it.
    """

    def __init__(self, host: Host, start: Start, browser: str, look: str = "") -> None:
        self.host, self.browser, self._start = host, browser, start
        self._shown: set[str] = set()
        self.window = Window(start(browser, look), height=1400)
        self.page = self.window.page()
        self.eventually = on(self.page)

    # What differs from host to host.

    def open(self) -> None:
        """Open the notebook; a host without cells to run shows all of them then."""
        raise NotImplementedError

    def place(self, cell: str) -> Locator:
        """Return where a cell's output is."""
        raise NotImplementedError

    def run(self, cell: str) -> None:
        """Start a cell, where that is done by hand, and do not wait for its end."""

    def run_to_end(self, cell: str) -> str:
        """Run a cell and return what it prints, if the host tells."""
        return ""

    def runs(self, cell: str) -> bool:
        """Whether a cell has been started and has not come to its end."""
        return False

    def end(self, cell: str) -> None:
        """Let a cell come to its end that goes on until it is told."""

    def cells(self) -> int | None:
        """Return how many cells there are, where a key could insert or delete one."""
        return None

    def reload(self) -> None:
        """Reload the page, as F5 does; a host that keeps its page in a file has saved it before."""
        self.page.reload()

    def file(self, name: str) -> bytes:
        """Return a file that the notebook has written."""
        return (self.host.folder / name).read_bytes()

    looks: Collection[str] = ()
    """Those that the host has a theme of its own for."""

    def wear(self, look: str) -> None:
        """Have one of the host's themes; the usual one, where the look is empty."""
        raise NotImplementedError

    @contextmanager
    def dressed(self, look: str) -> Iterator[Seat]:
        """Have another look, as `LOOKS` names it, by the host's own theme or by the browser's."""
        if look in self.looks:
            self.wear(look)
            yield self
            self.wear("")
            return
        if self.browser == "Chromium":
            self.page.emulate_media(**CHROMIUM_LOOKS[look])
            yield self
            self.page.emulate_media(**dict.fromkeys(CHROMIUM_LOOKS[look], "null"))
            return
        if look not in LOOKS[self.browser]:
            raise NotToBeHad(f"{self.browser} has no such setting")
        with closing(type(self)(self.host, self._start, self.browser, look)) as other:
            other.open()
            yield other

    # What is the same everywhere.

    def show(self, cell: str) -> Locator:
        """Run a cell unless it has been, and return the view that it shows."""
        if cell not in self._shown:
            self.run_to_end(cell)
            self._shown.add(cell)
        return self.place(cell).locator(".picopanel:not(.picopanel-setup)").last

    def panel(self, cell: str = "panel") -> PanelOnPage:
        """Return the panel that a cell shows, once it can be used."""
        panel = PanelOnPage(self.show(cell), self.eventually)
        panel.root.scroll_into_view_if_needed()  # JupyterLab has no text of what is far from sight
        panel.wait_until_ready()
        return panel

    def wall(self, cell: str = "wall") -> WallOnPage:
        self.show(cell)
        wall = WallOnPage(self.place(cell).locator(".picopanel-wall").last, self.eventually)
        wall.root.scroll_into_view_if_needed()  # out of sight nothing is drawn
        return wall

    def check(self) -> None:
        """Fail if the panel has reported an error."""
        if hasattr(self.page, "listen"):
            self.page.listen()
        ours = [error for error in self.window.errors if OURS.search(error)]
        self.window.errors.clear()
        assert not ours, f"the panel reported {ours}"

    def close(self) -> None:
        self.window.close()
