"""Kernels of Colab's age and of later ones, with the wheel installed."""

import sys
from contextlib import closing
from pathlib import Path

import pytest

from ..support.browser import Window
from ..support.environments import Environment, build_wheel
from ..support.pythons import pythons
from .kernel import OPEN, Kernel
from .notebook import Notebook
from .page import Page

PINS = (Path(__file__).parent / "colab-pins.txt").read_text().splitlines()
COLABS_PYTHON = (3, 13)
COLAB = [line for line in PINS if line and not line.startswith("#")]
ADDED = ("picopanel", "paho-mqtt", "jupyter-ui-poll")
KERNELS = {
    "6.17.1 on Colab": COLAB,
    "6.29": ["ipykernel==6.29.5", "anywidget"],
    "7.3": ["ipykernel==7.3.0", "anywidget"],
    "7.4": None,
}


def environment_of(kernel):
    base = pythons().get(COLABS_PYTHON) if KERNELS[kernel] is COLAB else None
    return Environment("kernel-" + kernel.replace(" ", "-"), KERNELS[kernel], base)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def colab(wheel):
    """Colab's environment with the wheel; `before` and `after` tell what is installed."""
    environment = environment_of("6.17.1 on Colab")
    environment.uninstall(*ADDED)
    environment.before = environment.installed()
    environment.install("picopanel", find_links=wheel.parent)  # as the examples' first line does
    environment.after = environment.installed()
    return environment


@pytest.fixture(scope="session")
def python(request, wheel):
    """The interpreter of one of `KERNELS`, with PicoPanel."""
    requirements = KERNELS[request.param]
    if requirements is None:
        return Path(sys.executable)
    if requirements is COLAB:
        return request.getfixturevalue("colab").python
    environment = environment_of(request.param)
    environment.uninstall("picopanel")
    environment.install(str(wheel))
    return environment.python


@pytest.fixture
def kernel(python, tmp_path):
    kernel = Kernel(python, tmp_path)
    yield kernel
    kernel.close()


@pytest.fixture
def open_page(kernel):
    """Opens a page on the panel that a cell displays: `open_page("PicoPanel.demo()")`."""

    def open_one(comm):
        return Page(kernel, comm, kernel.open_subshell() if kernel.has_subshells else None)

    return open_one


@pytest.fixture
def page(kernel, open_page):
    """A page with a panel on a virtual Pico, which has its first readings."""
    kernel.run(OPEN)
    page = open_page(kernel.display())
    kernel.until(lambda: len(page.values) >= 3, "the page has three readings")
    return page


@pytest.fixture
def notebook(browser, colab, tmp_path):
    kernel = Kernel(colab.python, tmp_path)
    window = Window(browser)
    with closing(kernel), closing(window):
        notebook = Notebook(kernel, window)
        with closing(notebook.colab):
            yield notebook
    window.check()
