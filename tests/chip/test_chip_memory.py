"""What a sample costs on the chip itself, whose floats and words are half as wide as the computer's."""

import json
from pathlib import Path

from picopanel._firmware import FOLDER

from . import chip

RING = (Path(__file__).parents[1] / "firmware" / "ring.py").read_text()


def test_b5_the_ring_takes_what_it_may_on_the_chip(tmp_path):
    logic = (FOLDER / "pico/samples.py").read_bytes()
    may, taken = json.loads(chip.run({"pico/samples.py": logic}, RING, tmp_path)[-1])
    print(f"of {may} bytes, with 1, 16 and 32 channels: {taken}")
    assert all(0.8 * may < each < 1.2 * may for each in taken), f"expected {may} bytes: {taken}"
