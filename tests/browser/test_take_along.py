"""What is on the chart is taken along: as a picture, a drawing, a table, and a line of Python."""

import csv
import re
import xml.etree.ElementTree as ET
from datetime import datetime

import pytest

from . import cells

# As in a frame whose page does not permit it (Clipboard API, 13.1.2).
REFUSE = "void (navigator.clipboard.write = async () => { throw new DOMException('', 'NotAllowedError'); })"


@pytest.fixture
def panel(notebook):
    book = notebook(cells.DEMO)
    book.run_to_end(0)
    panel = book.panel(0)
    panel.wait_until_ready()
    book.eventually(lambda: len(panel.points()) > 4, "there are readings")
    panel.click("More")
    panel.click("Save")
    return panel


def saved(panel, button, path):
    with panel.root.page.expect_download() as download:
        panel.click(button)
    download.value.save_as(path)
    return download.value.suggested_filename


def test_a_picture_a_drawing_and_what_is_shown_are_saved(panel, tmp_path):
    path = tmp_path / "it"
    assert saved(panel, "PNG", path) == "demo.png"
    png = path.read_bytes()
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    shown = panel.plot.evaluate("it => [it._fullLayout.width, it._fullLayout.height]")
    assert png.startswith(b"\x89PNG") and [width, height] == [3 * round(it) for it in shown]

    assert saved(panel, "SVG", path) == "demo.svg"
    words = "".join(ET.parse(path).getroot().itertext())
    assert "°C" in words, "it is whole, its words are words"

    panel.click("Pause")
    panel.root.locator(".chart").focus()
    for _ in range(3):
        panel.root.page.keyboard.press("+")
    start, end = panel.chart()["range"]
    assert saved(panel, "CSV of this window", path) == "demo.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) < len(panel.download(tmp_path / "all"))
    within = panel.root.evaluate(
        "(_, times) => times.map(it => Date.parse(it))", [row["time"] for row in rows]
    )
    assert all(start <= time <= end for time in within)


def test_picture_and_code_are_copied_or_it_is_said_what_to_do(panel):
    page = panel.root.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    panel.click("Copy picture")
    panel.says("The picture is copied.")
    kinds = page.evaluate("navigator.clipboard.read().then(them => them.flatMap(it => it.types))")
    assert kinds == ["image/png"]
    panel.click("Code")
    panel.says("The code is copied.")
    code = panel.root.get_by_label("The chart in Python").input_value()
    assert page.evaluate("navigator.clipboard.readText()") == code
    times = re.fullmatch(r'panel\.figure\("([^"]+)", "([^"]+)"\)', code).groups()
    start, end = map(datetime.fromisoformat, times)
    assert (end - start).total_seconds() == 60
    page.evaluate(REFUSE)
    panel.click("Copy picture")
    panel.says("Save it as PNG instead.")
