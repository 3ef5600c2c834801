"""What a person does in VS Code with a notebook, and what its editor hears of the outputs."""

import itertools
from typing import Any

from playwright.sync_api import FrameLocator, Locator, Page

from ...support.browser import on

names = itertools.count(1)


class Editor:
    """An empty notebook, with a kernel of its own.

    Args:
        page: Where it is opened.
        url: Of the host.
        query: `?csp`, as where `notebook.experimental.enableCsp` is set; `?theme=dark`.
    """

    def __init__(self, page: Page, url: str, query: str = "") -> None:
        self.page, self.eventually = page, on(page)
        page.goto(f"{url}/static/page.html{query}")
        self._wait_for_kernel()

    def run(self, code: str, cell: str = "") -> Locator:
        """Run a new cell, or one again, and return the place of its outputs."""
        cell = cell or f"cell{next(names)}"
        self.page.evaluate("([cell, code]) => vscode.run(cell, code)", [cell, code])
        return self.place(cell)

    def run_to_end(self, code: str, cell: str = "") -> Locator:
        cell = cell or f"cell{next(names)}"
        place = self.run(code, cell)
        self.eventually(lambda: not self.runs(cell), "the cell comes to its end")
        if place.count():
            place.scroll_into_view_if_needed()  # as the editor does with a cell that is run
        return place

    def place(self, cell: str) -> Locator:
        return self._outputs.locator(f"#cell-{cell}")

    def runs(self, cell: str) -> bool:
        return cell in self.told("running")

    def interrupt(self) -> None:
        """Press the stop button, and wait until no cell runs."""
        self.page.evaluate("vscode.interrupt()")
        self.eventually(lambda: not self.told("running"), "the cell is stopped")

    def restart(self) -> None:
        self.page.evaluate("vscode.restart()")
        self._wait_for_kernel()

    def reload(self) -> None:
        """Reload the window: the notebook is there again, with a new kernel."""
        self.page.reload()
        self._wait_for_kernel()

    def theme(self, name: str) -> None:
        """Choose one of `themes.json`."""
        self.page.evaluate("name => vscode.theme(name)", name)

    def told(self, what: str) -> list[Any]:
        """Return what the editor knows: `running`, `errors`, `saved`, `keys`, `opened`, `sent`."""
        return list(self.page.evaluate("what => vscode[what]", what))

    @property
    def _outputs(self) -> FrameLocator:
        return self.page.frame_locator("iframe")

    def _wait_for_kernel(self) -> None:
        self.page.wait_for_function("window.vscode?.kernel")
