"""At which values a chart has lines across: the limits of channels, and the levels of a trigger. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from .limit import Limit
from .trigger import Trigger


class Level(NamedTuple):
    channel: str
    word: Literal["low", "high", "trigger"]
    value: float


def levels_of(limits: Iterable[Limit], trigger: Trigger | None) -> Iterator[Level]:
    """Yield the levels that there are, of a trigger one where both of its are the same."""
    for limit in limits:
        if limit.low is not None:
            yield Level(limit.channel, "low", limit.low)
        if limit.high is not None:
            yield Level(limit.channel, "high", limit.high)
    if trigger is not None:
        for value in dict.fromkeys((trigger.above, trigger.below)):
            if value is not None:
                yield Level(trigger.channel, "trigger", value)
