"""Between the broker and the board: each row's cause, brought about."""

import pytest

from picopanel import CommandRefused, InvalidDeviceID, Pico
from picopanel._doctor import examine
from picopanel._link.virtual import VirtualLink
from picopanel._link.virtual_board import VirtualBoard

from ..support.spy import Spy
from ..support.waiting import eventually
from .doubles import SlowBoard, course_board_that_says
from .table import matches


@pytest.fixture
def pico(run, broker):
    """Starts a virtual Pico under an ID."""

    def start(board_id):
        program = run("-m", "picopanel", "pico", board_id, "--broker", broker.url())
        program.wait_for("Online")
        return program

    return start


@pytest.fixture
def slow(broker):
    """Plugs in a board under the ID `a` that misbehaves."""
    boards = []

    def start(**faults):
        boards.append(SlowBoard(broker.port, "a", **faults))
        spy = Spy(broker.port)
        eventually(lambda: "online" in spy.on("a/status"), "the board is online")
        spy.close()

    yield start
    for board in boards:
        board.close()


def test_wrong_id(named, broker, pico):
    pico("alice")
    named(broker.url(), "alicia", act=lambda panel: panel._device.start("read", 2))


NOBODY = "Nobody answers under this ID."
"""What the doctor says, who has asked."""


def test_an_id_that_nobody_has(named, broker):
    named(broker.url(), "nobody", within=25, doctor=NOBODY)


def test_an_accent_in_the_id(named, broker, pico):
    pico("Zo\u00eb")
    named(broker.url(), "Zoe\u0308", within=25, doctor=NOBODY)


def test_the_answer_is_no_number(named, broker):
    with course_board_that_says("None", broker.port, "a"):
        named(broker.url(), "a", act=lambda panel: panel._device.start("read"))


def test_the_board_declines_a_command(row, broker, slow):
    slow(samples=True, refuses="set: not a value of this control")
    with Pico("a", broker=broker.url()) as pico:
        with pytest.raises(CommandRefused) as refusal:
            pico.set(brightness=3)
        assert matches(row.second, str(refusal.value))
        assert pico._device.diagnosis().trouble is None


def test_one_sensor_gives_no_value(named, broker, slow):
    slow(samples=True, light={"unit": "lx", "error": "OSError: 5"})
    named(broker.url(), "a", act=lambda panel: panel.read())


def test_placeholder_id(row):
    with pytest.raises(InvalidDeviceID) as refusal:
        Pico("<your_id_here>", broker="mqtt://127.0.0.1:1")
    assert matches(row.second, str(refusal.value))
    (finding,) = examine("<your_id_here>", VirtualLink(VirtualBoard("a")))
    assert (finding.step, finding.result) == (row.third, "failed")


def test_two_boards_on_one_id(named, broker, pico):
    pico("a")
    pico("a")
    named(broker.url(), "a")


def test_board_offline(named, broker, pico):
    program = pico("a")

    def pull_the_plug(panel):
        eventually(lambda: panel.status == "online", "the board is online", seen=lambda: panel.status)
        program.kill()

    named(broker.url(), "a", act=pull_the_plug)


def test_board_hangs(named, broker, pico):
    program = pico("a")

    def let_it_hang(panel):
        eventually(lambda: panel.status == "online", "the board is online", seen=lambda: panel.status)
        program.hang()
        panel._device.start("read")

    named(broker.url(), "a", act=let_it_hang, doctor="The last command was not answered.")
    program.kill()


def test_board_answers_without_telemetry(named, broker, slow):
    slow()

    def ask_after_a_while(panel):
        state = panel._device.known.presence
        eventually(lambda: panel.status == "silent", "it is silent", within=15, seen=lambda: state.state)
        panel.read()

    named(broker.url(), "a", act=ask_after_a_while)


def test_queue_of_the_board_overflows(named, broker, slow):
    slow(drops=True, samples=True)

    def click_five_times_at_once(panel):
        eventually(lambda: panel._device.mode, "the board is found")
        for _ in range(5):
            panel._device.start("toggle", 2)

    named(broker.url(), "a", act=click_five_times_at_once)
