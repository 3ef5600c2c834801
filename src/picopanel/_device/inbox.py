"""Messages in: each is parsed, kept and told, and none can do harm."""

from __future__ import annotations

import sys
import traceback
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

from .._errors import InvalidPayload
from .._link import LinkStatus, Receiver
from .._link.reasons import FAILURE
from .._link.troubles import link_sentences
from .._protocol import parse_ack, parse_info, parse_led_state, parse_status, unit_label
from .intake import Intake
from .known import Known
from .messages import Received
from .outbox import Outbox
from .refill import Refill

_topic = itemgetter(0)

_MOST_WAITING = 256
"""Messages; to take in many at a time costs about 1 µs each, one alone up to 0.2 ms with cold caches."""

_LONGEST_GATHERED = 5000
"""Milliseconds that no message waits here."""

NOTHING_KEPT = (
    "This broker keeps no messages for whoever comes later. So a panel or a wall that is opened knows a "
    "board only once it has been heard, up to 10 s later, and not whether one that says nothing is there."
)


class Inbox(Receiver):
    """The link's receiver for one board.

    Args:
        known: What is known of the board.
        outbox: Gets the answers.
        refill: Gets the ends of refills.
    """

    def __init__(self, known: Known, outbox: Outbox, refill: Refill) -> None:
        self._known = known
        self._outbox = outbox
        self._refill = refill
        self._intake = Intake(known, outbox, refill)
        self._unix = known.clock.unix
        self._backlog: deque[Received] = deque()
        topics = known.topics
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
        self._backlog.append((topic, payload, retained, self._unix(), qos))
        if not more or topic in self._singles or len(self._backlog) >= _MOST_WAITING:
            self.drain()

    def on_gathered(self) -> None:
        self.drain()

    def drain(self) -> None:
        """Take in what has come; what is no good is counted and shown."""
        known = self._known
        if not self._backlog:
            return
        known.look_at_clock()
        before, plain = known.shown, True
        while self._backlog:
            messages = self._come()
            known.messages.came(messages)
            for topic, run in groupby(messages, _topic):
                plain &= topic in self._runs
                self._take(topic, list(run))
        known.grown() if plain and known.shown == before else known.changed()

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
                self._known.attendance.seen(arrival)
            if topic in self._runs:
                self._runs[topic](messages)
            else:
                for _, payload, retained, _, _ in messages:
                    self._single(topic, payload, retained)
        except Exception:  # a defect of ours must not end the link
            traceback.print_exc(file=sys.__stderr__)
            self._known.notice("PicoPanel could not take in a message; please report this as a bug.")

    def _single(self, topic: str, payload: bytes, retained: bool) -> None:
        try:
            self._singles[topic](payload, retained)
        except InvalidPayload as error:
            self._known.refuse(error)

    def on_link(self, status: LinkStatus) -> None:
        self.drain()
        known = self._known
        if not status.keeps:
            known.notice(NOTHING_KEPT)
        if status.phase != "connected":
            known.presence.disconnected()
            known.learn_led(None)
            known.online_since = None
            if status.phase != "connecting":
                self._outbox.disconnected(link_sentences(status)[0])
        known.changed()

    def on_granted(self, granted: Mapping[str, int | None]) -> None:
        self._known.messages.subscribed(self.topics, granted, self._unix())
        self._known.grown()

    def on_subscribed(self, refused: Mapping[str, int]) -> None:
        known = self._known
        known.refused_topics, known.publish_refused = refused, None
        known.presence.subscribed(known.now)
        self._refill.reconnected()
        known.changed()

    def on_published(self, topic: str, code: int) -> None:
        refused = code if code >= FAILURE else None
        if refused != self._known.publish_refused:
            self._known.publish_refused = refused
            self._known.changed()

    def _on_ack(self, payload: bytes, retained: bool) -> None:
        ack = parse_ack(payload)
        if retained:
            raise InvalidPayload("a retained ack")
        known, now = self._known, self._unix()
        known.admit(known.last, ack.values)
        known.presence.answer(known.now)
        known.samples.answered(ack.boot, now, ack.up)
        known.learn_led(ack.led, ack.up)
        known.last |= {name: (now, value) for name, value in ack.values.items()}
        known.attendance.answered(ack.experiment_id)
        self._refill.acknowledged(ack)
        self._outbox.acknowledged(ack)

    def _on_status(self, payload: bytes, retained: bool) -> None:
        online = parse_status(payload)
        known, now = self._known, self._known.now
        was = known.presence.state(now)
        known.presence.status(online, retained, now)
        self._see()
        if not online:
            known.online_since = None
            known.learn_led(None)
        elif known.online_since is None:
            known.online_since = self._unix()
        if not retained:
            (self._refill.reconnected if online else self._refill.board_left)()
            known.attendance.away += not online and was in ("online", "silent")
            if (was == "online") != online and known.presence.info is not None:
                known.note("online" if online else "offline")
        self._outbox.flush()

    def _on_info(self, payload: bytes, retained: bool) -> None:
        info = parse_info(payload)
        known, former = self._known, self._known.presence.info
        known.admit(known.units, info.units)
        if former is not None and former.boot != info.boot:
            known.settings.clear()
            if not retained:
                known.note("boot", boot=info.boot)
        known.presence.info = info
        if not retained and info.protocol:  # without it, it may be anybody's word
            known.presence.introduced()
        self._see()
        known.units |= {name: unit_label(unit) for name, unit in info.units.items()}
        self._outbox.flush()

    def _see(self) -> None:
        """Note that the board is there, where its status and its info say so together."""
        known = self._known
        if known.presence.state(known.now) == "online":
            known.attendance.seen(self._unix())

    def _on_led_state(self, payload: bytes, retained: bool) -> None:
        self._known.learn_led(parse_led_state(payload))

    def _on_course_command(self, payload: bytes, retained: bool) -> None:
        if not retained:
            self._known.attendance.commands += 1
            self._known.course.heard_command(payload, self._known.now)
            self._outbox.heard_echo()

    def _on_command(self, payload: bytes, retained: bool) -> None:
        if not retained:
            self._known.attendance.commanded(payload)
        self._outbox.heard_echo()
