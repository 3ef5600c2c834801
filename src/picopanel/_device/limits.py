"""Watches readings for the limits that a user has set; the user's functions may wait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from .._runtime import observers
from .._store import Rows
from .._store.limit import Limit, Side
from .known import Known
from .readings import Reading

Call = Callable[[Reading], object]


@dataclass(slots=True)
class _Watch:
    """One limit, and on which side of it the newest reading lies."""

    limit: Limit
    call: Call | None
    side: Side = "within"
    _newest: float = float("-inf")

    def crossings(self, rows: Rows, known: Known) -> list[Reading | None]:
        """Take in rows; return the reading at each change of side, or None for one back within."""
        ours = {n for n, origin in rows.table.items() if origin.channel == self.limit.channel}
        newest, _ = known.last.get(self.limit.channel, (float("inf"), 0.0))
        self._newest = min(self._newest, newest)  # the board's clock has turned out to be earlier
        found: list[Reading | None] = []
        for time, value, number in zip(rows.times, rows.values, rows.origins, strict=True):
            if number not in ours or time < self._newest:
                continue  # a late one says nothing of now
            self._newest = time
            side = self.limit.side(value, self.side)
            if side != self.side:
                self.side = side
                found.append(None if side == "within" else known.reading(time, value, rows.table[number]))
        return found


class Limits:
    """The limits of one board, one a channel."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._watches: dict[str, _Watch] = {}
        self._seq = 0

    @property
    def all(self) -> tuple[Limit, ...]:
        return tuple(watch.limit for watch in self._watches.values())

    @property
    def beyond(self) -> tuple[str, str] | None:
        """A channel that is beyond its limit, and the words for that; None while none is."""
        for channel, watch in self._watches.items():
            if watch.side != "within":
                return channel, watch.limit.words(watch.side, self._known.units.get(channel, ""))
        return None

    def set(self, limit: Limit, call: Call | None) -> None:
        """Watch a channel from the next reading on; a limit on neither side ends that."""
        if not self._watches:
            self.pass_over()
        self._watches.pop(limit.channel, None)
        if limit.low is not None or limit.high is not None:
            self._watches[limit.channel] = _Watch(limit, call)
        self._known.changed()

    def remove(self, channels: list[str]) -> None:
        self._watches = {name: watch for name, watch in self._watches.items() if name not in channels}
        self._known.changed()

    def pass_over(self) -> None:
        """What is in the log by now is of the past: only what comes is watched."""
        self._seq = self._known.store.end

    def check(self) -> None:
        if not self._watches or self._seq == self._known.store.end:
            return
        rows = self._known.store.since(self._seq)
        self._seq = rows.end
        crossed = [
            (watch.call, reading)
            for watch in self._watches.values()
            for reading in watch.crossings(rows, self._known)
        ]
        for call, reading in crossed:
            if call is not None and reading is not None:
                observers.call(partial(self._call, call, reading))
        if crossed:
            self._known.changed()

    def _call(self, call: Call, reading: Reading) -> None:
        """In the observers' thread."""
        try:
            if not self._known.closed:
                call(reading)
        except Exception as error:  # a user's code
            name = getattr(call, "__name__", type(call).__name__)
            self._known.blame(f"Your limit's function {name!r}", error)
