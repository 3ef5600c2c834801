"""What our clock said when the board's `up` was this or that: later for later ones, always. Pure."""

from __future__ import annotations

from dataclasses import dataclass

_LATE = 1000
"""Milliseconds by which a message may be read late; a larger step back is a clock that was set."""

_MOST_STEPS = 64
_ONWARD = 0.001
"""How fast time goes on where it would turn back, so that no two samples have the same."""


@dataclass(frozen=True, slots=True)
class _Step:
    """How a sample whose `up` is above this one is placed; all in ms."""

    up: float
    offset: float
    not_before: float = float("-inf")

    def place(self, up: float) -> float:
        return max(up + self.offset, self.not_before + (up - self.up) * _ONWARD)


class BoardTime:
    """Learns when one boot of a board began, from the quickest of its messages.

    One that is quicker than all before moves what is placed from then on, and nothing that stands
    already: not its order either, whichever way a missing sample comes in later.
    """

    def __init__(self) -> None:
        self._steps = [_Step(-1, float("inf"))]
        self._placed_up = -1.0

    @property
    def offset(self) -> float:
        """Smallest arrival minus `up` seen, in ms; infinite before the first."""
        return self._steps[-1].offset

    def heard(self, arrival: float, up: float) -> None:
        """Learn from a message: its arrival in ms of Unix time, and the `up` of its newest sample."""
        offset, before = arrival - up, self.offset
        if offset >= before:
            return
        here = self._placed_up
        if here < 0:
            self._steps = [_Step(-1, offset)]
            return
        late = before - offset <= _LATE
        self._steps.append(_Step(here, offset, self.place(here)) if late else _Step(here, offset))
        if len(self._steps) > _MOST_STEPS:
            self._steps[:2] = [_Step(-1, self._steps[1].offset)]

    def place(self, up: float) -> float:
        """Return the Unix time in ms at which the board's `up` was."""
        step = next((step for step in reversed(self._steps) if up > step.up), self._steps[0])
        return step.place(up)

    def place_all(self, up: float, dt: float, count: int) -> list[float]:
        """Return the Unix times of samples, the first at `up`, one each `dt` ms."""
        self._placed_up = max(self._placed_up, up + (count - 1) * dt)
        newest = self._steps[-1]
        start = up + newest.offset
        if up > newest.up and start == newest.place(up):  # as nearly always
            return [start + nth * dt for nth in range(count)]
        return [self.place(up + nth * dt) for nth in range(count)]
