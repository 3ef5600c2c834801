"""When each row of a recording is played, and where a player stands. Pure."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from operator import add

from .._errors import arguments
from .._errors.uncopied import Uncopied
from .._store import Rows

LONGEST_SILENCE = 20_000
"""Milliseconds; a recording that was stopped over night goes on after this."""


class Timeline:
    """The rows by the time at which they came.

    Args:
        rows: The whole recording.

    Attributes:
        length: Milliseconds from the first row to the last, long silences cut short.
    """

    def __init__(self, rows: Rows) -> None:
        self._positions, self._clocks = array("d"), array("d")
        position, clock = 0.0, None
        for arrival in map(add, rows.times, rows.lags):
            if clock is None or arrival > clock:
                position += 0 if clock is None else min(arrival - clock, LONGEST_SILENCE)
                clock = arrival
            self._positions.append(position)
            self._clocks.append(clock)
        self.length = position

    def due(self, position: float) -> int:
        """Return how many rows have been played at a position."""
        return bisect_right(self._positions, position)

    def clock(self, position: float) -> float:
        """Return the recorded time at a position, in ms of Unix time."""
        row = max(0, self.due(position) - 1)
        return self.arrival(row) + position - self._positions[row]

    def arrival(self, row: int) -> float:
        """Return the recorded time at which a row came."""
        return self._clocks[row]


class Player(Uncopied):
    """Plays, pauses, and keeps to a speed.

    Example:
        >>> show = PicoPanel.replay()
        >>> show.player.speed = 10
        >>> show.player.pause()
        >>> show.player.paused
        True
        >>> show.close()
    """

    def __init__(self, length: float, speed: float) -> None:
        self._length = length
        self._position = 0.0
        self._paused = False
        self.begun = 0
        """How many times it was told to begin again."""
        self.speed = speed

    def __repr__(self) -> str:
        how = "ended" if self.ended else "paused" if self.paused else "playing"
        return f"<player: {how}, speed {self.speed:g}>"

    @property
    def speed(self) -> float:
        """How many times as fast as it was recorded: 1 to 1000."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._speed = arguments.number("speed", speed, least=1, most=1000)

    @property
    def paused(self) -> bool:
        """Whether it stands still before its end."""
        return self._paused

    @property
    def ended(self) -> bool:
        """Whether all of it has been played."""
        return self._position >= self._length

    def pause(self) -> None:
        """Stand still."""
        self._paused = not self.ended

    def resume(self) -> None:
        """Go on; at the end, begin again."""
        self._paused = False
        if self.ended:
            self._position = 0.0
            self.begun += 1

    def advance(self, milliseconds: float) -> float:
        """Let time pass, and return the position."""
        if not self._paused:
            self._position = min(self._length, self._position + milliseconds * self._speed)
        return self._position
