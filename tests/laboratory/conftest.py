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


SECRETS = "ada", "s3cret-word"  # the user and the password at the shelf's broker


class Shelf:
    """A board on a real broker, and the command that serves it; each is a process of its own."""

    def __init__(self, run, start):
        self._run, self.broker = run, start(users=dict([SECRETS]))
        self.url = self.broker.url(login=":".join(SECRETS))
        self.plug_in().wait_for("Online")

    def plug_in(self):
        self.board = self._run("-m", "picopanel", "pico", "shelf", "--broker", self.url, "--interval", "200")
        return self.board

    def serve(self, *options):
        self._program = self._run("-m", "picopanel", "serve", "shelf", "--broker", self.url, *options)
        return self._program

    def serve_no_more(self):
        self._program.interrupt()
        assert self._program.finish() == 0
        assert self._program.lines[-1] == "Stopped."


@pytest.fixture
def shelf(run, start):
    return Shelf(run, start)


@pytest.fixture
def well(pico):
    """The board, online again after whatever a test has done to it."""
    yield pico
    pico.faults.slow(0)
    pico.faults.lose_replies(0)
    broken.clear()
    eventually(lambda: pico.status == "online", "the board is back", seen=lambda: pico.status)
