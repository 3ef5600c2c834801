"""VS Code as one of the hosts in which every behaviour is tried."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from playwright.sync_api import Locator

from ..behaviours import cells
from ..seat import Seat
from .editor import Editor

if TYPE_CHECKING:
    from .host import VSCode

numbers = itertools.count(1)


class VSCodeSeat(Seat):
    """A notebook in VS Code, whose cells are run by hand."""

    host: VSCode
    looks = ("dark", "high contrast")

    def open(self) -> None:
        self._gate = self.host.folder / f"gate{next(numbers)}"
        self._sources = cells(str(self._gate))
        self.editor = Editor(self.page, self.host.url)

    def place(self, cell: str) -> Locator:
        return self.editor.place(cell)

    def run(self, cell: str) -> None:
        self._gate.unlink(missing_ok=True)
        self.editor.run(self._sources[cell], cell)

    def run_to_end(self, cell: str) -> str:
        self.editor.run_to_end(self._sources[cell], cell)
        return ""

    def runs(self, cell: str) -> bool:
        return self.editor.runs(cell)

    def end(self, cell: str) -> None:
        self._gate.touch()
        self.eventually(lambda: not self.runs(cell), "the cell ends")

    def cells(self) -> int:
        """Return how many there would be, if each key that reaches the editor inserted one."""
        return len(self.editor.told("keys"))

    def reload(self) -> None:
        """Its panels are gone with it, until their cells are run again."""
        self.editor.reload()
        self._shown.clear()

    def wear(self, look: str) -> None:
        self.editor.theme(look.replace(" ", "-") or "light")
