"""The lecture view: the same panel, readable from the last row, driven by keys that stay in it."""

import pytest
from playwright.sync_api import expect

from . import cells
from .conftest import notebooks
from .test_accessibility import findings
from .test_layout import OVERFLOW

PANELS = "globalThis[Symbol.for('picopanel.panels')].size"
MARKS = (
    "rows = panel._device.store.since(0)\n"
    "print([event['text'] for _, event in rows.events if event['kind'] == 'mark'])"
)


@pytest.fixture(scope="module")
def book(lab, tabs):
    with notebooks(lab, tabs) as open_notebook:
        book = open_notebook(cells.DEMO, "panel.lecture()", MARKS)
        book.run_to_end(0)
        book.run_to_end(1)
        book.panel(1).wait_until_ready()
        yield book


def stand_in(hall):
    """Put the keyboard's focus on the lecture view, as a click on it does."""
    hall.root.locator(".head").click(position={"x": 4, "y": 4})
    expect(hall.root.locator(".card")).to_be_focused(timeout=20_000)


def test_is_another_view_of_the_same_panel(book):
    """What is clicked in one view shows in the other, and the page has the readings once."""
    cell, hall = book.panel(0), book.panel(1)
    hall.click("On")
    for view in (cell, hall):
        view.says("LED on")
        view.confirmed("On")
    shown = [dict(view.points()) for view in (cell, hall)]
    assert len(shown[0].keys() & shown[1].keys()) > 0
    assert book.page.evaluate(PANELS) == 1


def test_keys_drive_it_and_never_reach_the_notebook(book):
    """Space, 1, 0 and B command the LED; M marks; the notebook's own keys do nothing."""
    hall, press = book.panel(1), book.page.keyboard.press
    stand_in(hall)
    press("1")
    hall.confirmed("On")
    press(" ")
    hall.confirmed("Toggle")
    hall.says("LED off")
    press("b")
    hall.confirmed("Blink")
    press("0")
    hall.confirmed("Off")
    press("w")
    hall.says("window: 5 min")
    press("p")
    hall.says("chart paused")
    press("p")
    press("m")
    book.page.keyboard.type("heater on 10 b")
    press("Enter")
    book.eventually(lambda: hall.plot.locator(".annotation-text").count() == 1, "the mark is on the chart")
    for key in ("a", "b", "d", "d", "x", "m", "Escape", "y", "ArrowDown", "Shift+Enter"):
        press(key)
    assert book.cells == 3, "a key of the panel has inserted or deleted a cell"
    assert book.page.evaluate("jupyterapp.shell.currentWidget.content.mode") == "command"
    assert book.run_to_end(2) == "['heater on 10 b']"


def test_fills_the_screen_and_leaves_it(book):
    """F or the button fills the screen with a larger chart, and the keys go on working."""
    hall, press = book.panel(1), book.page.keyboard.press
    whole = "document.fullscreenElement?.className ?? ''"
    font = "it => it._fullLayout.font.size"
    stand_in(hall)
    before = hall.plot.evaluate(font)
    press("f")
    book.eventually(lambda: "lecture" in book.page.evaluate(whole), "the view fills the screen")
    fills = "it => it.offsetWidth === innerWidth && it.offsetHeight === innerHeight"
    book.eventually(lambda: hall.root.locator(".card").evaluate(fills), "it is as large as the screen")
    book.eventually(lambda: hall.plot.evaluate(font) > before > 12, "the chart's words grow with it")
    press("1")
    hall.confirmed("On")
    hall.root.get_by_role("button", name="Full screen").click()
    book.eventually(lambda: book.page.evaluate(whole) == "", "the view leaves the screen")


@pytest.mark.parametrize("width", [320, 1000])
def test_no_overflow_and_nothing_for_axe(book, width):
    """Nothing sticks out, and contrast and names hold, light and dark."""
    hall = book.panel(1)
    hall.set_width(width)
    assert hall.root.evaluate(OVERFLOW) == []
    assert findings(book) == []
    stand_in(hall)
    book.page.keyboard.press("d")
    book.eventually(lambda: "dark" in hall.root.get_attribute("class"), "it is dark", within=30)
    assert findings(book) == []
    book.page.keyboard.press("d")
