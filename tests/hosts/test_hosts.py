"""What is particular to some hosts: who is pushed to, and a panel in another widget."""

from contextlib import closing
from types import MappingProxyType

import pytest

from .behaviours import click_confirmed, more_readings, streams
from .seat import Seat
from .servers import Lab, Marimo, Notebook7, Voila

IN_A_BOX = (
    "from picopanel import PicoPanel\nimport ipywidgets\npanel = PicoPanel.demo()\nipywidgets.VBox([panel])"
)


class VoilaBox(Voila):
    """The panel in a box."""

    instead = MappingProxyType({"panel": IN_A_BOX})


class MarimoStack(Marimo):
    """The panel in a stack."""

    shows = "mo.hstack([mo.ui.anywidget({})])"


@pytest.fixture
def seat(request, start_browser, tmp_path):
    host = request.param(tmp_path).start()
    with closing(host), closing(host.seat(host, start_browser, "Chromium")) as seat:
        yield seat
        seat.check()


def at(*hosts):
    return pytest.mark.parametrize("seat", hosts, ids=lambda host: host.__name__, indirect=True)


@at(Lab, Notebook7)
def test_a_page_that_is_pushed_to_asks_only_when_it_opens(seat: Seat):
    asked = []
    hear = lambda frame: asked.append(b'"type":"ask"' in as_bytes(frame))  # noqa: E731
    seat.page.on("websocket", lambda socket: socket.on("framesent", hear))
    seat.open()
    panel = seat.panel()
    seat.page.wait_for_timeout(5000)
    panel.click("On")
    panel.confirmed("On")
    seat.page.wait_for_timeout(3000)
    # Rightly once more after each time that a crowded machine has kept the kernel for over a second.
    assert 1 <= asked.count(True) <= 4, "not pushed to, it would have asked 20 times"


@at(VoilaBox, MarimoStack)
def test_p2_in_another_widget_it_draws_streams_and_is_pushed_to_as_by_itself(seat: Seat):
    seat.open()
    streams(seat)
    click_confirmed(seat)
    seat.reload()
    more_readings(seat, seat.panel())


def as_bytes(frame):
    return frame if isinstance(frame, bytes) else frame.encode()
