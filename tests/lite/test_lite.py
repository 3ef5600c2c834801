"""One story in a real JupyterLite: Python itself, and with it the virtual Pico, runs in the page."""

from contextlib import closing

import pytest

from ..support.browser import Window
from ..support.lite import LiteNotebook

DEMO = "from picopanel import PicoPanel\npanel = PicoPanel.demo()\npanel"
VERBS = """
reply = panel.toggle()
print(reply.led, len(list(panel.readings(n=3))), panel.blink(0.1, n=2, wait=True) is not None)
"""


@pytest.fixture
def notebook(lite, browser):
    """Opens a notebook; in the end, no page has had an error or has asked for more than loopback."""
    window = Window(browser)
    with closing(window):
        yield lambda *cells: LiteNotebook(lite, window, list(cells))
        window.check()


def test_the_virtual_pico_lives_in_the_page(notebook):
    book = notebook(DEMO, VERBS)
    book.run_to_end(0)
    panel = book.panel()
    panel.wait_until_ready()
    drawn = len(panel.points())
    book.eventually(lambda: len(panel.points()) >= drawn + 5, "readings stream between cells")
    panel.click("On")
    panel.says("LED on")
    assert book.run_to_end(1) == "False 3 True"
