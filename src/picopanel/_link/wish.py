"""What somebody wants to hear, and when to ask for it again after a refusal."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

BACKOFF = (2.0, 15.0)
"""Seconds before the first and the later attempts, jittered."""

ANSWERED_WITHIN = 30.0
"""Seconds; a broker in trouble may never answer. NATS tries each topic for 4 s before it refuses it."""


class Wish:
    """Topics with their QoS, and what the broker has said of them.

    A broker refuses what is not permitted; a cluster that has lost a node refuses some of what is. The
    answers look the same, so what was refused is asked for again, ever more rarely, and on the same
    connection: with a new one, all that was granted would have to be granted anew.

    Args:
        topics: Each with its QoS.
        told: Is called with the topics that are refused and the codes, and again whenever that changes.
    """

    def __init__(self, topics: Mapping[str, int], told: Callable[[Mapping[str, int]], None]) -> None:
        self._topics = topics
        self._told = told
        self._refused: Mapping[str, int] | None = None
        self._delay = BACKOFF[0]
        self._again_at = self._answer_by = float("inf")

    def ask(self, now: float) -> dict[str, int]:
        """Return what to subscribe to now; the answer is due."""
        self._again_at, self._answer_by = float("inf"), now + ANSWERED_WITHIN
        return {topic: qos for topic, qos in self._topics.items() if topic in (self._refused or self._topics)}

    def is_due(self, now: float) -> bool:
        """Whether it is time to ask again."""
        return now >= self._again_at

    def is_overdue(self, now: float) -> bool:
        """Whether the broker should have answered long ago."""
        return now > self._answer_by

    def answered(self, refused: Mapping[str, int], now: float) -> None:
        """Take the broker's answer."""
        self._answer_by = float("inf")
        if refused:
            self._again_at = now + self._delay * random.uniform(0.5, 1.0)
            self._delay = min(2 * self._delay, BACKOFF[1])
        if refused != self._refused:
            self._refused = refused
            self._told(refused)
