"""The recipes of docs/board.md on the chip, with its own drivers and nothing plugged in."""

import json
import textwrap

from picopanel._firmware import FOLDER

from ..docs.blocks import EVERY, ON_THE_BOARD
from . import chip

RECIPES = [block for block in EVERY if block.note == ON_THE_BOARD]
PROGRAM = """
import asyncio, json, sys
sys.path.insert(0, "/")
from pico.device import PicoDevice
from recipes import recipes


async def main():
    device = PicoDevice("cook", boot="p1")
    for recipe in recipes:
        device.add(recipe)
    device.connected(0)
    for now in (0, 2000, 4000):
        messages = device.tick(now)
    print(json.dumps([device._sensors.told(), json.loads(messages[0][1])["values"]]))


asyncio.run(main())
"""


def test_b2_nothing_plugged_in_ends_nothing_and_each_missing_part_is_named(tmp_path):
    recipes = "".join(
        f"def recipe_{number}(board):\n{textwrap.indent(block.code, '    ')}\n\n"
        for number, block in enumerate(RECIPES)
    )
    names = ", ".join(f"recipe_{number}" for number in range(len(RECIPES)))
    files = {
        "recipes.py": (recipes + f"recipes = ({names})\n").encode(),
        **{f"pico/{path.name}": path.read_bytes() for path in (FOLDER / "pico").glob("*.py")},
    }
    told, values = json.loads(chip.run(files, PROGRAM, tmp_path)[-1])
    assert {name: about["error"] for name, about in told.items() if "error" in about} == {
        "temperature": "OSError: [Errno 110] ETIMEDOUT",  # the DHT22
        "humidity": "OSError: [Errno 110] ETIMEDOUT",
        "recipe_3": "ImportError: no module named 'bme280_float'",
        "recipe_4": "IndexError: list index out of range",  # the DS18B20
        "recipe_10": "ImportError: no module named 'ssd1306'",
    }
    assert values == {"presses": 0, "voltage": 0, "light": 0}, "the emulated converter is at 0"
