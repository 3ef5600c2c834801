"""A channel's limits, and on which side of them a value lies. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .._errors import InvalidArgument, arguments

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
        low, high = self.low, self.high
        low = None if low is None else arguments.number("low", low)
        high = None if high is None else arguments.number("high", high)
        margin = arguments.number("margin", self.margin, least=0)
        if low is not None and high is not None:
            if low >= high:
                raise InvalidArgument(f"low must be less than high, not {low:g} with {high:g}.")
            if margin >= high - low:
                raise InvalidArgument("margin must be less than the distance between low and high.")
        for name, number in (("low", low), ("high", high), ("margin", margin)):
            object.__setattr__(self, name, number)  # numpy's numbers are not JSON's

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
