"""What one kind of board speaks. A device has one dialect, or several of which its board speaks one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING

from .messages import Received

if TYPE_CHECKING:
    from .command import Command
    from .diagnosis import Facts

Columns = tuple[list[float], list[float], list[float], list[int]]  # times, values, arrivals, board's clock


class Dialect(ABC):
    """Which topics there are, what a message on one tells, and how a command is said; in the loop."""

    topics: Mapping[str, int]  # what is subscribed to, each with its QoS
    measured: Set[str]  # those of them that bring readings, which may be many
    from_board: Set[str] = frozenset()  # those on which a live message shows that the board itself is there
    overheard: Set[str] = frozenset()  # what the board is told, and no more: all else goes on without it
    hears_all = False  # whether its topics are filters, and messages come on others
    in_turn = False  # whether a command waits for the end of the one before, as answers have no identity
    blinks = False  # whether the board can blink by itself; else it is told on and off
    noun = "board"  # what a sentence calls it

    @property
    def two_boards(self) -> bool:
        """Whether its answers show that two boards have this ID."""
        return False

    @abstractmethod
    def take(self, topic: str, messages: Sequence[Received]) -> None:
        """Learn what messages on one topic tell; what is no good is counted by `Known.refuse`."""

    @abstractmethod
    def say(self, command: Command) -> bool:
        """Publish a command, or raise why not; return whether the board will answer it."""

    def timed_out(self, command: Command) -> str | None:
        """The time for the answer to a command is over. Return what was heard instead, if anything."""
        return None

    def disconnected(self) -> None:
        """The connection is gone, and what passes meanwhile is not heard."""
        return

    @abstractmethod
    def trouble(self, facts: Facts) -> tuple[str, str] | None:
        """Return what is wrong with a board that is not known to be away, and the next step."""
