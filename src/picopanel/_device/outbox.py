"""Commands on their way: sent once, then answered, unanswered or refused."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from .._errors import CommandRefused, InvalidCommand, NoAnswer, NotConnected, PanelClosed, PicoPanelError
from .._link import Link
from .._link.reasons import puback
from .command import EXPIRY, Command, Reply
from .dialect import Dialect
from .known import TEMPERATURE, Known

FIRST_CONNECTION = 5.0  # seconds that a command waits for the very first connection

_WHAT_TO_CHECK = (
    "The broker is connected, so check the board: is it powered, on the Wi-Fi, and running with "
    "exactly this ID? panel.doctor() looks at each step."
)


class Outbox:
    """Sends commands and matches their answers; a recording has no link to send them by."""

    def __init__(self, known: Known, link: Link | None) -> None:
        self._known, self._link = known, link
        self.dialects: Mapping[str, Dialect] = {}  # by the board's mode
        # Not sent yet: for the first connection, or behind another where they go in turn.
        self._waiting: deque[Command] = deque()
        self._sent: dict[str, Command] = {}
        self.under_way: Command | None = None  # the one of these that the next waits for
        self._echo_due_since: float | None = None
        self.hears_itself = True  # whether the broker lets us hear what we send
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

    @property
    def spoken(self) -> Dialect | None:
        """What the board speaks, as far as it is known."""
        return self.dialects.get(self._known.presence.mode or "")

    def flush(self) -> None:
        speaks = self.spoken
        while speaks is not None and self._waiting and not (speaks.in_turn and self.under_way):
            command = self._waiting.popleft()
            command.sent_at = self._known.now
            try:
                answers = speaks.say(command)
                if self._echo_due_since is None and self.hears_itself:
                    self._echo_due_since = command.sent_at
                self._note(command, "sent")
                if answers:
                    self._sent[command.id] = command
                    self.under_way = command if speaks.in_turn else self.under_way
                else:
                    self._end(command, Reply(command.name, None, None, 0.0, certain=False, answered=False))
            except PicoPanelError as error:
                self._end(command, error)
            except Exception as error:  # nobody else knows this command any more, and somebody waits
                said = f"{command.name!r} was not sent. {type(error).__name__}: {error}"
                self._end(command, InvalidCommand(said))

    def sent(self, name: str) -> Command | None:
        """Return the command of this identity, while it waits for its answer."""
        return self._sent.get(name)

    def answered(
        self,
        name: str,
        led: bool | None,
        certain: bool,
        values: Mapping[str, float],
        already: bool = False,
    ) -> None:
        """An answer came to the command of this identity, if it is one of ours."""
        command = self._take(name)
        if command is not None:
            self._known.settings |= command.action.get("set", {})
            self._heard()
            latency = self._known.now - command.sent_at
            temperature = values.get(TEMPERATURE)
            reply = Reply(command.name, temperature, led, latency, certain, dict(values), already=already)
            self._end(command, reply)

    def declined(self, name: str, why: str) -> None:
        """The board answers that it does not carry this command out."""
        command = self._take(name)
        if command is not None:
            self._heard()
            self._end(command, CommandRefused(command.name, why))

    def _take(self, name: str) -> Command | None:
        if self.under_way is not None and self.under_way.id == name:
            self.under_way = None
        return self._sent.pop(name, None)

    def heard_echo(self) -> None:
        """A command came back on a topic that we listen to: the broker delivers what we send."""
        self._echo_due_since = None

    def unheard(self, seconds: float) -> bool:
        """Whether no command of ours has come back for so long."""
        due = self._echo_due_since
        return due is not None and self._known.now - due > seconds

    def tick(self) -> None:
        """End the commands whose time is over."""
        now = self._known.now
        if self.under_way is not None:
            self._end_waiting(now, None, "The command before it was not answered.")
        for command in [c for c in self._sent.values() if now - c.sent_at >= c.timeout]:
            in_turn = command is self.under_way
            said = [each.timed_out(command) for each in self.dialects.values() if each.in_turn == in_turn]
            if self._take(command.id) is not None:
                self._give_up(command, next(filter(None, said), _WHAT_TO_CHECK))
        if self._known.presence.mode is None:
            self._end_waiting(now, FIRST_CONNECTION, "There is no connection yet.")
        self.flush()

    def disconnected(self, why: str, end: PicoPanelError | None = None) -> None:
        """The link broke: what is under way stays unanswered, and is never sent again; it ends with `end`."""
        waiting, under_way = [*self._waiting], [*self._sent.values()]
        self._waiting.clear()
        self._sent.clear()
        self.under_way = self._echo_due_since = None
        now = self._known.now
        for dialect in self.dialects.values():
            dialect.disconnected()
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

    def publish(self, topic: str, payload: bytes, qos: int) -> None:
        """Publish and list it among the messages, or raise `NotConnected`."""
        assert self._link is not None, "a recording takes no commands"
        at = self._known.clock.unix()
        granted = self._link.publish(topic, payload, qos=qos, expiry=EXPIRY)
        self._known.messages.sent(topic, payload, qos, granted, at)

    def _heard(self) -> None:
        """An answer came, be it a refusal."""
        self.unanswered = 0
        self._echo_due_since = None  # it proves as much as an echo

    def _give_up(self, command: Command, cause: str) -> None:
        refused = self._known.publish_refused
        self.unanswered += refused is None  # else no board has been asked
        why = cause if refused is None else puback(refused).sentence
        self._end(command, NoAnswer(command.name, command.timeout, why))

    def _refuse_unsent(self, command: Command, why: str) -> None:
        self._end(command, NotConnected(f"{command.name!r} was not sent. {why}"))

    def _end(self, command: Command, outcome: Reply | PicoPanelError) -> None:
        if isinstance(outcome, Reply) and not outcome.answered:
            command.reply = outcome
            self._note(command, "mute")
        elif isinstance(outcome, Reply):
            command.reply, latency = outcome, round(outcome.latency * 1000)
            already = {"already": True} if outcome.already else {}
            self._note(
                command, "answered", latency=latency, certain=outcome.certain, led=outcome.led, **already
            )
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
