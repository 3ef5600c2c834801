"""A tab that is closed: the server keeps for it what the kernel sends, so the kernel sends no more."""

import pytest

from ..support.waiting import eventually
from . import cells

TELL = """import pathlib, threading, time

def tell():
    while True:
        pathlib.Path("{file}").write_text("no" if panel._feed._resting else "yes")
        time.sleep(0.1)

threading.Thread(target=tell, daemon=True).start()"""


@pytest.mark.parametrize(
    "go", [lambda page: page.close(), lambda page: page.goto("about:blank")], ids=["closed", "left"]
)
def test_a_page_that_goes_while_it_is_looked_at_is_pushed_to_no_more(notebook, lab, request, go):
    pushes = lab.root / f"pushes-{request.node.callspec.id}.txt"  # each kernel has its own
    book = notebook(cells.DEMO, TELL.format(file=pushes.name))
    book.run_to_end(0)
    book.panel().wait_until_ready()
    book.run_to_end(1)
    book.eventually(lambda: pushes.exists() and pushes.read_text() == "yes", "the kernel pushes")
    go(book.page)
    eventually(lambda: pushes.read_text() == "no", "the kernel rests", seen=pushes.read_text)
