"""A notebook that was saved with its state, and is opened again in JupyterLab after its kernel's end."""

from contextlib import closing

import nbformat
import pytest
from nbformat.sign import NotebookNotary

from ..hosts.servers import SERVED, Host
from ..support.browser import Window, on
from ..support.panel import PanelOnPage
from .saved import CELLS, executed, write


class Reopened(Host):
    """JupyterLab with a saved and trusted notebook: for `panel.ipynb` it starts a new kernel.

    For `strange.ipynb` there is none that would do; `live.ipynb` has not been run.
    """

    command = (
        "jupyterlab",
        "--no-browser",
        "--expose-app-in-browser",
        *SERVED,
    )
    ready = "/api"

    def write(self):
        saved = executed(write(self.folder / "run.ipynb", *CELLS))
        data = self.folder / ".local" / "share" / "jupyter"
        data.mkdir(parents=True)
        notary = NotebookNotary(data_dir=str(data))
        for name, language in (("panel", "python"), ("strange", "another")):
            notebook = nbformat.read(saved, as_version=4)
            notebook.metadata["kernelspec"] = {"name": "gone", "display_name": "Gone", "language": language}
            notebook.metadata["language_info"] = {"name": language}
            nbformat.write(notebook, self.folder / f"{name}.ipynb")
            notary.sign(notebook)
        notary.store.close()
        write(self.folder / "live.ipynb", *CELLS)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with closing(Reopened(tmp_path_factory.mktemp("reopened"))) as lab:
        yield lab.start()


@pytest.fixture
def page(browser):
    window = Window(browser)
    yield window.page()
    window.close()


@pytest.fixture
def open_saved(lab, page, tmp_path):
    """Opens one of its notebooks, alone: `open_saved("panel")`."""

    def open_saved(name):
        page.goto(f"{lab.url}/lab/workspaces/{tmp_path.name}/tree/{name}.ipynb")

    return open_saved


@pytest.fixture
def picture(open_saved, page):
    """The still picture in a notebook for which a person chooses no kernel."""
    open_saved("strange")
    page.get_by_role("dialog").get_by_role("button", name="No Kernel").click()
    still = page.locator(".picopanel-still")
    still.wait_for(state="visible")
    return still


def test_with_a_new_kernel_it_shows_the_recorded_chart_with_its_controls_disabled(open_saved, page):
    open_saved("panel")
    page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel")
    panel = PanelOnPage(page.locator(".picopanel"), on(page))
    panel.says("Recorded at")
    panel.says("the kernel is gone")
    on(page)(lambda: len(panel.points()) > 5, "the recorded readings are drawn", seen=panel.points)
    assert not panel.can_command(), "the buttons can be pressed"
    assert not page.locator(".picopanel-still").is_visible(), "the still picture hides"


def test_with_no_kernel_at_all_jupyterlab_shows_the_still_picture(picture):
    assert "°C" in picture.inner_text()


def test_p9_a_live_panel_hides_its_own_still_picture_and_not_another_notebooks(picture, page):
    page.evaluate("jupyterapp.commands.execute('docmanager:open', {path: 'live.ipynb'})")
    page.wait_for_function(
        "jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
    )
    page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
    PanelOnPage(page.locator(".picopanel"), on(page)).wait_until_ready()
    own = page.locator(".jp-NotebookPanel:visible .picopanel-still")
    own.wait_for(state="hidden", timeout=60_000)
    on(page)(lambda: own.count() == 1, "it has its still picture")
    assert not own.is_visible()
    page.evaluate("jupyterapp.commands.execute('docmanager:open', {path: 'strange.ipynb'})")
    page.locator(".jp-NotebookPanel:visible .picopanel-still").wait_for(state="visible")
