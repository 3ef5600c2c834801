"""When each row of a recording is played. Pure."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from operator import add

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
