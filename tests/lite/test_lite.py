"""One story in a real JupyterLite: Python itself, and with it the virtual Pico, runs in the page."""

import re
from contextlib import closing
from pathlib import Path

import pytest

from ..support.browser import Window
from ..support.lite import LiteNotebook

FRONT_PAGE = (Path(__file__).parents[2] / "docs" / "index.md").read_text("utf-8")
SHOWS, TOGGLES, LOOPS = 2, 4, 6
"""The cells of the start notebook."""


@pytest.fixture
def window(browser):
    """In the end, no page has had an error or has asked for more than loopback."""
    window = Window(browser)
    with closing(window):
        yield window
        window.check()


def test_try_it_now_opens_a_notebook_whose_virtual_pico_lives_in_the_page(lite, window):
    address = re.search(r'href="try/([^"]+)">Try it now', FRONT_PAGE)[1]
    book = LiteNotebook(lite, window, address=address)
    assert not book.run_to_end(1), "its line with pip does nothing here, and says nothing"
    book.run_to_end(SHOWS)
    panel = book.panel(SHOWS)
    panel.wait_until_ready()
    panel.streams()
    panel.click("On")
    panel.confirmed("On")

    assert re.fullmatch(r"LED off, 2\d\.\d+ °C, answered in \d+ ms", book.run_to_end(TOGGLES))
    book.run(LOOPS)
    panel.streams(while_true=lambda: book.runs(LOOPS))
    panel.click("Off")  # JupyterLite's page keeps it until the cell is over
    panel.confirmed("Off")
    assert not book.runs(LOOPS)

    book.save()
    book.page.reload()
    still = book.page.locator(".jp-OutputArea svg path, .jp-OutputArea svg polyline")
    book.eventually(lambda: still.count() > 0, "what was saved shows the still picture")
