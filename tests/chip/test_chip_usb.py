"""A board without a radio: the MicroPython of a Pico W, told that it has none, and its computer on USB."""

import pytest

from picopanel import Broker, Pico

from ..support.mosquitto import Mosquitto
from ..support.programs import Program
from ..support.waiting import eventually
from .chip import Chip
from .conftest import set_up
from .test_chip_journey import CODE, DEGREES

MAIN = b"""
from pico import hardware, usb

hardware.RADIO, usb.SILENT = False, 600_000  # the chip's seconds are not the computer's

import my_secrets
from pico.board import Board

Board(my_secrets).run()
"""


def test_it_is_commanded_and_read_over_its_console(tmp_path):
    broker = Mosquitto(tmp_path / "broker").start()
    (tmp_path / "board").mkdir()
    files = {**set_up(Broker("mqtt://broker.example"), "corded"), "main.py": MAIN}
    chip = Chip(files, tmp_path / "board")
    computer = None
    try:
        chip.set_converter(CODE)
        chip.wait_for("USB: waiting for", within=300)
        computer = Program(
            ["-m", "picopanel", "pico", "corded", "--serial", chip.console_port, "--broker", broker.url()]
        )
        computer.wait_for("USB: connected.", within=120)
        with Pico("corded", broker=broker.url()) as pico:
            eventually(lambda: pico.status == "online", "it is online", within=120, seen=lambda: pico)
            reply = pico.on(timeout=60)
            assert reply.led is True
            assert reply.temperature == pytest.approx(DEGREES, abs=0.1)
            computer.wait_for("LED on")
            eventually(lambda: len(pico.to_dataframe()) > 3, "it streams", within=120)
    finally:
        if computer:
            computer.kill()
        chip.stop()
        broker.stop()
