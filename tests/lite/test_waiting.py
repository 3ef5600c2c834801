"""What waits in a cell, in a browser that can switch the stack and in one that cannot (`make browsers`)."""

import os
from contextlib import closing, contextmanager, nullcontext

import pytest

from ..support.browser import Window
from ..support.lite import LiteNotebook

SWITCHES = "from pyodide.ffi import can_run_sync\nprint(can_run_sync())"
DEMO = "from picopanel import PicoPanel\npanel = PicoPanel.demo()\npanel"
VERBS = """
import time
start = time.monotonic()
reply = panel.toggle()
panel.blink(0.3, n=2, wait=True)
panel.sleep(1)
print(reply.led, reply.certain, len(list(panel.readings(n=3))), time.monotonic() - start > 2)
"""
LOOP = "for _ in range(6):\n    panel.toggle()\n    panel.sleep(1)"


@contextmanager
def unable_to_switch(lite):
    """Have Pyodide find a browser as those are that cannot."""
    pyodide = lite.site / "static" / "pyodide" / "pyodide.mjs"
    as_it_is = pyodide.read_text("utf-8")
    pyodide.write_text(f"delete WebAssembly.Suspending; delete WebAssembly.promising;\n{as_it_is}", "utf-8")
    try:
        yield
    finally:
        pyodide.write_text(as_it_is, "utf-8")


@pytest.mark.skipif(not os.environ.get("PICOPANEL_BROWSERS"), reason="two more Pyodides: make browsers")
@pytest.mark.parametrize("switches", [True, False])
def test_what_waits_does_the_chart_lives_and_a_click_is_carried_out_at_the_cells_end(lite, browser, switches):
    with closing(Window(browser)) as window:
        with nullcontext() if switches else unable_to_switch(lite):
            book = LiteNotebook(lite, window, [DEMO, VERBS, LOOP, SWITCHES])
            book.run_to_end(0)
        panel = book.panel()
        panel.wait_until_ready()
        assert book.run_to_end(1) == "True True 3 True"
        book.run(2)
        panel.streams(6, while_true=lambda: book.runs(2))
        panel.click("Off")
        book.eventually(lambda: "waiting for the running cell" in panel.echo, "the click says why it waits")
        panel.confirmed("Off")
        assert not book.runs(2)
        assert book.run_to_end(3) == str(switches)
        window.check()
