"""One JupyterLab and one Chromium for all tests; a kernel and a browser profile for each."""

import pytest

from ..support.browser import Window, chromium
from ..support.jupyter import JupyterLab
from ..support.notebook import Notebook


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    lab = JupyterLab(tmp_path_factory.mktemp("jupyter")).start()
    yield lab
    lab.stop()


@pytest.fixture(scope="session")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def window(browser, lab):
    """A browser window; the test fails if its page had an error or anybody left loopback."""
    window = Window(browser)
    before = len(lab.escapes)
    yield window
    window.close()
    window.check()
    assert lab.escapes[before:] == [], "a kernel tried to reach more than loopback"


@pytest.fixture
def notebook(lab, window):
    """Opens a notebook: `notebook("first cell", "second cell")`."""
    notebooks = []

    def open_notebook(*cells):
        notebooks.append(Notebook(lab, window, list(cells)))
        return notebooks[-1]

    yield open_notebook
    for each in notebooks:
        each.close()
