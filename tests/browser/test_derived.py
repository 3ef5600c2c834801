"""Channels that a user derives stand beside the board's own, marked, and go when they are taken away."""

import re

from . import cells

DERIVE = 'panel.derive("kelvin", lambda celsius: celsius + 273.15, "temperature", unit="K")'
AGAIN = 'panel.derive("kelvin", lambda celsius: celsius + 1000, "temperature", unit="K")'
WRONG = 'panel.derive("wrong", lambda celsius: celsius / 0, "temperature")'
REMOVE = "panel.remove_derived()"


def drawn(panel, name):
    return [
        y for trace in panel.chart()["traces"] if trace["name"] == name for y in trace["y"] if y is not None
    ]


def test_derived_on_the_chart_marked_replaced_and_taken_away(notebook, tmp_path):
    book = notebook(cells.DEMO, DERIVE, AGAIN, WRONG, REMOVE)
    book.run_to_end(0)
    panel = book.panel(0)
    panel.wait_until_ready()
    book.eventually(lambda: len(panel.points()) > 4, "there are readings")
    before = len(panel.points())
    book.run_to_end(1)
    book.eventually(lambda: len(drawn(panel, "kelvin")) > before, "the past is derived, and what comes")
    assert all(280 < value < 310 for value in drawn(panel, "kelvin"))
    tile = panel.root.get_by_role("button", name=re.compile("kelvin.*derived"))
    assert tile.get_attribute("title") == "Hide this line, derived from temperature"
    assert "derived" not in panel.root.get_by_role("button", name="temperature").inner_text()

    book.run_to_end(2)
    book.eventually(
        lambda: drawn(panel, "kelvin") and min(drawn(panel, "kelvin")) > 1000,
        "none of the former ones is left",
    )
    table = panel.download(tmp_path / "run.csv")
    assert {row["derived"] for row in table if row["channel"] == "kelvin"} == {"true"}
    assert min(float(row["value"]) for row in table if row["channel"] == "kelvin") > 1000

    book.run_to_end(3)
    panel.says("Your function for 'wrong' raised ZeroDivisionError")
    book.run_to_end(4)
    book.eventually(
        lambda: panel.root.locator(".tile").count() == 0, "the board's own is alone", seen=panel.words
    )
    assert drawn(panel, "kelvin") == []
