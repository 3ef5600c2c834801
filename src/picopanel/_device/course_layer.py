"""The course layer: bare words out, bare numbers back, which carry no identity."""

from __future__ import annotations

from collections.abc import Sequence

from .._errors import CommandRefused, InvalidPayload
from .._protocol import payloads
from .._protocol.ids import spelling_trap
from .._store import Origin
from .command import Command
from .diagnosis import NO_ANSWER, UNHEARD, Facts, gone
from .dialect import Dialect
from .known import COURSE_UNIT, TEMPERATURE, Known
from .messages import Received
from .outbox import Outbox

QUIET = 10.0  # seconds without traffic after which an overdue answer no longer makes the next one doubtful
_SURPLUS_WITHIN = 2.0
_QUOTED = 24  # characters


class CourseLayer(Dialect):
    """The course layer of one board; its answers have no identity, so its commands go one after the other."""

    in_turn, noun = True, "Pico"

    def __init__(self, known: Known, outbox: Outbox) -> None:
        self._known, self._outbox, self._topics = known, outbox, known.topics
        # At QoS 1 what nobody would say again; for each such subscription a cluster elects a leader.
        self.topics = {self._topics.onboard_temp: 1, self._topics.onboard_led: 1}
        self.measured = self.from_board = frozenset([self._topics.onboard_temp])
        self.replies = CourseReplies()

    def take(self, topic: str, messages: Sequence[Received]) -> None:
        if topic == self._topics.onboard_temp:
            self._on_readings(messages)
            return
        for _, payload, retained, _, _ in messages:
            if not retained:
                self._known.attendance.commands += 1
                self.replies.heard_command(payload, self._known.now)
                self._outbox.heard_echo()

    def say(self, command: Command) -> bool:
        if command.action:
            why = "this board speaks the course layer only: on, off, toggle and read."
            raise CommandRefused(command.name, why)
        payload = command.name.encode()
        self._outbox.publish(self._topics.onboard_led, payload, 2)
        self.replies.sent(payload, command.sent_at)
        return True

    def timed_out(self, command: Command) -> str | None:
        self.replies.timed_out(self._known.now)
        if command.name != "read" and self._known.presence.mode != "pico":
            self._known.learn_led(None)  # it may have been carried out
        return None

    def disconnected(self) -> None:
        self.replies.disconnected(self._known.now)

    @property
    def two_boards(self) -> bool:
        return self.replies.two_boards

    def _on_readings(self, messages: Sequence[Received]) -> None:
        known = self._known
        virtual = known.presence.virtual and known.presence.seen_live
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
            self._answered(answers[-1], len(answers))

    def _answered(self, value: float | None, count: int) -> None:
        """Take bare numbers, the newest given: an answer, if a command of ours is under way.

        So is what should have been a number, None: the board has done what it was told.
        """
        known, certain = self._known, False
        for _ in range(count):
            certain = self.replies.heard_reading(known.now)
        if known.presence.mode != "pico":  # else the board itself tells its LED
            known.learn_led(self._led(certain))
        if (command := self._outbox.under_way) is not None:
            values = {} if value is None else {TEMPERATURE: value}
            self._outbox.answered(command.id, known.led, certain, values)
        self._outbox.flush()

    def _led(self, certain: bool) -> bool | None:
        if not certain:
            return None
        led = self._known.last_led
        toggled = None if led is None else not led
        return {b"on": True, b"off": False, b"toggle": toggled}.get(self.replies.last_command, led)

    def trouble(self, facts: Facts) -> tuple[str, str] | None:
        if (trouble := gone(facts)) is not None:
            return trouble
        device_id, said = facts.device.id, facts.known.not_a_number
        own, trap = f"COURSE_ID = {device_id!r}", spelling_trap(device_id)
        if facts.unanswered:
            step = f"The broker is fine. Is the board running, with {own} in its file?{trap}"
            return NO_ANSWER, step
        if said is not None:
            return (
                f"It answers, but not with a number: {said}.",
                f"The board's program must publish a bare number such as 23.4 on {device_id}/onboard_temp: "
                "with a point, without a unit. None is what a function gives that returns nothing.",
            )
        if facts.presence.nobody and facts.known.attendance.first is None:
            return (
                UNHEARD,
                "A board with the course's own code speaks only when asked: click a button. Any other would "
                f"have spoken by now: is it powered, on the Wi-Fi, with {own}?{trap}",
            )
        return None


class CourseReplies:
    """Which answer belongs to which command on the course layer, where answers carry no identity."""

    def __init__(self) -> None:
        self._unanswered = self._echoes_due = self._surplus = 0
        self._doubt_until = 0.0
        self._last_reply = self._last_command_at = float("-inf")
        self._surplus_noted = True
        self.last_command: bytes = b""

    def sent(self, command: bytes, now: float) -> None:
        self._echoes_due += 1
        self._passed(command, now)

    def heard_command(self, command: bytes, now: float) -> None:
        """A command passed on the topic: the echo of ours, or somebody else's."""
        if self._echoes_due:
            self._echoes_due -= 1
        else:
            self._passed(command, now)

    def _passed(self, command: bytes, now: float) -> None:
        if now - self._last_command_at > QUIET:
            self._unanswered = 0  # whom it was for is not there
        self._unanswered += 1
        self._last_command_at = now
        self.last_command = command

    def heard_reading(self, now: float) -> bool:
        """A number came; return whether it surely answers the one command under way."""
        certain = self._unanswered == 1 and now >= self._doubt_until
        if self._unanswered == 0 and now - self._last_reply < _SURPLUS_WITHIN and not self._surplus_noted:
            self._surplus += 1
            self._surplus_noted = True
        elif self._unanswered:
            if not self._surplus_noted:
                self._surplus = 0
            self._surplus_noted = False
            self._last_reply = now
        self._unanswered = max(0, self._unanswered - 1)
        if now < self._doubt_until:
            self._doubt_until = now + QUIET
        return certain

    def timed_out(self, now: float) -> None:
        """Our command was not answered in time; what comes next may be its late answer."""
        self._unanswered = self._echoes_due = 0
        self._doubt_until = now + QUIET

    def disconnected(self, now: float) -> None:
        """We hear nothing for a while; an answer that is due may come later, or not at all."""
        self._echoes_due = 0
        if self._unanswered:
            self.timed_out(now)

    @property
    def two_boards(self) -> bool:
        """Whether one command keeps getting two answers."""
        return self._surplus >= 2


def _quoted(payload: bytes) -> str:
    """Return a stranger's bytes as a sentence can hold them."""
    text = payload[: 4 * _QUOTED].decode(errors="backslashreplace")
    return repr(text) if len(text) <= _QUOTED else repr(text[:_QUOTED]) + "…"
