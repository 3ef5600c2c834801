"""The still picture on pages of any width and ground: nothing is cut off, and all is readable."""

import pytest

from picopanel._page.snapshot import PanelSnapshot
from picopanel._store import Origin, Store

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
