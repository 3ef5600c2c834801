"""A notebook open in JupyterLab, as a student has it on the screen."""

import itertools
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, WebSocket

from .browser import Window, on
from .jupyter import JupyterLab
from .panel import PanelOnPage
from .waiting import T
from .wall import WallOnPage

CLOSE = """async () => {
    const { currentWidget } = app.shell;
    currentWidget.context.model.dirty = false;
    await currentWidget.close();
}"""
LEFT = """() => [...document.querySelectorAll('.jp-NotebookPanel, .picopanel, .jp-Dialog')]
    .map(it => it.className)"""
FORGET = """() => {
    for (const symbol of Object.getOwnPropertySymbols(globalThis))
        if (symbol.description.startsWith('picopanel')) delete globalThis[symbol];
}"""
"""Forgets the panel's code, so that the next notebook has to bring it again."""
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
numbers = itertools.count(1)


class Notebook:
    """One notebook in one browser tab.

    `gate` holds up a running cell: `while not pathlib.Path("<gate>").exists(): ...`, until `open_gate()`.

    Args:
        lab: Where the notebook is written, and its kernel runs.
        window: Where the tab is.
        cells: Their code.
        page: A tab in which JupyterLab is open; a new one is opened without it.
        load: Whether JupyterLab's page is loaded anew in that tab.
    """

    def __init__(
        self,
        lab: JupyterLab,
        window: Window,
        cells: list[str],
        page: Page | None = None,
        *,
        load: bool = True,
    ) -> None:
        self.lab = lab
        self.window = window
        self.name = f"notebook-{next(numbers)}.ipynb"
        self.bytes_received = 0
        self._themed = False
        lab.write_notebook(self.name, cells)
        self.page = page or window.page()
        self._open(load=load)

    def close(self) -> None:
        self.open_gate()
        self.page.close()
        self.lab.end_kernel(self.name)

    def leave(self) -> Page | None:
        """Close the notebook, and return the tab: JupyterLab is open in it, with nothing of this notebook.

        None if the tab is closed, or shows something else.
        """
        self.open_gate()
        if self.page.is_closed() or not self.page.url.startswith(self.lab.url):
            return None
        if self._themed:
            self.theme("JupyterLab Light")
        self._act(CLOSE)
        left = lambda: self.page.evaluate(LEFT)  # noqa: E731
        self.eventually(lambda: not left(), "nothing of the closed notebook is left", seen=left)
        self.page.evaluate(FORGET)
        self.page.remove_listener("websocket", self._count)
        self.lab.end_kernel(self.name)
        return self.page

    # What a student does.

    def run(self, cell: int) -> None:
        """Run a cell with Shift+Enter, without waiting for its end."""
        self._act(
            "async cell => { const it = app.shell.currentWidget.content;"
            " it.activeCellIndex = cell; await it.scrollToCell(it.activeCell);"
            " it.mode = 'command'; it.node.focus(); }",
            cell,
        )
        self.page.keyboard.press("Control+Enter")

    def run_to_end(self, cell: int, within: float = 60) -> str:
        """Run a cell and return its text output.

        Its number goes first: after a restart it may get the same one again.
        """
        self._cell(cell, "model.executionCount = null")
        self.run(cell)
        self.eventually(
            lambda: self.count(cell) is not None,
            f"cell {cell} comes to its end",
            within=within,
            seen=lambda: self.text(cell),
        )
        return self.text(cell)

    def save(self) -> None:
        self._act("async () => { await app.commands.execute('docmanager:save'); }")

    def interrupt(self) -> None:
        """Press the button with the square."""
        self._act("async () => { await app.shell.currentWidget.sessionContext.session.kernel.interrupt(); }")

    def restart(self) -> None:
        """Restart the kernel, as the button with the arrow does once it has asked."""
        self._act("async () => { await app.shell.currentWidget.sessionContext.session.kernel.restart(); }")
        self._wait_until_open()

    def reload(self) -> None:
        """Reload the page, as F5 does."""
        self.page.reload()
        self._wait_until_open()

    def reopen_browser_tab(self) -> None:
        """Close the browser's tab and open the notebook in a new one."""
        self.page.close()
        self.page = self.window.page()
        self._open()

    def reopen_document(self) -> None:
        """Close the notebook's tab in JupyterLab, with its kernel alive, and open it again."""
        self._act(
            "async name => { await app.shell.currentWidget.close();"
            " await app.commands.execute('docmanager:open', {path: name}); }",
            self.name,
        )
        self._wait_until_open()

    def theme(self, name: str) -> None:
        """Switch JupyterLab's theme: `JupyterLab Light` or `JupyterLab Dark`. The server remembers it."""
        self._themed = True
        self._act("async theme => { await app.commands.execute('apputils:change-theme', {theme}); }", name)
        self.page.locator(f"body[data-jp-theme-name='{name}']").wait_for(state="attached")

    # What is seen.

    @property
    def cells(self) -> int:
        return int(self._act("() => app.shell.currentWidget.content.widgets.length"))

    def runs(self, cell: int) -> bool:
        """Whether the cell has been started and has not come to its end.

        The kernel's status would not tell: it is `idle` again whenever a subshell has heard a click.
        """
        return bool(self._cell(cell, "model.executionState") == "running")

    def count(self, cell: int) -> int | None:
        """Return the cell's number in brackets, or None while it has none."""
        found = self._cell(cell, "model.sharedModel.execution_count")
        return None if found is None else int(found)

    def text(self, cell: int) -> str:
        """Return the cell's printed output, errors included."""
        return self.outputs(cell).inner_text().strip()

    def panel(self, cell: int = 0) -> PanelOnPage:
        """Return the panel in a cell's output."""
        return PanelOnPage(
            self.outputs(cell).locator(".picopanel:not(.picopanel-setup)").last, self.eventually
        )

    def wall(self, cell: int = 0) -> WallOnPage:
        """Return the wall in a cell's output."""
        return WallOnPage(self.outputs(cell).locator(".picopanel-wall").last, self.eventually)

    def eventually(self, look: Callable[[], T], expected: str, **options: Any) -> T:
        """As `waiting.eventually`; the page goes on working meanwhile."""
        found: T = on(self.page)(look, expected, **options)
        return found

    def draw(self) -> None:
        """Give the page the time to draw what has come."""
        self.page.evaluate(TWO_FRAMES)

    def open_gate(self) -> None:
        self._gate.touch()

    def close_gate(self) -> None:
        self._gate.unlink(missing_ok=True)

    @property
    def _gate(self) -> Any:
        return self.lab.root / f"{self.name}.gate"

    def outputs(self, cell: int) -> Locator:
        """Return the place of a cell's output."""
        return self.page.locator(".jp-Notebook:visible .jp-Cell").nth(cell).locator(".jp-Cell-outputWrapper")

    def _open(self, *, load: bool = True) -> None:
        self.page.on("websocket", self._count)
        self.page.set_viewport_size(self.window.size)
        if load:
            self.page.goto(self.lab.address(self.name))
        else:  # as a student opens the next one
            self._act("async path => { await app.commands.execute('docmanager:open', { path }); }", self.name)
        self._wait_until_open()

    def _wait_until_open(self) -> None:
        self.page.wait_for_function(
            "name => { const it = window.jupyterapp?.shell?.currentWidget;"
            " return it?.context?.path === name && it.context.isReady"
            " && it.sessionContext?.session?.kernel?.status === 'idle'; }",
            arg=self.name,
        )

    def _count(self, socket: WebSocket) -> None:
        if "/channels" in socket.url:
            socket.on("framereceived", self._received)

    def _received(self, payload: str | bytes) -> None:
        self.bytes_received += len(payload)

    def _cell(self, cell: int, script: str) -> Any:
        widget = "app.shell.currentWidget.content.widgets[cell]"
        return self._act(f"cell => {{ const {{ model }} = {widget}; return {script}; }}", cell)

    def _act(self, script: str, argument: object = None) -> Any:
        return self.page.evaluate(
            f"argument => {{ const app = window.jupyterapp; return ({script})(argument); }}", argument
        )
