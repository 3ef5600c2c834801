"""Marks set by a click on the chart, moved, renamed and taken away; Python has them, and every view."""

import json

import pytest
from playwright.sync_api import expect

from . import cells
from .conftest import notebooks

MARKS = "import json\nprint(json.dumps([[it.text, it.time.timestamp() * 1000] for it in panel.marks]))"


@pytest.fixture(scope="module")
def book(lab, tabs):
    with notebooks(lab, tabs) as open_notebook:
        book = open_notebook(cells.DEMO, "panel.sleep(7)", MARKS, "panel.lecture()")
        book.run_to_end(0)
        book.panel().wait_until_ready()
        book.run_to_end(1)
        yield book


def marks(book):
    """Return the kernel's marks, as texts with times in ms."""
    return dict(json.loads(book.run_to_end(2)))


def test_a_click_sets_one_a_drag_moves_it_and_keys_do_the_same(book):
    """Where the chart can be zoomed by a drag, live again by two clicks, and read by pointing."""
    panel, mouse, press = book.panel(), book.page.mouse, book.page.keyboard.press
    panel.show("30 s")
    panel.click("Pause")
    panel.click("More")
    panel.click("Set marks")
    panel.click("More")
    plane = panel.root.locator(".nsewdrag").first
    box, (start, end) = plane.bounding_box(), panel.chart()["range"]
    pixel = (end - start) / box["width"]
    at = lambda share: (box["x"] + share * box["width"], box["y"] + 60)  # noqa: E731
    field, handle = panel.root.locator(".marking input"), panel.root.get_by_label("Mark heater")

    mouse.click(*at(0.9))
    expect(field).to_be_focused()
    book.page.keyboard.type("heater on")
    press("Enter")
    handle.wait_for()
    assert panel.chart()["range"] == [start, end], "a click zooms nothing"
    [(text, time)] = marks(book).items()
    assert text == "heater on" and abs(time - (start + 0.9 * (end - start))) < 10 * pixel + 1

    grip = handle.bounding_box()
    mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
    mouse.down()
    mouse.move(at(0.8)[0], grip["y"], steps=5)
    mouse.up()
    written = panel.plot.locator(".annotation-text")
    expect(written).to_have_text(["heater on"])
    book.eventually(lambda: marks(book)["heater on"] < time - 20 * pixel, "the kernel has it moved")
    assert field.count() == 0, "a drag opens no field"

    handle.click()
    expect(field).to_have_value("heater on")
    field.fill("heater at 40 °C")
    press("Enter")
    expect(written).to_have_text(["heater at 40 °C"])
    before = marks(book)["heater at 40 °C"]
    handle.focus()
    press("ArrowLeft")
    book.eventually(lambda: marks(book)["heater at 40 °C"] < before, "a key moves it to the reading before")
    handle.focus()
    press("Delete")
    expect(handle).to_have_count(0)
    expect(panel.root.locator(".chart")).to_be_focused()
    assert marks(book) == {}
    panel.root.locator(".chart").focus()
    press("Control+z")
    expect(handle).to_have_count(1)
    assert marks(book).keys() == {"heater at 40 °C"}

    mouse.move(*at(0.5))
    mouse.down()
    mouse.move(*at(0.9), steps=5)
    mouse.up()
    book.eventually(lambda: panel.chart()["range"] != [start, end], "a drag zooms as ever")
    assert field.count() == 0
    mouse.dblclick(*at(0.5))
    expect(panel.button("Back to live")).to_have_count(0)
    expect(field).to_have_count(0)
    panel.click("Done")
    expect(handle).to_have_count(0)
    mouse.click(*at(0.5))
    assert field.count() == 0, "a click sets none any more"


def test_a_key_marks_the_reading_that_keys_have_gone_to_and_a_hall_shows_it(book):
    panel, press = book.panel(), book.page.keyboard.press
    panel.root.locator(".chart").focus()
    press("Enter")
    for _ in range(5):
        press("Shift+ArrowLeft")
    said = panel.root.locator(".readout [role=status]").inner_text()
    press("m")
    expect(panel.root.locator(".marking input")).to_be_focused()
    book.page.keyboard.type("read")
    assert said.split(",")[0] in panel.root.locator(".marking").inner_text()
    press("Enter")
    book.run_to_end(3)
    hall = book.panel(3)
    hall.wait_until_ready()
    expect(hall.plot.locator(".annotation-text", has_text="read")).to_have_count(1)
    hall.root.locator(".head").click(position={"x": 4, "y": 4})
    press("e")
    hall.root.get_by_label("Mark read").focus()
    press("Delete")
    expect(panel.plot.locator(".annotation-text", has_text="read")).to_have_count(0)
    assert "read" not in marks(book)
    assert book.cells == 4, "a key of the panel has inserted or deleted a cell"
    press("e")
