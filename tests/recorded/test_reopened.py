"""A notebook that was saved with its state, and is opened again in JupyterLab after its kernel's end."""

import nbformat
import pytest
from nbformat.sign import NotebookNotary

from ..hosts.servers import Lab
from ..support.browser import Window, on
from ..support.panel import PanelOnPage
from .saved import CELLS, executed, write


class Reopened(Lab):
    """JupyterLab with a saved and trusted notebook; it starts a new kernel for it."""

    language = "python"

    def write(self):
        path = executed(write(self.folder / "run.ipynb", *CELLS))
        notebook = nbformat.read(path, as_version=4)
        notebook.metadata["kernelspec"] = {"name": "gone", "display_name": "Gone", "language": self.language}
        notebook.metadata["language_info"] = {"name": self.language}
        nbformat.write(notebook, self.folder / "panel.ipynb")
        data = self.folder / ".local" / "share" / "jupyter"
        data.mkdir(parents=True)
        notary = NotebookNotary(data_dir=str(data))
        notary.sign(notebook)
        notary.store.close()

    def open(self, page):
        page.goto(self.url + self.path)
        return page.locator(".picopanel")


class WithoutKernel(Reopened):
    """The same, with no kernel that would do: a person chooses none."""

    language = "another"

    def open(self, page):
        page.goto(self.url + self.path)
        page.get_by_role("dialog").get_by_role("button", name="No Kernel").click()
        return page.locator(".picopanel-still")


@pytest.fixture
def page(browser):
    window = Window(browser)
    yield window.page()
    window.close()


@pytest.fixture
def open_in(tmp_path, page):
    hosts = []

    def open_in(kind):
        hosts.append(kind(tmp_path))
        return hosts[0].start().open(page)

    yield open_in
    for host in hosts:
        host.close()


def test_with_a_new_kernel_it_shows_the_recorded_chart_with_its_controls_disabled(open_in, page):
    panel = PanelOnPage(open_in(Reopened), on(page))
    panel.says("Recorded at", within=60)
    panel.says("the kernel is gone")
    on(page)(lambda: len(panel.points()) > 5, "the recorded readings are drawn", seen=panel.points)
    assert not panel.can_command(), "the buttons can be pressed"
    assert not page.locator(".picopanel-still").is_visible(), "the still picture hides"


def test_with_no_kernel_at_all_jupyterlab_shows_the_still_picture(open_in):
    still = open_in(WithoutKernel)
    still.wait_for(state="visible")
    assert "°C" in still.inner_text()


def test_p9_a_live_panel_hides_its_own_still_picture_and_not_another_notebooks(tmp_path, open_in, page):
    write(tmp_path / "live.ipynb", *CELLS)
    open_in(WithoutKernel).wait_for(state="visible")
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
    page.evaluate("jupyterapp.commands.execute('docmanager:open', {path: 'panel.ipynb'})")
    page.locator(".jp-NotebookPanel:visible .picopanel-still").wait_for(state="visible")
