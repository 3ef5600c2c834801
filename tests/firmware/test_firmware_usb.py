"""A Pico without a radio: the firmware in a real MicroPython on a pseudo-terminal, and the computer."""

import os
import pty
import tty

import pytest
from harness import MicroPythonBoard

from picopanel import Pico
from tests.support.programs import Program
from tests.support.waiting import eventually

pytestmark = pytest.mark.micropython
ID = "corded"


class Board:
    """On USB; it can be unplugged, and plugged in again."""

    def __init__(self, folder):
        self._files = MicroPythonBoard(folder, {"COURSE_ID": ID, "INTERVAL": 200}, kind="pico")
        self.port = str(folder / "tty")

    def plug_in(self):
        here, there = pty.openpty()
        tty.setraw(there)
        os.symlink(os.ttyname(there), self.port)
        self._process = self._files.popen(stdin=here, stdout=here, stderr=here)
        os.close(here)
        self._there = there  # open until the computer opens it: else what the board writes is an error
        return self

    def unplug(self):
        self._process.kill()
        self._process.wait(10)
        os.unlink(self.port)
        os.close(self._there)


@pytest.fixture
def board(tmp_path):
    board = Board(tmp_path / "board").plug_in()
    yield board
    board.unplug()


@pytest.fixture
def computer(board, room):
    broker = room.broker()
    url = f"mqtt://127.0.0.1:{broker.port}"
    program = Program(["-m", "picopanel", "pico", ID, "--serial", board.port, "--broker", url])
    program.broker, program.url = broker, url
    yield program
    program.kill()


@pytest.fixture
def pico(computer):
    with Pico(ID, broker=computer.url) as pico:
        eventually(
            lambda: pico.status == "online", "it is online", seen=lambda: (pico.status, computer.lines)
        )
        yield pico


def test_a_panel_commands_it_hears_it_and_has_its_time(computer, pico):
    assert pico.on().led is True
    computer.wait_for("LED on")
    assert pico.read().temperature == pytest.approx(23.4, abs=0.1)
    eventually(lambda: len(pico.to_dataframe()) > 5, "it streams")
    info = next(each.payload for each in reversed(pico.messages()) if each.topic == f"{ID}/info")
    assert '"via": "usb"' in info
    assert '"ts":null' not in pico.messages()[-1].payload, "the computer has told it the time"


def test_what_it_prints_for_people_is_printed(computer):
    computer.wait_for("USB: connected.")


def test_unplugged_it_is_offline_and_plugged_in_again_it_is_back(computer, pico, board):
    board.unplug()
    computer.wait_for("The board is gone")
    eventually(lambda: pico.status == "offline", "it is offline", seen=lambda: pico.status)
    board.plug_in()
    eventually(lambda: pico.status == "online", "it is back", seen=lambda: (pico.status, computer.lines))
    assert pico.toggle().led is True


def test_without_its_broker_it_goes_on_and_sends_afterwards(computer, pico):
    computer.broker.stop()
    computer.wait_for("USB: the computer is lost, it has no broker")
    lost = len(pico.to_dataframe())
    computer.broker.start()
    eventually(lambda: pico.status == "online", "it is back", seen=lambda: (pico.status, computer.lines))
    eventually(lambda: len(pico.to_dataframe()) > lost + 5, "it streams again")
    gap = lambda: pico.to_dataframe()["board_time"].diff().dt.total_seconds().max()  # noqa: E731
    eventually(lambda: gap() < 1, "what was measured without a broker comes, too", seen=gap)


def test_of_another_id_is_said_and_nothing_of_it_is_published(board, room):
    broker = room.broker()
    notebook = room.notebook(broker, ID)
    program = Program(
        [
            "-m",
            "picopanel",
            "pico",
            "another",
            "--serial",
            board.port,
            "--broker",
            f"mqtt://127.0.0.1:{broker.port}",
        ]
    )
    program.wait_for("The board on USB answers under another ID than 'another'")
    program.kill()
    assert notebook.messages.empty()
    notebook.close()


def test_no_such_port_is_said_once(room):
    broker = room.broker()
    program = Program(
        [
            "-m",
            "picopanel",
            "pico",
            ID,
            "--serial",
            "/dev/nothing",
            "--broker",
            f"mqtt://127.0.0.1:{broker.port}",
        ]
    )
    program.wait_for("The board's port cannot be opened")
    program.stop()
    assert program.finish() == 0


@pytest.mark.parametrize("option", [["--course"], ["--interval", "500"], ["--sensor", "cpu"]])
def test_what_only_a_virtual_board_has_is_refused(option):
    program = Program(["-m", "picopanel", "pico", ID, "--serial", "/dev/nothing", *option])
    assert program.finish() == 1
    assert program.lines == ["--course, --interval and --sensor are a virtual board's, not one's on USB."]
