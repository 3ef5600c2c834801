"""Asks the board for samples that did not come, and counts those that cannot be had."""

from __future__ import annotations

from .._errors import NotConnected
from .._protocol.payloads import Ack, format_command
from .command import EXPIRY, new_id
from .known import Known
from .outbox import Outbox
from .samples import Boot

_ATTEMPTS = 2
_LATE = 1.0  # seconds; a board may acknowledge before it sends again


class Refill:
    """One request for missing samples at a time."""

    def __init__(self, known: Known, outbox: Outbox) -> None:
        self._known, self._outbox = known, outbox
        self._boot = Boot()
        self._asked: str | None = None
        self._asked_from, self._asked_at = 0, 0.0
        self._attempts = 0
        self._settle_at: float | None = None  # then what has not come will not, whatever the board says
        self._awaited = 0

    def reconnected(self) -> None:
        """Nothing asked before survives a reconnect, be it ours or the board's."""
        self.board_left()
        self._attempts = 0
        if self._boot.end:
            first = self._first_missing()
            self._ask(self._boot.end if first is None else first)

    def board_left(self) -> None:
        """What the board was sending is lost, though its last word may still come."""
        self._asked = self._settle_at = None

    def check(self) -> None:
        """After a sample: ask for what is missing before it."""
        current = self._known.samples.get(self._known.samples.current)
        if current is not None and current is not self._boot:
            self._give_up()  # that board has started anew, and remembers nothing
            self._boot = current
            self.board_left()
            self._attempts = 0
        asked_lately = self._asked is not None and self._known.now - self._asked_at < EXPIRY
        first = None if asked_lately or self._settle_at is not None else self._first_missing()
        if first is not None and not self._ask(first):
            self._settle()  # this sample may be the first of those that the network has held back

    def came(self) -> None:
        """What was asked for is coming: for the rest of it one waits anew."""
        self._asked_at = self._known.now

    def acknowledged(self, ack: Ack) -> None:
        """The board has sent all it has, or will in a moment."""
        if ack.experiment_id != self._asked:
            return
        self._boot.told_all |= self._asked_from == 0
        if self._boot.holes:
            self._settle()
        else:
            self._asked, self._attempts = None, 0

    def _settle(self) -> None:
        self._asked, self._awaited = None, self._boot.missing
        self._settle_at = self._known.now + _LATE

    def tick(self) -> None:
        """What is missing a moment later is asked for once more, then lost."""
        now = self._known.now
        if self._settle_at is None or now < self._settle_at:
            return
        if 0 < self._boot.missing < self._awaited:  # they are still coming
            self._settle()
            return
        self._settle_at = None
        first = self._first_missing()
        if first is None or not self._ask(first):
            self._give_up()
            self._attempts, self._boot.told_all = 0, True

    def _first_missing(self) -> int | None:
        if self._boot.first > 0 and not self._boot.told_all:
            return 0
        return self._boot.holes[0][0] if self._boot.holes else None

    def _give_up(self) -> None:
        if missing := self._boot.missing:
            self._known.lost_samples += missing
            self._known.note("gap", count=missing)
            self._boot.holes.clear()

    def _ask(self, seq: int) -> bool:
        """Ask for the samples from a number on, unless that has been done often enough."""
        if self._attempts >= _ATTEMPTS:
            return False
        name = new_id()
        try:
            self._outbox.publish(self._known.topics.cmd, format_command(name, since={"seq": seq}), 1)
        except NotConnected:
            return True  # asked again after the reconnect
        self._asked, self._asked_from, self._asked_at = name, seq, self._known.now
        self._attempts += 1
        return True
