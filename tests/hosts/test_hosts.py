"""One story in every host: the panel draws, hears a click, streams, survives a reload, follows the theme."""

from contextlib import closing

import pytest

from ..support.browser import Window, on
from ..support.panel import PanelOnPage
from .servers import Lab, Marimo, MarimoStack, Notebook7, Voila, VoilaBox

BRIGHTNESS = """element => {
    const [red, green, blue] = getComputedStyle(element).color.match(/[0-9.]+/g).map(Number);
    return red + green + blue;
}"""


@pytest.fixture(params=[Lab, Notebook7, Voila, Marimo], ids=lambda host: host.__name__)
def host(request, tmp_path):
    host = request.param(tmp_path)
    with closing(host):
        yield host.start()


@pytest.fixture
def page(browser):
    window = Window(browser)
    yield window.page()
    window.close()
    ours = [error for error in window.errors if "blob:" in error or "picopanel" in error]
    assert not ours, f"the panel reported {ours}"  # hosts report errors of their own


@pytest.fixture
def wait(page):
    return on(page)


@pytest.fixture
def look(wait):
    """Returns the panel at a place of the page, once its buttons work."""

    def look(root):
        panel = PanelOnPage(root, wait)
        panel.wait_until_ready()
        return panel

    return look


def test_a_panel_draws_answers_survives_a_reload_and_follows_the_theme(host, page, wait, look):
    panel = look(host.open(page))
    panel.click("On")
    panel.confirmed("On")
    panel.says("LED on")

    drawn = len(panel.points())
    wait(lambda: len(panel.points()) >= drawn + 5, "readings stream", seen=panel.words)

    panel = look(host.reload(page))
    panel.click("Toggle")
    panel.confirmed("Toggle")
    wait(lambda: len(panel.points()) > 1, "there are readings after the reload", seen=panel.words)
    light, colour = panel.root.evaluate(BRIGHTNESS), panel.chart()["colour"]

    panel = look(host.darken(page))
    wait(lambda: panel.root.evaluate(BRIGHTNESS) > light + 200, "its text is light on a dark page")
    wait(lambda: panel.chart()["colour"] != colour, "the chart's words follow the theme")


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
    # Rightly once more after each time that a crowded machine has kept the kernel for over a second.
    assert 1 <= asked.count(True) <= 4, "not pushed to, it would have asked 20 times"


@pytest.mark.parametrize("host", [VoilaBox, MarimoStack], ids=lambda host: host.__name__, indirect=True)
def test_p2_in_another_widget_it_draws_streams_and_is_pushed_to_as_by_itself(host, page, wait, look):
    panel = look(host.open(page))
    drawn = len(panel.points())
    wait(lambda: len(panel.points()) >= drawn + 5, "readings stream", seen=panel.words)
    panel.click("On")
    panel.confirmed("On")
    panel = look(host.reload(page))
    wait(lambda: len(panel.points()) > 1, "there are readings after the reload", seen=panel.words)


def as_bytes(frame):
    return frame if isinstance(frame, bytes) else frame.encode()
