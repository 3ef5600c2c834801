"""What a chart stands still for: where a channel crosses a level, and the pieces of a log around that.

`js/src/data/pieces.ts` finds the same in the page; `tests/contract.json` holds both to the same examples.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

from .._errors import InvalidArgument, arguments

if TYPE_CHECKING:
    import pandas

MOST_PIECES = 50
"""Of more than these the newest are kept."""

_LONGEST = 86_400  # seconds before or after a crossing
_STEPS = 2  # of the usual size, that noise does not take


@dataclass(frozen=True, slots=True)
class Trigger:
    """What a chart stands still for.

    Attributes:
        channel: The channel's name.
        above: A level in its unit, or None: a reading above it crosses, after one `margin` or more below it.
        below: The same the other way. Both may be given, also as one level.
        before, after: Seconds around the crossing that are one piece; in these after it none other counts.
        each: Whether each crossing counts, or the first alone.
        margin: How far on the other side of the level a value must have been.
        since: From when on crossings count, in UTC; None looks for them in all that is kept.
    """

    channel: str
    above: float | None = None
    below: float | None = None
    before: float = 5.0
    after: float = 20.0
    each: bool = False
    margin: float = 0.0
    since: datetime | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        name: object = self.channel  # from a page it may be anything
        if not isinstance(name, str) or len(name) > arguments.LONGEST_TEXT:
            raise InvalidArgument("channel must be the name of a channel.")
        if self.above is None and self.below is None:
            raise InvalidArgument(
                "trigger() needs a level: above=30, below=30, or both. remove_trigger() takes it away."
            )
        checked = {
            name: arguments.number(name, it)
            for name in ("above", "below")
            if (it := getattr(self, name)) is not None
        }
        checked["before"] = arguments.number("before", self.before, least=0, most=_LONGEST)
        checked["after"] = arguments.number("after", self.after, above=0, most=_LONGEST)
        checked["margin"] = arguments.number("margin", self.margin, least=0)
        for name, number in checked.items():
            object.__setattr__(self, name, number)  # numpy's numbers are not JSON's
        object.__setattr__(self, "each", arguments.flag("each", self.each))

    def crossings(self, times: Sequence[float], values: Sequence[float]) -> Iterator[float]:
        """Yield when a channel's readings, in order of their times (ms), cross: at the first one beyond."""
        above = inf if self.above is None else self.above
        below = -inf if self.below is None else self.below
        low, high = above - self.margin, below + self.margin
        from_ = -inf if self.since is None else self.since.timestamp() * 1000
        may_rise = may_fall = False
        for time, value in zip(times, values, strict=True):
            crosses = (may_rise and value > above) or (may_fall and value < below)
            may_rise = value <= low or (may_rise and value <= above)
            may_fall = value >= high or (may_fall and value >= below)
            if crosses and time >= from_:
                yield time
                from_ = time + self.after * 1000
                if not self.each:
                    return


def usual_noise(values: Sequence[float]) -> float:
    """Return a margin that noise does not take, from how far readings lie apart that follow each other."""
    steps = [abs(after - before) for before, after in pairwise(values) if after != before]
    return float(f"{_STEPS * sorted(steps)[len(steps) // 2]:.2g}") if steps else 0.0


def pieces(table: pandas.DataFrame, trigger: Trigger) -> pandas.DataFrame:
    """Return a table of readings cut into pieces, with `piece` and `relative_s` in front."""
    import pandas

    times = (table["time"] - pandas.Timestamp(0, tz="UTC")) / pandas.Timedelta(milliseconds=1)
    ours = table["channel"] == trigger.channel
    crossings = trigger.crossings(times[ours].to_list(), table["value"][ours].to_list())
    cut = [table.iloc[:0].assign(piece=0, relative_s=0.0)]
    for piece, at in list(enumerate(crossings, 1))[-MOST_PIECES:]:
        first = times.searchsorted(at - trigger.before * 1000)
        stop = times.searchsorted(at + trigger.after * 1000, "right")
        relative = (times.iloc[first:stop] - at) / 1000
        cut.append(table.iloc[first:stop].assign(piece=piece, relative_s=relative))
    columns = ["piece", "relative_s", *table.columns]
    whole: pandas.DataFrame = pandas.concat(cut[1:] or cut, ignore_index=True).reindex(columns=columns)
    return whole
