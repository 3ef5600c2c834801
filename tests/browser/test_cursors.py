"""Two cursors at the chart, by mouse and by keyboard, and the same stretch in Python."""

import re

from . import cells

BETWEEN = """
from picopanel import PicoPanel
stretch = panel.between()
print(int(stretch.numbers.n.iloc[0]), f"{(stretch.end - stretch.start).total_seconds():.3f}")
"""


def test_what_lies_between_them_is_told_here_and_in_python(notebook):
    book = notebook(cells.DEMO, "panel.sleep(6); panel.mark('now')", BETWEEN.strip(), "print(panel.cursors)")
    book.run_to_end(0)
    panel = book.panel()
    panel.wait_until_ready()
    book.run_to_end(1)
    panel.show("30 s")
    panel.click("Pause")
    panel.click("Measure")
    one, other = panel.root.get_by_label("Cursor A"), panel.root.get_by_label("Cursor B")
    told = panel.root.locator(".between")
    book.eventually(lambda: one.evaluate("it => it === document.activeElement"), "the first has the focus")
    book.page.keyboard.press("Home")  # no key of theirs
    for _ in range(4):
        book.page.keyboard.press("Shift+ArrowLeft")
    first = one.get_attribute("aria-valuetext")
    book.page.keyboard.press("ArrowRight")
    book.eventually(lambda: one.get_attribute("aria-valuetext") != first, "a key goes to the next reading")
    assert re.match(r"\d\d:\d\d:\d\d\.\d\d\d, temperature [0-9.]+ °C", first), first

    shown = panel.chart()["range"]
    box, place = panel.root.locator(".nsewdrag").first.bounding_box(), other.bounding_box()
    book.page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    book.page.mouse.down()
    book.page.mouse.move(box["x"] + box["width"] * 0.97, box["y"] + 40, steps=5)
    book.page.mouse.up()
    assert panel.chart()["range"] == shown, "a cursor that is dragged zooms nothing"
    words = told.inner_text()
    seconds, readings = re.match(r"([0-9.]+) s from ", words)[1], re.search(r"(\d+) readings", words)[1]
    assert int(readings) > 10, words
    for name in ("mean", "median", "deviation", "slope"):
        assert f"{name} " in words
    count, span = book.run_to_end(2).split()
    assert count == readings
    assert abs(float(span) - float(seconds)) < 0.002 + 0.001 * float(span), "told to four digits"

    one.focus()
    book.page.keyboard.press("Escape")
    book.eventually(lambda: one.count() == 0 and told.inner_text() == "", "Escape takes them away")
    assert book.run_to_end(3) == "None"
