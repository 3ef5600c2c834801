"""Each step of the way, in order: to the broker's door, through it, and to the board and back."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from datetime import datetime, timezone
from functools import partial
from statistics import median
from typing import Any, cast

from .._broker import Broker
from .._device.command import Command
from .._device.described import Described
from .._device.device import Device
from .._device.diagnosis import Facts
from .._errors import InvalidDeviceID, NoAnswer, NotConnected
from .._link import Link, LinkStatus
from .._link.troubles import from_exception, link_sentences, tls_context
from .._protocol.description import Description
from .._protocol.ids import check_device_id
from .._protocol.payloads import Info
from .._runtime import loop
from .findings import Failed, Finding, Skipped, look_at

OPENS_WITHIN = 5.0
CONNECTS_WITHIN = 12.0
ANSWERS_WITHIN = 5.0
ECHOES_WITHIN = 2.0
MORE_READS = 2
BURST = 5
_LONGEST_WAIT = 10.0
_DATES = ("certificate-expired", "certificate-early")

_STEPS = (
    *("name", "TCP", "TLS", "time", "MQTT", "password", "subscribe", "publish"),
    *("presence", "answer", "alone", "burst", "readings", "round trip"),
)
_Step = Generator[tuple[Callable[[], object], float], None, str]
"""Is taken in the loop; it waits for what it yields, for so many seconds at the most."""


def examine(
    device_id: str,
    link: Link,
    board: Description | None = None,
    *,
    pause: Callable[[float], object] = time.sleep,
) -> Iterator[Finding]:
    """Look at each step from here to the board and back; a step whose foundation fails is skipped.

    The link's connection is shared, so the doctor shows what a panel has, whose `pause` keeps its page alive.
    """
    try:
        check_device_id(device_id)
    except InvalidDeviceID as error:
        yield Finding("ID", "failed", str(error), "Give the ID that the board's own file has.")
        return
    yield Finding("ID", "passed", f"{device_id!r} can be part of a topic.")
    broken = None
    with ExitStack() as at_end:
        visit = (_Visit if board is None else _VisitElsewhere)(device_id, link, pause, at_end, board)
        for step in _STEPS:
            if broken and step != "time":  # which may be why TLS failed
                yield Finding(step, "skipped", f"It needs {broken!r}, which failed.")
                continue
            finding = look_at(step, partial(visit.check, step))
            if finding.result == "failed":
                broken = broken or step
            yield finding


class _Visit:
    """Goes the way once. The board is asked for a reading, which changes nothing."""

    _device: Device  # there is one from MQTT on

    def __init__(
        self,
        device_id: str,
        link: Link,
        pause: Callable[[float], object],
        at_end: ExitStack,
        board: Description | None,
    ) -> None:
        self._id, self._way, self._board = device_id, link, board
        self._pause, self._at_end = pause, at_end
        self._handshake: LinkStatus | str = "none"  # its version of TLS, or why it failed
        self._reads: list[Command] = []

    def check(self, step: str) -> str:
        """Return what is found; raise `Failed` or `Skipped`."""
        look = getattr(self, step.lower().replace(" ", "_"))
        if step in ("name", "TCP", "TLS", "time"):  # which may block
            if step != "time" and self._broker.host and not loop.has_thread():
                raise Skipped("The browser goes this way by itself, and tells no page how.")
            try:
                return str(look())
            except (OSError, UnicodeError) as error:
                self._handshake = from_exception(error, self._broker)
                raise _failed(self._handshake) from None
        taken = loop.ask(look)
        while not isinstance(taken, str):
            try:
                is_so, seconds = loop.ask(next, taken)
            except StopIteration as end:
                return str(end.value)
            loop.until(is_so, seconds, self._pause)
        return taken

    def name(self) -> str:
        broker = self._broker
        found = socket.getaddrinfo(broker.host, broker.port, type=socket.SOCK_STREAM)
        return f"{broker.host} is {found[0][4][0]}."

    def tcp(self) -> str:
        self._connect().close()
        return f"Port {self._broker.port} answers."

    def tls(self) -> str:
        broker = self._broker
        if not broker.tls:
            where = "on this computer, fine" if broker.loopback else "the password travels in clear"
            raise Skipped(f"This broker is used without TLS: {where}.")
        with self._connect() as connection:
            context = tls_context(broker)
            with context.wrap_socket(connection, server_hostname=broker.host) as tls:
                self._handshake = str(tls.version())
        trust = "its certificate is trusted" if broker.verify else "its certificate is NOT checked"
        return f"{self._handshake}; {trust}."

    def time(self) -> str:
        # Tells also why TLS failed.
        clock = f"This computer's clock says {datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC"
        if isinstance(self._handshake, LinkStatus) and self._handshake.problem in _DATES:
            raise Failed(f"{clock}, outside of the certificate's dates.", "Is that the time? If not, set it.")
        if isinstance(self._handshake, LinkStatus) or self._handshake == "none":
            raise Skipped("Only a certificate needs the time, and none was checked.")
        return f"{clock}, within the certificate's dates."

    def mqtt(self) -> _Step:
        self._device = Device(self._id, cast(Link, _Aside(self._way)), board=self._board)
        self._at_end.callback(loop.ask, self._device.close)
        # MQTT 5 refused is followed at once by an attempt with 3.1.1.
        yield lambda: self._link.phase != "connecting" and self._link.problem != "version", CONNECTS_WITHIN
        status = self._link
        if status.phase != "connected" and (status.code is None or status.problem == "version"):
            raise _failed(status)
        return {5: "It speaks MQTT 5.", 4: "It speaks MQTT 3.1.1."}.get(status.mqtt or 0, "It speaks MQTT.")

    def password(self) -> str:
        if self._link.phase != "connected":
            raise _failed(self._link)
        return "The broker lets us in."

    def subscribe(self) -> _Step:
        """What is said on the board's topics reaches us; told by our own question coming back."""
        known = self._device.known
        is_let = yield from self._subscribed()
        self._read()
        yield lambda: self._heard or known.publish_refused, ECHOES_WITHIN
        if not (self._heard or known.publish_refused) and self._link.mqtt == 5:
            # At QoS 1 a broker says whether it refuses what we say; at 2 it may not.
            self._device.outbox.publish(known.topics.onboard_led, b"read", 1)
            yield lambda: known.publish_refused, ECHOES_WITHIN / 2
        something_came = self._info is not None or known.presence.seen_live
        if not (self._heard or known.publish_refused or something_came):
            raise self._trouble()
        return is_let

    def publish(self) -> str:
        error = self._reads[0].error
        if isinstance(error, NoAnswer) and error.seconds < ANSWERS_WITHIN:
            raise Failed(
                "The broker closed the connection when our question was to be passed on.",
                "It may not permit that: the user's permissions there must allow the board's topics.",
            )
        if not self._heard or isinstance(error, NotConnected):
            raise self._trouble()
        return "Our own question came back to us."

    def presence(self) -> _Step:
        yield self._reads[0].done.is_set, ANSWERS_WITHIN + 1
        if self._device.status != "online":
            raise self._trouble()
        info = self._info
        if self._device.mode == "course" or info is None:
            return "A board of the course layer is there."
        return f"{info.board}, firmware {info.firmware}{', virtual' if info.virtual else ''}."

    def answer(self) -> str:
        reply = self._reads[0].reply
        if reply is None or self._device.known.not_a_number is not None:
            raise self._trouble()
        return "It answered." if reply.temperature is None else f"It answered: {reply.temperature:g} °C."

    def alone(self) -> _Step:
        for _ in range(MORE_READS):
            read = self._read()
            yield read.done.is_set, ANSWERS_WITHIN + 1
            yield lambda: False, 0.3  # for the answer of a second board
        if "two boards" in {lamp.word for lamp in self._device.diagnosis().lamps}:
            raise self._trouble()
        return "One board answers under this ID."

    def burst(self) -> _Step:
        if self._device.mode == "course":
            raise Skipped("A board of the course layer is asked one thing at a time.")
        reads = [self._read() for _ in range(BURST)]
        yield lambda: all(read.done.is_set() for read in reads), ANSWERS_WITHIN + 1
        if any(read.reply is None for read in reads):
            raise self._trouble()
        return f"It answered {BURST} questions at once."

    def readings(self) -> _Step:
        if self._device.mode == "course":
            raise Skipped("A board of the course layer sends none by itself.")
        interval = self._info.interval / 1000 if self._info else 0.0
        yield self._has_samples, min(interval, _LONGEST_WAIT) + 1
        if self._has_samples():
            if self._info and self._info.errors:
                raise self._trouble()
            return "They come."
        if interval > _LONGEST_WAIT:
            raise Skipped(f"It sends one every {interval:g} s, which is too long to wait.")
        yield lambda: self._device.status != "online", _LONGEST_WAIT
        raise self._trouble()

    def round_trip(self) -> str:
        times = [read.reply.latency * 1000 for read in self._reads if read.reply is not None]
        return f"{median(times):.0f} ms, median of {len(times)}."

    def _subscribed(self) -> _Step:
        known = self._device.known
        yield lambda: self._device.mode or known.refused_topics, ANSWERS_WITHIN
        if known.refused_topics:
            raise self._trouble()
        if self._link.phase != "connected":
            raise _failed(self._link)
        if self._device.mode is None:
            raise Failed("The broker does not answer when it is asked for the board's topics.", None)
        return "The broker lets us listen."

    @property
    def _broker(self) -> Broker:
        if not isinstance(self._way.identity, Broker):
            raise Skipped("The virtual Pico is in this process and needs no network.")
        return self._way.identity

    @property
    def _link(self) -> LinkStatus:
        return self._device.link_status

    @property
    def _info(self) -> Info | None:
        return self._device.known.presence.info

    @property
    def _heard(self) -> bool:
        return not self._device.outbox.unheard(0)

    def _has_samples(self) -> bool:
        return any(origin.boot for origin in self._device.store.since(0).table.values())

    def _connect(self) -> socket.socket:
        return socket.create_connection((self._broker.host, self._broker.port), OPENS_WITHIN)

    def _read(self) -> Command:
        self._reads.append(self._device.start("read", ANSWERS_WITHIN))
        return self._reads[-1]

    def _trouble(self) -> Failed:
        diagnosis = self._device.diagnosis()
        return Failed(diagnosis.trouble, diagnosis.next)


class _VisitElsewhere(_Visit):
    """The way to a described board, which is listened to and told nothing: who knows what it would do."""

    def subscribe(self) -> _Step:
        return self._subscribed()

    def publish(self) -> str:
        raise Skipped(
            "A described board is told nothing here: only its description knows what that would do."
        )

    answer = alone = burst = round_trip = publish  # type: ignore[assignment]

    def presence(self) -> _Step:
        yield lambda: self._device.status == "online", min(self._every, _LONGEST_WAIT) + ANSWERS_WITHIN
        if self._device.status == "online":
            return "The board is heard."
        diagnosis = self._device.diagnosis()
        if not self._every and diagnosis.trouble is None:
            raise Skipped("It says nothing by itself, and nothing was asked.")
        spoken = self._device.outbox.spoken
        if diagnosis.trouble is None and isinstance(spoken, Described):
            raise Failed(*spoken.nothing_yet(Facts(self._device)))
        raise Failed(diagnosis.trouble, diagnosis.next)

    def readings(self) -> _Step:
        known = self._device.known
        if not self._every:
            raise Skipped("It sends none by itself.")
        yield lambda: known.last, min(self._every, _LONGEST_WAIT) + 1
        if known.refused_payloads:
            said = (
                f"Messages come that its description does not understand; the last was {known.last_refusal}."
            )
            raise Failed(said, "Compare a message in the drawer with the paths in the description.")
        spoken = self._device.outbox.spoken
        not_come = [*spoken.not_come().values()] if isinstance(spoken, Described) else []
        if not known.last:
            step = not_come[0] if not_come else "Are the paths in the description right?"
            raise Failed("Messages come, but no readings in them.", step)
        return " ".join([f"They come: {', '.join(known.last)}.", *not_come[:3]])

    @property
    def _every(self) -> float:
        description = self._device.description
        return 0.0 if description is None else description.every


class _Aside:
    """The same link under another identity: the doctor's device must not replace the panel's."""

    def __init__(self, link: Link) -> None:
        self._link, self.identity = link, self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._link, name)


def _failed(status: LinkStatus) -> Failed:
    cause, next_step = link_sentences(status)
    told = not status.detail or status.detail in f"{cause} {next_step}"
    return Failed(cause if told else f"{cause} ({status.detail})", next_step)
