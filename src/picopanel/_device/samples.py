"""Which samples have come, and which are missing. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from .board_time import BoardTime

_MOST_BOOTS = 8
_MOST_RANGES = 64


@dataclass(slots=True)
class Boot:
    """The samples of one boot, as sorted ranges `[first, end)` of their numbers."""

    time: BoardTime = field(default_factory=BoardTime)
    ranges: list[list[int]] = field(default_factory=list)
    knows_time: bool = False
    """Whether the board has told its `up` of the very moment; a sample may be an old one, sent again."""

    @property
    def end(self) -> int:
        """The number after the newest sample."""
        return self.ranges[-1][1] if self.ranges else 0

    def add(self, first: int, end: int) -> list[tuple[int, int]]:
        """Note samples as come, and return the ranges of those that are new."""
        if self.ranges and first == self.end < end:  # the next ones, as nearly always
            self.ranges[-1][1] = end
            return [(first, end)]
        new, at = [], first
        for known_first, known_end in (*self.ranges, (end, end)):
            if at < min(known_first, end):
                new.append((at, min(known_first, end)))
            at = max(at, min(known_end, end))
        if new:
            self._merge(first, end)
        return new

    @property
    def missing(self) -> tuple[int, int] | None:
        """The first hole: the number of its first sample, and how many are missing in all."""
        holes = [
            (left[1], right[0] - left[1]) for left, right in zip(self.ranges, self.ranges[1:], strict=False)
        ]
        return (holes[0][0], sum(size for _, size in holes)) if holes else None

    def give_up(self) -> None:
        if self.ranges:
            self.ranges = [[self.ranges[0][0], self.ranges[-1][1]]]

    def _merge(self, first: int, end: int) -> None:
        merged: list[list[int]] = []
        for start, stop in sorted([*self.ranges, [first, end]]):
            if merged and start <= merged[-1][1]:
                merged[-1][1] = max(merged[-1][1], stop)
            else:
                merged.append([start, stop])
        while len(merged) > _MOST_RANGES:
            merged[0:2] = [[merged[0][0], merged[1][1]]]
        self.ranges = merged


class Samples:
    """The boots of one board, the current one last."""

    def __init__(self) -> None:
        self._boots: dict[str, Boot] = {}
        self.current: str | None = None

    def boot(self, name: str, arrival: float, up: float, seq: int | None = None) -> tuple[Boot, bool]:
        """Return a boot, heard of by its newest sample, and whether another has followed it already."""
        boot = self._boots.get(name)
        superseded = boot is not None and name != self.current
        if boot is None:
            boot = self._boots[name] = Boot()
        if len(self._boots) > _MOST_BOOTS:
            del self._boots[next(iter(self._boots))]
        if not superseded:
            self.current = name
        boot.time.heard(arrival, up, seq)
        return boot, superseded

    def answered(self, name: str, arrival: float, up: float) -> None:
        """Take the board's time from an answer, which is never an old one."""
        boot = self._boots.get(name)
        if boot is not None:
            boot.time.heard(arrival, up)
            boot.knows_time = True

    def clock_was_set(self, by: float) -> None:
        for boot in self._boots.values():
            boot.time.clock_was_set(by)

    def now(self, wall: float) -> tuple[str | None, int | None]:
        """Return the current boot and the board's `up` at a Unix time in ms, as far as they are known."""
        boot = self.get(self.current)
        up = max(0, round(wall - boot.time.offset)) if boot is not None and boot.knows_time else None
        return self.current, up

    def get(self, name: str | None) -> Boot | None:
        return self._boots.get(name or "")
