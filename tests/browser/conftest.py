"""One JupyterLab and one Chromium for all tests; a kernel and a browser profile for each test or module."""

from contextlib import ExitStack, closing, contextmanager

import pytest

from ..support.browser import Window
from ..support.jupyter import JupyterLab
from ..support.notebook import Notebook
from . import cells


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    lab = JupyterLab(tmp_path_factory.mktemp("jupyter"))
    try:
        yield lab.start()
    finally:
        lab.stop()


@pytest.fixture
def notebook(lab, browser):
    """Opens a notebook: `notebook("first cell", "second cell")`."""
    with notebooks(lab, browser) as open_notebook:
        yield open_notebook


@pytest.fixture(scope="module")
def demo(lab, browser):
    """A notebook with the demo, for the tests of a module that leave it as they found it.

    Cell 0 shows the panel; cell 1 runs until five readings have come; cell 2 tells when the first of the
    kernel's readings was, in milliseconds.
    """
    with notebooks(lab, browser) as open_notebook:
        book = open_notebook(
            cells.DEMO,
            "print(len(list(panel.readings(n=5))))",
            "print(panel.to_dataframe()['time'].min().timestamp() * 1000)",
        )
        book.run_to_end(0)
        yield book


@contextmanager
def notebooks(lab, browser):
    """Ends the kernels; fails if a page had an error, or if page or kernel asked for more than loopback."""
    window, before = Window(browser), len(lab.escapes)
    with ExitStack() as ends:
        ends.callback(window.close)

        def open_notebook(*sources):
            return ends.enter_context(closing(Notebook(lab, window, list(sources))))

        yield open_notebook
    window.check()
    assert lab.escapes[before:] == [], "a kernel tried to reach more than loopback"
