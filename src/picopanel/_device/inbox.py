"""Messages in: each is parsed, kept and told, and none can do harm."""

from __future__ import annotations

import sys
import traceback
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

from .._errors import InvalidPayload
from .._link import LinkStatus
from .._link.reasons import FAILURE
from .._protocol import parse_ack, parse_info, parse_led_state, parse_status, unit_label
from .._store import Rows
from .diagnosis import link_sentences
from .intake import Intake
from .known import Known
from .messages import Received
from .outbox import Outbox
from .refill import Refill
from .replaying import replay

_topic = itemgetter(0)

_MOST_WAITING = 256
"""Messages; to take in many at a time costs about 1 µs each, one alone up to 0.2 ms with cold caches."""

_LONGEST_GATHERED = 5000
"""Milliseconds that no message waits here."""

NOTHING_KEPT = (
    "This broker keeps no messages for whoever comes later. So a panel or a wall that is opened knows a "
    "board only once it has been heard, up to 10 s later, and not whether one that says nothing is there."
)


class Inbox:
    """The link's receiver for one board. Called in the link's thread.

    Args:
        board: What is known of it.
        outbox: Gets the answers.
        refill: Gets the ends of refills.
    """

    def __init__(self, board: Known, outbox: Outbox, refill: Refill) -> None:
        self._board = board
        self._outbox = outbox
        self._refill = refill
        self._intake = Intake(board, outbox, refill)
        self._unix = board.clock.unix
        self._backlog: deque[Received] = deque()
        self.link_status = LinkStatus("connecting")
        topics = board.topics
        self._runs: dict[str, Callable[[Sequence[Received]], None]] = {
            topics.onboard_temp: self._intake.readings,
            topics.telemetry: self._intake.telemetry,
        }
        self._singles: dict[str, Callable[[bytes, bool], None]] = {
            topics.ack: self._on_ack,
            topics.status: self._on_status,
            topics.info: self._on_info,
            topics.led_state: self._on_led_state,
            topics.onboard_led: self._on_course_command,
            topics.cmd: self._on_command,
        }
        self._from_board = (*self._runs, topics.ack, topics.led_state)
        # At QoS 1 what nobody would say again; for each such subscription a cluster elects a leader.
        self.topics: dict[str, int] = dict.fromkeys([*self._runs, *self._singles], 0)
        self.topics |= dict.fromkeys([topics.ack, topics.onboard_temp, topics.onboard_led], 1)

    def on_message(
        self, topic: str, payload: bytes, retained: bool, more: bool = False, qos: int = 0
    ) -> None:
        """Take a message: at once, or with those that follow on its heels."""
        self._backlog.append((topic, payload, retained, self._unix(), qos))
        if not more or topic in self._singles or len(self._backlog) >= _MOST_WAITING:
            self.drain()

    def on_gathered(self) -> None:
        """Take in what has waited."""
        self.drain()

    def drain(self) -> None:
        """Take in what has come; what is no good is counted and shown."""
        board = self._board
        if not self._backlog:
            return
        with board.lock:
            board.look_at_clock()
            before = board.shown
            plain = True
            while self._backlog:
                messages = self._come()
                board.messages.came(messages)
                for topic, run in groupby(messages, _topic):
                    plain &= topic in self._runs
                    self._take(topic, list(run))
            plain &= board.shown == before
        board.grown() if plain else board.changed()

    def _come(self) -> list[Received]:
        """Return what waits; what came before somebody set the clock has come now."""
        messages, now = [self._backlog.popleft() for _ in range(len(self._backlog))], self._unix()
        if abs(now - messages[0][3]) < _LONGEST_GATHERED:
            return messages
        return [
            message if abs(now - message[3]) < _LONGEST_GATHERED else (*message[:3], now, message[4])
            for message in messages
        ]

    def _take(self, topic: str, messages: list[Received]) -> None:
        try:
            _, _, retained, arrival, _ = messages[-1]
            if topic in self._from_board and not retained:
                self._board.attendance.seen(arrival)
            if topic in self._runs:
                self._runs[topic](messages)
            else:
                for _, payload, retained, _, _ in messages:
                    self._single(topic, payload, retained)
        except Exception:  # a defect of ours must not end the link
            traceback.print_exc(file=sys.__stderr__)
            self._board.notice("PicoPanel could not take in a message; please report this as a bug.")

    def _single(self, topic: str, payload: bytes, retained: bool) -> None:
        try:
            self._singles[topic](payload, retained)
        except InvalidPayload as error:
            self._board.refuse(error)

    def on_link(self, status: LinkStatus) -> None:
        """Take the link's new status."""
        self.drain()
        board = self._board
        if not status.keeps:
            board.notice(NOTHING_KEPT)
        with board.lock:
            self.link_status = status
            if status.phase != "connected":
                board.presence.disconnected()
                board.learn_led(None)
                board.online_since = None
                if status.phase != "connecting":
                    self._outbox.disconnected(link_sentences(status)[0])
        board.changed()

    def on_granted(self, granted: Mapping[str, int | None]) -> None:
        """The broker has answered a subscription."""
        with self._board.lock:
            self._board.messages.subscribed(self.topics, granted, self._unix())
        self._board.grown()

    def on_subscribed(self, refused: Mapping[str, int]) -> None:
        """From now on what the board says is heard."""
        board = self._board
        with board.lock:
            board.refused_topics = refused
            board.publish_refused = None
            board.presence.subscribed(board.clock.monotonic())
            self._refill.reconnected()
        board.changed()

    def on_published(self, topic: str, code: int) -> None:
        """The broker has taken a command, or openly refused it; the next tick tells.

        paho holds a lock of its own here, which who sends a command takes after the board's.
        """
        self._board.publish_refused = code if code >= FAILURE else None

    def on_recorded(self, rows: Rows, begin: bool) -> None:
        """Take rows that a recording plays."""
        board = self._board
        with board.lock:
            before = board.shown
            replay(board, rows, begin)
            plain = board.shown == before and not rows.events
        board.grown() if plain else board.changed()

    def _on_ack(self, payload: bytes, retained: bool) -> None:
        ack = parse_ack(payload)
        if retained:
            raise InvalidPayload("a retained ack")
        board = self._board
        board.admit(board.last, ack.values)
        board.presence.answer(board.clock.monotonic())
        board.samples.answered(ack.boot, board.clock.unix(), ack.up)
        board.learn_led(ack.led, ack.up)
        board.last |= {name: (board.clock.unix(), value) for name, value in ack.values.items()}
        board.attendance.answered(ack.experiment_id)
        self._refill.acknowledged(ack)
        self._outbox.acknowledged(ack)

    def _on_status(self, payload: bytes, retained: bool) -> None:
        online = parse_status(payload)
        board, now = self._board, self._board.clock.monotonic()
        was = board.presence.state(now)
        board.presence.status(online, retained, now)
        self._see()
        if online and board.online_since is None:
            board.online_since = board.clock.unix()
        if not online:
            board.online_since = None
            board.learn_led(None)
        if not retained:
            (self._refill.reconnected if online else self._refill.board_left)()
            board.attendance.away += not online and was in ("online", "silent")
            if (was == "online") != online and board.presence.info is not None:
                board.note("online" if online else "offline")
        self._outbox.flush()

    def _on_info(self, payload: bytes, retained: bool) -> None:
        info = parse_info(payload)
        board = self._board
        board.admit(board.units, info.units)
        known = board.presence.info
        if known is not None and known.boot != info.boot:
            board.settings.clear()
        if not retained and known is not None and known.boot != info.boot:
            board.note("boot", boot=info.boot)
        board.presence.info = info
        if not retained and info.protocol:  # without it, it may be anybody's word
            board.presence.introduced()
        self._see()
        board.units |= {name: unit_label(unit) for name, unit in info.units.items()}
        self._outbox.flush()

    def _see(self) -> None:
        """Note that the board is there, where its status and its info say so together."""
        board = self._board
        if board.presence.state(board.clock.monotonic()) == "online":
            board.attendance.seen(board.clock.unix())

    def _on_led_state(self, payload: bytes, retained: bool) -> None:
        led = parse_led_state(payload)
        self._board.learn_led(led)

    def _on_course_command(self, payload: bytes, retained: bool) -> None:
        if not retained:
            self._board.attendance.commands += 1
            self._board.course.heard_command(payload, self._board.clock.monotonic())
            self._outbox.heard_echo()

    def _on_command(self, payload: bytes, retained: bool) -> None:
        if not retained:
            self._board.attendance.commanded(payload)
        self._outbox.heard_echo()
