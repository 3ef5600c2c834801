"""Asks the board for samples that did not come, and counts those that cannot be had."""

from __future__ import annotations

from .._errors import NotConnected
from .._link import Link
from .._protocol import Ack, format_command
from .board import Board
from .command import Command

_EXPIRY = 10
_ATTEMPTS = 2


class Refill:
    """One request for missing samples at a time. Its callers hold the board's lock."""

    def __init__(self, board: Board, link: Link) -> None:
        self._board = board
        self._link = link
        self._asked: str | None = None
        self._asked_at = 0.0
        self._attempts = 0
        self._greeted: str | None = None
        """The boot that has been asked for all it remembers."""

    def reconnected(self) -> None:
        """Nothing asked before survives a reconnect."""
        self._asked = None
        self._attempts = 0
        boot = self._board.samples.get(self._board.samples.current)
        if boot is not None:
            self._ask(boot.end)

    def check(self) -> None:
        """After a sample: ask for what is missing before it."""
        samples = self._board.samples
        boot = samples.get(samples.current)
        if boot is None or self._is_waiting():
            return
        if self._greeted != samples.current:
            self._greeted = samples.current
            if boot.ranges[0][0] > 0:
                self._ask(0)
        elif boot.missing:
            self._ask(boot.missing[0])

    def acknowledged(self, ack: Ack) -> None:
        """The board has sent all it has: what is still missing is asked for once more, then lost."""
        if ack.experiment_id != self._asked:
            return
        self._asked = None
        samples = self._board.samples
        boot = samples.get(samples.current)
        if boot is None or boot.missing is None:
            self._attempts = 0
        elif self._attempts < _ATTEMPTS:
            self._ask(boot.missing[0])
        else:
            self._board.lost_samples += boot.missing[1]
            self._board.note("gap", count=boot.missing[1])
            boot.give_up()
            self._attempts = 0

    def _is_waiting(self) -> bool:
        return self._asked is not None and self._board.clock.monotonic() - self._asked_at < _EXPIRY

    def _ask(self, seq: int) -> None:
        name = Command("since", _EXPIRY).id
        payload = format_command(name, since={"seq": seq})
        try:
            self._link.publish(self._board.topics.cmd, payload, qos=1, expiry=_EXPIRY)
        except NotConnected:
            return  # asked again after the reconnect
        self._asked, self._asked_at = name, self._board.clock.monotonic()
        self._attempts += 1
