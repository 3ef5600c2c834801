"""20 000 messages of rubbish a second on the board's topics: the kernel stays usable."""

import time
from pathlib import Path

import pytest

from picopanel import CommandRefused, NoAnswer, Pico

from ..support.waiting import eventually
from .counts import times
from .trial import ID

FLOOD = Path(__file__).with_name("flood.py")
RATE = 20_000


def work_done(seconds: float) -> int:
    """Return how much a student's own code gets done while this process has worked for so long.

    What other processes take on a crowded machine is not counted.
    """
    done, end = 0, time.process_time() + seconds
    while time.process_time() < end:
        sum(range(1000))
        done += 1
    return done


def answered(verb) -> bool:
    """Whether a command is answered; on a crowded machine the test board may be too late with one."""
    try:
        return verb() is not None
    except (NoAnswer, CommandRefused):
        return False


@pytest.mark.parametrize("program", ["pico_layer_board.py", "course_board.py"])
def test_a_kernel_in_a_flood_of_rubbish_stays_usable(broker, board, run, measured, program):
    """Own code goes on, the board streams on, and commands are answered in the middle of it."""
    board(program, ID)
    with Pico(ID, broker=broker.url()) as pico:
        eventually(lambda: answered(pico.on), "a command is answered")
        quiet = work_done(0.5)
        flood = run(FLOOD, broker.port, ID, RATE, times(60))
        refused = pico._device.known
        eventually(lambda: refused.refused_payloads > RATE // 10, "the flood has come", within=20)
        busy = work_done(0.5)
        eventually(lambda: answered(pico.toggle), "a command is answered in the flood")
        assert flood.finish() == 0
        eventually(lambda: answered(pico.off), "all is as before")
        measured(f"{program}: flood, messages sent a second", int(flood.lines[-1]))
        measured("  refused and counted", refused.refused_payloads)
        measured("  own code goes on at, % of its speed", 100 * busy / quiet)
        assert busy > quiet / 10, "own code keeps a tenth of its speed at the least"
        assert "bug" not in " ".join(refused.notices)
