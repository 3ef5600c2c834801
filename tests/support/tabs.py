"""Browser tabs in which JupyterLab stays open: to load its page takes longer than most tests."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from playwright.sync_api import Browser, Page

from .browser import Window
from .jupyter import JupyterLab
from .notebook import Notebook


class Tabs:
    """Opens notebooks of a JupyterLab, each in a tab that no other one has meanwhile."""

    def __init__(self, lab: JupyterLab, browser: Browser) -> None:
        self._lab = lab
        self._browser = browser
        self._free: list[tuple[Window, Page]] = []

    def close(self) -> None:
        for window, _ in self._free:
            window.close()

    @contextmanager
    def notebook(self, cells: list[str], *, load: bool = False) -> Iterator[Notebook]:
        """Open a notebook with a fresh kernel; fail in the end if the page had an error.

        Args:
            cells: Their code.
            load: Whether the page is loaded anew, for a test of a page's beginning or end.
        """
        window, page = self._free.pop() if self._free else (Window(self._browser), None)
        with ExitStack() as ends:
            ends.callback(window.close)
            book = Notebook(self._lab, window, cells, page, load=load or not page)
            ends.enter_context(closing(book))
            yield book
            page = book.leave()
            if page and not window.errors and not window.escapes:
                ends.pop_all()
                self._free.append((window, page))
        window.check()
