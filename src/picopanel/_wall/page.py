"""What the page of a wall asks, as `js/src/wall/contract.ts` has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._page.clicks import Once
from .feed import WallFeed
from .opened import Opened

COMMANDS = ("on", "off", "toggle", "blink", "read")


class WallRequests:
    """Handles what the page sends. It may come twice, late, or from a stranger's notebook.

    Args:
        feed: The wall's.
        opened: The boards that are open as panels.
        command: Sends a command to the boards of some IDs (None: all), by its name of the page.
        table: Sends the table of attendance.
    """

    def __init__(
        self,
        feed: WallFeed,
        opened: Opened,
        command: Callable[[str, list[str] | None, str], object],
        table: Callable[[], object],
    ) -> None:
        self._feed = feed
        self._opened = opened
        self._command = command
        self._table = table
        self._clicks = Once()

    def handle(self, message: object) -> None:
        """Do what a message asks; one of no known form is ignored."""
        if not isinstance(message, dict):
            return
        kind, since = message.get("type"), message.get("since")
        if kind == "ask" and isinstance(since, int):
            self._feed.open()
            self._feed.answer(since)
        elif kind == "hidden":
            self._feed.rest()
        elif kind == "board":
            self._opened.handle(message.get("id"), message.get("message"))
        elif kind == "shut":
            self._opened.shut(message.get("id"))
        elif kind == "table":
            self._table()
        elif kind == "all":
            self._all(message)

    def _all(self, message: dict[str, Any]) -> None:
        command, click, ids = message.get("command"), message.get("click"), message.get("ids")
        chosen = [each for each in ids if isinstance(each, str)] if isinstance(ids, list) else None
        if command not in COMMANDS or not isinstance(click, str) or not self._clicks.is_new(click[:64]):
            return
        if chosen or ids is None:
            self._command(command, chosen, click[:64])
