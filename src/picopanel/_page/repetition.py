"""When to send all again to a page that may not have been there yet.

In Colab an output comes to life after its display, hears nothing that was sent before and, while a
cell runs, asks in vain. So all is sent again now and then, until a page has asked.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

FIRST_GAP = 0.5
"""Seconds to the first repetition; the gaps double."""

LAST_GAP = 60.0


class Repetition:
    """Tells when it is time.

    Example:
        >>> seconds = iter([0.0, 0.4, 0.5]).__next__
        >>> repetition = Repetition(seconds)
        >>> repetition.begin()
        >>> repetition.is_due(), repetition.is_due()
        (False, True)
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._gap = FIRST_GAP
        self._at = float("inf")

    def begin(self) -> None:
        """Somebody has been shown something."""
        self._gap = FIRST_GAP
        self._at = self._clock() + FIRST_GAP

    def end(self) -> None:
        """A page has asked: it is there."""
        self._at = float("inf")

    def is_due(self) -> bool:
        """Whether to send all again now; the next time is later."""
        now = self._clock()
        if now < self._at:
            return False
        self._gap *= 2
        self._at = now + self._gap if self._gap <= LAST_GAP else float("inf")
        return True
