"""One story in every host: the panel draws, hears a click, streams, survives a reload and follows the theme."""

import pytest

from ..support.browser import Window, chromium
from ..support.panel import PanelOnPage
from ..support.waiting import eventually
from .servers import Marimo, Notebook7, Voila

BRIGHTNESS = """element => {
    const [red, green, blue] = getComputedStyle(element).color.match(/[0-9.]+/g).map(Number);
    return red + green + blue;
}"""


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(params=[Notebook7, Voila, Marimo], ids=lambda host: host.__name__)
def host(request, tmp_path):
    host = request.param(tmp_path)
    yield host
    host.close()


@pytest.fixture
def page(browser):
    window = Window(browser)
    yield window.page()
    window.close()
    ours = [error for error in window.errors if "blob:" in error or "picopanel" in error]
    assert not ours, f"the panel reported {ours}"  # hosts report errors of their own


def test_a_panel_lives(host, page):
    def look(root):
        panel = PanelOnPage(root, wait)
        panel.wait_until_ready(within=60)
        return panel

    def wait(see, expected, **options):
        return eventually(see, expected, pause=lambda seconds: page.wait_for_timeout(seconds * 1000), **options)

    panel = look(host.open(page))
    panel.click("On")
    panel.confirmed("On")
    panel.says("LED on")

    drawn = len(panel.points())
    wait(lambda: len(panel.points()) >= drawn + 5, "readings stream")

    panel = look(host.reload(page))
    panel.click("Toggle")
    panel.confirmed("Toggle")
    assert len(panel.points()) > 1
    light = panel.root.evaluate(BRIGHTNESS)

    panel = look(host.darken(page))
    wait(lambda: panel.root.evaluate(BRIGHTNESS) > light + 200, "its text is light on a dark page")
    wait(lambda: panel.chart()["colour"] != "", "the chart is drawn")
