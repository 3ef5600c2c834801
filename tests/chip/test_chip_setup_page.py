"""A board that is new is set up by the browser: its console is the port that the page works at."""

from contextlib import ExitStack, closing

from ..support import serial_page
from ..support.browser import Window, chromium
from ..support.jupyter import JupyterLab
from ..support.notebook import Notebook
from ..support.waiting import eventually
from .conftest import WIFI


def test_from_an_empty_board_to_its_panel_by_the_browser(new_board, tmp_path):
    chip, cell = new_board
    with chromium() as browser, ExitStack() as ends:
        lab = JupyterLab(tmp_path)
        ends.callback(lab.stop)
        window = ends.enter_context(closing(Window(browser)))
        serial_page.install(window.context, chip.console_port)
        book = ends.enter_context(closing(Notebook(lab.start(), window, [cell])))
        book.run_to_end(0)
        card = book.page.locator(".picopanel-setup .card")
        card.get_by_role("button", name="It is plugged into the computer in front of you").click()
        for name, text in {"id": "chip", "ssid": WIFI["SSID"], "password": WIFI["PASSWORD"]}.items():
            card.locator(f"[name={name}]").fill(text)
        with window.context.expect_page() as opened:
            card.locator("[name=password]").press("Enter")
        opened.value.get_by_role("button", name="Choose the board").click()
        words = card.inner_text
        book.eventually(lambda: "That was" in words(), "the board has blinked", within=600, seen=words)
        book.panel(0).wait_until_ready()
        assert "Broker: connected." in opened.value.inner_text("body"), "the page shows its console"
        blinks = [True, False] * 5
        eventually(lambda: chip.lit[-10:] == blinks, "it blinks", seen=lambda: chip.lit)
