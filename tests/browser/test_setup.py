"""A board is set up in a cell of JupyterLab: by the kernel, to which it is plugged in."""

import json
from contextlib import ExitStack

import pytest

from ..support.programs import Program
from ..support.usb_board import UsbBoard
from .test_accessibility import findings
from .test_layout import OVERFLOW

ID, SSID, WIFI_PASSWORD = "b-1", "lab", "wifi-s3cret"
CELL = """
from picopanel import BoardSetup
setup = BoardSetup(broker={url!r}, port={port!r}, mqtt_as={mqtt_as!r})
setup
"""
EDGE = "it => getComputedStyle(it.querySelector('[name=ssid]')).borderColor"


class Desk:
    """A board on USB, and the cell that sets it up; when its program starts, a virtual Pico answers."""

    def __init__(self, folder, mqtt_as, broker, notebook, ends):
        self._url, self._ends = broker.url(login="ada:right"), ends
        self.board = UsbBoard(folder / "flash", on_reset=self.start)
        ends.callback(self.board.unplug)
        cell = CELL.format(url=self._url, port=self.board.port, mqtt_as=str(mqtt_as)).strip()
        self.book = notebook(cell, "print(setup.panel.on(timeout=10))", "print('here')")
        self.book.run_to_end(0)
        self.page = self.book.page
        self.card = self.page.locator(".picopanel-setup .card")
        self.card.locator("form").wait_for()

    def start(self):
        program = Program(["-m", "picopanel", "pico", ID, "--broker", self._url])
        self._ends.callback(program.kill)

    def fill(self):
        """As by the keyboard alone, and Enter at the end."""
        self.card.locator("[name=id]").focus()
        for text in (ID, SSID, WIFI_PASSWORD):
            self.page.keyboard.type(text)
            self.page.keyboard.press("Tab")
        self.card.locator("[name=password]").press("Enter")

    def says(self, text):
        words = lambda: self.card.inner_text()  # noqa: E731
        self.book.eventually(lambda: text in words(), f"the card says {text!r}", seen=words)


@pytest.fixture
def desk(tmp_path, mqtt_as, start, notebook):
    with ExitStack() as ends:
        yield Desk(tmp_path, mqtt_as, start(users={"ada": "right"}), notebook, ends)


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_from_an_empty_board_to_its_panel_in_the_same_place(desk, theme):
    desk.book.theme(theme)
    assert findings(desk.book) == []
    desk.fill()
    desk.says("Write PicoPanel's files")
    assert findings(desk.book) == []
    desk.says("That was your board.")
    panel = desk.book.panel(0)
    panel.wait_until_ready()
    panel.click("Toggle")
    panel.confirmed("Toggle")
    assert findings(desk.book) == []
    assert "LED on" in desk.book.run_to_end(1)


def test_the_wifis_password_is_in_no_notebook_and_the_panels_picture_in_its_own_cell(desk, lab):
    desk.fill()
    desk.says("That was your board.")
    desk.book.run_to_end(1)
    desk.book.run_to_end(2)

    def pictures():
        desk.book.save()
        saved = json.loads((lab.root / desk.book.name).read_text())
        return ["picopanel-still" in json.dumps(cell["outputs"]) for cell in saved["cells"]]

    desk.book.eventually(lambda: pictures() == [True, False, False], "it is there", seen=pictures)
    saved = (lab.root / desk.book.name).read_text()
    assert "BoardSetup" in saved
    assert WIFI_PASSWORD not in saved + (lab.folder / "server.log").read_text(errors="replace")


def test_it_goes_on_while_the_page_is_reloaded(desk):
    desk.board.on_reset = lambda: None
    desk.fill()
    desk.says("board restarted.")
    desk.book.save()
    desk.book.reload()
    desk.card.locator("button", has_text="Stop").wait_for()
    desk.start()
    desk.says("That was your board.")


def test_whoever_has_gone_on_to_another_cell_keeps_the_keyboard(desk):
    desk.board.on_reset = lambda: None
    desk.fill()
    desk.says("board restarted.")
    editor = desk.page.locator(".jp-Cell .cm-content").nth(2)
    editor.click()
    desk.start()
    desk.says("Set up another")
    desk.book.panel(0).wait_until_ready()
    assert editor.evaluate("it => it === document.activeElement")


def test_it_is_stopped_by_a_click_and_begun_again(desk):
    desk.board.on_reset = lambda: None
    desk.fill()
    desk.says("board restarted.")
    stop = desk.card.get_by_role("button", name="Stop")
    stop.dispatch_event("click", {"detail": 2})
    assert stop.inner_text() == "Stop", "a hasty second click on *Set up* does not stop it"
    stop.click()
    desk.says("Stopped.")
    desk.board.on_reset = desk.start
    desk.card.get_by_role("button", name="Try again").click()
    desk.says("That was your board.")


def test_a_failure_says_why(desk):
    desk.board.unplug()
    desk.fill()
    desk.says("Try again")
    alert, steps = desk.card.locator("[role=alert]"), desk.card.locator(".steps")
    assert alert.inner_text().startswith("No board is at")
    assert alert.bounding_box()["y"] < steps.bounding_box()["y"], "on a small screen it is in sight"
    assert findings(desk.book) == []


def test_the_keyboard_goes_from_the_form_to_stop_and_to_the_next_board(desk):
    def focused():
        return desk.page.evaluate("document.activeElement.innerText")

    edge = lambda: desk.card.evaluate(EDGE)  # noqa: E731
    visible = edge()
    desk.board.on_reset = lambda: None
    desk.fill()
    desk.says("board restarted.")
    assert focused() == "Stop"
    desk.start()
    desk.says("That was your board.")
    desk.book.eventually(lambda: focused() == "Set up another", "the focus is there", seen=focused)
    desk.page.keyboard.press("Enter")
    asked = desk.card.locator("[name=id]")
    desk.book.eventually(
        lambda: asked.evaluate("it => it === document.activeElement"), "it asks for the next"
    )
    assert asked.input_value() == "", "another board has another ID"
    desk.book.panel(0).wait_until_ready()
    desk.page.keyboard.press("Enter")
    assert edge() == visible, "the panel has brought its own sheet"


@pytest.mark.parametrize("width", [320, 700])
def test_nothing_sticks_out_on_a_narrow_screen(desk, width):
    desk.page.set_viewport_size({"width": width + 400, "height": 900})
    desk.card.evaluate("(it, width) => { it.closest('.picopanel').style.width = width + 'px'; }", width)
    desk.fill()
    desk.says("That was your board.")
    assert desk.card.evaluate(OVERFLOW) == []


def test_a_restarted_kernel_is_told(desk):
    desk.book.restart()
    desk.says("The kernel does not answer.")
    assert desk.book.run_to_end(2) == "here"
