"""One story in every host: the panel draws, hears a click, streams, survives a reload, follows the theme."""

import pytest

from ..support.browser import Window
from ..support.panel import PanelOnPage
from ..support.waiting import eventually
from .servers import Lab, Marimo, Notebook7, Voila

BRIGHTNESS = """element => {
    const [red, green, blue] = getComputedStyle(element).color.match(/[0-9.]+/g).map(Number);
    return red + green + blue;
}"""


@pytest.fixture(params=[Lab, Notebook7, Voila, Marimo], ids=lambda host: host.__name__)
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


@pytest.fixture
def wait(page):
    """As `eventually`; the page goes on working meanwhile."""

    def wait(see, expected, **options):
        return eventually(
            see, expected, pause=lambda seconds: page.wait_for_timeout(seconds * 1000), **options
        )

    return wait


@pytest.fixture
def look(wait):
    """Returns the panel at a place of the page, once its buttons work."""

    def look(root):
        panel = PanelOnPage(root, wait)
        panel.wait_until_ready(within=60)
        return panel

    return look


def test_a_panel_lives(host, page, wait, look):
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


@pytest.mark.parametrize("host", [Lab, Notebook7], ids=lambda host: host.__name__, indirect=True)
def test_a_page_that_is_pushed_to_asks_only_when_it_opens(host, page, look):
    asked = []
    hear = lambda frame: asked.append(b'"type":"ask"' in as_bytes(frame))  # noqa: E731
    page.on("websocket", lambda socket: socket.on("framesent", hear))
    panel = look(host.open(page))
    page.wait_for_timeout(5000)
    panel.click("On")
    panel.confirmed("On")
    page.wait_for_timeout(3000)
    assert asked.count(True) == 1


def as_bytes(frame):
    return frame if isinstance(frame, bytes) else frame.encode()
