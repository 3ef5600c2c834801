"""Channels that are derived from others: which value, at which time. Pure, but for a user's function."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from operator import sub
from typing import NamedTuple

from .._errors import FAILS, InvalidArgument, InvalidPayload, arguments
from .._errors.arguments import nearest
from .._protocol.payloads import a_name, a_text
from .export import was_silent
from .store import Origin, Rows

Step = Callable[[float, Sequence[float], bool], object]
"""Given when (ms), the channels' values and whether the board was silent before; returns a value or None."""


@dataclass(frozen=True, slots=True)
class Derived:
    """A channel and what it is made of.

    Attributes:
        channel: Its name.
        function: The user's, or one of the words in `KINDS`.
        sources: The channels whose values it takes; at each reading of the first one it is reckoned.
        unit: As people write it.
        seconds: Over which the words `mean` and `rate` look back.
    """

    channel: str
    function: Callable[..., object] | str
    sources: tuple[str, ...]
    unit: str = ""
    seconds: float = 10

    def __post_init__(self) -> None:
        word, takes = self.function, len(self.sources)
        for name, check in (("channel", a_name), ("unit", a_text)):
            try:
                check(arguments.text(name, getattr(self, name)))
            except InvalidPayload as error:
                wanted = str(error).partition(" that is not ")[2]
                raise InvalidArgument(f"{name} must be {wanted}.") from None
        if not all(isinstance(it, str) for it in self.sources) or not self.sources:
            raise InvalidArgument(
                "derive() takes the names of the channels that the function takes: "
                'panel.derive("dew point", dew_point, "temperature", "humidity").'
            )
        if self.channel in self.sources:
            raise InvalidArgument(f"{self.channel!a} cannot be derived from itself: give it another name.")
        if isinstance(word, str):
            if word not in KINDS:
                raise InvalidArgument(f"{word!a} is no word for a function. {nearest(word, KINDS)}".rstrip())
            if takes != KINDS[word].channels:
                raise InvalidArgument(f"{word!a} takes {KINDS[word].channels} of its channels, not {takes}.")
        elif not callable(word):
            raise InvalidArgument(f"function must be callable, or one of {', '.join(KINDS)}.")
        object.__setattr__(self, "seconds", arguments.number("seconds", self.seconds, above=0))

    @property
    def has_past(self) -> bool:
        """Whether a value depends on readings before it; a user's function is taken not to."""
        return isinstance(self.function, str)

    def step(self) -> Step:
        """Return what reckons, without a past."""
        if isinstance(self.function, str):
            return KINDS[self.function].begin(self.seconds)
        function = self.function
        return lambda time, values, silent: function(*values)


class Kind(NamedTuple):
    """One of the words that stand for a function.

    Attributes:
        begin: Given the seconds, returns what reckons.
        unit: Given the channels' units, returns that of the result.
        channels: How many it takes.
    """

    begin: Callable[[float], Step]
    unit: Callable[..., str]
    channels: int = 1


class _Window:
    """Readings of the last seconds, so many at the least, and their sums.

    The sums are of distances from a reading among them, and are made anew now and then: so they stay exact.
    """

    def __init__(self, seconds: float, least: int) -> None:
        self._span, self._least = seconds * 1000, least
        self._readings: deque[tuple[float, float]] = deque()
        self._from(0.0, 0.0)

    def take(self, time: float, value: float, silent: bool) -> None:
        if silent:
            self._readings.clear()
        self._readings.append((time, value))
        while len(self._readings) > self._least and self._readings[0][0] <= time - self._span:
            self._count(-1, *self._readings.popleft())
            self._left += 1
        if self._left >= len(self._readings) or len(self._readings) == 1:
            self._from(time, value)
            for reading in self._readings:
                self._count(1, *reading)
        else:
            self._count(1, time, value)

    def _from(self, time: float, value: float) -> None:
        self._left, self._time, self._value = 0, time, value
        self._t = self._v = self._tt = self._tv = 0.0

    def _count(self, sign: int, time: float, value: float) -> None:
        t, v = (time - self._time) / 1000, value - self._value
        self._t += sign * t
        self._v += sign * v
        self._tt += sign * t * t
        self._tv += sign * t * v

    def mean(self, time: float, values: Sequence[float], silent: bool) -> float:
        self.take(time, values[0], silent)
        return self._value + self._v / len(self._readings)

    def rate(self, time: float, values: Sequence[float], silent: bool) -> float | None:
        """Return the slope per second of a straight line, by least squares."""
        self.take(time, values[0], silent)
        n, t = len(self._readings), self._t
        width = n * self._tt - t * t
        return (n * self._tv - t * self._v) / width if n > 1 and width > 0 else None


class _Integral:
    """Sums up what lies under straight lines from reading to reading; over a silence nothing is known."""

    def __init__(self) -> None:
        self._total = 0.0
        self._last: tuple[float, float] | None = None

    def step(self, time: float, values: Sequence[float], silent: bool) -> float:
        value = values[0]
        if self._last is not None and not silent:
            former, height = self._last
            self._total += (value + height) / 2 * (time - former) / 1000
        self._last = time, value
        return self._total


KINDS = {
    "mean": Kind(lambda seconds: _Window(seconds, 1).mean, lambda unit: unit),
    "rate": Kind(lambda seconds: _Window(seconds, 2).rate, lambda unit: f"{unit or '1'}/s"),
    "integral": Kind(lambda _: _Integral().step, lambda unit: f"{unit}·s" if unit else "s"),
    "difference": Kind(lambda _: lambda time, values, silent: sub(*values), lambda unit, _: unit, 2),
}
"""The words that can stand for a function."""


class Found(NamedTuple):
    """Derived values, with the places of the readings at which they were reckoned."""

    places: list[int]
    values: list[float]


class Reckoner:
    """Goes through readings in order of time, with what it needs of those before.

    Args:
        blame: Called with the first error of the user's function.
    """

    def __init__(self, derived: Derived, blame: Callable[[BaseException], object]) -> None:
        self._derived, self._blame = derived, blame
        self._step = derived.step()
        self._held: dict[str, tuple[float, float]] = {}
        self._former: tuple[float, Origin] | None = None
        self.newest, self.late = float("-inf"), float("inf")

    def go_through(
        self, rows: Rows, reach: Mapping[str, float], slow: float, since: float = 0.0, most: int | None = None
    ) -> Iterator[Found]:
        """Yield values, some at a time; what should have come before others that have is `late`.

        Args:
            rows: A part of the log.
            reach: For how many ms a channel's value holds.
            slow: The least ms between two readings of the first channel, if it is a slow one.
            since: Values before this time are not wanted.
            most: How many are wanted at most, the newest; all if None.
        """
        first, *_ = self._derived.sources
        found, order = Found([], []), _in_order(rows, self._derived.sources)
        if most is not None:
            at_ones = [rows.times[at] for at in order if rows.table[rows.origins[at]].channel == first]
            since = max([since, *at_ones[-most:][:1]])
        for at in order:
            time, origin = rows.times[at], rows.table[rows.origins[at]]
            if time < self.newest:
                self.late = min(self.late, time)
                continue
            self.newest = time
            self._held[origin.channel] = (time, rows.values[at])
            if origin.channel != first:
                continue
            silent, wanted = self._silent(time, origin, slow), time >= since
            value = self._value(time, reach, silent) if wanted or self._derived.has_past else None
            if value is not None and wanted:
                found.places.append(at)
                found.values.append(value)
            if len(found.places) >= _AT_ONCE:
                yield found
                found = Found([], [])
        if found.places:
            yield found

    def _value(self, time: float, reach: Mapping[str, float], silent: bool) -> float | None:
        held = [self._held.get(name) for name in self._derived.sources]
        values = [
            it[1]
            for it, name in zip(held, self._derived.sources, strict=True)
            if it and time - it[0] <= reach[name]
        ]
        if len(values) < len(held):
            return None
        try:
            value = self._step(time, values, silent)
            return float(value) if value is not None and isfinite(value) else None  # type: ignore[arg-type]
        except FAILS as error:
            self._blame(error)
            return None

    def _silent(self, time: float, origin: Origin, slow: float) -> bool:
        """Whether the board was silent before a reading of the first channel: no line joins them either."""
        former, self._former = self._former, (time, origin)
        return former is not None and bool(was_silent(former[1], origin, time - former[0], slow))


_AT_ONCE = 4096


def _in_order(rows: Rows, sources: Sequence[str]) -> list[int]:
    """Return the places of readings in order of time; of those of one time the first channel's is last."""
    first, *others = sources
    mine = [
        {n for n, origin in rows.table.items() if origin.channel in channels}
        for channels in (others, [first])
    ]
    found = [at for numbers in mine if numbers for at, n in enumerate(rows.origins) if n in numbers]
    found.sort(key=rows.times.__getitem__)
    return found
