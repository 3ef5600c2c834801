"""Messages that come fast: read in large pieces, rested for, and none lost."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest

from picopanel import Broker
from picopanel._link.client import MOST_AT_ONCE, Buffered, Client
from picopanel._link.connection import REST, Connection, Pace
from picopanel._link.mqtt import MqttLink
from picopanel._runtime import loop

from ..support.mosquitto import Mosquitto
from ..support.outside import Outside
from ..support.waiting import eventually
from ..unit.hand import Hand
from .test_mqtt import Ear


@pytest.fixture(scope="module")
def every_broker(tmp_path_factory) -> Iterator[Mosquitto]:
    broker = Mosquitto(tmp_path_factory.mktemp("broker"), listeners=("mqtt", "mqtts", "ws", "wss")).start()
    yield broker
    broker.stop()


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


def rest_after(messages: dict[str, int], seconds: float = 0.1) -> float:
    """Return for how long is rested after so many messages on each topic in so long."""
    pace = Pace(now=1000.0)
    for topic, count in messages.items():
        for _ in range(count):
            pace.came(topic)
    return pace.rest(now=1000.0 + seconds)


@pytest.mark.parametrize(
    ("messages", "seconds", "rest"),
    [
        ({"slow": 2}, 0.1, 0.0),
        ({"fast": 100}, 0.1, REST),
        ({f"board-{n}": 1 for n in range(20)}, 0.1, REST),
        ({f"board-{n}": 2 for n in range(20)}, 0.1, 0.0),
        ({"fast": 100, **{f"board-{n}": 2 for n in range(20)}}, 0.1, REST),
        ({"after a silence": 100}, 5.0, 0.0),
    ],
)
def test_only_what_is_fast_is_rested_for(messages, seconds: float, rest: float) -> None:
    assert rest_after(messages, seconds) == rest


class Fast:
    """A client over one end of a socket, at the other end of which 100 messages are sent in 0.1 s."""

    version, accepted, outcome, has_pending = 5, True, None, False
    broker = Broker("mqtt://127.0.0.1")

    def __init__(self, ours: Buffered) -> None:
        self._ours = self.buffered = ours
        self.loop_misc = self.loop_write = self.say_goodbye = self.hang_up = lambda: None

    def socket(self) -> Buffered:
        return self._ours

    def want_write(self) -> bool:
        return False

    def loop_read(self) -> None:
        for _ in self._ours._connection.recv(100):  # a piece, of which more may have come
            self.on_message(self, None, SimpleNamespace(topic="fast", payload=b"1", retain=False, qos=0))

    def send(self, *_: object) -> int:
        return 1


class Resting:
    """Owns such a connection, on a clock in the hand, which rests after its first messages."""

    def __init__(self, ends) -> None:
        self.theirs, ours = ends
        self.hand, self.taken, self.before = Hand(), 0, 0
        self.connection = loop.ask(Connection, Fast(ours), self, self.hand.clock)
        loop.ask(self.connection.begin)
        self.hand.seconds += 0.1
        self.send(100)
        eventually(lambda: self.taken == 100, "they are taken in")

    def send(self, count: int) -> None:
        self.theirs.sendall(b"x" * count)

    def came(self, *_: object) -> None:
        self.before += 1

    def gathered(self) -> None:
        self.taken = self.before

    def close(self) -> None:
        loop.ask(self.connection.leave)


@pytest.fixture
def resting(ends) -> Iterator[Resting]:
    resting = Resting(ends)
    yield resting
    resting.close()


def test_between_messages_that_come_fast_the_socket_is_not_read(resting: Resting) -> None:
    resting.send(3)
    time.sleep(0.1)
    assert resting.taken == 100
    loop.ask(resting.hand.advance, REST)
    eventually(lambda: resting.taken == 103, "after the rest they are taken in together")


def test_a_command_ends_a_rest(resting: Resting) -> None:
    resting.send(3)
    loop.ask(resting.connection.publish, "a/cmd", b"on", 1, 10)
    eventually(lambda: resting.taken == 103, "the rest ends with the command")
    resting.send(1)
    eventually(lambda: resting.taken == 104, "for a second there is none: its answer is due")


def test_what_has_come_already_is_not_rested_for(resting: Resting) -> None:
    resting.send(250)
    loop.ask(resting.hand.advance, REST)
    eventually(lambda: resting.taken == 350, "what is fast is taken in together with what has come meanwhile")


def test_a_flood_keeps_nobody_from_their_turn(start) -> None:
    """One that is faster than it can be taken in has no end: what is asked of the loop comes between."""
    broker = start(more=["max_queued_messages 0"])
    asked: list[int] = []

    class Slow(Ear):
        def on_message(self, *message: object, **more: object) -> None:
            super().on_message(*message, **more)
            if len(self.messages) == 1:
                loop.post(lambda: asked.append(len(self.messages)))
            time.sleep(0.0002)

    ear, link = Slow(), Outside(MqttLink(Broker(broker.url())))
    try:
        link.attach({"flood": 0}, ear)
        eventually(lambda: ear.refused == [frozenset()], "the subscription stands")
        spy = Outside(MqttLink(Broker(broker.url())))
        other = Ear()
        spy.attach({"else": 0}, other)
        eventually(lambda: other.refused, "the other is connected")

        def flood() -> None:
            for n in range(6000):
                spy.link.publish("flood", b"%d" % n, qos=0, expiry=60)

        loop.ask(flood)
        eventually(lambda: len(ear.messages) == 6000, "all come", seen=lambda: len(ear.messages))
        assert asked and asked[0] <= MOST_AT_ONCE
    finally:
        link.detach(ear)
        spy.detach(other)


@pytest.mark.parametrize("kind", ["mqtt", "mqtts"])
def test_a_flood_comes_whole_and_in_order(start, kind: str) -> None:
    broker = start(listeners=[kind], more=["max_queued_messages 0"])
    ear = Ear()
    link = Outside(MqttLink(Broker(broker.url(kind), ca=broker.ca if kind == "mqtts" else None)))
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


@pytest.mark.parametrize("kind", ["mqtt", "mqtts", "ws", "wss"])
def test_what_is_sent_does_not_wait_for_an_acknowledgement(every_broker, kind) -> None:
    client = Client(Broker(every_broker.url(kind), verify=kind in ("mqtt", "ws")), 5).greet()
    with socket.socket(fileno=os.dup(client.socket().fileno())) as ours:
        assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY), "Nagle's algorithm is off"
    client.hang_up()


def test_after_a_time_in_which_nothing_ran_what_has_come_is_heard_before_it_is_missed(ends) -> None:
    """A cell that gives no way in a page, or a computer that slept: the ping's answer is there, unread."""
    hand, held, looked = Hand(), [0.0], list[float]()
    client = Fast(ends[1])
    client.loop_misc = lambda: looked.append(hand.seconds)
    clock = replace(hand.clock, monotonic=lambda: hand.seconds + held[0])
    connection = loop.ask(Connection, client, SimpleNamespace(), clock)
    held[0] = 60.0
    loop.ask(hand.advance, 0.5)
    assert not looked
    loop.ask(hand.advance, 0.5)
    assert looked
    loop.ask(connection.leave)
