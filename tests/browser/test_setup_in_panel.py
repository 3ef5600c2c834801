"""A panel that nobody answers offers to set its board up, and does it in its own place."""

import pytest

from .test_accessibility import findings
from .test_layout import OVERFLOW
from .test_setup import ID
from .test_setup_page import Desk, laid

CELL = f"""
from picopanel import Broker, PicoPanel
given = Broker({{url!r}}, username="ada", password=open({{password!r}}).read())
panel = PicoPanel({ID!r}, broker=given)
panel
"""
NEAR = "from pathlib import Path\npanel._setup._mqtt_as = Path({mqtt_as!r})  # this machine has no network"


class Silent(Desk):
    cells = (CELL, NEAR, "print(panel._setup)")
    given = (("ssid", "lab"), ("password", "wifi-s3cret"))

    def open(self):
        self.book.run_to_end(0)
        buttons = self.book.page.get_by_role("button")
        self.offer, self.end = (
            buttons.filter(has_text="Set up this board"),
            buttons.filter(has_text="Close the"),
        )
        self.offer.click()
        self.end.click()
        self.card.wait_for(state="detached")
        self.offer.click()
        self.card.locator("form").wait_for()
        first = self.card.locator("[name=ssid]")
        self.book.eventually(
            lambda: first.evaluate("it => it === document.activeElement"),
            "the first field to fill has the focus",
        )
        self.book.save()
        self.book.reload()
        self.card.locator("form").wait_for()
        self.book.run_to_end(1)
        self.card.get_by_role("button", name="It is plugged into the computer in front of you").click()


@pytest.fixture
def desk(tmp_path, lab, browser, mqtt_as, start):
    yield from laid(Silent, tmp_path, lab, browser, mqtt_as, start)


def test_from_nobody_answers_to_the_panel_that_lives(desk):
    """Closed, opened again, and found by a page loaded anew, it sets up the board."""
    id_field = desk.card.locator("[name=id]")
    assert (id_field.input_value(), id_field.is_editable()) == (ID, False), "it is the panel's"
    assert findings(desk.book) == []
    desk.book.page.locator(".picopanel-place").first.evaluate("it => { it.style.width = '320px' }")
    assert desk.card.evaluate(OVERFLOW) == []
    desk.begin()
    desk.choose()
    desk.says("That was your board.")
    panel = desk.book.panel(0)
    panel.wait_until_ready()
    panel.click("Toggle")
    panel.confirmed("Toggle")
    desk.end.click()
    desk.card.wait_for(state="detached")
    assert desk.offer.count() == 0, "somebody answers"
    assert "None" in desk.book.run_to_end(2)
