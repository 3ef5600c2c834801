"""One connection to a broker, from its answer to CONNECT to the connection's end; in the loop."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from .._runtime import loop
from .._runtime.clock import Clock, Timer
from .._runtime.loop import safely
from . import LinkStatus, Receiver
from .reasons import FAILURE
from .troubles import from_exception, from_silence
from .watching import Watch, watch

if TYPE_CHECKING:
    from paho.mqtt.client import MQTTMessage
    from paho.mqtt.reasoncodes import ReasonCode

    from .client import Client
    from .mqtt import MqttLink

# All in seconds. To wake up for one message costs 0.1 ms; one of many, a fifth of that.
REST = 0.035  # where one topic is fast, or many slow ones together are, as on a wall
_WINDOW = 0.1
_FAST = 16  # messages in a window: as fast as a chart is drawn, or slower, each is taken in at once
_UNPACED = 1.0  # after a command: its answer is due
TIMEOUT = 5.0  # for the way to the broker, and then for its answer
_LOOK_EVERY = 0.5  # at what is overdue
_HELD_UP = 2.0  # between two looks: what has come meanwhile is to be heard before it is missed
_FAREWELL = 1.0  # in which what has been said last is still sent
ASKED_AGAIN = (2.0, 15.0)  # before what was refused is asked for again, first and later, jittered
ANSWERED_WITHIN = 30.0  # a broker in trouble may never answer; NATS tries each topic for 4 s, then refuses it


class Connection:
    def __init__(self, client: Client, link: MqttLink, clock: Clock) -> None:
        self.version = client.version
        self.keeps = True  # retained messages, as far as the broker tells
        self._client, self._link, self._clock = client, link, clock
        self._max_qos = 2
        self._subscriptions: dict[Receiver, Subscription] = {}
        # Who waits for a PUBACK or SUBACK, by the number of what it answers.
        self._receipts: dict[int | None, Callable[[Sequence[int]], None]] = {}
        self._watch: Watch | None = None  # of the socket, while it is open
        self._pace = Pace(clock.monotonic())
        self._hurry_until = 0.0
        self._resting = False
        self._over = False
        self._answer_by = clock.monotonic() + TIMEOUT
        self._looked_at = clock.monotonic()
        self._look_after = Timer(clock, _LOOK_EVERY, partial(self._do, self._look))
        client.on_accepted = self._on_accepted
        client.on_message = self._on_message
        client.on_subscribe = lambda _, __, mid, codes, ___: self._on_receipt(mid, codes)
        client.on_publish = lambda _, __, mid, code, ___: self._on_receipt(mid, [code])
        client.on_socket_register_write = self._write_soon
        client.on_socket_close = lambda *_: self._let_go()

    @property
    def is_up(self) -> bool:
        return self._client.accepted

    def begin(self) -> None:
        self._do(self._watch_socket)

    def leave(self, farewell: bool = True) -> None:
        """Nobody wants it any more, and nobody is told of its end; nor is the broker, without a farewell."""
        self._over = True
        self._look_after.stop()
        if self._watch is not None:
            self._watch.when_readable(None)
        if farewell:
            self._client.say_goodbye()
        if farewell and self._client.want_write():
            self._clock.later(_FAREWELL, self._hang_up)
        else:
            self._hang_up()

    def subscribe(self, topics: Mapping[str, int], receiver: Receiver) -> None:
        """Subscribe a receiver, and ask again for what the broker refuses."""
        self._subscriptions[receiver] = Subscription(topics)
        self._ask(receiver)

    def unsubscribe(self, topics: list[str], receiver: Receiver) -> None:
        """End a receiver's subscription; `topics` are those that nobody else listens to."""
        self._subscriptions.pop(receiver, None)
        if topics:
            self._client.unsubscribe(topics)

    @property
    def is_answered(self) -> bool:
        """Whether the broker has taken or refused all that it was told."""
        return not self._receipts

    def publish(
        self, topic: str, payload: bytes, qos: int, expiry: int | None = None, retain: bool = False
    ) -> int:
        self._hurry_until = self._clock.monotonic() + _UNPACED
        if self._resting:
            self._read_on()
        granted = min(qos, self._max_qos)
        mid = self._client.send(topic, payload, granted, retain, expiry)
        self._receipts[mid] = lambda codes: self._link.published(topic, codes[0])
        return granted

    def _ask(self, receiver: Receiver) -> None:
        subscription = self._subscriptions[receiver]
        topics = subscription.ask(self._clock.monotonic())
        _, mid = self._client.subscribe(list(topics.items()))

        def told(codes: Sequence[int]) -> None:
            if self._subscriptions.get(receiver) is subscription:
                answers = dict(zip(topics, codes, strict=False))
                refused = {topic: code for topic, code in answers.items() if code >= FAILURE}
                safely(receiver.on_granted, answers | dict.fromkeys(refused))
                if subscription.answered(refused, self._clock.monotonic()):
                    safely(receiver.on_subscribed, refused)

        self._receipts[mid] = told

    def _look(self) -> None:
        now = self._clock.monotonic()
        # A cell that gives no way, where there is one thread for all; or the computer has slept.
        held_up, self._looked_at = now - self._looked_at > _HELD_UP, now
        if held_up:
            return
        self._client.loop_misc()
        if not self._client.accepted and now > self._answer_by:
            self._end(from_silence(self._client))
        for receiver, subscription in tuple(self._subscriptions.items()):
            if self._is_over:
                return
            if now > subscription.answer_by:
                self._end(LinkStatus("lost", "silent", "no answer"))
            elif now >= subscription.again_at:
                self._ask(receiver)

    def _read(self) -> None:
        if not self._over:
            self._client.loop_read()
        if self._is_over:
            return
        if self._client.has_pending:
            loop.soon(partial(self._do, self._read))
            self._link.gathered()
            return
        now, buffered = self._clock.monotonic(), self._client.buffered
        rest = self._pace.rest(now) if buffered is not None else 0.0
        # Of what is fast all that has come is taken in together. What paho buffers by itself (WebSocket)
        # cannot be looked into: it is never rested for.
        if rest and buffered is not None and buffered.has_more():
            return
        self._link.gathered()
        if rest and now > self._hurry_until and not self._is_over:
            self._rest_for(rest)

    def _rest_for(self, seconds: float) -> None:
        if self._watch is not None:
            self._watch.when_readable(None)
            self._resting = True
            self._clock.later(seconds, self._read_on)

    def _read_on(self) -> None:
        self._resting = False
        if self._watch is not None and not self._over:
            self._watch.when_readable(partial(self._do, self._read))

    def _write_soon(self, *_: object) -> None:
        loop.soon(partial(self._do, self._write))

    def _write(self) -> None:
        self._client.loop_write()
        if self._watch is not None:
            again = partial(self._do, self._write) if self._client.want_write() else None
            self._watch.when_writable(again)

    def _do(self, step: Callable[[], object]) -> None:
        """Take a step; what paho or a callback raises ends the connection, as what it notices does."""
        try:
            step()
        except Exception as error:
            self._end(from_exception(error, self._client.broker))
        if self._client.outcome is not None:
            self._end(self._client.outcome)

    @property
    def _is_over(self) -> bool:
        return self._over or self._client.outcome is not None

    def _end(self, outcome: LinkStatus) -> None:
        if not self._over:
            self.leave()
            self._link.ended(replace(outcome, mqtt=self.version) if self._client.accepted else outcome)

    def _hang_up(self) -> None:
        self._let_go()
        self._client.hang_up()

    def _watch_socket(self) -> None:
        connection = self._client.socket()
        if connection is not None:  # else it has ended already
            self._watch = watch(connection)
            self._read_on()
            if self._client.want_write():  # what opens by itself has not taken the greeting yet
                self._write()

    def _let_go(self) -> None:
        if self._watch is not None:
            self._watch.when_readable(None)
            self._watch.when_writable(None)
        self._watch = None

    def _on_accepted(self, properties: object) -> None:
        self.keeps = bool(getattr(properties, "RetainAvailable", 1))
        self._max_qos = min(getattr(properties, "MaximumQoS", 2), 2 if self.version == 5 else 1)
        self._link.up(self)

    def _on_message(self, _: object, __: object, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return  # no topic of ours
        if self._over:
            return
        self._pace.came(topic)
        self._link.came(topic, bytes(message.payload), message.retain, message.qos)

    def _on_receipt(self, mid: int, codes: list[ReasonCode]) -> None:
        told = self._receipts.pop(mid, None)
        if told is not None and not self._over:
            told(self._client.codes or [code.value for code in codes])  # paho's own, where none came


class Pace:
    """How long messages that come fast may gather in the socket, so that they are taken in together."""

    def __init__(self, now: float) -> None:
        self._counts: dict[str, int] = {}
        self._since = now
        self._rest = 0.0

    def came(self, topic: str) -> None:
        self._counts[topic] = self._counts.get(topic, 0) + 1

    def rest(self, now: float) -> float:
        """Return for how many seconds nothing need be read."""
        if now - self._since >= _WINDOW:
            topics, messages = len(self._counts), sum(self._counts.values())
            lately = now - self._since <= 2 * _WINDOW and messages > _FAST
            # A wall's boards are heard about once in a window, though a few come twice; several charts wait
            # for nothing.
            fast = lately and (max(self._counts.values()) > _FAST or messages < 1.5 * topics)
            self._rest = REST if fast else 0.0
            self._since = now
            self._counts.clear()
        return self._rest


class Subscription:
    """Topics with their QoS, and what the broker has said of them.

    A broker refuses what is not permitted, and a cluster that has lost a node some of what is; so what was
    refused is asked for again, ever more rarely, and on the same connection, to keep all that was granted.
    """

    def __init__(self, topics: Mapping[str, int]) -> None:
        self._topics = topics
        self._refused: Mapping[str, int] | None = None
        self._delay = ASKED_AGAIN[0]
        self.again_at = self.answer_by = float("inf")

    def ask(self, now: float) -> dict[str, int]:
        """Return what to subscribe to now; the answer is due."""
        self.again_at, self.answer_by = float("inf"), now + ANSWERED_WITHIN
        return {topic: qos for topic, qos in self._topics.items() if topic in (self._refused or self._topics)}

    def answered(self, refused: Mapping[str, int], now: float) -> bool:
        """Take the broker's answer, and return whether it is another than before."""
        self.answer_by = float("inf")
        if refused:
            self.again_at = now + self._delay * random.uniform(0.5, 1.0)
            self._delay = min(2 * self._delay, ASKED_AGAIN[1])
        before, self._refused = self._refused, refused
        return refused != before
