"""Messages that come fast: read in large pieces, rested for, and none lost."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from threading import Thread

import pytest

from picopanel import Broker
from picopanel._link.client import Buffered
from picopanel._link.mqtt import MqttLink
from picopanel._link.pace import REST, SHORT_REST, Pace

from ..support.waiting import eventually
from .test_mqtt import Ear


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, Buffered]]:
    """The broker's end of a connection, and ours."""
    theirs, ours = socket.socketpair()
    ours.setblocking(False)
    yield theirs, Buffered(ours)
    theirs.close()
    ours.close()


def test_what_came_together_is_read_at_once_and_handed_on_in_pieces(ends) -> None:
    theirs, ours = ends
    theirs.sendall(b"0123456789")
    assert ours.recv(1) == b"0"
    assert ours.pending() == 9, "what was read and not handed on, which `select` does not know of"
    assert (ours.recv(4), ours.recv(100)) == (b"1234", b"56789"), "never more than there is"
    assert ours.pending() == 0


def test_an_empty_or_ended_connection_is_as_any_socket(ends) -> None:
    theirs, ours = ends
    with pytest.raises(BlockingIOError):
        ours.recv(1)
    theirs.sendall(b"last")
    theirs.close()
    assert (ours.recv(9), ours.recv(9)) == (b"last", b""), "the rest, then the end"


class Times:
    """A clock set by hand."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def pace_after() -> Callable[..., Pace]:
    """Return a pace that has heard so many messages on each topic, and looked at them after so long."""

    def make(messages: dict[str, int], seconds: float = 0.1) -> Pace:
        clock = Times()
        pace = Pace(clock)
        for topic, count in messages.items():
            for _ in range(count):
                pace.came(topic)
        clock.now += seconds
        pace.taken(None, lambda: None)
        return pace

    return make


@pytest.mark.parametrize(
    ("messages", "seconds", "rest"),
    [
        ({"slow": 2}, 0.1, 0.0),
        ({"fast": 100}, 0.1, REST),
        ({f"board-{n}": 1 for n in range(20)}, 0.1, SHORT_REST),
        ({f"board-{n}": 2 for n in range(20)}, 0.1, 0.0),
        ({"fast": 100, **{f"board-{n}": 2 for n in range(20)}}, 0.1, REST),
        ({"after a silence": 100}, 5.0, 0.0),
    ],
)
def test_only_what_is_fast_is_rested_for(pace_after, messages, seconds: float, rest: float) -> None:
    assert pace_after(messages, seconds).rest == rest


def test_a_command_ends_a_rest(pace_after, ends) -> None:
    pace = pace_after({"fast": 100})
    pace.rest = 60.0
    resting = Thread(target=pace.taken, args=[ends[1], lambda: None], daemon=True)
    resting.start()

    def over() -> bool:
        pace.hurry()
        return not resting.is_alive()

    eventually(over, "the rest ends with the command")


def test_what_has_come_already_is_not_rested_for(pace_after, ends) -> None:
    theirs, ours = ends
    pace = pace_after({"fast": 100})
    pace.rest = 60.0
    theirs.sendall(b"more")
    gathered: list[bool] = []
    pace.taken(ours, lambda: gathered.append(True))
    assert not gathered, "what is fast is taken in together with what has come meanwhile"
    assert ours.recv(9) == b"more"


@pytest.mark.parametrize("kind", ["mqtt", "mqtts"])
def test_a_flood_comes_whole_and_in_order(start, kind: str) -> None:
    broker = start(listeners=[kind], more=["max_queued_messages 0"])
    ear = Ear()
    link = MqttLink(Broker(broker.url(kind), ca=broker.ca if kind == "mqtts" else None))
    try:
        link.attach({"flood": 0}, ear)
        eventually(lambda: ear.refused == [frozenset()], "the subscription stands")
        sent = [b"%d" % n for n in range(3000)]
        for payload in sent:
            link.publish("flood", payload, qos=0, expiry=60)
        eventually(lambda: len(ear.messages) == len(sent), "all come", seen=lambda: len(ear.messages))
        assert [payload for _, payload, _ in ear.messages] == sent
    finally:
        link.detach(ear)
