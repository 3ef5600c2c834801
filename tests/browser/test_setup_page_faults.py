"""What goes wrong at a board while a page sets it up: a sentence, and a next try that finishes.

The card stands on a plain page, its kernel's half is here, and the page that it opens works at a real
MicroPython behind the stand-in for the browser's port; the set-ups are of three files. What needs a notebook
is in `test_setup_page.py`, the kernel's own way in `tests/cli/test_setup_faults.py`.
"""

import gzip
import json
import os
import pty
import re
import time
from contextlib import ExitStack, closing
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest

from picopanel._page.widget import shared_assets
from picopanel._setup import on_board
from picopanel._setup.by_page import ByPage
from picopanel._setup.plan import STEPS
from picopanel._setup.usb import Mpremote

from ..cli.conftest import plug_in  # noqa: F401
from ..cli.test_setup_faults import BROKE_OFF, COURSE, FILES, KINDS, PLAN, STUBBORN, kind, once
from ..cli.test_setup_faults import STEPS as ALL
from ..support import serial_page
from ..support.browser import Window
from ..support.waiting import PATIENCE, eventually

NOTEBOOK = """<!doctype html><meta charset="utf-8"><title>Notebook</title><div id="place"></div>
<script type="module">
  import { open } from "./setup.js";
  const heard = new Map(), sent = [];
  const on = (event, call) => heard.set(event, call);
  open({ get: () => (STATE), on, off() {}, send: (message) => sent.push(message) }, []).show(place);
  window.said = () => sent.splice(0);
  window.say = ([message, files]) =>
    heard.get("msg:custom")(message, files.map((bytes) => new DataView(Uint8Array.from(bytes).buffer)));
</script>"""
STATE = {
    "id": "b-1",
    "broker": "mqtts://broker.example",
    "kernel": False,
    "steps": [{"name": name, "title": title, "state": "waits", "says": ""} for name, title in STEPS.items()],
    "asks": True,
    "running": False,
    "reading": False,
    "trouble": None,
    "console": "",
}
DEAF = "The board does not answer: its program does not let go, or it has no MicroPython."


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Desk:
    """A board at a browser's port, and the page that works at it, after a click in its card."""

    def __init__(self, window, url, is_over, port):
        window.context.set_default_timeout(20_000)
        self.serial = serial_page.install(window.context, port)
        self._is_over, self._url = is_over, url
        self.notebook = window.page()
        with window.context.expect_page() as opened:
            self.begin()
        self.page = opened.value
        self.page.on("pageerror", window._page_error)
        self.says("Choose your board")

    def begin(self):
        """In a new card, of a new kernel."""
        self.hands, self.done = ByPage(time.sleep), []
        Thread(target=self._follow, daemon=True).start()
        self.notebook.goto(self._url)
        for name in ("ssid", "password"):
            self.notebook.locator(f"[name={name}]").fill("wifi-s3cret")
        self.notebook.get_by_role("button", name="Set up").click()

    def choose(self, button="Choose the board"):
        self.page.get_by_role("button", name=button).click()

    def says(self, words, within=PATIENCE):
        text = partial(self.page.inner_text, "body")
        self.until(lambda: words in text(), f"the page says {words!r}", text, within)

    def fails(self, words, within=PATIENCE):
        """It ends with this sentence, and all can be tried again."""
        self.says(words, within)
        assert self.page.get_by_role("alert").inner_text().startswith(words)
        assert self.page.get_by_role("button", name="Try again").is_visible()

    def finds_it_deaf(self):
        """With a clock that is faster."""
        self.says("Setting up your board")
        clock, alert = self.page.clock, self.page.get_by_role("alert")
        clock.install()
        self.until(lambda: clock.run_for(500) or DEAF in alert.inner_text(), DEAF, alert.inner_text)
        clock.resume()

    def finishes(self):
        self.says("Your board has been started")
        self.has_done(ALL)

    def has_done(self, steps):
        """The kernel knows of these steps."""
        self.until(lambda: self.done == steps, f"{steps} are done", lambda: self.done)

    def takes(self, board):
        """Another one is plugged in instead, and chosen; a chooser that is open meanwhile has none."""
        again = self.page.get_by_role("button", name="Try again")
        self.until(again.is_visible, "it is over with the former", partial(self.page.inner_text, "body"))
        self.serial.unplug()
        self.serial.plug_in(board.port)
        self.choose("Try again")

    def _follow(self):
        done = self.done
        for step, _ in self.hands.carry_out(PLAN, self._is_over):
            done.append(step)

    def until(self, look, expected, seen, within=PATIENCE):
        return eventually(look, expected, within=within, seen=seen, pause=self._pass_on)

    def _pass_on(self, _):
        """What goes between page and kernel, as often as that must be."""
        self.page.wait_for_timeout(20)
        for message in self.notebook.evaluate("said()"):
            if message["type"] != "ask":
                self.hands.hear(message)
            elif plan := self.hands.message():
                told, files = plan
                self.notebook.evaluate("say", [told, [list(data) for data in files]])


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """Where the plain page is."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "index.html").write_text(NOTEBOOK.replace("STATE", json.dumps(STATE)))
    (folder / "setup.js").write_bytes(gzip.decompress(shared_assets("setup").bundle))
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def lay(browser, url):
    """Lays a desk out for the board at a port."""
    over = Event()
    with ExitStack() as ends, closing(Window(browser)) as window:
        ends.callback(over.set)
        yield partial(Desk, window, url, over.is_set)
        window.check()


def is_set_up(desk, board, of_before=COURSE):
    """All is there, and what was there before comes back."""
    desk.serial.unplug()
    assert {name: (board.flash / name).read_bytes() for name in FILES} == FILES
    Mpremote(board.port).do(["exec", on_board.restore()])
    assert {name: (board.flash / name).read_text() for name in of_before} == of_before
    assert not (board.flash / "pico").exists()


@pytest.mark.parametrize(
    ("words", "done"),
    [("sys.implementation", 0), ("KEPT =", 1), ("w(b", 2), ("NOW =", 3)],
    ids=["board", "save", "write", "start"],
)
def test_a_cable_pulled_at_each_step(lay, plug_in, words, done):  # noqa: F811
    board = plug_in(COURSE)
    desk = lay(board.port)
    board.on_program = once(words, desk.serial.unplug)
    desk.choose()
    desk.fails(BROKE_OFF)
    desk.has_done(ALL[:done])
    board.unplug()
    desk.takes(again := plug_in(flash=board.flash))
    desk.finishes()
    is_set_up(desk, again)


@pytest.mark.parametrize(
    "files",
    [
        {"main.py": "while True:\n    print('on and on')\n"},
        {"main.py": STUBBORN},
        {"main.py": "print('course')", "boot.py": "while True:\n    pass\n"},
        {"main.py": STUBBORN, "boot.py": STUBBORN},
    ],
    ids=["prints without end", "catches Ctrl-C", "boot.py without end", "boot.py catches Ctrl-C"],
)
def test_a_program_that_runs_is_made_to_let_go(lay, plug_in, files):  # noqa: F811
    board = plug_in(files, starts=True)
    desk = lay(board.port)
    desk.choose()
    desk.finishes()
    assert (board.flash / "before_picopanel/main.py").read_text() == files["main.py"]


def test_aiorepl_on_the_board_is_spoken_to_though_it_does_not_restart(lay, plug_in):  # noqa: F811
    board = plug_in(COURSE, aiorepl=True)
    desk = lay(board.port)
    desk.choose()
    desk.finishes()
    is_set_up(desk, board)


def test_a_program_that_hears_no_ctrl_c_at_all(lay, plug_in):  # noqa: F811
    files = {"main.py": "import micropython\nmicropython.kbd_intr(-1)\nwhile True:\n    print('no')\n"}
    board = plug_in(files, starts=True)
    desk = lay(board.port)
    desk.choose()
    desk.finds_it_deaf()
    board.unplug()
    desk.takes(again := plug_in(flash=board.flash))
    desk.finishes()
    is_set_up(desk, again, files)


def test_a_port_behind_which_nothing_answers(lay):
    main, plug = pty.openpty()
    desk = lay(os.ttyname(plug))
    desk.choose()
    desk.finds_it_deaf()
    os.close(main)
    os.close(plug)


def test_a_board_without_room(lay, plug_in):  # noqa: F811
    board = plug_in(blocks=8)
    mpremote = Mpremote(board.port)
    for name, data in (("main.py", b"course"), ("data", b"x" * 16000)):
        mpremote.do(["exec", on_board.write(name, data)])
    desk = lay(board.port)
    desk.choose()
    desk.fails("The board has no room left for files. Take some off it")
    mpremote.do(["fs", "rm", ":data"])
    desk.choose("Try again")
    desk.finishes()


def test_boards_of_another_kind_are_told_what_they_are_and_the_right_one_is_taken(lay, plug_in):  # noqa: F811
    desk = lay(plug_in(COURSE, **kind(KINDS[-1][0])).port)
    desk.choose()
    for about, said, renew in KINDS:
        board = plug_in(COURSE, **kind(about))
        board.on_bootsel = lambda: None
        desk.takes(board)
        alert = desk.page.get_by_role("alert")
        desk.until(lambda: re.search(said, alert.inner_text()), f"it says {said}", alert.inner_text)
        assert desk.page.locator("details").get_attribute("open") == ("" if renew else None)
        asked = desk.page.get_by_text("It has just been asked to show its drive.").is_visible
        desk.until(lambda: asked() is renew, "it says whether it was asked for its drive", asked)
        assert any("machine.bootloader()" in program for program in board.programs) is renew
        assert desk.done == []
        assert (board.flash / "main.py").read_text() == COURSE["main.py"]
    desk.takes(board := plug_in(COURSE))
    desk.finishes()
    is_set_up(desk, board)


def test_what_an_earlier_version_wrote_goes_and_what_was_there_before_it_stays(lay, plug_in):  # noqa: F811
    written = json.dumps(["main.py", "my_secrets.py", "pico/former.py"])
    former = {"main.py": "of 0.1", "my_secrets.py": "", "pico/former.py": ""}
    kept = {"before_picopanel/main.py": COURSE["main.py"], "before_picopanel/written.json": written}
    board = plug_in({**former, **kept})
    desk = lay(board.port)
    desk.choose()
    desk.finishes()
    assert not (board.flash / "pico/former.py").exists()
    is_set_up(desk, board)


def test_what_arrives_otherwise_is_seen_and_sent_again(lay, plug_in):  # noqa: F811
    board = plug_in(COURSE)
    desk = lay(board.port)
    board.on_program = once("SUMS =", lambda: (board.flash / "pico/board.py").write_text("#" * 599))
    desk.choose()
    desk.fails("Not as it was sent: pico/board.py. Try it again.")
    desk.choose("Try again")
    desk.finishes()
    is_set_up(desk, board)


def test_a_cable_pulled_while_it_is_waited_for_the_board(lay, plug_in):  # noqa: F811
    board = plug_in(COURSE)
    desk = lay(board.port)
    board.on_reset = lambda: board.say(b"It starts.")
    desk.choose()
    desk.says("It starts.")
    board.unplug()
    desk.serial.unplug()
    again = plug_in(flash=board.flash)
    desk.serial.plug_in(again.port)
    text = partial(desk.page.inner_text, "pre")
    desk.until(lambda: again.say(b"And again. ") or "And again." in text(), "it is heard again", text)
    is_set_up(desk, again)


def test_a_page_reads_what_a_board_prints_and_says_nothing_to_it(lay, plug_in):  # noqa: F811
    board = plug_in(COURSE)
    desk = lay(board.port)
    with desk.page.context.expect_page() as opened:
        desk.notebook.get_by_role("button", name="Read what the board prints").click()
    desk.page = opened.value
    assert desk.page.get_by_text("It is new, or not in the list").count() == 0
    desk.choose()
    desk.says("It goes on until this page is closed.")
    text = partial(desk.page.inner_text, "main")
    desk.until(lambda: board.say(b"warm 23\r\n") or "warm 23" in text(), "it is read", text)
    assert board.programs == []


@pytest.mark.parametrize("when", ["pico/board.py", "Your board has been started"], ids=["writes", "waits"])
def test_a_new_kernels_card_takes_the_page_over(lay, plug_in, when):  # noqa: F811
    """Also in the middle of its work, and while it reads the board's console."""
    board, taken = plug_in(COURSE), Event()
    if when == "pico/board.py":  # which is written in no time
        board.on_program = once('open("pico/board.py"', lambda: taken.wait(PATIENCE))
    desk = lay(board.port)
    desk.choose()
    desk.says(when)
    desk.begin()
    taken.set()
    desk.says("Choose your board")
    desk.choose()
    desk.finishes()
    is_set_up(desk, board)
