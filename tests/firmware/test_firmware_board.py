"""`pico/hardware.py` in a real MicroPython: the clock and the watchdog."""

import pytest
from bench import WireBench
from harness import TimeServer

pytestmark = pytest.mark.micropython

NOON = 1_800_000_000_500  # half a second past a whole one


@pytest.fixture
def run(room):
    """Runs a program in a board's place: `run(lines, clock=...)`."""

    def start(program, **more):
        prepare = lambda folder: (folder / "program.py").write_text(program)  # noqa: E731
        return room.board(room.broker(), "program", run="program", prepare=prepare, **more)

    return start


def test_b6_the_time_is_fetched_to_the_millisecond(run):
    fetch = "from pico.hardware import *\nprint('fetched', fetch_time())\nprint('clock', unix_ms())\n"
    board = run(fetch, clock=TimeServer(NOON))
    board.says("clock")
    fetched, clock = [int(line.split()[1]) for line in board.lines[-2:]]
    assert NOON <= fetched < NOON + 500, "nothing of its second is lost"
    assert clock // 1000 in (NOON // 1000, NOON // 1000 + 1), "the chip's own clock, for certificates"


@pytest.mark.parametrize(
    "head",
    [bytes([0x24, 0]), bytes([0xE4, 1]), bytes([0x24, 16]), bytes([0x23, 1])],
    ids=["a kiss of death", "not synchronised", "stratum 16", "no server's"],
)
def test_b6_a_server_that_does_not_know_the_time_is_not_believed(run, head):
    fetch = (
        "from pico import hardware\n"
        "try:\n"
        "    hardware.fetch_time()\n"
        "except OSError as problem:\n"
        "    print(problem)\n"
    )
    board = run(fetch, clock=TimeServer(NOON, head))
    board.says("Time: no answer from pool.ntp.org it does not know the time")
    board.says("no time")


def test_b6_the_years_after_2036_are_known(run):
    later = 2_100_000_000_250
    board = run(
        "from pico import hardware\nprint('fetched', hardware.fetch_time())\n", clock=TimeServer(later)
    )
    board.says(f"fetched {later // 1000}")


def test_b6_the_time_is_fetched_again_now_and_then(room):
    def prepare(folder):
        (folder / "hurry.py").write_text("from pico import board\nboard.TIME_LASTS = 500\nimport session\n")

    clock = TimeServer(NOON)
    broker = room.broker()
    notebook = room.notebook(broker, "hours")
    board = room.board(broker, "hours", run="hurry", prepare=prepare, clock=clock, INTERVAL=200)
    bench = WireBench(notebook, None)
    assert bench.wait("/telemetry")["ts"] >= NOON
    clock.unix_ms = NOON + 3_600_000
    bench.wait("/telemetry", lambda sample: sample["ts"] >= NOON + 3_600_000)
    assert board.lines.count("Time: set.") == 1, "told once"
    notebook.close()


STOP = """
import machine
from pico import rp2_chip
fed = []
machine.WDT.feed = lambda self: fed.append(1)
rp2_chip.NAME = %r
watchdog = rp2_chip.Watchdog()
rp2_chip.ALIVE_FOR = 0
watchdog.stop()
watchdog._feed(None)
print("written", list(machine.mem32), "fed", len(fed))
"""


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Raspberry Pi Pico W with RP2040", f"written [{0x4005B000}]"),
        ("Raspberry Pi Pico 2 W with RP2350", f"written [{0x400DB000}]"),
        ("A board with RP2999", "written [] fed 1"),
    ],
)
def test_b7_registers_are_written_on_a_chip_that_is_known_only(run, name, said):
    run(STOP % name).says(said)
