"""What goes wrong at a board on USB while it is set up: a sentence, and a next try that finishes.

mpremote itself talks to a real MicroPython behind a pseudo-terminal; most set-ups here are of three files.
The broker's own troubles are in `test_setup_card.py`, a flash of an earlier version in `test_board.py`.
"""

import os
import shutil
import struct
from threading import Thread

import pytest
import serial

from picopanel import NoAnswer, NotConnected
from picopanel._setup import by_kernel, micropython, on_board, setup, usb
from picopanel._setup.by_kernel import ByKernel, find
from picopanel._setup.plan import AT_THE_BOARD, TROUBLE, Plan
from picopanel._setup.usb import ConsoleReader, Mpremote

from ..support.programs import Program
from ..support.waiting import eventually
from ..troubleshooting.table import DOCUMENT
from .test_setup_card import desk  # noqa: F401

COURSE = {"main.py": "print('course')"}
FILES = {"my_secrets.py": b"SSID = 'lab'", "pico/board.py": b"#" * 600, "main.py": b"print('ours')"}
PLAN = Plan(
    on_board.look(), on_board.save(sorted(FILES)), FILES, on_board.VERIFY, on_board.START, on_board.RESET
)
STEPS = list(AT_THE_BOARD)
PICO_W = "Raspberry Pi Pico W with RP2040"
BROKE_OFF = "The connection to the board broke off: it was unplugged"
STUBBORN = "while True:\n    try:\n        len('x')\n    except BaseException:\n        pass\n"


def set_up(board, mpremote=None):
    """The steps that were done, and what was wrong with the next one."""
    done = []
    try:
        for step, _ in ByKernel(mpremote or Mpremote(board.port)).carry_out(PLAN, lambda: False):
            done.append(step)
    except NotConnected as error:
        return done, str(error)
    return done, None


def finishes(board, of_before=COURSE):
    """Set it up: all is there, and what was there before comes back."""
    assert set_up(board) == (STEPS, None)
    assert {name: (board.flash / name).read_bytes() for name in FILES} == FILES
    Mpremote(board.port).do(["exec", on_board.restore()])
    assert {name: (board.flash / name).read_text() for name in of_before} == of_before
    assert not (board.flash / "pico").exists()


def once(words, do):
    """Do it when such a program comes to the board for the first time."""
    left = [do]

    def look(program):
        if words in program and left:
            left.pop()()

    return look


@pytest.mark.parametrize(
    ("words", "done"),
    [("sys.implementation", 0), ("KEPT =", 1), ("w(b'###", 2), ("NOW =", 3)],
    ids=["board", "save", "write", "start"],
)
def test_a_cable_pulled_at_each_step(plug_in, words, done):
    board = plug_in(COURSE)
    board.on_program = once(words, board.unplug)
    steps, wrong = set_up(board)
    assert (steps, wrong[: len(BROKE_OFF)]) == (STEPS[:done], BROKE_OFF)
    finishes(plug_in(flash=board.flash))


def test_a_port_that_another_program_has(plug_in):
    board = plug_in(COURSE)
    with serial.Serial(board.port, exclusive=True):  # as Thonny opens it
        steps, wrong = set_up(board)
    assert steps == []
    assert wrong.startswith("The board cannot be opened: another program has it. Close Thonny"), wrong
    console = ConsoleReader(Mpremote(board.port))
    console.read(0)
    assert "another program has it" in set_up(board)[1], "ours is no exception"
    console.close()
    finishes(board)


def test_a_main_py_that_prints_without_end(plug_in):
    files = {"main.py": "while True:\n    print('on and on')\n"}
    finishes(plug_in(files, starts=True), of_before=files)


def test_programs_that_catch_ctrl_c_are_interrupted_until_they_let_go(plug_in, monkeypatch):
    monkeypatch.setattr(usb, "_MEETS_WITHIN", 3)
    board = plug_in({"main.py": STUBBORN, "boot.py": STUBBORN}, starts=True)
    assert set_up(board) == (STEPS, None), "a restart would begin boot.py anew"
    assert (board.flash / "before_picopanel/main.py").read_text() == STUBBORN


def test_a_program_that_hears_no_ctrl_c_at_all(plug_in, monkeypatch):
    monkeypatch.setattr(usb, "_MEETS_WITHIN", 1)
    files = {"main.py": "import micropython\nmicropython.kbd_intr(-1)\nwhile True:\n    print('no')\n"}
    board = plug_in(files, starts=True)
    steps, wrong = set_up(board)
    assert steps == []
    assert wrong.startswith("The board does not answer: its program does not let go, or"), wrong
    monkeypatch.undo()
    board.unplug()
    finishes(plug_in(flash=board.flash), of_before=files)


def test_aiorepl_on_the_board_is_spoken_to_though_it_does_not_restart(plug_in):
    finishes(plug_in(COURSE, aiorepl=True))


def test_a_board_without_room(plug_in):
    board = plug_in(blocks=8)
    mpremote = Mpremote(board.port)
    for name, data in (("main.py", b"course"), ("data", b"x" * 16000)):
        mpremote.do(["exec", on_board.write(name, data)])
    steps, wrong = set_up(board)
    assert wrong.startswith("The board has no room left for files. Take some off it"), (steps, wrong)
    mpremote.do(["fs", "rm", ":data"])
    assert set_up(board) == (STEPS, None)
    mpremote.do(["exec", on_board.restore()])
    assert mpremote.do(["fs", "cat", ":main.py"]) == "course"


def test_what_arrives_otherwise_is_seen_and_sent_again(plug_in):
    board = plug_in(COURSE)
    board.on_program = once("SUMS =", lambda: (board.flash / "pico/board.py").write_text("#" * 599))
    assert set_up(board) == (STEPS[:2], "Not as it was sent: pico/board.py. Try it again.")
    finishes(board)


def test_stopped_in_the_middle_of_writing(plug_in):
    board = plug_in(COURSE)
    mpremote = Mpremote(board.port)
    board.on_program = once("w(b'###", mpremote.stop)
    assert set_up(board, mpremote)[0] == STEPS[:2]
    assert not (board.flash / "main.py").exists(), "nor does it go on"
    finishes(board)


def test_a_kernel_restarted_in_the_middle_leaves_nobody_at_the_port(plug_in):
    board = plug_in(COURSE)
    hangs = f"Mpremote({board.port!r}).do(['exec', 'while True: pass'])"
    kernel = Program(["-c", f"from picopanel._setup.usb import Mpremote; {hangs}"])
    eventually(lambda: board.programs, "it is at work", within=30)
    kernel.kill()
    eventually(lambda: is_free(board.port), "the port is free", within=30)
    finishes(board)


def is_free(port):
    try:
        serial.Serial(port, exclusive=True).close()
    except serial.SerialException:
        return False
    return True


def test_ctrl_c_in_the_terminal_ends_it_at_once_and_tells_how_to_go_on(plug_in, run, locked_broker, mqtt_as):
    board = plug_in(COURSE)
    options = ("--port", board.port, "--id", "b-1", "--mqtt-as", mqtt_as)
    wifi = {"PICOPANEL_WIFI_SSID": "lab", "PICOPANEL_WIFI_PASSWORD": "wifi-s3cret"}
    url = locked_broker.url(login="ada:right")
    command = run("-m", "picopanel", "board", "setup", *options, PICOPANEL_BROKER=url, **wifi)
    board.on_program = once("w(b", lambda: command.interrupt())
    assert command.finish() == 130, command.lines
    assert command.lines[-1].startswith("Stopped. The next set-up makes whole what this one has left"), (
        command.lines
    )
    mpremote = Mpremote(board.port)
    mpremote.do(["exec", on_board.restore()])
    assert (board.flash / "main.py").read_text() == COURSE["main.py"]


def test_a_wrong_wi_fi_is_told_with_the_line_of_the_console_that_tells_most(desk, monkeypatch):  # noqa: F811
    says = "Wi-Fi: the password was refused: check PASSWORD in my_secrets.py"
    on_and_on = (
        f"import time\nwhile True:\n    print({says!r})\n    print('and more')\n    time.sleep_ms(100)"
    )
    monkeypatch.setattr(setup, "make_plan", lambda *_: PLAN._replace(reset=on_and_on))
    monkeypatch.setattr(setup, "ONLINE_WITHIN", 3)
    at = desk(COURSE)
    at.press()
    seen = lambda: at.state["steps"][5]["says"]  # noqa: E731
    eventually(
        lambda: says in seen(), "its step tells what the board says, while it is waited for", seen=seen
    )
    at.wait()
    assert at.state["trouble"].startswith(f"The board says: {says}. The files are on the board, which")
    finishes(at.board)


@pytest.mark.parametrize(
    ("printed", "says"),
    [
        (
            "Wi-Fi: no such network\nWi-Fi: connected, 10.0.0.2\nBroker: refused (5).\nBro",
            "Broker: refused (5).",
        ),
        (
            "  File \"main.py\", line 3\nImportError: no module named 'x'\nMicroPython v1.27.0\n>>> ",
            "ImportError: ",
        ),
        ("hello\n", "hello"),
    ],
)
def test_of_a_console_the_last_line_is_told_that_tells_something(printed, says):
    told = setup.with_console(NoAnswer("board setup", 90, "No."), printed)
    assert told.startswith(f"The board says: {says}")
    assert setup.with_console(NotConnected("No."), printed) == "No."


KINDS = [
    (
        ("micropython", (1, 20, 0), PICO_W),
        "MicroPython 1.20.0 is older than 1.22. Get .*RPI_PICO_W/",
        True,
    ),
    (
        ("micropython", (1, 20, 0), "Raspberry Pi Pico with RP2040"),
        "knows no Wi-Fi: it is a Pico without",
        False,
    ),
    (("micropython", (1, 20, 0), "Pimoroni Pico LiPo with RP2040"), "is older than 1.22", False),
    (
        ("circuitpython", (9, 1, 0), PICO_W),
        "runs circuitpython and not MicroPython. Get .*RPI_PICO_W/",
        False,
    ),
    (
        ("micropython", (1, 20, 0), "ESP32 module"),
        "1.20.0 is older than 1.22. Get the newest one for it",
        False,
    ),
    (("micropython", (1, 27, 0), "ESP32-H2 module"), "knows no Wi-Fi. .*Another board", False),
]
"""Boards of another kind, what is said of each, and whether it gets a new MicroPython."""


def kind(board):
    """How a board is plugged in that pretends to be this one."""
    wifi = not any(word in board[2] for word in ("Pico with", "H2"))
    return {"implementation": board, "wifi": wifi, "platform": "esp32" if "ESP32" in board[2] else "rp2"}


@pytest.mark.parametrize(("board", "said", "renew"), KINDS)
def test_a_board_of_another_kind_is_told_what_it_is_and_only_a_pico_w_gets_a_new_micropython(
    plug_in, board, said, renew
):
    with pytest.raises(NotConnected, match=said) as raised:
        find(Mpremote(plug_in(**kind(board)).port))
    assert isinstance(raised.value, micropython.NeedsMicroPython) is renew


def test_something_else_at_a_port_is_named(monkeypatch):
    monkeypatch.setattr(Mpremote, "ports", lambda mpremote: {"/dev/ttyUSB0": "10c4:ea60"})
    with pytest.raises(
        NotConnected, match=r"No board is plugged in.* Something else is at /dev/ttyUSB0: if that is"
    ):
        find(Mpremote(None), drives=[])


def test_each_trouble_of_a_port_is_in_the_document():
    """With its first sentence; the rest is there in more words."""
    text = DOCUMENT.read_text()
    assert [
        words for words in TROUBLE.values() if f"*{words.partition('. ')[0].rstrip('.')}.*" not in text
    ] == []


def image_of(family, blocks, first=()):
    """A UF2 file; its blocks are 512 bytes with a head of eight numbers."""
    heads = [*first, *((0x2000, 0x10000000 + 256 * at, 256, at, blocks, family) for at in range(blocks))]
    tail = struct.pack("<I", 0x0AB16F30)
    return b"".join(struct.pack("<8I", 0x0A324655, 0x9E5D5157, *head) + bytes(476) + tail for head in heads)


E10 = (0xA000, 0x10FFFF00, 256, 0, 2, 0xE48BFF57)  # picotool writes it before an image for an RP2350
IMAGES = {"RPI_PICO_W": image_of(0xE48BFF56, 40), "RPI_PICO2_W": image_of(0xE48BFF59, 40, [E10])}


def test_an_image_is_taken_if_it_is_whole_and_for_the_chip():
    for model, image in IMAGES.items():
        assert micropython.is_for(model, image)
        assert not micropython.is_for(model, image[:-512]), "cut off between two blocks"
        assert not micropython.is_for(model, image[:-1])
    assert not micropython.is_for("RPI_PICO_W", IMAGES["RPI_PICO2_W"])
    assert not micropython.is_for("RPI_PICO2_W", IMAGES["RPI_PICO_W"])
    assert not micropython.is_for("RPI_PICO_W", b"<html>Sign in</html>")
    assert not micropython.is_for("RPI_PICO_W", b"")


class Rom:
    """A board in BOOTSEL mode: a drive that takes an image, and a board that starts at its last block."""

    def __init__(self, drive, plug_in, flash=None):
        self.drive, self.plug_in, self.flash, self.boards = drive, plug_in, flash, []
        drive.mkdir()
        (drive / "INDEX.HTM").write_text("<html>")
        (drive / "INFO_UF2.TXT").write_text(
            "UF2 Bootloader v3.0\nModel: Raspberry Pi RP2\nBoard-ID: RPI-RP2\n"
        )
        os.mkfifo(drive / "micropython.uf2")
        Thread(target=self._take, daemon=True).start()

    def _take(self):
        left = len(IMAGES["RPI_PICO_W"])
        with open(self.drive / "micropython.uf2", "rb") as file:
            while left and (came := file.read(min(left, 4096))):
                left -= len(came)
        shutil.rmtree(self.drive)
        if not left:
            self.boards.append(self.plug_in(flash=self.flash))

    def ports(self):
        return {board.port: "2e8a:0005" for board in self.boards}


@pytest.fixture
def computer(monkeypatch, tmp_path):
    """Its drives, what it fetches, and what is plugged in."""
    drives, fetched = [], []
    monkeypatch.setattr(micropython, "_drives", lambda: drives)
    monkeypatch.setattr(by_kernel, "_RESTARTS_WITHIN", 2)

    def fetch(url):
        fetched.append(url)
        return IMAGES["RPI_PICO2_W" if "PICO2" in url else "RPI_PICO_W"]

    monkeypatch.setattr(by_kernel, "download", fetch)

    def ports(rom):
        monkeypatch.setattr(Mpremote, "ports", lambda mpremote: rom.ports())
        drives.append(rom.drive)

    return drives, fetched, ports


def test_a_new_board_gets_its_micropython_and_starts_before_the_system_is_done(computer, tmp_path, plug_in):
    _, fetched, ports = computer
    ports(Rom(tmp_path / "RPI-RP2", plug_in))
    (step, says), *more = ByKernel(Mpremote(None)).carry_out(PLAN, lambda: False)
    assert says.startswith("It got a new MicroPython: ")
    assert [step, *(step for step, _ in more)] == STEPS
    assert fetched == ["https://micropython.org/resources/firmware/RPI_PICO_W-20251209-v1.27.0.uf2"]


def test_an_old_micropython_is_asked_into_bootsel_and_what_was_there_stays(computer, tmp_path, plug_in):
    _, _, ports = computer
    board = plug_in(COURSE, implementation=("micropython", (1, 20, 0), PICO_W))
    board.on_bootsel = lambda: ports(Rom(tmp_path / "RPI-RP2", plug_in, flash=board.flash))
    mpremote = Mpremote(None)
    mpremote.port = board.port  # found by itself
    assert set_up(board, mpremote) == (STEPS, None)
    assert (board.flash / "before_picopanel/main.py").read_text() == COURSE["main.py"]


def test_what_keeps_a_board_from_its_micropython_is_told(computer, tmp_path, plug_in, monkeypatch):
    drives, _, _ = computer
    old = {"implementation": ("micropython", (1, 20, 0), PICO_W)}
    board = plug_in(COURSE, **old)
    board.on_bootsel = lambda: None
    assert "no drive has come up here: if your file manager shows one" in set_up(board)[1]

    board = plug_in(COURSE, **old)
    other = tmp_path / "RP2350"
    other.mkdir()
    (other / "INFO_UF2.TXT").write_text("UF2 Bootloader v1.0\r\nModel: Raspberry Pi RP2350\r\n")
    drives.append(other)
    assert set_up(board)[1] == f"Another board is in BOOTSEL mode (drive {other}). Unplug it."

    def offline(url):
        raise OSError("Name or service not known")

    monkeypatch.setattr(by_kernel, "download", offline)
    assert "MicroPython could not be fetched from https://micropython.org" in set_up(board)[1]
    monkeypatch.setattr(by_kernel, "download", lambda url: b"<html>Sign in</html>")
    assert "Does a network here want you to sign in first?" in set_up(board)[1]
    assert "machine.bootloader()" not in "".join(board.programs), "it was left as it is"


def test_a_drive_that_takes_nothing_is_named(computer, tmp_path):
    drives, _, _ = computer
    drive = tmp_path / "RPI-RP2"
    (drive / "micropython.uf2").mkdir(parents=True)  # nothing can be written there
    (drive / "INFO_UF2.TXT").write_text("UF2 Bootloader v3.0\nModel: Raspberry Pi RP2\n")
    drives.append(drive)
    mpremote = Mpremote(None)
    mpremote.ports = dict
    assert "(Copying MicroPython: [Errno 21]" in set_up(None, mpremote)[1]


def test_of_several_drives_none_is_guessed_and_those_of_other_chips_are_left(tmp_path):
    drives = [tmp_path / name for name in ("RPI-RP2", "FEATHERBOOT", "RP2350")]
    for drive, model in zip(
        drives, ("Raspberry Pi RP2", "Adafruit Feather M0", "Raspberry Pi RP2350"), strict=True
    ):
        drive.mkdir()
        (drive / "INFO_UF2.TXT").write_text(f"UF2 Bootloader v3.0\r\nModel: {model}\r\nBoard-ID: X\r\n")
    assert micropython.in_bootsel(drives[:2]) == (drives[0], "RPI_PICO_W")
    assert micropython.in_bootsel(drives[1:]) == (drives[2], "RPI_PICO2_W")
    assert micropython.in_bootsel(drives[1:2]) is None
    with pytest.raises(NotConnected, match="2 boards are in BOOTSEL mode"):
        micropython.in_bootsel(drives)
