"""`BoardSetup` in Colab: the kernel is far away, and the frame may open a page that reaches the board."""

from contextlib import ExitStack

import pytest

from ..support import serial_page
from ..support.programs import Program
from ..support.usb_board import UsbBoard

ID, PASSWORD, WIFI_PASSWORD = "b-1", "br0ker-s3cret", "wifi-s3cret"
CELL = "from picopanel import BoardSetup\nsetup = BoardSetup(broker={url!r}, mqtt_as={mqtt_as!r})\nsetup"


@pytest.fixture
def url(start):
    return start(users={"ada": PASSWORD}).url(login=f"ada:{PASSWORD}")


def test_from_an_empty_board_to_its_panel_by_a_page_of_its_own(notebook, url, mqtt_as, tmp_path):
    with ExitStack() as ends:

        def start():
            ends.callback(Program(["-m", "picopanel", "pico", ID, "--broker", url]).kill)

        board = UsbBoard(tmp_path / "flash", on_reset=start)
        ends.callback(board.unplug)
        serial_page.install(notebook.window.context, board.port)
        cell = notebook.run_to_end(CELL.format(url=url, mqtt_as=str(mqtt_as)))
        frame = notebook.page.frame_locator(f"iframe[name={cell}]")
        card = frame.locator(".picopanel-setup .card")
        for name, text in {"id": ID, "ssid": "lab", "password": WIFI_PASSWORD}.items():
            card.locator(f"[name={name}]").fill(text)
        with notebook.window.context.expect_page() as opened:
            card.get_by_role("button", name="Set up", exact=True).click()
        opened.value.get_by_role("button", name="Choose the board").click()
        words = card.inner_text
        notebook.eventually(lambda: "That was" in words(), "the board has blinked", within=120, seen=words)
        notebook.panel(cell)
        assert notebook.colab.dropped, "what the kernel's threads sent between cells is lost, as there"
        assert WIFI_PASSWORD in (board.flash / "my_secrets.py").read_text()


def test_a_panel_that_nobody_answers_opens_the_card_in_its_own_frame(notebook, url):
    cell = notebook.run_to_end(
        f"from picopanel import PicoPanel\npanel = PicoPanel({ID!r}, broker={url!r})\npanel"
    )
    frame = notebook.page.frame_locator(f"iframe[name={cell}]")
    frame.get_by_role("button", name="Set up this board").click(timeout=60_000)
    assert frame.locator(".picopanel-setup [name=id]").input_value() == ID
