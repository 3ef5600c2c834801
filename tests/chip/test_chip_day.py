"""What one board goes through that is online over TLS, each test from where the one before has left it."""

import json
import textwrap

import pytest

from ..docs.blocks import EVERY
from ..support.waiting import eventually
from .chip import CTRL_C
from .conftest import TOLD_OF_MEMORY

HANGS = """
    import time

    def hang(_):
        while True:
            time.sleep(1)

    board.control("hang", hang, type="switch")
"""
BUTTON = 14
(PRESSED,) = (block.code for block in EVERY if 'board.channel("presses"' in block.code)
BURST = 50
HOUR = 1800  # samples, one every two seconds


@pytest.fixture(scope="module")
def room(laboratory):
    return laboratory()


@pytest.fixture(scope="module")
def spy(room):
    return room.spy()


@pytest.fixture(scope="module")
def chip(room, spy):
    chip = room.board(extras=TOLD_OF_MEMORY + HANGS + textwrap.indent(PRESSED, "    "))
    chip.wait_for("Broker: connected.", within=600)
    return chip


@pytest.fixture
def pico(room, chip):
    pico = room.pico()
    eventually(lambda: pico.status == "online", "the panel knows the board", within=120, seen=lambda: pico)
    yield pico
    pico.close()


def starts(spy):
    """Why the board has started, each time; `info` may be told more than once for one."""
    told = [json.loads(info) for info in spy.on("chip/info")]
    return list({info["boot"]: info["reset"] for info in told}.values())


def test_every_verb_is_seen_at_the_radio_chip(chip, pico):
    pico.off(timeout=60)
    before = len(chip.lit)
    for say in (pico.on, pico.off, pico.toggle):
        say(timeout=60)
    pico.blink(0.2, n=3, timeout=60)
    # It was lit when the blinking began, with a flash.
    seen = [True, False, True, False, True, False, True, False]
    eventually(lambda: chip.lit[before:] == seen, "each is done", seen=lambda: chip.lit[before:])


def test_a_button_on_the_board_toggles_its_led_and_is_counted(chip, pico):
    """It is the recipe of the docs."""
    pico.off(timeout=60)
    for lit in (True, False):
        bounced = chip.measure()["seconds"] + 0.5
        eventually(lambda until=bounced: chip.measure()["seconds"] > until, "its contacts rest")
        chip.press(BUTTON)
        eventually(lambda lit=lit: pico.led is lit, f"the LED is lit: {lit}", seen=lambda: pico)
    assert pico.read(timeout=60).values["presses"] == 2


def test_a_burst_is_answered_to_the_last(chip, spy):
    before = len(spy.on("chip/onboard_temp"))
    for _ in range(BURST):
        spy.publish("chip/onboard_led", "toggle")
    eventually(
        lambda: len(spy.on("chip/onboard_temp")) == before + BURST,
        "every command is answered",
        within=300,
        seen=lambda: len(spy.on("chip/onboard_temp")) - before,
    )


def test_an_hours_samples_leave_the_memory_as_it_was(chip, pico, spy, measured):
    def free():
        return pico.read(timeout=60).values["free"]

    def taken():
        return json.loads(spy.on("chip/telemetry")[-1])["seq"]

    before, first = free(), taken()
    spy.publish("chip/cmd", '{"experiment_id": "faster", "interval": 50}')
    eventually(lambda: taken() > first + HOUR, "they are taken", within=1000, seen=taken)
    spy.publish("chip/cmd", '{"experiment_id": "as before", "interval": 2000}')
    measured("free after an hour's samples less than before, bytes", before - free())
    assert before - free() < 4096


def test_a_broker_that_is_restarted_is_found_again(room, chip):
    room.broker.stop()
    chip.wait_for("Broker: connection lost.")
    room.broker.start()
    chip.wait_for("Broker: connected.")


def test_a_wifi_that_is_gone_is_told_and_found_again(chip, room):
    chip.set_wifi(False)
    chip.wait_for("Wi-Fi: no such network")
    chip.set_wifi(True)
    chip.wait_for("Wi-Fi: connected")
    chip.wait_for("Broker: connected.")


def test_a_program_that_hangs_is_restarted_by_the_watchdog(chip, pico, spy):
    assert starts(spy) == ["power"]
    pico.set(wait=False, hang=True)
    chip.wait_for("Broker: connected.", within=600)
    told = ["power", "watchdog"]
    eventually(lambda: starts(spy) == told, "it tells why", seen=lambda: starts(spy))


def test_it_can_be_stopped_and_restarted_from_its_console(chip, spy):
    chip.type(CTRL_C)
    chip.wait_for("Stopped. Ctrl-D starts it again.")
    chip.wait_for(">>> ")
    chip.type("import machine; machine.reset()\r")
    chip.wait_for("Broker: connected.", within=600)
    again = ["power", "watchdog", "watchdog"]
    eventually(lambda: starts(spy) == again, "it has started anew", seen=lambda: starts(spy))
