"""The small line on a tile: a board's latest readings, thinned."""

from __future__ import annotations

POINTS = 40
STEP = 3000.0
"""Milliseconds that share a point, so that a line of fast readings holds two minutes."""


class Spark:
    """The last points of one board; readings that come rarely have a point each."""

    def __init__(self) -> None:
        self.points: list[float] = []
        self._began = float("-inf")

    def add(self, time: float, value: float) -> bool:
        """Take a reading (Unix time in ms), and say whether it changes the line.

        Of the readings that share a point, the one that is farthest from the point before is kept:
        a spike is seen.
        """
        value = float(f"{value:.4g}")
        if time - self._began >= STEP or not self.points:
            self._began = time
            self.points = [*self.points[1 - POINTS :], value]
            return True
        before = self.points[-2] if len(self.points) > 1 else self.points[-1]
        if abs(value - before) <= abs(self.points[-1] - before):
            return False
        self.points[-1] = value
        return True
