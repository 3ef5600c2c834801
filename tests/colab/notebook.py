"""A Colab notebook in a real browser, with Colab's kernel and 60 ms of network each way."""

import itertools

from ..support.browser import on
from ..support.panel import PanelOnPage
from .emulation.server import Colab

NETWORK = 60
numbers = itertools.count(1)


class Notebook:
    """A Colab notebook in a browser's window."""

    def __init__(self, kernel, window):
        self.colab, self.window = Colab(kernel.connection_file), window
        self.page = window.page()
        self.page.goto(f"{self.colab.url}?network={NETWORK}")
        self.eventually(lambda: self.colab.socket, "the page is connected")

    def run(self, code):
        """Start a cell and return its name."""
        cell = f"cell-{next(numbers)}"
        self.page.evaluate("([cell, code]) => colab.run(cell, code)", [cell, code])
        return cell

    def run_to_end(self, code):
        cell = self.run(code)
        self.eventually(lambda: cell in self.colab.over, "the cell comes to its end", within=30)
        return cell

    def panel(self, cell):
        frame = self.page.frame_locator(f"iframe[name={cell}]")
        panel = PanelOnPage(frame.locator(".picopanel"), self.eventually)
        panel.wait_until_ready()
        return panel

    def facts(self, cell):
        """Return what was measured in a cell's frame."""
        return self.page.evaluate("cell => [...colab.frames.values()].find(it => it.cell === cell)", cell)

    def eventually(self, look, expected, **options):
        return on(self.page)(look, expected, **options)
