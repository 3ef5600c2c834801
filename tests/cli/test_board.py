"""`picopanel board`: mpremote itself, on a real MicroPython behind a pseudo-terminal."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from picopanel import PicoPanelError
from picopanel._setup import on_board
from picopanel._setup.find import find
from picopanel._setup.mpremote import Mpremote

from .usb_board import UsbBoard

WIFI = {"PICOPANEL_WIFI_SSID": "lab", "PICOPANEL_WIFI_PASSWORD": "wifi-s3cret"}


@pytest.fixture
def plug_in(tmp_path):
    """Plugs a board in: `plug_in(main="...")` with these files on it."""
    boards = []

    def start(files=(), **more):
        flash = tmp_path / f"flash{len(boards)}"
        for name, text in dict(files).items():
            (flash / name).parent.mkdir(parents=True, exist_ok=True)
            (flash / name).write_text(text)
        boards.append(UsbBoard(flash, **more))
        return boards[-1]

    yield start
    for board in boards:
        board.unplug()


@pytest.fixture
def mqtt_as(tmp_path):
    folder = tmp_path / "mqtt_as"
    folder.mkdir()
    (folder / "__init__.py").write_text("VERSION = (0, 8, 3)\n")
    return folder


@pytest.fixture
def set_up(run, locked_broker, mqtt_as):
    """Sets a board up as `b-1`; when its program starts, a virtual Pico answers in its place."""

    def start(board, password="right"):
        url = locked_broker.url(login=f"ada:{password}")
        board.on_reset = lambda: run("-m", "picopanel", "pico", "b-1", "--broker", url)
        options = ("--port", board.port, "--id", "b-1", "--mqtt-as", mqtt_as)
        return run("-m", "picopanel", "board", "setup", *options, PICOPANEL_BROKER=url, **WIFI)

    return start


def content(flash: Path):
    return {str(path.relative_to(flash)): path.read_text() for path in flash.rglob("*") if path.is_file()}


def test_goes_from_a_board_on_usb_to_its_first_blink(plug_in, set_up):
    board = plug_in()
    program = set_up(board)
    assert program.finish() == 0, program.lines
    assert program.lines[-1] == "It is online, and has just blinked five times. All done."
    here = content(board.flash)
    secrets = {
        line.targets[0].id: ast.literal_eval(line.value) for line in ast.parse(here["my_secrets.py"]).body
    }
    assert (secrets["SSID"], secrets["PASSWORD"], secrets["COURSE_ID"]) == ("lab", "wifi-s3cret", "b-1")
    assert secrets["HIVEMQ_PASSWORD"] == "right"
    assert [name for name, text in here.items() if "wifi-s3cret" in text] == ["my_secrets.py"]
    assert {"main.py", "pico_device.py", "roots.pem", "mqtt_as/__init__.py"} <= set(here)
    assert ast.literal_eval(here["clock.txt"])[0] >= 2026, "the clock is set"
    assert any("right" in text for text in board.programs), "the secrets came over the wire"
    assert "right" not in "\n".join(program.lines)


def test_keeps_what_was_there_and_puts_it_back(plug_in, set_up, run):
    course = {"main.py": "print('course')", "my_secrets.py": "SSID = 'old'", "lib/netman.py": "pass"}
    board = plug_in(course)
    first = set_up(board)
    assert first.finish() == 0, first.lines
    assert any(line.startswith("Saved:  main.py, my_secrets.py") for line in first.lines), first.lines
    again = set_up(board)
    assert again.finish() == 0, again.lines
    back = run("-m", "picopanel", "board", "restore", "--port", board.port)
    assert back.finish() == 0, back.lines
    (board.flash / "clock.txt").unlink()
    assert content(board.flash) == course
    assert not (board.flash / "mqtt_as").exists()


def test_touches_nothing_when_the_broker_refuses(plug_in, set_up):
    board = plug_in({"main.py": "print('course')"})
    program = set_up(board, password="wrong")
    assert program.finish() == 1
    assert (
        "Nothing on the board was changed. The broker refused the user name or password" in program.lines[-1]
    )
    assert content(board.flash) == {"main.py": "print('course')"}


def test_interrupted_anywhere_it_loses_nothing(plug_in):
    board = plug_in({"main.py": "print('course')"})
    mpremote = Mpremote(board.port)
    names = ["main.py", "link.py"]
    mpremote.do(["exec", on_board.save(names)])
    (board.flash / "main.py").write_text("ours")
    mpremote.do(["exec", on_board.save([*names, "new.py"])])
    mpremote.do(["exec", on_board.restore()])
    mpremote.do(["exec", on_board.restore()])
    assert content(board.flash) == {"main.py": "print('course')"}


def test_no_secret_is_in_a_process_list(plug_in):
    board = plug_in()
    lists = "import os; print([open(p).read() for p in PATHS])"
    main = Mpremote(board.port)
    main.do(["exec", "secret = 'hush' + '-hush'"])
    processes = "['/proc/%s/cmdline' % p[0] for p in os.ilistdir('/proc') if p[0].isdigit()]"
    seen = main.do(["exec", "mark = 'hush-hush'; " + lists.replace("PATHS", processes)])
    assert "mpremote" in seen, "the list shows the program itself"
    assert "hush-hush" not in seen


@pytest.mark.parametrize(
    ("board", "said"),
    [
        ({"implementation": ("micropython", (1, 20, 0), "Raspberry Pi Pico W with RP2040")}, "RPI_PICO_W/"),
        (
            {"implementation": ("circuitpython", (9, 1, 0), "Raspberry Pi Pico 2 W with RP2350")},
            "RPI_PICO2_W/",
        ),
        ({"wifi": False}, "knows no Wi-Fi"),
    ],
)
def test_a_board_that_is_not_ready_gets_the_file_and_the_step(plug_in, board, said):
    with pytest.raises(PicoPanelError, match=said):
        find(Mpremote(plug_in(**board).port))


def test_a_board_in_bootsel_mode_gets_the_file_and_the_step(tmp_path):
    (tmp_path / "INFO_UF2.TXT").write_text("UF2 Bootloader v1.0\nModel: Raspberry Pi RP2350\n")
    with pytest.raises(PicoPanelError, match="RPI_PICO2_W/ and drag it onto"):
        find(Mpremote(None), [tmp_path])


def test_without_a_board_there_is_a_plain_sentence(run):
    for verb in ("setup", "restore", "check"):
        program = run("-m", "picopanel", "board", verb)
        assert program.finish() == 1
        assert program.lines[0].startswith("No board is plugged in."), program.lines


def test_a_dry_run_prints_each_command_and_no_secret(run, locked_broker):
    environment = {"PICOPANEL_BROKER": locked_broker.url(login="ada:right"), **WIFI}
    program = run("-m", "picopanel", "board", "setup", "--dry-run", "--port", "/dev/ttyACM9", **environment)
    assert program.finish() == 0, program.lines
    said = "\n".join(program.lines)
    assert said.count("mpremote connect /dev/ttyACM9") == 5, said
    assert "right" not in said
    assert "s3cret" not in said


def test_check_names_what_is_not_there(plug_in, run, set_up):
    board = plug_in({"main.py": "print('course')"})
    before = run("-m", "picopanel", "board", "check", "--port", board.port)
    assert before.finish() == 1
    assert any(line.startswith("firmware   failed   Not there: board.py") for line in before.lines)
    assert set_up(board).finish() == 0
    after = run("-m", "picopanel", "board", "check", "--port", board.port)
    assert after.finish() == 0, after.lines
    assert any(line.startswith("secrets    passed") for line in after.lines)


def test_asks_for_what_it_does_not_know_and_hides_the_passwords(plug_in, locked_broker, mqtt_as):
    board = plug_in()
    main, terminal = os.openpty()
    options = ["--port", board.port, "--mqtt-as", str(mqtt_as)]
    command = [sys.executable, "-m", "picopanel", "board", "setup", *options]
    environment = {name: value for name, value in os.environ.items() if "HIVEMQ" not in name}
    # A session of its own, or getpass would ask at the terminal that runs the tests.
    setup = subprocess.Popen(
        command, env=environment, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True
    )
    os.close(terminal)
    answers = {
        b"host": f"127.0.0.1:{locked_broker.port}",
        b"user name": "ada",
        b"Broker's password": "wrong-s3cret",
        b"course ID": "b-2",
        b"Wi-Fi's name": "lab",
        b"Wi-Fi's password": "wifi-s3cret",
    }
    seen = b""
    for question, answer in answers.items():
        while question not in seen.rpartition(b"\n")[2]:
            seen += os.read(main, 1000)
        os.write(main, answer.encode() + b"\n")
    while b"Nothing on the board was changed" not in seen:
        seen += os.read(main, 1000)
    assert setup.wait(10) == 1
    assert b"s3cret" not in seen
    assert content(board.flash) == {}


def test_logs_show_the_console(plug_in):
    board = plug_in()
    command = [sys.executable, "-m", "picopanel", "board", "logs", "--port", board.port]
    main, terminal = os.openpty()
    console = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal)
    seen = b""
    while b"Use Ctrl-]" not in seen:
        seen += os.read(main, 1000)
    board.say(b"Wi-Fi: connected\r\n")
    while b"Wi-Fi: connected" not in seen:
        seen += os.read(main, 1000)
    os.write(main, b"\x1d")
    assert console.wait(10) == 0
