"""The recipes of docs/board.md: each is type-checked, and runs on one board with stand-ins for its parts."""

import json
import re
import subprocess
import sys
import textwrap

import pytest
from bench import WireBench
from harness import FIRMWARE, installed, mqtt_as_folder
from test_firmware_sources import MYPY, STUBS

from tests.docs.blocks import EVERY, ON_THE_BOARD
from tests.support.cache import CACHE

RECIPES = [block for block in EVERY if block.note == ON_THE_BOARD]


def as_functions(annotation: str = "") -> str:
    """Each as the function that `Board.run` takes."""
    return "".join(
        f"def recipe_{number}(board{annotation}):\n{textwrap.indent(block.code, '    ')}\n\n"
        for number, block in enumerate(RECIPES)
    )


def test_a_pico_has_every_name_that_they_use(tmp_path):
    (tmp_path / "mypy.ini").write_text(
        MYPY.format(typings=installed(STUBS["rp2"]), mqtt_as=mqtt_as_folder(), firmware=FIRMWARE)
    )
    program = tmp_path / "recipes.py"
    program.write_text("from pico.device import PicoDevice\n\n" + as_functions(": PicoDevice"))
    options = ["--config-file", tmp_path / "mypy.ini", "--cache-dir", CACHE / "mypy-rp2"]
    mypy = [sys.executable, "-m", "mypy", *options, "recipes.py"]
    said = subprocess.run(mypy, capture_output=True, text=True, cwd=tmp_path).stdout
    assert re.findall(r"^recipes\.py:\d+: error.*", said, re.M) == []


@pytest.fixture(scope="module")
def kitchen(shared_room):
    """A board that runs them all."""
    broker = shared_room.broker()
    notebook = shared_room.notebook(broker, "cook")
    names = ", ".join(f"recipe_{number}" for number in range(len(RECIPES)))
    program = (
        f"import my_secrets\nfrom pico.board import Board\n\n{as_functions()}Board(my_secrets).run({names})\n"
    )
    board = shared_room.board(
        broker,
        "cook",
        run="recipes",
        prepare=lambda folder: (folder / "recipes.py").write_text(program),
        INTERVAL=500,
    )
    yield WireBench(notebook, None), notebook, board
    notebook.close()


@pytest.mark.micropython
def test_each_sensor_is_a_channel_with_its_value(kitchen):
    bench, _, _ = kitchen
    expected = {
        "light": 50.0,
        "temperature": 21.5,
        "air": 22.75,
        "pressure": 1013.25,
        "humidity": 38.5,
        "water": 18.25,
        "voltage": 1.65,
        "presses": 0,
    }
    sample = bench.wait("/telemetry", lambda sample: sample["values"].get("water") == expected["water"])
    assert {name: round(value, 2) for name, value in sample["values"].items()} == expected
    channels = bench.wait("/info", lambda info: "water" in info["channels"])["channels"]
    assert [name for name in channels if "error" in channels[name]] == []


@pytest.mark.micropython
@pytest.mark.parametrize(
    ("name", "value", "done"),
    [
        ("lamp", 50, "[pwm 15] 32767"),
        ("servo", 90, "[pwm 18] 1500000"),
        ("pixels", "#ff8000", "[pixels] 8 (255, 128, 0)"),
        ("relay", True, "[pin 17] 1"),
    ],
)
def test_each_control_reaches_its_part(kitchen, name, value, done):
    bench, notebook, board = kitchen
    seen = len(board.lines)
    notebook.send("/cmd", json.dumps({"experiment_id": name, "set": {name: value}}))
    assert bench.wait("/ack", lambda ack: ack["experiment_id"] == name)["ok"]
    board.says(done, after=seen)


@pytest.mark.micropython
def test_a_press_toggles_the_led_once_is_counted_and_is_on_the_screen(kitchen):
    bench, _, board = kitchen
    board.says("[screen] cook | online | LED off")
    (board.folder / "press").touch()
    board.says("[screen] cook | online | LED on")
    assert bench.wait("/telemetry", lambda sample: sample["values"]["presses"] > 0)["values"]["presses"] == 1
    assert board.lit
