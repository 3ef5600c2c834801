"""The still picture on pages of any width and ground: nothing is cut off, and all is readable."""

import pytest

from picopanel._page.snapshot import PanelSnapshot
from picopanel._store import Origin, Store
from picopanel._store.levels import levels_of
from picopanel._store.limit import Limit
from picopanel._store.trigger import Trigger

from ..support.browser import Window

STATE = {"id": "a-board-with-a-rather-long-name", "virtual": True, "led": True}
VALUES = {"plain": (22.9, 23.4), "large": (-1.23456e-5, -1.234567e15), "one": (7.0, 7.0)}
BODY = """<!doctype html><body style="margin: 0; background: {ground}; color: {ink}; font-family: sans-serif">
<div id="output" style="width: {width}px; overflow: hidden">{still}</div></body>"""
LOOK = """() => {
    const output = document.querySelector("#output").getBoundingClientRect();
    const svg = document.querySelector("svg");
    const ground = getComputedStyle(svg.querySelector("rect")).fill;
    return [...svg.querySelectorAll("text")].map(text => {
        const box = text.getBoundingClientRect();
        return {
            text: text.textContent, ink: getComputedStyle(text).fill, ground,
            fits: box.left >= output.left && box.right <= output.right,
        };
    });
}"""


def still(values):
    store = Store()
    store.append(Origin("temperature", "a", 1000), [1e12, 1e12 + 1000], list(values))
    return PanelSnapshot(STATE, store.since(0), {"temperature": "°C"}, 1e12 + 1000).html()


def luminance(colour):
    channels = [int(each) / 255 for each in colour.removeprefix("rgb(").rstrip(")").split(",")]
    linear = [each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(ink, ground):
    low, high = sorted((luminance(ink), luminance(ground)))
    return (high + 0.05) / (low + 0.05)


@pytest.fixture(scope="module")
def page(browser):
    window = Window(browser)
    yield window.page()
    window.close()


@pytest.mark.parametrize("width", [320, 600, 1200])
@pytest.mark.parametrize(("ground", "ink"), [("#ffffff", "#000000"), ("#111111", "#eeeeee")])
@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
def test_p13_a_still_picture_fits_and_is_readable_in_light_and_dark(page, width, ground, ink, values):
    page.set_content(BODY.format(ground=ground, ink=ink, width=width, still=still(values)))
    texts = page.evaluate(LOOK)
    assert len(texts) == 4
    assert all(it["fits"] for it in texts), texts
    assert all(contrast(it["ink"], it["ground"]) >= 4.5 for it in texts), texts
    assert page.locator("svg").bounding_box()["width"] <= 720


def test_marks_are_drawn_and_the_words_of_the_newest_are_readable_and_apart(page):
    store = Store()
    store.append(Origin("temperature", "a", 1000), [1e12, 1e12 + 60_000], [23.0, 24.0])
    texts = ["lid <on>", "a mark at the same place", "heater off", "too late"]
    times = [1e12 + 5000, 1e12 + 59_000, 1e12 + 60_000, 1e12 + 99_000]
    marks = [(time, {"text": text}) for time, text in zip(times, texts, strict=True)]
    html = PanelSnapshot(STATE, store.since(0), {"temperature": "°C"}, 1e12 + 99_000, marks).html()
    page.set_content(BODY.format(ground="#fff", ink="#000", width=600, still=html))
    assert page.locator("svg line").count() == 3
    seen = page.evaluate(LOOK)
    assert all(it["fits"] for it in seen), seen
    assert [it["text"] for it in seen if it["text"] in texts] == ["heater off", "lid <on>"]
    middle = page.locator("svg text", has_text="lid").evaluate(
        "it => { const { left, top, width } = it.getBoundingClientRect(); return [left + width / 2, top]; }"
    )
    line = page.locator("svg line").last.bounding_box()
    assert line["x"] < middle[0] and middle[1] < line["y"], "above, and beside its line"


def test_limits_and_the_triggers_level_are_lines_across_within_the_picture(page):
    store = Store()
    store.append(Origin("temperature", "a", 1000), [1e12, 1e12 + 1000], [23.0, 24.0])
    limits = [Limit("temperature", None, 30.0), Limit("gone", 1.0, 2.0)]
    levels = [*levels_of(limits, Trigger("temperature", above=23.5, below=23.5))]
    rows, units = store.since(0), {"temperature": "°C"}
    html = PanelSnapshot(STATE, rows, units, 1e12 + 1000, levels=levels).html()
    page.set_content(BODY.format(ground="#fff", ink="#000", width=600, still=html))
    frame = page.locator("svg rect").nth(1).bounding_box()
    lines = [line.bounding_box()["y"] - frame["y"] for line in page.locator("svg line").all()]
    assert lines == pytest.approx([0, frame["height"] * 6.5 / 7], abs=1), "30 at the top, 23.5 of 23 to 30"
    assert page.locator("svg text").first.text_content() == "30"
