"""Messages in: each is parsed, placed in time and kept once; none can do harm, and many go in together."""

from __future__ import annotations

import sys
import traceback
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

from .._errors import InvalidPayload
from .._link import LinkStatus, Receiver
from .._link.reasons import FAILURE
from .._link.troubles import link_sentences
from .._protocol import payloads
from .._protocol.payloads import Telemetry, unit_label
from .._store import NO_CLOCK, Origin
from .known import COURSE_UNIT, SILENT_AT_LEAST, TEMPERATURE, Known
from .messages import Received
from .outbox import Outbox
from .refill import Refill

_MOST_WAITING = 256  # to take in many at a time costs about 1 µs each, one alone up to 0.2 ms
_LONGEST_GATHERED = 5000  # ms that no message waits here
_QUOTED = 24  # characters

NOTHING_KEPT = (
    "This broker keeps no messages for whoever comes later. So a panel or a wall that is opened knows a "
    "board only once it has been heard, up to 10 s later, and not whether one that says nothing is there."
)

_Columns = tuple[list[float], list[float], list[float], list[int]]  # times, values, arrivals, board's clock
_topic = itemgetter(0)


class Inbox(Receiver):
    """The link's receiver for one board."""

    def __init__(self, known: Known, outbox: Outbox, refill: Refill) -> None:
        self.known, self._outbox, self._refill = known, outbox, refill
        self._unix = known.clock.unix
        self._backlog: deque[Received] = deque()
        self._rows: defaultdict[Origin, _Columns] = defaultdict(lambda: ([], [], [], []))
        topics = known.topics
        self._handlers: dict[str, Callable[[bytes, bool, float], None]] = {
            topics.telemetry: self._on_telemetry,
            topics.ack: self._on_ack,
            topics.status: self._on_status,
            topics.info: self._on_info,
            topics.led_state: self._on_led_state,
            topics.onboard_led: self._on_course_command,
            topics.cmd: self._on_command,
        }
        self._measured = (topics.onboard_temp, topics.telemetry)
        self._from_board = (*self._measured, topics.ack, topics.led_state)
        # At QoS 1 what nobody would say again; for each such subscription a cluster elects a leader.
        self.topics: dict[str, int] = dict.fromkeys([topics.onboard_temp, *self._handlers], 0)
        self.topics |= dict.fromkeys([topics.ack, topics.onboard_temp, topics.onboard_led], 1)

    def on_message(
        self, topic: str, payload: bytes, retained: bool, more: bool = False, qos: int = 0
    ) -> None:
        self._backlog.append((topic, payload, retained, self._unix(), qos))
        if not more or topic not in self._measured or len(self._backlog) >= _MOST_WAITING:
            self.drain()

    def drain(self) -> None:
        """Take in what has come; what is no good is counted and shown."""
        known = self.known
        if not self._backlog:
            return
        known.look_at_clock()
        before, plain = known.shown, True
        while self._backlog:
            messages = self._come()
            known.messages.came(messages)
            for topic, run in groupby(messages, _topic):
                plain &= topic in self._measured
                self._take(topic, list(run))
        known.grown() if plain and known.shown == before else known.changed()

    on_gathered = drain

    def _come(self) -> list[Received]:
        """Return what waits; what came before somebody set the clock has come now."""
        messages, now = list(self._backlog), self._unix()
        self._backlog.clear()
        if abs(now - messages[0][3]) < _LONGEST_GATHERED:
            return messages
        return [(*m[:3], m[3] if abs(now - m[3]) < _LONGEST_GATHERED else now, m[4]) for m in messages]

    def _take(self, topic: str, messages: list[Received]) -> None:
        try:
            _, _, retained, arrival, _ = messages[-1]
            if topic in self._from_board and not retained:
                self.known.attendance.seen(arrival)
            if topic == self.known.topics.onboard_temp:
                self._on_readings(messages)
                return
            handler = self._handlers[topic]
            for _, payload, retained, arrival, _ in messages:
                try:
                    handler(payload, retained, arrival)
                except InvalidPayload as error:
                    self.known.refuse(error)
            rows = list(self._rows.items())
            self._rows.clear()
            for origin, columns in rows:
                self.known.store.append(origin, *columns)
        except Exception:  # a defect of ours must not end the link
            traceback.print_exc(file=sys.__stderr__)
            self.known.notice("PicoPanel could not take in a message; please report this as a bug.")

    def on_link(self, status: LinkStatus) -> None:
        self.drain()
        known = self.known
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
        self.known.messages.subscribed(self.topics, granted, self._unix())
        self.known.grown()

    def on_subscribed(self, refused: Mapping[str, int]) -> None:
        known = self.known
        known.refused_topics, known.publish_refused = refused, None
        known.presence.subscribed()
        self._refill.reconnected()
        known.changed()

    def on_published(self, topic: str, code: int) -> None:
        refused = code if code >= FAILURE else None
        if refused != self.known.publish_refused:
            self.known.publish_refused = refused
            self.known.changed()

    def _on_readings(self, messages: Sequence[Received]) -> None:
        """Bare numbers of the course layer."""
        known = self.known
        info = known.presence.info
        virtual = info is not None and info.virtual and known.presence.seen_live
        times, values, answers = list[float](), list[float](), list[float | None]()
        for _, payload, retained, arrival, _ in messages:
            try:
                value = payloads.parse_reading(payload)
            except InvalidPayload as error:
                value = None
                known.refuse(error)
            if retained:  # it is somebody's old number, and nothing says of when
                continue
            answers.append(value)
            known.not_a_number = _quoted(payload) if value is None else None
            if value is not None:
                times.append(arrival)
                values.append(value)
                known.last[TEMPERATURE] = (arrival, value)
        known.units.setdefault(TEMPERATURE, COURSE_UNIT)
        if times:
            known.store.append(Origin(TEMPERATURE, virtual=virtual), times, values)
        if answers:
            known.attendance.answers += len(answers)
            known.presence.course_reading()
            self._outbox.course_readings(answers[-1], len(answers))

    def _on_telemetry(self, payload: bytes, retained: bool, arrival: float) -> None:
        if retained:
            raise InvalidPayload("retained telemetry")
        known, telemetry = self.known, payloads.parse_telemetry(payload)
        known.admit(known.last, telemetry.values)
        end, dt = telemetry.seq + telemetry.count, telemetry.dt
        last_up = telemetry.up + (telemetry.count - 1) * dt
        boot, superseded = known.samples.boot(telemetry.boot, arrival, last_up, end - 1)
        if superseded:
            known.two_boards_at = known.now
        newest = boot.end
        times = boot.time.place_all(telemetry.seq, telemetry.up, dt, telemetry.count)
        new = boot.add(telemetry.seq, end)
        for first, last in new:
            self._keep(telemetry, first - telemetry.seq, last - telemetry.seq, times, arrival)
        if end > newest:
            if known.presence.quiet_for > SILENT_AT_LEAST and known.presence.state == "silent":
                known.attendance.away += 1
            known.presence.sample(empty=not telemetry.values)
            known.learn_led(telemetry.led, last_up)
            for name, values in telemetry.values.items():
                known.last[name] = (times[-1], values[-1])
            self._refill.check()
        elif new and not superseded:
            self._refill.came()

    def _keep(self, telemetry: Telemetry, first: int, end: int, times: list[float], arrival: float) -> None:
        info, ts, dt, count = self.known.presence.info, telemetry.ts, telemetry.dt, end - first
        interval, virtual = dt or (info.interval if info else None), info is not None and info.virtual
        stamps = [NO_CLOCK] * count if ts is None else [ts + at * dt for at in range(first, end)]
        for name, values in telemetry.values.items():
            rows = self._rows[Origin(name, telemetry.boot, interval, telemetry.led, virtual)]
            rows[0].extend(times[first:end])
            rows[1].extend(values[first:end])
            rows[2].extend([arrival] * count)
            rows[3].extend(stamps)

    def _on_ack(self, payload: bytes, retained: bool, arrival: float) -> None:
        ack, known = payloads.parse_ack(payload), self.known
        if retained:
            raise InvalidPayload("a retained ack")
        known.admit(known.last, ack.values)
        known.presence.answer()
        known.samples.answered(ack.boot, arrival, ack.up)
        known.learn_led(ack.led, ack.up)
        known.last |= {name: (arrival, value) for name, value in ack.values.items()}
        known.attendance.answered(ack.experiment_id)
        self._refill.acknowledged(ack)
        self._outbox.acknowledged(ack)

    def _on_status(self, payload: bytes, retained: bool, arrival: float) -> None:
        online, known = payloads.parse_status(payload), self.known
        was = known.presence.state
        known.presence.status(online, retained)
        self._see(arrival)
        if not online:
            known.online_since = None
            known.learn_led(None)
        elif known.online_since is None:
            known.online_since = arrival
        if not retained:
            (self._refill.reconnected if online else self._refill.board_left)()
            known.attendance.away += not online and was in ("online", "silent")
            if (was == "online") != online and known.presence.info is not None:
                known.note("online" if online else "offline")
        self._outbox.flush()

    def _on_info(self, payload: bytes, retained: bool, arrival: float) -> None:
        info, known = payloads.parse_info(payload), self.known
        former = known.presence.info
        known.admit(known.units, info.units)
        if former is not None and former.boot != info.boot:
            known.settings.clear()
            if not retained:
                known.note("boot", boot=info.boot)
        known.presence.info = info
        if not retained and info.protocol:  # without it, it may be anybody's word
            known.presence.introduced()
        self._see(arrival)
        known.units |= {name: unit_label(unit) for name, unit in info.units.items()}
        self._outbox.flush()

    def _see(self, arrival: float) -> None:
        """Note that the board is there, where its status and its info say so together."""
        if self.known.presence.state == "online":
            self.known.attendance.seen(arrival)

    def _on_led_state(self, payload: bytes, retained: bool, arrival: float) -> None:
        self.known.learn_led(payloads.parse_led_state(payload))

    def _on_course_command(self, payload: bytes, retained: bool, arrival: float) -> None:
        if not retained:
            self.known.attendance.commands += 1
            self._outbox.course.heard_command(payload, self.known.now)
            self._outbox.heard_echo()

    def _on_command(self, payload: bytes, retained: bool, arrival: float) -> None:
        if not retained:
            self.known.attendance.commanded(payload)
        self._outbox.heard_echo()


def _quoted(payload: bytes) -> str:
    """Return a stranger's bytes as a sentence can hold them."""
    text = payload[: 4 * _QUOTED].decode(errors="backslashreplace")
    return repr(text) if len(text) <= _QUOTED else repr(text[:_QUOTED]) + "…"
