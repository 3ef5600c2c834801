"""Both ways across: our panel with boards of the course, the course's notebook with our board."""

import re
import shutil
import subprocess
import sys

import behaviours
import pytest
from bench import WireBench
from get_umqtt import umqtt_folder
from harness import HERE

from picopanel import Pico
from tests.support.waiting import eventually

pytestmark = pytest.mark.micropython

NOTEBOOK = HERE.parent / "course" / "notebook_procedure.py"
BOARDS = ["course_board", "course_board_umqtt"]


@pytest.mark.parametrize("program", BOARDS)
def test_it_is_small_and_imports_nothing_of_ours(program):
    source = (HERE / f"{program}.py").read_text()
    assert len(source.splitlines()) <= 50
    imported = set(re.findall(r"^(?:import|from) ([\w.]+)", source, re.M))
    assert imported <= {"asyncio", "machine", "mqtt_as", "my_secrets", "network", "time", "umqtt.simple"}


@pytest.mark.parametrize("program", BOARDS)
def test_the_panel_commands_an_independent_board_of_the_course(program, room):
    def prepare(folder):
        shutil.copy(HERE / f"{program}.py", folder)
        shutil.copytree(umqtt_folder(), folder / "umqtt")

    broker = room.broker()
    board = room.board(broker, "course", run=program, prepare=prepare)
    board.says("listening")
    words = ["on", "toggle", "read", "off", "toggle", "on", "read", "toggle", "off", "toggle"]
    lit = [True, False, False, False, True, True, True, False, False, True]
    with Pico("course", broker=f"mqtt://127.0.0.1:{broker.port}") as pico:
        replies = [pico.send_and_receive(word) for word in words]
    assert [reply.led for reply in replies] == lit
    assert [reply.temperature for reply in replies] == [23.4] * 10
    assert all(reply.certain for reply in replies)
    eventually(lambda: board.lit, "the board's own LED is lit, as the panel says")


def test_the_notebook_of_the_course_commands_our_firmware(room):
    """30 toggles by the course's procedure: one bare number each, nothing unasked."""
    broker = room.broker()
    spy = room.notebook(broker, "ours")
    board = room.board(broker, "ours", INTERVAL=250)
    bench = WireBench(spy, None)
    notebook = [sys.executable, NOTEBOOK, "127.0.0.1", str(broker.port), "ours"]
    result = subprocess.run(notebook, capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.split() == ["23.4"] * 30
    up = behaviours.command(bench, read=True)["up"]
    bench.wait("/telemetry", lambda sample: sample["up"] > up + 500)
    assert bench.seen("/onboard_temp") == ["23.4"] * 30, "expected an answer to each command and nothing else"
    assert bench.seen("/onboard_led/state")[-1] == "off"
    assert not board.lit
    spy.close()
