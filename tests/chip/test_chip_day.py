"""What one board goes through that is online over TLS, each test from where the one before has left it."""

import pytest

from ..support.waiting import eventually


@pytest.fixture(scope="module")
def room(laboratory):
    return laboratory()


@pytest.fixture(scope="module")
def chip(room):
    chip = room.board()
    chip.wait_for("Broker: connected.", within=600)
    return chip


@pytest.fixture
def pico(room, chip):
    pico = room.pico()
    eventually(lambda: pico.status == "online", "the panel knows the board", within=120, seen=lambda: pico)
    yield pico
    pico.close()


def test_every_verb_is_seen_at_the_radio_chip(chip, pico):
    pico.off(timeout=60)
    before = len(chip.lit)
    for say in (pico.on, pico.off, pico.toggle):
        say(timeout=60)
    pico.blink(0.2, n=3, timeout=60)
    # It was lit when the blinking began, with a flash.
    seen = [True, False, True, False, True, False, True, False]
    eventually(lambda: chip.lit[before:] == seen, "each is done", within=60, seen=lambda: chip.lit[before:])
