"""Asks the board for samples that did not come, and counts those that cannot be had."""

from __future__ import annotations

from .._errors import NotConnected
from .._protocol.payloads import Ack, format_command
from .command import EXPIRY, new_id
from .known import Known
from .outbox import Outbox
from .samples import Boot

_ATTEMPTS = 2
_LATE = 1.0
"""Seconds; a board may acknowledge before it sends again."""


class Refill:
    """One request for missing samples at a time."""

    def __init__(self, known: Known, outbox: Outbox) -> None:
        self._known, self._outbox = known, outbox
        self._asked: str | None = None
        self._asked_from, self._asked_at = 0, 0.0
        self._attempts = 0
        self._settle_at: float | None = None
        """When it counts what has not come, though the board has said that it sent all, or says nothing."""
        self._awaited = 0
        self._boot: str | None = None
        """The boot that is followed."""
        self._told_all = False
        """Whether it has sent all that it remembers of the time before we listened, or never will."""

    def reconnected(self) -> None:
        """Nothing asked before survives a reconnect, be it ours or the board's."""
        self.board_left()
        self._attempts = 0
        if self._followed.ranges:
            first = self._first_missing()
            self._ask(self._followed.end if first is None else first)

    def board_left(self) -> None:
        """What the board was sending is lost, though its last word may still come."""
        self._asked = self._settle_at = None

    def check(self) -> None:
        """After a sample: ask for what is missing before it."""
        samples = self._known.samples
        if self._boot != samples.current:
            self._give_up()  # that board has started anew, and remembers nothing
            self._boot, self._told_all = samples.current, False
            self.board_left()
            self._attempts = 0
        if self._asked is None:
            is_waiting = self._settle_at is not None
        else:
            is_waiting = self._known.now - self._asked_at < EXPIRY
        first = None if is_waiting else self._first_missing()
        if first is not None and self._attempts < _ATTEMPTS:
            self._ask(first)
        elif first is not None:
            self._settle()  # this sample may be the first of those that the network has held back

    def came(self) -> None:
        """What was asked for is coming: for the rest of it one waits anew."""
        self._asked_at = self._known.now

    def acknowledged(self, ack: Ack) -> None:
        """The board has sent all it has, or will in a moment."""
        if ack.experiment_id != self._asked:
            return
        self._told_all |= self._asked_from == 0
        if self._missing():
            self._settle()
        else:
            self._asked, self._attempts = None, 0

    def _settle(self) -> None:
        self._asked, self._awaited = None, self._missing()
        self._settle_at = self._known.now + _LATE

    def tick(self) -> None:
        """What is missing a moment later is asked for once more, then lost."""
        now = self._known.now
        if self._settle_at is None or now < self._settle_at:
            return
        missing = self._missing()
        if 0 < missing < self._awaited:  # they are still coming
            self._awaited, self._settle_at = missing, now + _LATE
            return
        self._settle_at = None
        first = self._first_missing()
        if first is not None and self._attempts < _ATTEMPTS:
            self._ask(first)
        else:
            self._give_up()
            self._attempts, self._told_all = 0, True

    @property
    def _followed(self) -> Boot:
        return self._known.samples.get(self._boot) or Boot()

    def _missing(self) -> int:
        return (self._followed.missing or (0, 0))[1]

    def _first_missing(self) -> int | None:
        boot = self._followed
        if not self._told_all and boot.ranges and boot.ranges[0][0] > 0:
            return 0
        return boot.missing[0] if boot.missing else None

    def _give_up(self) -> None:
        if missing := self._missing():
            self._known.lost_samples += missing
            self._known.note("gap", count=missing)
            self._followed.give_up()

    def _ask(self, seq: int) -> None:
        name = new_id()
        try:
            self._outbox.publish(self._known.topics.cmd, format_command(name, since={"seq": seq}), 1)
        except NotConnected:
            return  # asked again after the reconnect
        self._asked, self._asked_from, self._asked_at = name, seq, self._known.now
        self._attempts += 1
