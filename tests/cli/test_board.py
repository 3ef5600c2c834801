"""`picopanel board`: mpremote itself, on a real MicroPython behind a pseudo-terminal."""

import ast
import json
import os
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
import trustme

from picopanel import PicoPanelError
from picopanel._setup import on_board, usb
from picopanel._setup.by_kernel import find
from picopanel._setup.certificates import COURSE_CA
from picopanel._setup.usb import Mpremote

from ..support.terminal import read_until
from ..troubleshooting.doubles import SlowBoard

PICO_W = {"implementation": ("micropython", (1, 27, 0), "Raspberry Pi Pico W with RP2040")}
WIFI = {"PICOPANEL_WIFI_SSID": "lab", "PICOPANEL_WIFI_PASSWORD": "wifi-s3cret"}


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
    files = [path for path in flash.rglob("*") if path.is_file()]
    return {str(path.relative_to(flash)): path.read_bytes().decode(errors="replace") for path in files}


def test_goes_from_a_board_on_usb_to_its_first_blink(plug_in, set_up):
    board = plug_in()
    program = set_up(board)
    assert program.finish() == 0, program.lines
    assert program.lines[-1] == "blink   It has just blinked five times."
    here = content(board.flash)
    secrets = {
        line.targets[0].id: ast.literal_eval(line.value) for line in ast.parse(here["my_secrets.py"]).body
    }
    assert (secrets["SSID"], secrets["PASSWORD"], secrets["COURSE_ID"]) == ("lab", "wifi-s3cret", "b-1")
    assert secrets["HIVEMQ_PASSWORD"] == "right"
    assert [name for name, text in here.items() if "wifi-s3cret" in text] == ["my_secrets.py"]
    assert {"main.py", "pico/device.py", "roots.der", "mqtt_as/__init__.py"} <= set(here)
    assert ast.literal_eval(here["clock.txt"])[0] >= 2026, "the clock is set"
    assert any("right" in text for text in board.programs), "the secrets came over the wire"
    assert "right" not in "\n".join(program.lines)


def test_a_board_that_does_not_blink_is_not_said_to(plug_in, set_up, locked_broker):
    board, boards = plug_in(), []
    setting_up = set_up(board)
    board.on_reset = lambda: boards.append(
        SlowBoard(locked_broker.port, "b-1", refuses="no LED", login=("ada", "right"))
    )
    assert setting_up.finish() == 1
    boards[0].close()
    assert "The board declined 'blink': no LED" in setting_up.lines[-1], setting_up.lines


def test_keeps_what_was_there_and_puts_it_back(plug_in, set_up, run):
    course = {"main.py": "print('course')", "my_secrets.py": "SSID = 'old'", "lib/netman.py": "pass"}
    board = plug_in(course)
    first = set_up(board)
    assert first.finish() == 0, first.lines
    assert any(line.startswith("save    main.py, my_secrets.py") for line in first.lines), first.lines
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
    assert "The broker refused the user name or password" in program.lines[-1]
    assert program.lines[-1].endswith("Nothing on the board was changed.")
    assert content(board.flash) == {"main.py": "print('course')"}


def interrupted(program, changes):
    """The program, its plug pulled after so many changes of the flash."""
    for change in ("mkdir", "rename", "remove"):
        program = program.replace(f"os.{change}(", f"change(os.{change}, ")
    return (
        f"left = [{changes}]\n"
        "def change(how, *names):\n"
        "    left[0] -= 1\n"
        "    assert left[0] >= 0, 'the plug is pulled'\n"
        "    how(*names)\n"
    ) + program


@pytest.mark.parametrize("changes", range(8))
def test_interrupted_anywhere_it_loses_nothing(plug_in, changes):
    course = {"main.py": "print('course')", "lib/link.py": "pass"}
    board = plug_in(course)
    mpremote = Mpremote(board.port)
    save, restore = on_board.save([*course, "new.py"]), on_board.restore()
    pull_the_plug(mpremote, interrupted(save, changes))
    mpremote.do(["exec", save])
    for name in course:
        (board.flash / name).write_text("ours")
    pull_the_plug(mpremote, interrupted(restore, changes))
    mpremote.do(["exec", restore])
    assert content(board.flash) == course


EARLIER = ["main.py", "wiring.py", "board.py", "link.py", "trust.py", "roots.der", "lib/mqtt_as.py"]
EARLIER += [f"pico_{name}.py" for name in ("device", "checks", "led", "samples", "sensors")]
KEPT = {name: f"print('{name} of the course')" for name in ("main.py", "link.py", "lib/mqtt_as.py")}


@pytest.fixture
def set_up_before(plug_in):
    """A board as an earlier version has left it, with what was there before in its folder."""
    files = dict.fromkeys(EARLIER, "raise RuntimeError('an earlier version')")
    kept = {f"before_picopanel/{name}": text for name, text in KEPT.items()}
    written = {"before_picopanel/written.json": json.dumps(EARLIER)}
    return plug_in({**files, **kept, **written, "own.py": "print('of a student')"})


def test_an_earlier_version_is_replaced_whole(set_up_before, set_up, run):
    board = set_up_before
    program = set_up(board)
    assert program.finish() == 0, program.lines
    here = content(board.flash)
    assert {"main.py", "wiring.py", "roots.der", "pico/board.py", "mqtt_as/__init__.py"} <= set(here)
    assert [name for name, text in here.items() if "an earlier version" in text] == []
    check = run("-m", "picopanel", "board", "check", "--port", board.port)
    assert check.finish() == 0, check.lines
    back = run("-m", "picopanel", "board", "restore", "--port", board.port)
    assert back.finish() == 0, back.lines
    (board.flash / "clock.txt").unlink()
    assert content(board.flash) == {**KEPT, "own.py": "print('of a student')"}
    assert not (board.flash / "pico").exists()


def test_a_file_with_a_name_of_an_earlier_version_is_the_students_own(set_up_before):
    board = set_up_before
    mpremote = Mpremote(board.port)
    mpremote.do(["exec", on_board.save(["main.py", "wiring.py"])])
    since = dict.fromkeys(("board.py", "link.py"), "print('of a student, since')")
    for name, text in since.items():
        (board.flash / name).write_text(text)
    mpremote.do(["exec", on_board.save(["main.py", "wiring.py"])])
    assert mpremote.answer(on_board.save(["wiring.py"])) == {"says": "It had nothing of its own."}
    assert sorted(mpremote.answer(on_board.restore())) == ["lib/mqtt_as.py", "main.py"]
    kept = {"before_picopanel/link.py": KEPT["link.py"]}
    assert content(board.flash) == {**KEPT, **since, **kept, "own.py": "print('of a student')"}
    assert mpremote.answer(on_board.restore()) is None, "all is done"


@pytest.mark.parametrize("changes", range(0, len(EARLIER) + 6, 3))
def test_an_update_that_is_interrupted_anywhere_loses_nothing(set_up_before, changes):
    mpremote = Mpremote(set_up_before.port)
    save = on_board.save(["main.py", "pico/board.py", "own.py", "mqtt_as/__init__.py"])
    pull_the_plug(mpremote, interrupted(save, changes))
    mpremote.do(["exec", save])
    mpremote.do(["exec", on_board.restore()])
    assert content(set_up_before.flash) == {**KEPT, "own.py": "print('of a student')"}


def pull_the_plug(mpremote, program):
    """Run it; where it comes to its end before, that is well, too."""
    try:
        mpremote.do(["exec", program])
    except PicoPanelError as trouble:
        assert "the plug is pulled" in str(trouble)


def test_saving_again_keeps_the_courses_files_and_restoring_again_harms_nothing(plug_in):
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
    lists = (
        "import os\n"
        "def text(path):\n"
        "    try:\n"
        "        return open(path).read()\n"
        "    except OSError:\n"
        "        return ''  # it has ended meanwhile\n"
        "print([text('/proc/%s/cmdline' % p[0]) for p in os.ilistdir('/proc') if p[0].isdigit()])\n"
    )
    seen = Mpremote(board.port).do(["exec", "mark = 'hush-hush'\n" + lists])
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
        ({"wifi": False}, "knows no Wi-Fi.*If none is, it speaks over USB: `picopanel pico ID --serial"),
    ],
)
def test_a_board_that_is_not_ready_gets_the_file_and_the_step(plug_in, board, said):
    with pytest.raises(PicoPanelError, match=said):
        find(Mpremote(plug_in(**board).port))


def test_a_board_that_never_answers_is_told_and_not_waited_for(plug_in, monkeypatch):
    monkeypatch.setattr(usb, "ANSWERS_WITHIN", 2)
    with pytest.raises(PicoPanelError, match="within 2 s"):
        Mpremote(plug_in().port).do(["exec", "while True: pass"])


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
    assert said.count("mpremote connect /dev/ttyACM9") == 7, said
    assert "right" not in said
    assert "s3cret" not in said


def test_b1_the_authority_of_a_former_broker_does_not_stay(plug_in):
    board = plug_in()
    mpremote = Mpremote(board.port)
    mpremote.do(["exec", on_board.save(["ca.der", "main.py"])])
    for name in ("ca.der", "main.py"):
        (board.flash / name).write_text("ours, of the former broker")
    mpremote.do(["exec", on_board.save(["main.py"], gone=["ca.der", "cert.der", "key.der"])])
    assert (board.flash / "main.py").exists()
    assert not (board.flash / "ca.der").exists(), "the board would trust nobody else"


def test_check_names_what_is_not_there(plug_in, run, set_up):
    board = plug_in({"main.py": "print('course')"})
    intermediate = trustme.CA().create_child_ca().cert_pem.bytes().decode()
    (board.flash / COURSE_CA).write_bytes(ssl.PEM_cert_to_DER_cert(intermediate))
    before = run("-m", "picopanel", "board", "check", "--port", board.port)
    assert before.finish() == 1
    assert any("is an intermediate" in line for line in before.lines), before.lines
    assert any(line.startswith("firmware   failed   Not there: mqtt_as/__init__.py") for line in before.lines)
    assert set_up(board).finish() == 0
    after = run("-m", "picopanel", "board", "check", "--port", board.port)
    assert after.finish() == 0, after.lines
    assert any(line.startswith("secrets    passed") for line in after.lines)
    assert not any(COURSE_CA in line for line in after.lines), "PicoPanel's firmware never opens it"


@pytest.mark.parametrize("name", ["roots.pem", "ca.der"])
def test_b1_check_tells_a_certificate_that_the_boards_micropython_cannot_read(plug_in, run, name):
    board = plug_in({"wiring.py": "", name: trustme.CA().cert_pem.bytes().decode()}, **PICO_W)
    looked = run("-m", "picopanel", "board", "check", "--port", board.port)
    assert looked.finish() == 1
    assert any(
        f"{name} is text (PEM), and MicroPython 1.27.0 reads DER only" in line for line in looked.lines
    )


def test_b1_check_tells_every_root_and_passes_over_what_is_not_opened(plug_in, run, set_up):
    board = plug_in({"roots.pem": "of a former version"}, **PICO_W)
    assert set_up(board).finish() == 0
    looked = run("-m", "picopanel", "board", "check", "--port", board.port)
    assert looked.finish() == 0, looked.lines
    (said,) = [line for line in looked.lines if line.startswith("certificate")]
    assert "roots.der: ISRG Root X1" in said
    assert "ISRG Root X2" in said


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
        seen += read_until(main, question + rb"[^\n]*\Z")
        os.write(main, answer.encode() + b"\n")
    seen += read_until(main, b"Nothing on the board was changed")
    assert setup.wait(10) == 1
    assert b"s3cret" not in seen
    assert b"broker  Check the broker from here ..." in seen, "what it does is said while it does it"
    assert content(board.flash) == {}


def test_logs_show_the_console(plug_in):
    """And Ctrl-] ends it."""
    board = plug_in()
    command = [sys.executable, "-m", "picopanel", "board", "logs", "--port", board.port]
    main, terminal = os.openpty()
    console = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal)
    read_until(main, b"Use Ctrl-]")
    board.say(b"Wi-Fi: connected\r\n")
    read_until(main, b"Wi-Fi: connected")
    os.write(main, b"\x1d")
    assert console.wait(10) == 0
