"""What one kind of board speaks. A device has one dialect, or several of which its board speaks one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from .messages import Received

if TYPE_CHECKING:
    from .command import Command
    from .diagnosis import Facts


class Dialect(Protocol):
    """Which topics there are, what a message on one tells, and how a command is said; in the loop."""

    @property
    def topics(self) -> Mapping[str, int]:
        """What is subscribed to, each with its QoS."""

    @property
    def measured(self) -> frozenset[str]:
        """Those of them that bring readings, which may be many."""

    @property
    def from_board(self) -> frozenset[str]:
        """Those on which a live message shows that the board itself is there."""

    @property
    def overheard(self) -> frozenset[str]:
        """Those that bring nothing but what the board is told, without which all else goes on."""

    @property
    def in_turn(self) -> bool:
        """Whether a command waits for the end of the one before, because answers have no identity."""

    @property
    def blinks(self) -> bool:
        """Whether the board can blink by itself; else it is told on and off."""

    @property
    def noun(self) -> str:
        """What a sentence calls it."""

    @property
    def hears_all(self) -> bool:
        """Whether its topics are filters, and messages come on others."""

    @property
    def two_boards(self) -> bool:
        """Whether its answers show that two boards have this ID."""

    def take(self, topic: str, messages: Sequence[Received]) -> None:
        """Learn what messages on one topic tell; what is no good is counted by `Known.refuse`."""

    def say(self, command: Command) -> bool:
        """Publish a command, or raise why not; return whether the board will answer it."""

    def timed_out(self, command: Command) -> str | None:
        """The time for the answer to a command is over. Return what was heard instead, if anything."""

    def disconnected(self) -> None:
        """The connection is gone, and what passes meanwhile is not heard."""

    def trouble(self, facts: Facts) -> tuple[str, str] | None:
        """Return what is wrong with a board that is not known to be away, and the next step."""
