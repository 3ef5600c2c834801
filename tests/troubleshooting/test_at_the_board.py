"""At the board: what its LED and its console say, in a real MicroPython."""

import pytest
from harness import Broker, MicroPythonBoard, grouped, secrets

from ..support.waiting import eventually

SESSION = """
import my_secrets
from pico.board import Board
def climate(board):
    {extras}
Board(my_secrets).run(climate)
"""


@pytest.fixture
def flashes(row, tmp_path):
    """Looks whether a board with this trouble says so: `flashes(wifi=-2)`."""
    boards = []
    closed = Broker(tmp_path)  # never started: nothing listens at its port

    def look(*files, wifi=3, run="session", extras=""):
        folder = tmp_path / "board"
        folder.mkdir()
        board = MicroPythonBoard(folder, secrets(closed, "a"), run=run)
        (folder / "wifi").write_text(str(wifi))
        if extras:
            (folder / "session.py").write_text(SESSION.format(extras=extras))
        for name in files:
            (folder / name).touch()
        boards.append(board.start())
        number, console = row.second, row.third
        board.says(console)
        if number.isdigit():
            expected = f"{number} flashes between two pauses"
            eventually(lambda: int(number) in grouped(board.flashes), expected, within=25)

    yield look
    for board in boards:
        board.stop()


def test_unknown_network_or_5_ghz(flashes):
    flashes(wifi=-2)


def test_wrong_wi_fi_password(flashes):
    flashes(wifi=-3)


def test_no_address(flashes):
    flashes(wifi=2, run="hurried")


def test_captive_portal(flashes):
    flashes("no_time")


def test_time_not_to_be_had(flashes):
    flashes("no_time")


def test_a_sensor_is_not_plugged_in(flashes):
    flashes(extras="raise OSError(5)")


def test_a_channel_stays_empty(flashes):
    flashes(extras="board.channel('light', lambda: adc.read(), unit='lx')")
