"""Commands on their way: sent once, then answered, unanswered or refused."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from .._errors import CommandRefused, InvalidCommand, NoAnswer, NotConnected, PanelClosed, PicoPanelError
from .._link import Link
from .._link.reasons import puback
from .._protocol.payloads import Ack, format_command
from .command import EXPIRY, Command, Reply
from .known import TEMPERATURE, Known

FIRST_CONNECTION = 5.0  # seconds that a command waits for the very first connection
LONGEST = 4096  # bytes of a command; a board leaves a longer one unanswered
QUIET = 10.0  # seconds without traffic after which an overdue answer no longer makes the next one doubtful
_SURPLUS_WITHIN = 2.0
_REMEMBERED = 64

_WHAT_TO_CHECK = (
    "The broker is connected, so check the board: is it powered, on the Wi-Fi, and running with "
    "exactly this ID? panel.doctor() looks at each step."
)


class Outbox:
    """Sends commands and matches their answers; a recording has no link to send them by."""

    def __init__(self, known: Known, link: Link | None) -> None:
        self._known, self._link = known, link
        # Not sent yet: for the first connection, or behind another on the course layer.
        self._waiting: deque[Command] = deque()
        self._sent: dict[str, Command] = {}
        self._on_course: Command | None = None  # the one of these that is under way on the course layer
        self.course = CourseReplies()
        self._answered_by: dict[str, str] = {}
        self._echo_due_since: float | None = None
        self.unanswered = 0  # commands without an answer since the last answer

    def start(self, command: Command, blocked: str | None, settling: bool) -> None:
        """Send as soon as its turn comes; `blocked` is why none can be sent, `settling` if that will pass."""
        command.sent_at = self._known.now
        if blocked and not settling:
            self._refuse_unsent(command, blocked)
            return
        self._waiting.append(command)
        if not blocked:
            self.flush()

    def flush(self) -> None:
        mode = self._known.presence.mode
        while mode and self._waiting and (mode == "pico" or self._on_course is None):
            command = self._waiting.popleft()
            command.sent_at = self._known.now
            try:
                (self._send if mode == "pico" else self._send_course)(command)
                self._sent[command.id] = command
                if self._echo_due_since is None:
                    self._echo_due_since = command.sent_at
                self._note(command, "sent")
            except PicoPanelError as error:
                self._end(command, error)
            except Exception as error:  # nobody else knows this command any more, and somebody waits
                said = f"{command.name!r} was not sent. {type(error).__name__}: {error}"
                self._end(command, InvalidCommand(said))

    def acknowledged(self, ack: Ack) -> None:
        if self._answered_by.setdefault(ack.experiment_id, ack.boot) != ack.boot:
            self._known.two_boards_at = self._known.now
        if len(self._answered_by) > _REMEMBERED:
            del self._answered_by[next(iter(self._answered_by))]
        command = self._sent.pop(ack.experiment_id, None)
        if command is None:
            return
        if ack.ok:
            self._known.settings |= command.action.get("set", {})
            self._answer(command, ack.led, True, dict(ack.values))
        else:
            self._heard()
            why = (ack.error or "").removeprefix("set: ").strip() or "no reason given"
            self._end(command, CommandRefused(command.name, why))

    def heard_echo(self) -> None:
        """A command came back on a topic that we listen to: the broker delivers what we send."""
        self._echo_due_since = None

    def unheard(self, seconds: float) -> bool:
        """Whether no command of ours has come back for so long."""
        due = self._echo_due_since
        return due is not None and self._known.now - due > seconds

    def course_readings(self, value: float | None, count: int) -> None:
        """Take bare numbers, the newest given: an answer, if a command of ours is under way.

        So is what should have been a number, None: the board has done what it was told.
        """
        known, certain = self._known, False
        for _ in range(count):
            certain = self.course.heard_reading(known.now)
        if known.presence.mode != "pico":  # else the board itself tells its LED
            known.learn_led(self._course_led(certain))
        command, self._on_course = self._on_course, None
        if command is not None:
            del self._sent[command.id]
            self._answer(command, known.led, certain, {} if value is None else {TEMPERATURE: value})
        self.flush()

    def tick(self) -> None:
        """End the commands whose time is over."""
        now = self._known.now
        if self._on_course is not None:
            self._end_waiting(now, None, "The command before it was not answered.")
        for command in [c for c in self._sent.values() if now - c.sent_at >= c.timeout]:
            del self._sent[command.id]
            if command is self._on_course:
                self._on_course = None
                self.course.timed_out(now)
                if command.name != "read" and self._known.presence.mode != "pico":
                    self._known.learn_led(None)  # it may have been carried out
            self._give_up(command)
        if self._known.presence.mode is None:
            self._end_waiting(now, FIRST_CONNECTION, "There is no connection yet.")
        self.flush()

    def disconnected(self, why: str, end: PicoPanelError | None = None) -> None:
        """The link broke: what is under way stays unanswered, and is never sent again; it ends with `end`."""
        waiting, under_way = [*self._waiting], [*self._sent.values()]
        self._waiting.clear()
        self._sent.clear()
        self._on_course = self._echo_due_since = None
        now = self._known.now
        self.course.disconnected(now)
        for command in waiting:
            self._refuse_unsent(command, why)
        for command in under_way:
            waited = round(now - command.sent_at, 3)
            broke = "The connection to the broker broke meanwhile; the board may have carried it out."
            self._end(command, end or NoAnswer(command.name, waited, broke))

    def _end_waiting(self, now: float, seconds: float | None, why: str) -> None:
        """End what has waited so long for its turn; None is each command's own time."""
        for command in tuple(self._waiting):
            if now - command.sent_at >= (command.timeout if seconds is None else seconds):
                self._waiting.remove(command)
                self._refuse_unsent(command, why)

    def _send(self, command: Command) -> None:
        (boot, up), info = self._known.samples.now(self._known.clock.unix()), self._known.presence.info
        known: dict[str, Any] = {}
        # A board that has just started anew tells its boot before its first sample.
        if boot is not None and info is not None and info.boot == boot:
            known = {"boot": boot} if up is None else {"boot": boot, "until": up + EXPIRY * 1000}
        action = command.action or ({"read": True} if command.name == "read" else {"led": command.name})
        payload = format_command(command.id, **known, **action)
        if len(payload) > LONGEST:
            raise InvalidCommand(f"{command.name!r} sets too much at once: a board takes {LONGEST} bytes.")
        self.publish(self._known.topics.cmd, payload, 1)

    def _send_course(self, command: Command) -> None:
        if command.action:
            why = "this board speaks the course layer only: on, off, toggle and read."
            raise CommandRefused(command.name, why)
        payload = command.name.encode()
        self.publish(self._known.topics.onboard_led, payload, 2)
        self.course.sent(payload, command.sent_at)
        self._on_course = command

    def publish(self, topic: str, payload: bytes, qos: int) -> None:
        """Publish and list it among the messages, or raise `NotConnected`."""
        assert self._link is not None, "a recording takes no commands"
        at = self._known.clock.unix()
        granted = self._link.publish(topic, payload, qos=qos, expiry=EXPIRY)
        self._known.messages.sent(topic, payload, qos, granted, at)

    def _course_led(self, certain: bool) -> bool | None:
        if not certain:
            return None
        led = self._known.last_led
        toggled = None if led is None else not led
        return {b"on": True, b"off": False, b"toggle": toggled}.get(self.course.last_command, led)

    def _answer(self, command: Command, led: bool | None, certain: bool, values: Mapping[str, float]) -> None:
        self._heard()
        latency = self._known.now - command.sent_at
        self._end(command, Reply(command.name, values.get(TEMPERATURE), led, latency, certain, values))

    def _heard(self) -> None:
        """An answer came, be it a refusal."""
        self.unanswered = 0
        self._echo_due_since = None  # it proves as much as an echo

    def _give_up(self, command: Command) -> None:
        refused = self._known.publish_refused
        self.unanswered += refused is None  # else no board has been asked
        why = _WHAT_TO_CHECK if refused is None else puback(refused).sentence
        self._end(command, NoAnswer(command.name, command.timeout, why))

    def _refuse_unsent(self, command: Command, why: str) -> None:
        self._end(command, NotConnected(f"{command.name!r} was not sent. {why}"))

    def _end(self, command: Command, outcome: Reply | PicoPanelError) -> None:
        if isinstance(outcome, Reply):
            command.reply, latency = outcome, round(outcome.latency * 1000)
            self._note(command, "answered", latency=latency, certain=outcome.certain, led=outcome.led)
        elif isinstance(outcome, (NoAnswer, PanelClosed)):
            self._note(command, "unanswered", after=round((self._known.now - command.sent_at) * 1000))
        else:  # the page names the command itself
            reason = outcome.reason if isinstance(outcome, CommandRefused) else str(outcome)
            self._note(command, "refused", reason=reason)
        command.error = outcome if isinstance(outcome, PicoPanelError) else None
        command.done.set()
        if command.then is not None:
            command.then(command)
        self._known.changed()

    def _note(self, command: Command, kind: str, **detail: Any) -> None:
        self._known.note(kind, id=command.id, command=command.name, click=command.click, **detail)


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
