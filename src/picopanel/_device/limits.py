"""Watches readings for the limits that a user has set; the user's functions may wait."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from functools import partial

from .._runtime import loop, observers
from .._store import EVENT, Rows
from .._store.limit import Limit, Side
from .known import Known
from .readings import Reading

Call = Callable[[Reading], object]


class _Watch:
    """One limit, and on which side of it the newest reading lies."""

    def __init__(self, limit: Limit, call: Call | None) -> None:
        self.limit, self.call = limit, call
        self.side: Side = "within"
        self._newest = float("-inf")

    def crossings(self, rows: Rows, known: Known) -> list[Reading | None]:
        """Take in rows; return the reading at each change of side, or None for one back within."""
        ours = {n for n, origin in rows.table.items() if origin.channel == self.limit.channel}
        newest, _ = known.last.get(self.limit.channel, (float("inf"), 0.0))
        self._newest = min(self._newest, newest)  # the board's clock has turned out to be earlier
        found: list[Reading | None] = []
        for time, value, number in zip(rows.times, rows.values, rows.origins, strict=True):
            if number == EVENT or number not in ours or time < self._newest:
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
        for channel in channels:
            self._watches.pop(channel, None)
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
        if self._known.closed:
            return
        try:
            call(reading)
        except Exception as error:  # a user's code: shown in the panel
            traceback.print_exc(file=sys.__stderr__)
            name = getattr(call, "__name__", type(call).__name__)
            said = f"Your limit's function {name!r} raised {type(error).__name__}: {error}"
            loop.post(self._known.notice, said)
