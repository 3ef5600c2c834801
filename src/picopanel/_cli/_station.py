"""A virtual board at a real broker: its radio, its clock, and its console."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Mapping

import paho.mqtt.client as paho
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from .._broker import Broker
from .._link import LinkStatus
from .._link.client import Client
from .._link.connection import Subscription
from .._link.reasons import refusals
from .._link.troubles import from_exception, link_sentences
from .._link.virtual_board import Message, VirtualBoard
from .._runtime.waiting import Event

KEEPALIVE = 20
BACKOFF = (1.0, 30.0)
LOOK_UP_EVERY = 0.2
"""Seconds after which a signal is noticed at the latest."""

REFUSED = (
    "The broker does not let this user subscribe. Check the user's permissions there. It is asked again by "
    "itself."
)


class Station:
    """Keeps a virtual board connected, over MQTT 3.1.1 as a real board is.

    One thread does it all, so that the board's logic needs no lock. Each connection has a new
    client: no old answer is sent after a reconnect.
    """

    def __init__(self, board: VirtualBoard, broker: Broker) -> None:
        self._board = board
        self._broker = broker
        self._stopped = Event()
        self._started = time.monotonic()
        self._online = False
        self._outcome: LinkStatus | None = None
        self._client: Client | None = None
        self._subscription: Subscription | None = None
        self._asked: dict[str, int] = {}
        self._led = False
        self._hung_up = 0

    def stop(self) -> None:
        """End `run`, from a signal handler or another thread."""
        self._stopped.set()

    def run(self) -> int:
        """Be there until `stop`; return 1 if the broker will never let the board in."""
        delay = BACKOFF[0]
        while not self._stopped.is_set():
            self._live()
            if self._stopped.is_set():
                break
            assert self._outcome is not None
            self._say(" ".join(link_sentences(self._outcome)))
            if self._outcome.phase == "refused":
                return 1
            delay = BACKOFF[0] if self._online else min(2 * delay, BACKOFF[1])
            self._wait(delay * random.uniform(0.5, 1.0))
        self._say("Stopped.")
        return 0

    def _live(self) -> None:
        """Connect, and serve until the connection ends."""
        client = self._connect()
        while self._outcome is None and not self._stopped.is_set():
            client.loop(self._until_next_tick())
            self._tick()
        if self._outcome is None:
            self._say_farewell(client)
        client.disconnect()

    def _prepare_will(self, client: paho.Client) -> None:
        # As firmware/link.py: who keeps nothing hangs up on a will to be kept, as may one that is full.
        self._board.kept = self._hung_up % 3 < 2
        if self._board.will:
            client.will_set(*self._board.will)

    def _connect(self) -> Client:
        """Begin a connection; if there is none, the outcome says why."""
        self._online, self._outcome, self._subscription = False, None, None
        client = self._client = self._new_client()
        try:
            client.greet(KEEPALIVE)
        except Exception as error:  # named and retried by the caller
            self._outcome = from_exception(error, self._broker)
        return client

    def _say_farewell(self, client: Client) -> None:
        farewell = self._publish(self._board.stopping()) if self._online else []
        last = [info for info in farewell if info.rc == paho.MQTT_ERR_SUCCESS]
        ends = time.monotonic() + 2
        while any(not info.is_published() for info in last) and time.monotonic() < ends:
            client.loop(LOOK_UP_EVERY)

    def _tick(self) -> None:
        if self._client and self._client.outcome:
            self._end(self._client.outcome)
        messages = self._board.tick(self._up(), _unix_ms())
        if self._online:
            self._publish(messages)
        self._show_led()
        asked = self._subscription if self._outcome is None else None
        if self._client and asked and asked.is_due(time.monotonic()):
            self._ask(self._client, asked)

    def _wait(self, seconds: float) -> None:
        """Wait for the next attempt; the board goes on measuring."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and not self._stopped.wait(self._until_next_tick()):
            self._tick()

    def _publish(self, messages: list[Message]) -> list[paho.MQTTMessageInfo]:
        assert self._client is not None
        return [self._client.publish(*message) for message in messages]

    def _up(self) -> int:
        return int((time.monotonic() - self._started) * 1000)

    def _until_next_tick(self) -> float:
        due: int = self._board.device.next_tick
        return min(max(due - self._up(), 1) / 1000, LOOK_UP_EVERY)

    def _new_client(self) -> Client:
        client = Client(self._broker, 4, f"picopanel-virtual-{secrets.token_hex(4)}")
        self._prepare_will(client)
        client.on_accepted = self._on_accepted
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        return client

    def _on_accepted(self, _: Properties | None) -> None:
        assert self._client is not None
        self._subscription = Subscription(dict(self._board.topics), self._on_subscribed)
        self._ask(self._client, self._subscription)

    def _ask(self, client: Client, subscription: Subscription) -> None:
        self._asked = subscription.ask(time.monotonic())
        client.subscribe(list(self._asked.items()))

    def _on_subscribe(
        self, _: object, __: object, ___: object, codes: list[ReasonCode], *____: object
    ) -> None:
        assert self._subscription is not None
        answers = {topic: code.value for topic, code in zip(self._asked, codes, strict=False)}
        self._subscription.answered(refusals(answers), time.monotonic())

    def _on_subscribed(self, refused: Mapping[str, int]) -> None:
        if refused:
            self._say(REFUSED)
            return
        self._online = True
        self._publish(self._board.connected(self._up(), _unix_ms()))
        layer = "course layer only" if self._board.will is None else "PicoPanel and course layer"
        self._say(f"Online as {self._board.device.id!r} at {self._broker.url} ({layer}, virtual).")

    def _on_message(self, _: object, __: object, message: paho.MQTTMessage) -> None:
        answers = self._board.receive(message.topic, bytes(message.payload), message.retain, self._up())
        self._publish(answers)
        self._show_led()

    def _end(self, outcome: LinkStatus) -> None:
        if self._outcome is None:
            self._outcome = outcome
            self._hung_up = self._hung_up + 1 if outcome.problem == "hung-up" else 0

    def _show_led(self) -> None:
        led: bool = self._board.device.led
        if led != self._led:
            self._led = led
            self._say(f"LED {'on' if led else 'off'}")

    def _say(self, text: str) -> None:
        print(text, flush=True)


def _unix_ms() -> int:
    return round(time.time() * 1000)
