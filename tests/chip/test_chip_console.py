"""An editor takes over a board at its start, before anything of it has been loaded."""

from picopanel import Broker

from .chip import CTRL_C, Chip
from .conftest import set_up


def test_ctrl_c_in_the_first_two_seconds_gives_the_console(tmp_path):
    chip = Chip(set_up(Broker("mqtt://broker.example"), "chip"), tmp_path)
    try:
        chip.type(CTRL_C)
        assert "KeyboardInterrupt" in chip.wait_for(">>> ", within=60)
        chip.type("import sys; print([name for name in sys.modules if 'pico' in name], 6 * 7)\r")
        chip.wait_for("[] 42", within=60)
    finally:
        chip.stop()
