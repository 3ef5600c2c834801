"""One JupyterLab and one Chromium for all tests, its tabs used again; a kernel for each notebook."""

from contextlib import ExitStack, closing, contextmanager

import pytest

from ..support.browser import Window
from ..support.jupyter import JupyterLab
from ..support.tabs import Tabs
from . import cells


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    lab = JupyterLab(tmp_path_factory.mktemp("jupyter"))
    try:
        yield lab.start()
    finally:
        lab.stop()


@pytest.fixture(scope="module")
def tab(browser):
    """A tab in which the gallery is loaded again and again: there its code is compiled already."""
    with closing(Window(browser, width=1000, height=900)) as window:
        yield window.page()
        window.check()


@pytest.fixture(scope="session")
def tabs(lab, browser):
    with closing(Tabs(lab, browser)) as tabs:
        yield tabs


@pytest.fixture
def notebook(lab, tabs):
    """Opens a notebook: `notebook("first cell", "second cell")`; with `load=True` its page is loaded anew."""
    with notebooks(lab, tabs) as open_notebook:
        yield open_notebook


@pytest.fixture(scope="module")
def demo(lab, tabs):
    """A notebook with the demo, for the tests of a module that leave it as they found it.

    Cell 0 shows the panel; cell 1 runs until five readings have come; cell 2 tells when the first of the
    kernel's readings was, in milliseconds.
    """
    with notebooks(lab, tabs) as open_notebook:
        book = open_notebook(
            cells.DEMO,
            "print(len(list(panel.readings(n=5))))",
            "print(panel.to_dataframe()['time'].min().timestamp() * 1000)",
        )
        book.run_to_end(0)
        yield book


@contextmanager
def notebooks(lab, tabs):
    """Ends the kernels; fails if a page had an error, or if page or kernel asked for more than loopback."""
    before = len(lab.escapes)
    with ExitStack() as ends:

        def open_notebook(*sources, load=False):
            return ends.enter_context(tabs.notebook(list(sources), load=load))

        yield open_notebook
    assert lab.escapes[before:] == [], "a kernel tried to reach more than loopback"
