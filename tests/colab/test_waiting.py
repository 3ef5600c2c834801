"""A waiting verb on kernels that hear the page in the cell's own thread, as Colab's does."""

import re

import pytest

from .conftest import KERNELS

WITHOUT_SUBSHELLS = [name for name in KERNELS if name.startswith("6.")]

pytestmark = pytest.mark.parametrize("python", WITHOUT_SUBSHELLS, indirect=True)

OTHERS = """
from picopanel import Pico, PicoWall
pico, wall = Pico.demo("other"), PicoWall.demo(1)
pico.read()
"""

LOOPS = """
import ipywidgets, time
turns = []
def loop(_):
    while True:
        turns.append(time.monotonic())
        time.sleep(0.01)
button = ipywidgets.Button()
button.on_click(loop)
button
"""


def test_c1_what_a_waiting_cell_prints_stays_its_own_whatever_the_page_says_meanwhile(kernel, page):
    cell = kernel.start("for i in range(40): print(i); panel.sleep(0.1)")
    while not kernel.over(cell):
        page.click("toggle")
        kernel.listen(0.05)
    kernel.listen(0.5)
    printed = [(o["cell"] == cell, o["text"]) for o in kernel.outputs if o["kind"] == "stream"]
    assert "".join(text for ours, text in printed if ours) == "".join(f"{i}\n" for i in range(40))
    assert not [text for ours, text in printed if not ours]


def test_l5_the_stop_button_ends_a_handler_of_the_users_that_goes_on_and_on(kernel, page):
    kernel.run(LOOPS)
    button = kernel.display()
    cell = kernel.start("panel.sleep(60)")
    kernel.send(button, {"event": "click"})
    kernel.listen(1)
    kernel.interrupt()
    kernel.until(lambda: kernel.over(cell), "the cell is over", within=15)
    kernel.errors.clear()
    before = kernel.run("print(len(turns))")
    assert int(before) > 5, "the handler has looped"
    kernel.listen(0.5)
    assert kernel.run("print(len(turns))") == before, "the handler is over"
    click = page.click("read")
    kernel.until(lambda: page.outcome(click) == "answered", "the panel goes on")


@pytest.mark.parametrize(
    "wait",
    [
        "panel.sleep(60)",
        "panel.blink(1, n=60)",
        "for reading in panel.readings(): pass",
        "while True: panel.toggle()",
        "while True: panel.doctor()",
        "pico.sleep(60)",
        "wall.sleep(60)",
    ],
)
def test_c3_the_stop_button_shows_the_users_own_line_and_none_of_ours(kernel, page, wait):
    kernel.run(OTHERS)
    cell = kernel.start(f"def mine():\n    {wait}\n\nmine()")
    kernel.listen(2)
    kernel.interrupt()
    kernel.until(lambda: kernel.over(cell), "the cell is over", within=15)
    (shown,) = kernel.errors
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert "KeyboardInterrupt" in plain and wait in plain
    assert "picopanel" not in plain.replace(wait, ""), plain
    assert len(plain.splitlines()) <= 20, plain
