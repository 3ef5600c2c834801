"""One connection to a broker, from CONNECT to its end, on a paho client of its own."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from threading import Lock
from time import monotonic
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from .._broker import Broker
from .._errors import NotConnected
from .._runtime.interrupts import Event
from .._runtime.threads import safely
from . import LinkStatus, Receiver
from .client import Client
from .driver import Driver
from .pace import Pace
from .reasons import refusals
from .refusals import from_end, from_exception, tls_context
from .wish import Wish

KEEPALIVE = 15
TIMEOUT = 5.0

_LOOK_EVERY = 0.5
"""Seconds between two looks at what is overdue."""

_FAREWELL = 1.0
"""Seconds in which what has been said last is still sent."""


def new_client(broker: Broker, version: int, client_id: str) -> Client:
    """Return a client that connects once to a broker, ready for its callbacks."""
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=client_id,
        protocol=MQTTProtocolVersion(version),
        transport=broker.transport,
        reconnect_on_failure=False,
    )
    client.broker = broker
    client.connect_timeout = TIMEOUT
    if broker.tls:
        client.tls_set_context(tls_context(broker))
    if broker.transport == "websockets":
        client.ws_set_options(path=broker.resource)
    broker.sign_in(client.username_pw_set)
    client.on_socket_open = _send_at_once
    return client


class Connection:
    """A client that connects once, driven by the thread that calls `live`."""

    def __init__(
        self,
        broker: Broker,
        version: int,
        *,
        on_up: Callable[[Connection], None],
        on_message: Callable[[str, bytes, bool, int], None],
        on_gathered: Callable[[], None],
        on_published: Callable[[str, int], None],
    ) -> None:
        self._broker = broker
        self.version = version
        self._on_up = on_up
        self._receive = on_message
        self._told_published = on_published
        self._max_qos = 2
        self.keeps = True
        """Whether the broker keeps retained messages, as far as it tells."""
        self._on_gathered = on_gathered
        self._pace = Pace()
        self._outcome: LinkStatus | None = None
        self._receipts = _Receipts()
        self._wishes: dict[Receiver, Wish] = {}
        self._client = self._make_client()
        self._driver = Driver(self._client)

    def live(self, stop: Event) -> LinkStatus:
        """Connect, stay until the connection ends or `stop` is set, and return why it ended."""
        try:
            self._client.greet(self._broker.host, self._broker.port, KEEPALIVE)
            outcome = self._stay(stop)
        except Exception as error:  # of whatever is called back, too: named, shown and retried by the caller
            outcome = self._outcome or from_exception(error, self._broker)
        with suppress(Exception):  # what else is broken by now does not matter
            self._driver.finish(_FAREWELL)
        return replace(outcome, mqtt=self.version) if self._client.accepted else outcome

    def _stay(self, stop: Event) -> LinkStatus:
        answer_by, look_at = monotonic() + TIMEOUT, 0.0
        while self._outcome is None:
            self._driver.turn(_LOOK_EVERY)
            now = monotonic()
            if now < look_at:
                continue
            look_at = now + _LOOK_EVERY
            if stop.is_set():
                self.end()
            elif not self._client.accepted and now > answer_by:
                self._lost("no-answer")
            self._look_after_wishes(now)
        return self._outcome

    def _look_after_wishes(self, now: float) -> None:
        for receiver, wish in tuple(self._wishes.items()):
            if wish.is_overdue(now):
                self._lost("silent")
            elif wish.is_due(now):
                self._ask(receiver, wish)

    def end(self) -> None:
        """Nobody wants it any more; `live` comes back."""
        self._end(LinkStatus("closed"))
        self._pace.hurry()
        self._driver.ring()

    def subscribe(self, topics: dict[str, int], receiver: Receiver) -> None:
        """Subscribe a receiver, and ask again for what the broker refuses."""
        wish = self._wishes[receiver] = Wish(topics, partial(safely, receiver.on_subscribed))
        self._ask(receiver, wish)

    def unsubscribe(self, topics: list[str], receiver: Receiver) -> None:
        """End a receiver's subscription; `topics` are those that nobody else listens to."""
        self._wishes.pop(receiver, None)
        if topics:
            self._client.unsubscribe(topics)

    def publish(self, topic: str, payload: bytes, qos: int, expiry: int) -> int:
        """Publish now, or raise `NotConnected`."""
        self._pace.hurry()
        properties = None
        if self.version == MQTTProtocolVersion.MQTTv5:
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
            properties.MessageExpiryInterval = expiry
        granted = min(qos, self._max_qos)
        info = self._client.publish(topic, payload, granted, properties=properties)
        if info.rc != paho.MQTT_ERR_SUCCESS:
            raise NotConnected("The connection to the broker has just broken; the command was not sent.")

        def told(codes: list[ReasonCode]) -> None:
            self._told_published(topic, codes[0].value)

        self._receipts.expect(info.mid, told)
        return granted

    def _ask(self, receiver: Receiver, wish: Wish) -> None:
        topics = wish.ask(monotonic())
        _, mid = self._client.subscribe(list(topics.items()))

        def told(codes: list[ReasonCode]) -> None:
            if self._wishes.get(receiver) is wish:
                answers = {topic: code.value for topic, code in zip(topics, codes, strict=False)}
                refused = refusals(answers)
                safely(receiver.on_granted, answers | dict.fromkeys(refused))
                wish.answered(refused, monotonic())

        self._receipts.expect(mid, told)

    def _lost(self, problem: str) -> None:
        self._end(LinkStatus("lost", problem, "no answer"))

    def _end(self, outcome: LinkStatus) -> None:
        if self._outcome is None:
            self._outcome = outcome

    def _make_client(self) -> Client:
        client = new_client(self._broker, self.version, f"picopanel-{secrets.token_hex(6)}")
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_read = self._on_read
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        return client

    def _on_connect(
        self, _: paho.Client, __: Any, flags: Any, code: ReasonCode, properties: Properties | None
    ) -> None:
        if not self._client.accepted:
            self._end(from_end(self._client, self.version, code, properties))
            return
        self.keeps = bool(getattr(properties, "RetainAvailable", 1))
        granted = getattr(properties, "MaximumQoS", 2)
        self._max_qos = min(granted, 2 if self.version == MQTTProtocolVersion.MQTTv5 else 1)
        self._on_up(self)

    def _on_disconnect(
        self, _: paho.Client, __: Any, flags: Any, code: ReasonCode, properties: Properties | None
    ) -> None:
        self._end(from_end(self._client, self.version, code, properties))

    def _on_message(self, client: paho.Client, _: Any, message: paho.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return  # no topic of ours
        self._pace.came(topic)
        self._receive(topic, bytes(message.payload), message.retain, message.qos)

    def _on_read(self, connection: Any) -> None:
        self._pace.taken(connection, self._on_gathered)

    def _on_subscribe(
        self, client: paho.Client, _: Any, mid: int, codes: list[ReasonCode], properties: Any
    ) -> None:
        self._receipts.came(mid, codes)

    def _on_publish(self, client: paho.Client, _: Any, mid: int, code: ReasonCode, properties: Any) -> None:
        self._receipts.came(mid, [code])


class _Receipts:
    """Brings a PUBACK or SUBACK to whoever waits for it; it may come before the sender has the number."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: dict[int | None, Callable[[list[ReasonCode]], None]] = {}
        self._early: dict[int | None, list[ReasonCode]] = {}

    def expect(self, mid: int | None, told: Callable[[list[ReasonCode]], None]) -> None:
        with self._lock:
            codes = self._early.pop(mid, None)
            if codes is None:
                self._waiting[mid] = told
        if codes is not None:
            told(codes)

    def came(self, mid: int, codes: list[ReasonCode]) -> None:
        with self._lock:
            told = self._waiting.pop(mid, None)
            if told is None:
                self._early[mid] = codes
        if told is not None:
            told(codes)


def _send_at_once(client: paho.Client, _: Any, sock: Any) -> None:
    # Without this Nagle's algorithm adds 40 ms to the second packet of every QoS 2 publish.
    if hasattr(sock, "setsockopt"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
