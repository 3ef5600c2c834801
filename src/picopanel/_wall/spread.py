"""One value over all boards: who has the least, who the most, and what is in the middle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from .._device.device import Device
from .boards import ByBoard
from .tiles import channel_of, facts


class Spread(ByBoard[float]):
    """The last values of a channel by the boards' IDs, least first; one that has grown old is left out.

    Attributes:
        channel: Which one; empty while there is no value.
        unit: As most boards name it; a board with another one is left out.
        least: The ID of the board with the least value, or None.
        median: The value in the middle, or None.
        most: The ID of the board with the most, or None.

    Example:
        >>> wall = picopanel.PicoWall.demo(count=3)
        >>> answers = wall.read()
        >>> spread = wall.spread()
        >>> spread.channel, spread.unit, len(spread)
        ('temperature', '°C', 3)
        >>> spread[spread.least] <= spread.median <= spread[spread.most]
        True
        >>> wall.close()
    """

    def __init__(self, channel: str, unit: str, values: Mapping[str, float]) -> None:
        from statistics import median  # it takes its time

        super().__init__(dict(sorted(values.items(), key=lambda item: item[1])))
        self.channel, self.unit = channel, unit
        self.least: str | None = next(iter(self._values), None)
        self.most: str | None = next(reversed(self._values), None)
        self.median: float | None = median(self._values.values()) if self._values else None

    def __repr__(self) -> str:
        if self.least is None or self.most is None:
            return "<no values yet>"
        least, most = self[self.least], self[self.most]
        ends = f"least {least:g} ({self.least}), median {self.median:g}, most {most:g} ({self.most})"
        return f"<{self.channel} of {len(self)}: {ends} {self.unit}".rstrip() + ">"


def spread(boards: Iterable[tuple[str, Device]], wanted: str | None, now: float) -> Spread:
    """Return what boards tell at a time in ms of Unix time; in the loop only."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for device_id, device in boards:
        channel = channel_of(device, wanted)
        tile = facts(device, channel)
        if tile["at"] is not None and (tile["stale"] is None or now - tile["at"] <= tile["stale"]):
            found.setdefault((channel, tile["unit"]), {})[device_id] = tile["value"]
    kinds = Counter({kind: len(values) for kind, values in found.items()})
    for (channel, unit), _ in kinds.most_common(1):
        return Spread(channel, unit, found[channel, unit])
    return Spread("", "", {})
