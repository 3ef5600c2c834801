"""What the tests of the laboratory's frameworks share: a virtual Pico, and where it is served."""

import random

import pytest

from picopanel import Pico

from ..support.waiting import eventually

broken = set()  # while anything is in it, the second sensor fails


def measure():
    if broken:
        raise OSError(5)
    return 3.5


def extras(board):
    """Beside the chip's own temperature, something in a unit that nobody knows, and something to set."""
    board.channel("turbidity", measure, unit="NTU")
    board.control("fan", lambda on: on, type="switch")


@pytest.fixture(scope="module")
def pico(request):
    """A virtual Pico with a second channel; its faults can be switched on."""
    name = f"{request.module.__name__.rpartition('_')[2]}-{random.randrange(10_000)}"
    with Pico.demo(name, setup=extras) as pico:
        next(pico.readings(n=1))
        yield pico


@pytest.fixture
def well(pico):
    """The board, online again after whatever a test has done to it."""
    yield pico
    pico.faults.slow(0)
    pico.faults.lose_replies(0)
    broken.clear()
    eventually(lambda: pico.status == "online", "the board is back", seen=lambda: pico.status)
