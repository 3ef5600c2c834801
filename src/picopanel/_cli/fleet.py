"""Virtual boards at a real broker: each with an MQTT client of its own, all in one thread."""

from __future__ import annotations

import contextlib
import random
import secrets
import selectors
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from .._broker import Broker
from .._device.diagnosis import link_sentences
from .._link import LinkStatus
from .._link.client import Client
from .._link.connection import new_client
from .._link.reasons import refusals
from .._link.refusals import from_end, from_exception
from .._link.virtual_board import Message, VirtualBoard
from .._link.wish import Wish

KEEPALIVE = 20
BACKOFF = (1.0, 30.0)
MAINTENANCE_EVERY = 1.0
"""Seconds between two looks after pings."""

LOOK_EVERY = 0.04
LONGEST_PAUSE = 0.2
"""Seconds after which a signal is noticed at the latest."""

ONE_MORE_EVERY = 0.02
"""Seconds: a class does not plug in within one moment."""

REFUSED = (
    "The broker does not let this user subscribe. Check the user's permissions there. It is asked again by "
    "itself."
)
say_at_once = partial(print, flush=True)


class BoardClient:
    """Keeps a virtual board connected, over MQTT 3.1.1 as a real board is.

    Each connection has a new client: no old answer is sent after a reconnect. `say` is the board's
    console; `outcome` is why it has no connection, or None.
    """

    def __init__(
        self, board: VirtualBoard, broker: Broker, say: Callable[[str], object] = say_at_once
    ) -> None:
        self.board = board
        self.outcome: LinkStatus | None = None
        self._broker = broker
        self._say = say
        self._started = time.monotonic()
        self._client: Client | None = None
        self._wish: Wish | None = None
        self._asked: dict[str, int] = {}
        self._subscribed = False
        self._connect_at = self._maintained_at = 0.0
        self._delay = BACKOFF[0]
        self._hung_up = 0
        self._led = False

    @property
    def online(self) -> bool:
        """Whether the broker has answered its subscription."""
        return self._subscribed and self.outcome is None

    @property
    def refused(self) -> bool:
        """Whether the broker will never let it in."""
        return self.outcome is not None and self.outcome.phase == "refused"

    @property
    def trouble(self) -> str:
        """Why it has no connection, in sentences; empty while it has one."""
        return " ".join(link_sentences(self.outcome)) if self.outcome else ""

    @property
    def socket(self) -> Any:
        """What to wait for, while there is a connection."""
        return self._client.socket() if self._client else None

    @property
    def next_tick(self) -> float:
        """Seconds until the board has something to do."""
        due: int = self.board.device.next_tick
        return max(due - self._up(), 1) / 1000

    def look(self, now: float) -> None:
        """Do what is due by the clock."""
        if self._client is None and now >= self._connect_at:
            self._connect(now)
        elif self._client and (self._client.want_write() or now - self._maintained_at >= MAINTENANCE_EVERY):
            self._maintained_at = now
            self.serve()
        messages = self.board.tick(self._up(), _unix_ms())
        if self.online:
            self._publish(messages)
            self._delay = BACKOFF[0]
        self._show_led()
        if self._client is not None and self.outcome is not None:
            if not self.refused:
                self._say(self.trouble)
            self.break_off(now, self._delay * random.uniform(0.5, 1.0))
            self._delay = min(2 * self._delay, BACKOFF[1])
        elif self._client and self._wish and self._wish.is_due(now):
            self._ask(self._client, self._wish)

    def serve(self) -> None:
        """Take in what has come, and send what waits.

        paho's own `loop` asks with `select`, which knows no file from number 1024 on.
        """
        client = self._client
        if client is None:
            return
        while client.loop_read() == paho.MQTT_ERR_SUCCESS:
            pending: Callable[[], int] | None = getattr(client.socket(), "pending", None)
            if pending is None or not pending():  # a WebSocket may hold what no selector sees
                break
        if client.want_write():
            client.loop_write()
        client.loop_misc()

    def break_off(self, now: float, seconds: float) -> None:
        """Be gone without a word, as a board without power is, and come back after a while."""
        connection, self._client, self._subscribed = self.socket, None, False
        self._connect_at = now + seconds
        if connection is not None:
            connection.close()

    def leave(self) -> None:
        """Say goodbye."""
        if self._client is None or self.outcome is not None:
            return
        farewell = self._publish(self.board.stopping()) if self._subscribed else []
        last = [info for info in farewell if info.rc == paho.MQTT_ERR_SUCCESS]
        ends = time.monotonic() + 2
        while any(not info.is_published() for info in last) and time.monotonic() < ends:
            self.serve()
            time.sleep(0.001)
        self._client.disconnect()

    def _connect(self, now: float) -> None:
        """Begin a connection; if there is none, the outcome says why."""
        self._subscribed, self.outcome, self._wish, self._maintained_at = False, None, None, now
        client = self._client = new_client(
            self._broker, MQTTProtocolVersion.MQTTv311, f"picopanel-virtual-{secrets.token_hex(4)}"
        )
        # As firmware/pico/link.py: who keeps nothing hangs up on a will to be kept, as may one that is full.
        self.board.kept = self._hung_up % 3 < 2
        if self.board.will:
            client.will_set(*self.board.will)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        client.on_disconnect = self._on_disconnect
        try:
            client.greet(self._broker.host, self._broker.port, KEEPALIVE)
        except Exception as error:  # named, and tried again
            self.outcome = from_exception(error, self._broker)

    def _publish(self, messages: list[Message]) -> list[paho.MQTTMessageInfo]:
        assert self._client is not None
        return [self._client.publish(*message) for message in messages]

    def _up(self) -> int:
        return int((time.monotonic() - self._started) * 1000)

    def _on_connect(self, client: paho.Client, _: object, __: object, code: ReasonCode, *___: object) -> None:
        assert isinstance(client, Client)
        if not client.accepted:
            self._end(client, code)
        else:
            self._wish = Wish(dict(self.board.topics), self._on_subscribed)
            self._ask(client, self._wish)

    def _ask(self, client: Client, wish: Wish) -> None:
        self._asked = wish.ask(time.monotonic())
        client.subscribe(list(self._asked.items()))

    def _on_subscribe(self, _: object, __: object, ___: object, codes: list[ReasonCode], *_more: Any) -> None:
        assert self._wish is not None
        answers = zip(self._asked, codes, strict=False)
        self._wish.answered(refusals({topic: code.value for topic, code in answers}), time.monotonic())

    def _on_subscribed(self, refused: Mapping[str, int]) -> None:
        if refused:
            self._say(REFUSED)
            return
        self._subscribed = True
        self._publish(self.board.connected(self._up(), _unix_ms()))
        layer = "course layer only" if self.board.will is None else "PicoPanel and course layer"
        self._say(f"Online as {self.board.device.id!r} at {self._broker.url} ({layer}, virtual).")

    def _on_message(self, _: object, __: object, message: paho.MQTTMessage) -> None:
        self._publish(self.board.receive(message.topic, bytes(message.payload), message.retain, self._up()))
        self._show_led()

    def _on_disconnect(
        self, client: paho.Client, _: object, __: object, code: ReasonCode, *___: object
    ) -> None:
        assert isinstance(client, Client)
        self._end(client, code)

    def _end(self, client: Client, code: ReasonCode) -> None:
        if self.outcome is None:
            self.outcome = from_end(client, 4, code)
            self._hung_up = self._hung_up + 1 if self.outcome.problem == "hung-up" else 0

    def _show_led(self) -> None:
        led: bool = self.board.device.led
        if led != self._led:
            self._led = led
            self._say(f"LED {'on' if led else 'off'}")


class Fleet:
    """Waits for the sockets of all boards together, and looks after each in turn."""

    def __init__(self, clients: Sequence[BoardClient]) -> None:
        self.clients = clients
        self._selector = selectors.DefaultSelector()
        self._watched: dict[BoardClient, Any] = {}
        self._stopped = False

    def stop(self) -> None:
        """End `run`, from a signal handler or another thread."""
        self._stopped = True

    def run(self) -> int:
        """Be there until `stop`; return 1 if the broker will never let a board in."""
        _allow_many_sockets()
        started = look_at = time.monotonic()
        while not self._stopped:
            self._serve(max(0.0, look_at - time.monotonic()))
            now = time.monotonic()
            if now < look_at and len(self.clients) > 1:
                continue
            for client in self.clients[: 1 + int((now - started) / ONE_MORE_EVERY)]:
                client.look(now)
                self._watch(client)
                if client.refused:
                    say_at_once(client.trouble)
                    return 1
            self.tell(now)
            look_at = now + self._pause()
        for client in self.clients:
            client.leave()
        say_at_once("Stopped.")
        return 0

    def tell(self, now: float) -> None:
        """Say how it goes; one board does so itself."""

    def _pause(self) -> float:
        """Return seconds until the next round: one board is looked after just when it has something to do."""
        return LOOK_EVERY if len(self.clients) > 1 else min(self.clients[0].next_tick, LONGEST_PAUSE)

    def _serve(self, seconds: float) -> None:
        if not self._watched:
            time.sleep(seconds)
            return
        for key, _ in self._selector.select(seconds):
            key.data.serve()
            self._watch(key.data)  # at once: the number of a closed socket is given to the next one

    def _watch(self, client: BoardClient) -> None:
        """Wait for the socket that a client has now."""
        new, old = client.socket, self._watched.get(client)
        if new is old:
            return
        if old is not None:
            del self._watched[client]
            with contextlib.suppress(KeyError, ValueError, OSError):  # it is closed already
                self._selector.unregister(old)
        if new is not None:
            self._selector.register(new, selectors.EVENT_READ, client)
            self._watched[client] = new


def run_until_stopped(fleet: Fleet) -> int:
    """Run until Ctrl-C or SIGTERM; return the exit code."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: fleet.stop())
    return fleet.run()


def _allow_many_sockets() -> None:
    """A client takes three files, and many systems start a program with 1024 allowed."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _unix_ms() -> int:
    return round(time.time() * 1000)
