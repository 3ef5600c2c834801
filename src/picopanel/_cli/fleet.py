"""Virtual boards at a real broker: each has a link of its own, as a real one has."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from .._broker import Broker
from .._errors import NotConnected
from .._link import LinkStatus, Receiver
from .._link.mqtt import MqttLink
from .._link.troubles import link_sentences
from .._link.virtual_board import Message, VirtualBoard
from .._runtime import loop
from .._runtime.clock import Timer
from .._runtime.waiting import Event

# In seconds.
KEEPALIVE = 20
LOOK_EVERY = 0.2  # after which is said what is new
TELL_EVERY = 1.0  # how many are online
ONE_MORE_EVERY = 0.02  # a class does not plug in within one moment
FAREWELL = 2.0  # in which the broker may say that it has heard the last words
REFUSED = (
    "The broker does not let this user subscribe. Check the user's permissions there. It is asked again by "
    "itself."
)
say_at_once = partial(print, flush=True)


class BoardClient(MqttLink, Receiver):
    """A virtual board that is kept connected, over MQTT 3.1.1 as a real one is. In the loop."""

    first_version = 4

    def __init__(
        self, board: VirtualBoard, broker: Broker, say: Callable[[str], object] = say_at_once
    ) -> None:
        super().__init__(broker)
        self.board = board
        self._say = say
        self._subscribed = False
        self._hung_up = 0
        self._led = False

    @property
    def online(self) -> bool:
        """Whether the broker has answered its subscription."""
        return self._subscribed and self.status.phase == "connected"

    @property
    def trouble(self) -> str:
        """Why it has no connection, in sentences; empty while nothing is known to be wrong."""
        return " ".join(link_sentences(self.status)) if self.status.problem else ""

    def begin(self) -> None:
        self._ticking = Timer(self._clock, 1.0, self._tick)
        self._ticking.hurry()
        self.attach(dict(self.board.topics), self)

    def break_off(self, seconds: float) -> None:
        """Be gone without a word, as a board without power is, and come back after a while."""
        self._drop()
        self._subscribed, self.status = False, LinkStatus("connecting")
        self._retry = self._clock.later(seconds, self._again)

    def say_farewell(self) -> None:
        if self.online:
            self._send(self.board.stopping())
        self._subscribed = False

    def is_understood(self) -> bool:
        """Whether the broker has answered all that it was told."""
        return self._up is None or self._up.is_answered

    @property
    def _greeting(self) -> Mapping[str, Any]:
        # As firmware/pico/link.py: who keeps nothing hangs up on a will to be kept, as may one that is full.
        self.board.device.kept = self._hung_up % 3 < 2
        return {"name": "picopanel-virtual", "keepalive": KEEPALIVE, "will": self.board.will}

    def _tick(self) -> None:
        self._answer(self.board.tick())
        self._ticking.hurry(self.board.due)

    def _answer(self, messages: list[Message]) -> None:
        if self.online:
            self._send(messages)
        led: bool = self.board.device.led
        if led != self._led:
            self._led = led
            self._say(f"LED {'on' if led else 'off'}")

    def _send(self, messages: list[Message]) -> None:
        for topic, payload, qos, retain in messages:
            with contextlib.suppress(NotConnected):  # no old answer is sent later
                if self._up is not None:
                    self._up.publish(topic, payload.encode(), qos, retain=retain)

    def on_link(self, status: LinkStatus) -> None:
        if status.problem:
            self._subscribed = False
            self._hung_up = self._hung_up + 1 if status.problem == "hung-up" else 0
            if status.phase != "refused":
                self._say(self.trouble)

    def on_subscribed(self, refused: Mapping[str, int]) -> None:
        """Present the board, once it hears what it must."""
        if refused:
            self._say(REFUSED)
            return
        self._subscribed = True
        self._send(self.board.connected())
        layer = "course layer only" if self.board.will is None else "PicoPanel and course layer"
        self._say(f"Online as {self.board.device.id!r} at {self._broker.url} ({layer}, virtual).")

    def on_message(
        self, topic: str, payload: bytes, retained: bool, more: bool = False, qos: int = 0
    ) -> None:
        self._answer(self.board.receive(topic, payload, retained))


class Fleet:
    """Keeps boards at a broker; of a class it says how many are online, or why none is."""

    def __init__(self, clients: Sequence[BoardClient], *, counted: bool = False) -> None:
        self._clients = clients
        self._counted = counted
        self._told, self._tell_at = "", 0.0
        self._stopped = Event()

    def run_until_stopped(self) -> int:
        """Run until Ctrl-C or SIGTERM; return the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stop())
        return self.run()

    def stop(self) -> None:
        """End `run`, from a signal handler or another thread."""
        self._stopped.set()

    def run(self) -> int:
        """Be there until `stop`; return 1 if the broker will never let a board in."""
        _allow_many_sockets()
        for at, client in enumerate(self._clients):
            loop.ask(loop.later, at * ONE_MORE_EVERY, client.begin)
        while not self._stopped.wait(LOOK_EVERY):
            refusal = loop.ask(self._look)
            if refusal is not None:
                say_at_once(refusal)
                return 1
        loop.ask(self._each, BoardClient.say_farewell)
        ends = time.monotonic() + FAREWELL
        while not all(loop.ask(self._each, BoardClient.is_understood)) and time.monotonic() < ends:
            time.sleep(0.01)
        loop.ask(self._each, lambda client: client.detach(client))
        say_at_once("Stopped.")
        return 0

    def _look(self) -> str | None:
        if self._counted:
            self._tell()
        return next((client.trouble for client in self._clients if client.status.phase == "refused"), None)

    def _tell(self) -> None:
        """Say how it goes, unless something was said a moment ago."""
        online = sum(client.online for client in self._clients)
        text = f"Online: {online} of {len(self._clients)}"
        if not online:
            text = min((client.trouble for client in self._clients if client.trouble), default=text)
        now = time.monotonic()
        if text != self._told and now >= self._tell_at:
            self._told, self._tell_at = text, now + TELL_EVERY
            say_at_once(text)

    def _each(self, do: Callable[[BoardClient], object]) -> list[object]:
        return [do(client) for client in self._clients]


def _allow_many_sockets() -> None:
    """Many systems start a program with 1024 files allowed."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
