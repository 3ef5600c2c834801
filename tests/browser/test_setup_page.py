"""A board is set up from a cell by the browser, to whose computer it is plugged in: in a page of its own.

What stands in for the browser's port is `serial_page`; behind it is a real MicroPython.
"""

import time
from contextlib import ExitStack, closing
from threading import Thread

import pytest
from axe_core_python.sync_playwright import Axe

from ..support import serial_page
from ..support.browser import Window
from ..support.notebook import Notebook
from ..support.programs import Program
from ..support.usb_board import UsbBoard
from .test_layout import OVERFLOW
from .test_setup import ID, SSID

WIFI_PASSWORD, PASSWORD = "wi'fi \"s3cret\\", "br0ker-s3cret"
CELL = """
from picopanel import BoardSetup, Broker
given = Broker({url!r}, username="ada", password=open({password!r}).read())
setup = BoardSetup(broker=given, mqtt_as={mqtt_as!r})
setup
"""
LISTEN = "heard = []; setup.children[0].on_msg(lambda card, message, buffers: heard.append(repr(message)))"

IMPATIENT = "from picopanel._setup import setup as all_steps; all_steps.ONLINE_WITHIN = {}"
REFUSED = "Wi-Fi: the password was refused: check PASSWORD in my_secrets.py"


class Desk:
    """A browser with a board at its port, and the cell that sets it up; a virtual Pico answers for it."""

    cells = (CELL, LISTEN, "print(*heard)", IMPATIENT.format(3), IMPATIENT.format(90))
    given = (("id", ID), ("ssid", SSID), ("password", WIFI_PASSWORD))  # to the card

    def __init__(self, folder, lab, window, broker, mqtt_as, ends):
        self.folder, self.window, self._ends = folder, window, ends
        self._url = broker.url(login=f"ada:{PASSWORD}")
        self.board = self.plug_in_a_board()
        self.serial = serial_page.install(window.context, self.board.port)
        (folder / "password").write_text(PASSWORD)
        given = {"url": broker.url(), "password": str(folder / "password"), "mqtt_as": str(mqtt_as)}
        given["image"] = str(folder / "image")
        self.book = Notebook(lab, window, [cell.format(**given).strip() for cell in self.cells])
        ends.enter_context(closing(self.book))
        self.card = self.book.page.locator(".picopanel-setup .card")
        self.open()

    def open(self):
        self.book.run_to_end(0)
        self.card.get_by_role("button", name="It is plugged into the computer in front of you").click()

    def plug_in_a_board(self):
        board = UsbBoard(self.folder / "flash", on_reset=self.start)
        self._ends.callback(board.unplug)
        return board

    def start(self):
        self._ends.callback(Program(["-m", "picopanel", "pico", ID, "--broker", self._url]).kill)

    def begin(self):
        """Fill in the card, and return the page that opens."""
        with self.window.context.expect_page() as opened:
            self.begin_again()
        self.page = opened.value
        return self.page

    def begin_again(self):
        """The page that is open gets its new task."""
        for name, text in self.given:
            self.card.locator(f"[name={name}]").fill(text)
        self.card.locator("[name=password]").press("Enter")

    def choose(self):
        self.page.get_by_role("button", name="Choose the board").click()

    def says(self, text, where=None):
        words = lambda: (where or self.card).inner_text()  # noqa: E731
        self.book.eventually(lambda: text in words(), f"it says {text!r}", seen=words)

    def page_says(self, text):
        self.says(text, self.page.locator("body"))


def laid(kind, tmp_path, lab, browser, mqtt_as, start):
    """A desk of a kind, for a fixture."""
    window = Window(browser)
    with ExitStack() as ends:
        ends.callback(window.close)
        yield kind(tmp_path, lab, window, start(users={"ada": PASSWORD}), mqtt_as, ends)
        window.check()


@pytest.fixture
def desk(tmp_path, lab, browser, mqtt_as, start):
    yield from laid(Desk, tmp_path, lab, browser, mqtt_as, start)


def test_from_an_empty_board_to_its_panel(desk, lab):
    desk.book.run_to_end(1)
    page = desk.begin()
    desk.page_says("Choose your board")
    desk.says("Go on in the page that has opened, and choose the board there.")
    assert Axe().run(page, ".picopanel")["violations"] == []
    page.set_viewport_size({"width": 320, "height": 700})
    page.get_by_text("It is new, or not in the list").click()
    assert page.locator(".card").evaluate(OVERFLOW) == []
    desk.choose()
    desk.says("That was your board.")
    desk.page_says("This page can be closed.")
    assert Axe().run(page, ".picopanel")["violations"] == []
    desk.book.panel(0).wait_until_ready()
    secrets = {}
    exec((desk.board.flash / "my_secrets.py").read_text(), secrets)
    there = [secrets[name] for name in ("COURSE_ID", "SSID", "PASSWORD", "HIVEMQ_PASSWORD")]
    assert there == [ID, SSID, WIFI_PASSWORD, PASSWORD]
    heard = desk.book.run_to_end(2)
    assert "'did'" in heard
    assert f"'{SSID}'" not in heard, "the Wi-Fi stays in the page"
    desk.book.save()
    kept = (lab.root / desk.book.name).read_text() + (lab.folder / "server.log").read_text(errors="replace")
    assert "BoardSetup" in kept
    for secret in ("s3cret", PASSWORD):
        assert secret not in kept + heard


def test_what_fails_leaves_the_button_and_the_next_try_finishes(desk):
    """The chooser is closed, the port is busy, the cable is pulled."""
    desk.begin()
    desk.page_says("Choose your board")
    desk.serial.chooses = False
    desk.choose()
    desk.book.eventually(lambda: desk.serial.asked == 1, "the chooser was shown")
    desk.serial.chooses, desk.serial.busy = True, True
    desk.choose()
    desk.page_says("The board cannot be opened: another program has it. Close Thonny")
    desk.serial.busy = False
    desk.page.get_by_role("button", name="Try again").click()
    desk.page_says("pico/")  # a file is being written
    desk.serial.unplug()
    desk.page_says("The connection to the board broke off")
    desk.serial.plug_in(desk.board.port)
    desk.page.get_by_role("button", name="Try again").click()
    desk.says("That was your board.")


def test_it_finishes_while_the_notebook_is_loaded_anew(desk):
    desk.begin()
    desk.page_says("Choose your board")
    desk.choose()
    desk.page_says("Write PicoPanel's files")
    desk.book.save()
    desk.book.reload()
    desk.says("That was your board.")


def test_its_page_closed_in_the_middle_is_told(desk):
    desk.begin()
    desk.page_says("Choose your board")
    desk.choose()
    desk.page_says("pico/")
    desk.page.close(run_before_unload=False)
    desk.says("The page that worked at the board was closed.")


def test_stop_closes_its_page_and_the_next_set_up_opens_another(desk):
    page = desk.begin()
    desk.page_says("Choose your board")
    desk.choose()
    desk.page_says("pico/")
    desk.card.get_by_role("button", name="Stop").click()
    desk.says("Stopped.")
    desk.book.eventually(page.is_closed, "its page is closed")
    desk.begin()
    desk.page_says("Choose your board")


def test_a_wrong_password_of_the_broker_closes_the_page_and_is_told(desk):
    (desk.folder / "password").write_text("wrong")
    desk.book.run_to_end(0)
    desk.card.get_by_role("button", name="It is plugged into the computer in front of you").click()
    page = desk.begin()
    desk.says("The broker refused the user name or password")
    desk.says("Nothing on the board was changed.")
    desk.book.eventually(page.is_closed, "its page is closed")


def test_a_wrong_wi_fi_is_told_with_the_boards_own_line_and_tried_again(desk):
    desk.book.run_to_end(3)

    def complain():
        while desk.board.on_reset is complains:
            desk.board.say(f"{REFUSED}\r\n".encode())
            time.sleep(0.2)

    complains = desk.board.on_reset = Thread(target=complain, daemon=True).start
    desk.begin()
    desk.page_says("Choose your board")
    desk.choose()
    desk.says(f"The board says: {REFUSED}. The files are on the board")
    desk.board.on_reset = desk.start
    desk.book.run_to_end(4)
    desk.begin_again()
    desk.page_says("Choose your board")
    desk.choose()
    desk.says("That was your board.")


def test_it_finishes_without_its_kernel_and_a_new_ones_card_sets_it_up_again(desk):
    desk.begin()
    desk.page_says("Choose your board")
    desk.choose()
    desk.page_says("pico/")
    desk.book.restart()
    desk.says("The kernel does not answer.")
    desk.page_says("Your board has been started")
    desk.open()
    desk.begin_again()
    desk.page_says("Choose your board")
    desk.choose()
    desk.says("That was your board.")


def test_where_no_page_is_given_hold_of_another_click_opens_it(desk):
    desk.book.page.evaluate(
        "() => { const open = window.open; window.open = (url) => url ? open(url) && null : null }"
    )
    for name, text in desk.given:
        desk.card.locator(f"[name={name}]").fill(text)
    desk.card.locator("[name=password]").press("Enter")
    with desk.window.context.expect_page() as opened:
        desk.card.get_by_role("button", name="Open the board's page").click()
    desk.page = opened.value
    desk.choose()
    desk.page_says("pico/")
    assert "Find the board\n, now" in desk.card.inner_text(), "that page cannot tell it"
