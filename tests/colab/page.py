"""The page's side of the contract, without a page."""

from __future__ import annotations

import itertools
from array import array
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .kernel import Kernel

_clicks = itertools.count(1)


class Page:
    """One view of a panel, from the moment its frame is there.

    Args:
        kernel: The kernel.
        comm: The panel's model.
        subshell: Where its messages go, on kernels that have subshells.
    """

    def __init__(self, kernel: Kernel, comm: str, subshell: str | None = None) -> None:
        self.comm = comm
        self._kernel = kernel
        self._subshell = subshell
        self.values: list[float] = []
        self.events: list[dict[str, Any]] = []
        self.have = 0
        self.missing = False
        self.state: dict[str, Any] = kernel.models[comm]["_state"]
        self.pushed = self.answered = 0
        kernel.pages.append(self)
        self.ask()

    def ask(self) -> None:
        self._send({"type": "ask", "since": self.have})

    def click(self, command: str) -> str:
        """Press a button and return the click's name."""
        click = f"click-{next(_clicks)}"
        self._send({"type": "click", "click": click, "command": command})
        return click

    def send(self, message: object) -> None:
        self._send(message)

    def close(self) -> None:
        self._kernel.pages.remove(self)

    def outcome(self, click: str) -> str | None:
        """Return what became of a click: sent, answered, unanswered or refused."""
        kinds = [event["kind"] for event in self.events if event.get("click") == click]
        return kinds[-1] if kinds else None

    @property
    def notices(self) -> list[str]:
        return list(self.state["notices"])

    def hear(self, news: dict[str, Any], buffers: list[bytes]) -> None:
        """Take the kernel's news; the rows end up exact and in order whatever way they come."""
        if news.get("answer"):
            self.answered += 1
        else:
            self.pushed += 1
        if "state" in news and news["state"]["version"] >= self.state["version"]:
            self.state = news["state"]
        rows = news["rows"]
        self.missing = rows["first"] > self.have
        if self.missing:
            return
        values = array("d", buffers[1]) if buffers else array("d")
        one = array("H", [rows.get("origin", 0)]) * len(values)
        origins = array("H", buffers[2]) if len(buffers) > 2 else one
        new = self.have - rows["first"]
        self.values += [value for value, origin in zip(values[new:], origins[new:], strict=True) if origin]
        self.events += [event for row, event in rows.get("events", ()) if row >= self.have]
        self.have = max(self.have, rows["end"])

    def _send(self, message: object) -> None:
        self._kernel.send(self.comm, message, self._subshell)
