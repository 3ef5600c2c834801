"""One channel of a board, as `panel["light"]` gives it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .._device.values import Reading
from .._runtime import loop

if TYPE_CHECKING:
    import pandas

    from .verbs import Verbs


class Channel:
    """One of the things that a board measures; its values are those of the moment they are asked for.

    Example:
        >>> panel["temperature"].unit
        '°C'
        >>> next(panel["temperature"].readings(n=1)).channel
        'temperature'
    """

    def __init__(self, owner: Verbs, name: str) -> None:
        self._owner = owner
        self.name = name

    @property
    def value(self) -> float | None:
        """The last value, in `unit`; None before the first."""
        return loop.ask(self._owner._device.last, self.name)

    @property
    def unit(self) -> str:
        """As people write it, e.g. `°C`; empty if the board names none."""
        return loop.ask(self._owner._device.unit, self.name)

    def readings(self, *, seconds: float | None = None, n: int | None = None) -> Iterator[Reading]:
        """Iterate over this channel's readings as they come, as `panel.readings()` does over all.

        Args:
            seconds: Stop after so long.
            n: Stop after so many.
        """
        return self._owner._follow(seconds, n, self.name)

    def to_dataframe(self) -> pandas.DataFrame:
        """Return this channel's readings, with the columns of `panel.to_dataframe()`."""
        frame = self._owner.to_dataframe()
        ours: pandas.DataFrame = frame.loc[frame["channel"] == self.name].reset_index(drop=True)
        return ours

    def __repr__(self) -> str:
        value = "no reading yet" if self.value is None else f"{self.value:g} {self.unit}".rstrip()
        return f"<{self.name}: {value}>"
