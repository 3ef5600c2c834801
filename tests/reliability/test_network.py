"""The way to the broker: killed, cut, black-holed, slow. Readings, commands and answers must hold."""

import time

import pytest

from ..support.waiting import eventually
from .counts import times
from .trial import ID

CLOSED = "The broker closed the connection."
DOWN = "Nothing listens at the broker's port."
HANGS_UP = "The port answers, but not as an MQTT broker."


@pytest.mark.timeout(300)
def test_a_broker_killed_again_and_again(trial):
    """With commands all the while: nothing lost, nothing late, and it goes on by itself."""
    for _ in range(times(20)):
        trial.try_to_toggle()
        trial.broker.kill()
        trial.says(CLOSED, DOWN, HANGS_UP)
        trial.try_to_toggle()  # refused, and never sent
        trial.broker.start()
        trial.recovers()
    trial.holds()


def test_panel_cut_off(trial):
    """The panel's connection is cut, and all new ones for a while; the board goes on."""
    for _ in range(times(20)):
        trial.try_to_toggle()
        trial.to_panel.cut()
        trial.says(CLOSED, HANGS_UP)
        trial.to_panel.mend()
        trial.recovers()
    trial.holds()


def test_board_cut_off(trial):
    """The board's connection is cut: the broker tells its will, and the panel says so."""
    for _ in range(times(20)):
        trial.to_board.cut()
        trial.says("The Pico went offline.")
        trial.to_board.mend()
        trial.recovers()
    trial.holds()


def test_panel_in_a_black_hole(trial):
    """No packet passes and nobody says goodbye: told within 32 s, and what was under way stays undone."""
    trial.to_panel.block()
    trial.try_to_toggle()
    trial.says("The connection to the broker went dead.", within=32)
    trial.to_panel.unblock()
    trial.recovers()
    trial.holds()


def test_command_held_up_on_its_way(trial):
    """A toggle that the network delivers 11 s late is refused by the board: nobody expects it any more."""
    trial.recovers()
    passed = lambda: sum('"toggle"' in command for command in trial.spy.on(f"{ID}/cmd"))  # noqa: E731
    eventually(lambda: len(trial.board.heard) == passed() > 0, "board and spy have heard the same")
    before = passed()
    trial.to_panel.block()
    trial.try_to_toggle()
    time.sleep(11)
    trial.to_panel.unblock()
    eventually(lambda: passed() == before + 1, "the late toggle passes the broker", seen=passed)
    trial.recovers()
    eventually(
        lambda: len(trial.board.heard) == before + 1,
        "the board carried out the new toggle, and not the late one",
        seen=lambda: trial.board.heard,
    )
    trial.holds()


def test_board_without_wifi(trial):
    """Nothing passes and nobody says goodbye; then the broker drops the board, which comes back."""
    trial.to_board.block()
    time.sleep(times(30))
    trial.to_board.cut()
    trial.says("The Pico went offline.")
    trial.to_board.unblock()
    trial.to_board.mend()
    trial.recovers()
    trial.holds()


def test_slow_way(trial):
    """Every piece takes 0.4 s each way: later, and otherwise the same."""
    for way in (trial.to_panel, trial.to_board):
        way.slow(0.2)
    for _ in range(times(30)):
        assert trial.pico.toggle().latency > 0.4
    for way in (trial.to_panel, trial.to_board):
        way.slow(0)
    trial.recovers()
    trial.holds()
