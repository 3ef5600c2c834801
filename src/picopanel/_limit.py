"""A channel's limits, and on which side of them a value lies. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Literal

Side = Literal["above", "below", "within"]


@dataclass(frozen=True, slots=True)
class Limit:
    """What a user wants a channel's values to stay within.

    Attributes:
        channel: The channel's name.
        low, high: In the channel's unit; None is no limit on that side.
        margin: How far inside a value must be to count as back.
    """

    channel: str
    low: float | None = None
    high: float | None = None
    margin: float = 0.0

    def __post_init__(self) -> None:
        for number in (self.low, self.high, self.margin):
            if number is not None and not isfinite(number):
                raise ValueError("A limit is a finite number.")
        if self.low is not None and self.high is not None:
            if self.low >= self.high:
                raise ValueError(f"low must be less than high, not {self.low:g} with {self.high:g}.")
            if self.margin >= self.high - self.low:
                raise ValueError("margin must be less than the distance between low and high.")
        if self.margin < 0:
            raise ValueError("margin must be 0 or more.")

    def side(self, value: float, before: Side) -> Side:
        """Return where a value lies, given where the one before it lay."""
        if self.high is not None and value > self.high - (self.margin if before == "above" else 0):
            return "above"
        if self.low is not None and value < self.low + (self.margin if before == "below" else 0):
            return "below"
        return "within"

    def words(self, side: Side, unit: str) -> str:
        """Return a side beyond the limits as people say it: `above 30 °C`."""
        return f"{side} {self.high if side == 'above' else self.low:g} {unit}".rstrip()
