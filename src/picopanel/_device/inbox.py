"""Messages in: each is parsed, kept and told, and none can do harm."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable

from .._errors import InvalidPayload, NotConnected
from .._link import LinkStatus
from .._protocol import (
    Telemetry,
    parse_ack,
    parse_info,
    parse_led_state,
    parse_reading,
    parse_status,
    parse_telemetry,
    unit_label,
)
from .._store import Origin
from .board import COURSE_UNIT, TEMPERATURE, Board
from .outbox import Outbox
from .refill import Refill

COURSE_ORIGIN = Origin(TEMPERATURE)


class Inbox:
    """The link's receiver for one board. Called in the link's thread."""

    def __init__(self, board: Board, outbox: Outbox, refill: Refill) -> None:
        self._board = board
        self._outbox = outbox
        self._refill = refill
        self.link = LinkStatus("connecting")
        topics = board.topics
        self._handlers: dict[str, Callable[[bytes, bool], None]] = {
            topics.onboard_temp: self._on_reading,
            topics.telemetry: self._on_telemetry,
            topics.ack: self._on_ack,
            topics.status: self._on_status,
            topics.info: self._on_info,
            topics.led_state: self._on_led_state,
            topics.onboard_led: self._on_course_command,
            topics.cmd: self._on_command,
        }
        self.topics: dict[str, int] = dict.fromkeys(self._handlers, 1) | {topics.telemetry: 0}

    def on_message(self, topic: str, payload: bytes, retained: bool) -> None:
        """Take a message; what is no good is counted and shown."""
        board = self._board
        with board.lock:
            try:
                self._handlers[topic](payload, retained)
            except InvalidPayload as error:
                board.refused_payloads += 1
                board.last_refusal = str(error)
            except Exception:  # a defect of ours must not end the link
                traceback.print_exc(file=sys.__stderr__)
                board.notice("PicoPanel could not take in a message; please report this as a bug.")
        board.changed()

    def on_link(self, status: LinkStatus) -> None:
        """Take the link's new status."""
        board = self._board
        with board.lock:
            self.link = status
            if status.phase != "connected":
                board.presence.disconnected()
                board.learn_led(None)
                board.online_since = None
                if status.phase != "connecting":
                    self._outbox.disconnected(
                        NotConnected("The connection to the broker broke before the answer came.")
                    )
        board.changed()

    def on_subscribed(self, refused: frozenset[str]) -> None:
        """From now on what the board says is heard."""
        board = self._board
        with board.lock:
            board.refused_topics = refused
            board.publish_refused = False
            board.presence.subscribed(board.clock.monotonic())
            self._refill.reconnected()
        board.changed()

    def on_publish_refused(self, topic: str, reason: str) -> None:
        """The broker has openly refused a command."""
        self._board.publish_refused = True
        self._board.changed()

    def _on_reading(self, payload: bytes, retained: bool) -> None:
        value = parse_reading(payload)
        board, arrival = self._board, self._board.clock.unix()
        board.last[TEMPERATURE] = (arrival, value)
        board.units.setdefault(TEMPERATURE, COURSE_UNIT)
        if retained:
            return  # somebody's old number: it is shown, and is no reading
        board.presence.course_reading(board.clock.monotonic())
        info = board.presence.info
        virtual = info is not None and info.virtual and board.presence.seen_live
        origin = Origin(TEMPERATURE, virtual=True) if virtual else COURSE_ORIGIN
        board.store.append(origin, (arrival,), (value,), arrival)
        self._outbox.course_reading(value)

    def _on_telemetry(self, payload: bytes, retained: bool) -> None:
        telemetry = parse_telemetry(payload)
        if retained:
            raise InvalidPayload("retained telemetry")
        board, arrival = self._board, self._board.clock.unix()
        last_up = telemetry.up + (telemetry.count - 1) * telemetry.dt
        boot, superseded = board.samples.boot(telemetry.boot, arrival, last_up)
        if superseded:
            board.two_boards_at = board.clock.monotonic()
        fresh = telemetry.seq + telemetry.count > boot.end
        news = boot.add(telemetry.seq, telemetry.seq + telemetry.count)
        start = boot.place(telemetry.up)
        for first, end in news:
            self._keep(telemetry, first - telemetry.seq, end - telemetry.seq, start, arrival)
        if fresh:
            board.presence.sample(board.clock.monotonic())
            board.learn_led(telemetry.led, last_up)
            for name, values in telemetry.values.items():
                board.last[name] = (boot.place(last_up), values[-1])
            self._refill.check()

    def _keep(self, telemetry: Telemetry, first: int, end: int, start: float, arrival: float) -> None:
        info = self._board.presence.info
        interval = telemetry.dt or (info.interval if info else None)
        virtual = info is not None and info.virtual
        times = [start + at * telemetry.dt for at in range(first, end)]
        stamps = None
        if telemetry.ts is not None:
            stamps = [telemetry.ts + at * telemetry.dt for at in range(first, end)]
        for name, values in telemetry.values.items():
            origin = Origin(name, telemetry.boot, interval, telemetry.led, virtual)
            self._board.store.append(origin, times, values[first:end], arrival, stamps)

    def _on_ack(self, payload: bytes, retained: bool) -> None:
        ack = parse_ack(payload)
        if retained:
            raise InvalidPayload("a retained ack")
        board = self._board
        board.presence.answer(board.clock.monotonic())
        board.learn_led(ack.led, ack.up)
        board.last |= {name: (board.clock.unix(), value) for name, value in ack.values.items()}
        self._refill.acknowledged(ack)
        self._outbox.acknowledged(ack)

    def _on_status(self, payload: bytes, retained: bool) -> None:
        online = parse_status(payload)
        board, now = self._board, self._board.clock.monotonic()
        was = board.presence.state(now)
        board.presence.status(online, retained, now)
        if online and board.online_since is None:
            board.online_since = board.clock.unix()
        if not online:
            board.online_since = None
            board.learn_led(None)
        if not retained and (was == "online") != online:
            board.note("online" if online else "offline")
        self._outbox.flush()

    def _on_info(self, payload: bytes, retained: bool) -> None:
        info = parse_info(payload)
        board = self._board
        known = board.presence.info
        if not retained and known is not None and known.boot != info.boot:
            board.note("boot", boot=info.boot)
        board.presence.info = info
        board.units |= {name: unit_label(unit) for name, unit in info.units.items()}
        self._outbox.flush()

    def _on_led_state(self, payload: bytes, retained: bool) -> None:
        led = parse_led_state(payload)
        self._board.learn_led(led)

    def _on_course_command(self, payload: bytes, retained: bool) -> None:
        if not retained:
            self._board.course.heard_command(payload)
            self._outbox.heard_echo()

    def _on_command(self, payload: bytes, retained: bool) -> None:
        self._outbox.heard_echo()
