"""Networks, brokers and boards that go and come back: nothing fires late, nothing is lost without a word."""

import time

import pytest

from picopanel import NoAnswer, NotConnected, Pico

from ..support.waiting import eventually
from ..support.way import Way


@pytest.fixture
def way(broker):
    """A way to the broker that can be blocked."""
    way = Way(broker.port)
    yield way
    way.close()


@pytest.mark.parametrize("program", ["course_board.py", "pico_layer_board.py"])
def test_what_was_in_flight_is_never_sent_again(broker, board, way, program):
    """A toggle that the network has swallowed does not fire when the connection is back."""
    pico_board = board(program, "test-id")
    with Pico("test-id", broker=f"mqtt://127.0.0.1:{way.port}") as pico:
        pico.on()
        way.block()
        pico.toggle(wait=False)
        broker.kill()
        broker.start()
        way.unblock()
        eventually(lambda: pico.status != "online", "the broken connection is noticed", within=30)
        connected(pico)
        pico.off()
        words = lambda: [word for word in pico_board.heard if word != "read"]  # noqa: E731
        eventually(lambda: words() == ["on", "off"], "the board has heard on and off", seen=words)


def test_a_command_is_refused_at_once_while_disconnected(broker, board):
    """Without a broker a verb raises at once, and nothing of it arrives later."""
    pico_board = board("pico_layer_board.py", "test-id")
    with Pico("test-id", broker=broker.url()) as pico:
        pico.on()
        broker.stop()
        eventually(lambda: pico.status == "lost", "the connection counts as lost", seen=lambda: pico.status)
        for verb in (pico.toggle, pico.on, pico.read):
            with pytest.raises(NotConnected):
                verb()
        broker.start()
        connected(pico)
        pico.off()
        pico_board.has_heard("on", "off")


def test_no_answer_is_a_timeout_that_says_what_to_check(broker):
    """Nobody there: an error that is also a `TimeoutError`, with the cause and the next step."""
    with Pico("nobody-here", broker=broker.url()) as pico:
        with pytest.raises(TimeoutError, match=r"nobody-here|board") as caught:
            pico.toggle(timeout=0.5)
        assert isinstance(caught.value, NoAnswer)


def connected(pico):
    """Wait until a command can be sent again; paho's back-off and the board's return take their time."""
    end = time.monotonic() + 40
    while True:
        try:
            return pico.read(timeout=2)
        except (NotConnected, NoAnswer):
            assert time.monotonic() < end, f"no way back to the board: {pico.status}"
            time.sleep(0.05)
