"""Commands on their way: sent once, then answered, unanswered or refused."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from .._errors import CommandRefused, InvalidCommand, NoAnswer, NotConnected, PicoPanelError
from .._link import Link
from .._link.reasons import puback
from .._protocol.payloads import COURSE_COMMANDS, Ack, format_command
from .command import EXPIRY, Command, Reply
from .known import TEMPERATURE, Known

FIRST_CONNECTION = 5.0
"""Seconds that a command waits for the very first connection."""

LONGEST = 4096
"""Bytes of a command; a board leaves a longer one unanswered."""

_REMEMBERED = 64

_WHAT_TO_CHECK = (
    "The broker is connected, so check the board: is it powered, on the Wi-Fi, and running with "
    "exactly this ID? panel.doctor() looks at each step."
)


def check_command(name: str) -> str:
    if name not in (*COURSE_COMMANDS, "read"):
        raise InvalidCommand(f"{name!r} is not a command; a board knows 'on', 'off', 'toggle' and 'read'.")
    return name


class Outbox:
    """Sends commands and matches their answers; a recording has no link to send them by."""

    def __init__(self, known: Known, link: Link | None) -> None:
        self._known, self._link = known, link
        self._waiting: deque[Command] = deque()
        """Not sent yet: for the first connection, or behind another on the course layer."""
        self._sent: dict[str, Command] = {}
        self._course: Command | None = None
        """The one command of ours that is under way on the course layer."""
        self._answered_by: dict[str, str] = {}
        self._echo_due_since: float | None = None
        self.unanswered = 0
        """Commands without an answer since the last answer."""

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
        mode = self._known.presence.mode(self._known.now)
        while mode and self._waiting and (mode == "pico" or self._course is None):
            command = self._waiting.popleft()
            command.sent_at = self._known.now
            try:
                (self._send if mode == "pico" else self._send_course)(command)
                if self._echo_due_since is None:
                    self._echo_due_since = command.sent_at
                self._note(command, "sent")
            except PicoPanelError as error:
                self._refuse(command, error)
            except Exception as error:  # nobody else knows this command any more, and somebody waits
                said = f"{command.name!r} was not sent. {type(error).__name__}: {error}"
                self._refuse(command, InvalidCommand(said))

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
            self._refuse(command, CommandRefused(command.name, why))

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
        known, now = self._known, self._known.now
        certain = False
        for _ in range(count):
            certain = known.course.heard_reading(now)
        if known.presence.mode(now) != "pico":  # else the board itself tells its LED
            known.learn_led(self._course_led(certain))
        command, self._course = self._course, None
        if command is not None:
            self._answer(command, known.led, certain, {} if value is None else {TEMPERATURE: value})
        self.flush()

    def tick(self) -> None:
        """End the commands whose time is over."""
        now = self._known.now
        for command in [c for c in self._sent.values() if now - c.sent_at >= c.timeout]:
            del self._sent[command.id]
            self._give_up(command)
        course = self._course
        if course is not None:
            self._end_waiting(now, None, "The command before it was not answered.")
            if now - course.sent_at >= course.timeout:
                self._course = None
                self._known.course.timed_out(now)
                if course.name != "read" and self._known.presence.mode(now) != "pico":
                    self._known.learn_led(None)  # it may have been carried out
                self._give_up(course)
        if self._known.presence.mode(now) is None:
            self._end_waiting(now, FIRST_CONNECTION, "There is no connection yet.")
        self.flush()

    def disconnected(self, why: str, end: PicoPanelError | None = None) -> None:
        """The link broke: what is under way stays unanswered, and is never sent again; it ends with `end`."""
        waiting, under_way = [*self._waiting], [*self._sent.values(), *filter(None, [self._course])]
        self._waiting.clear()
        self._sent.clear()
        self._course = self._echo_due_since = None
        now = self._known.now
        self._known.course.disconnected(now)
        for command in waiting:
            self._refuse_unsent(command, why)
        for command in under_way:
            waited = round(now - command.sent_at, 3)
            broke = "The connection to the broker broke meanwhile; the board may have carried it out."
            self._unanswered(command, end or NoAnswer(command.name, waited, broke))

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
        self._sent[command.id] = command

    def _send_course(self, command: Command) -> None:
        if command.action:
            why = "this board speaks the course layer only: on, off, toggle and read."
            raise CommandRefused(command.name, why)
        payload = command.name.encode()
        self.publish(self._known.topics.onboard_led, payload, 2)
        self._known.course.sent(payload, command.sent_at)
        self._course = command

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
        return {b"on": True, b"off": False, b"toggle": toggled}.get(self._known.course.last_command, led)

    def _answer(self, command: Command, led: bool | None, certain: bool, values: Mapping[str, float]) -> None:
        self._heard()
        latency = self._known.now - command.sent_at
        reply = Reply(command.name, values.get(TEMPERATURE), led, latency, certain, values)
        self._end(command, reply, "answered", latency=round(latency * 1000), certain=certain, led=led)

    def _heard(self) -> None:
        """An answer came, be it a refusal."""
        self.unanswered = 0
        self._echo_due_since = None  # it proves as much as an echo

    def _give_up(self, command: Command) -> None:
        refused = self._known.publish_refused
        self.unanswered += refused is None  # else no board has been asked
        why = _WHAT_TO_CHECK if refused is None else puback(refused).sentence
        self._unanswered(command, NoAnswer(command.name, command.timeout, why))

    def _unanswered(self, command: Command, error: PicoPanelError) -> None:
        self._end(command, error, "unanswered", after=round((self._known.now - command.sent_at) * 1000))

    def _refuse_unsent(self, command: Command, why: str) -> None:
        self._refuse(command, NotConnected(f"{command.name!r} was not sent. {why}"))

    def _refuse(self, command: Command, error: PicoPanelError) -> None:
        # The page names the command itself.
        reason = error.reason if isinstance(error, CommandRefused) else str(error)
        self._end(command, error, "refused", reason=reason)

    def _end(self, command: Command, outcome: Reply | PicoPanelError, kind: str, **detail: object) -> None:
        self._note(command, kind, **detail)
        command.finish(outcome)
        self._known.changed()

    def _note(self, command: Command, kind: str, **detail: Any) -> None:
        self._known.note(kind, id=command.id, command=command.name, click=command.click, **detail)
