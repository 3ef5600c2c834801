"""A tab that is closed: the kernel sends it no more, and what its panel hid is shown again."""

import nbformat
import pytest

from ..support.waiting import eventually
from . import cells

TELL = """import pathlib, threading, time

def tell():
    while True:
        pathlib.Path("{file}").write_text("no" if panel._conversation.feed._resting else "yes")
        time.sleep(0.1)

threading.Thread(target=tell, daemon=True).start()"""


@pytest.mark.parametrize(
    "go", [lambda page: page.close(), lambda page: page.goto("about:blank")], ids=["closed", "left"]
)
def test_a_page_that_goes_while_it_is_looked_at_is_pushed_to_no_more(notebook, lab, request, go):
    pushes = lab.root / f"pushes-{request.node.callspec.id}.txt"  # each kernel has its own
    book = notebook(cells.DEMO, TELL.format(file=pushes.name), load=True)
    book.run_to_end(0)
    book.panel().wait_until_ready()
    book.run_to_end(1)
    book.eventually(lambda: pushes.exists() and pushes.read_text() == "yes", "the kernel pushes")
    go(book.page)
    eventually(lambda: pushes.read_text() == "no", "the kernel rests", seen=pushes.read_text)


def test_p9_a_notebook_opened_again_without_its_panel_shows_the_picture_that_the_panel_hid(lab, notebook):
    """JupyterLab's page stays; of what was saved, no widget is left that could be shown."""
    book = notebook(cells.DEMO, load=True)
    book.run_to_end(0)
    book.panel().wait_until_ready()
    still = book.page.locator(".picopanel-still")
    book.eventually(lambda: still.count() == 1, "it has its still picture")
    assert not still.is_visible()
    book.save()
    path = lab.root / book.name
    document = nbformat.read(path, as_version=4)
    document.metadata.pop("widgets", None)
    book.page.evaluate(
        """async () => {
            const { currentWidget } = jupyterapp.shell;
            await currentWidget.sessionContext.shutdown();
            await currentWidget.close();
        }"""
    )
    nbformat.write(document, path)
    book.page.evaluate("path => jupyterapp.commands.execute('docmanager:open', { path })", book.name)
    still.wait_for(state="visible")
    errors = book.window.errors
    book.eventually(lambda: errors, "JupyterLab has looked for the widget itself")
    assert all("widget model not found" in error for error in errors)
    errors.clear()
