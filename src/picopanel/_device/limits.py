"""Watches readings for the limits that a user has set.

Where the values lie is known in the link's thread, at once; the user's functions are called in
the observers' thread, so they may wait and may call verbs.
"""

from __future__ import annotations

import sys
import traceback
from collections import deque
from collections.abc import Callable

from .._store import EVENT, Rows
from .._store.limit import Limit, Side
from .known import Known
from .observing import NEVER, observers
from .values import Reading

Call = Callable[[Reading], object]


class _Watch:
    """One limit, and on which side of it the newest reading lies."""

    def __init__(self, limit: Limit, call: Call | None) -> None:
        self.limit, self.call = limit, call
        self.side: Side = "within"
        self._newest = float("-inf")

    def crossings(self, rows: Rows, board: Known) -> list[Reading | None]:
        """Take in rows; return the reading at each change of side, or None for one back within."""
        ours = {n for n, origin in rows.table.items() if origin.channel == self.limit.channel}
        known, _ = board.last.get(self.limit.channel, (float("inf"), 0.0))
        self._newest = min(self._newest, known)  # the board's clock has turned out to be earlier
        found: list[Reading | None] = []
        for time, value, number in zip(rows.times, rows.values, rows.origins, strict=True):
            if number == EVENT or number not in ours or time < self._newest:
                continue  # a late one says nothing of now
            self._newest = time
            side = self.limit.side(value, self.side)
            if side != self.side:
                self.side = side
                found.append(None if side == "within" else board.reading(time, value, rows.table[number]))
        return found


class Limits:
    """The limits of one board, one a channel."""

    def __init__(self, board: Known) -> None:
        self._board = board
        self._watches: dict[str, _Watch] = {}
        self._seq = 0
        self._closed = False
        self._due: deque[tuple[Call, Reading]] = deque()

    @property
    def all(self) -> tuple[Limit, ...]:
        """The limits, in the order in which they were set."""
        return tuple(watch.limit for watch in tuple(self._watches.values()))

    @property
    def beyond(self) -> tuple[str, str] | None:
        """A channel that is beyond its limit, and the words for that; None while none is."""
        for channel, watch in tuple(self._watches.items()):
            if watch.side != "within":
                return channel, watch.limit.words(watch.side, self._board.units.get(channel, ""))
        return None

    def set(self, limit: Limit, call: Call | None) -> None:
        """Watch a channel from the next reading on; a limit on neither side ends that."""
        with self._board.lock:
            if not self._watches:
                self._seq = self._board.store.end
            self._watches.pop(limit.channel, None)
            if limit.low is not None or limit.high is not None:
                self._watches[limit.channel] = _Watch(limit, call)
                if call is not None and not self._closed:
                    observers.every(NEVER, self._call)
        self._board.changed()

    def pass_over(self) -> None:
        """What is in the log by now is of the past: only what comes is watched."""
        self._seq = self._board.store.end

    def check(self) -> None:
        """Look at what is new; cheap, from any thread."""
        if not self._watches or self._seq == self._board.store.end:
            return
        with self._board.lock:
            rows = self._board.store.since(self._seq)
            self._seq = rows.end
            crossed = [self._take(watch, rows) for watch in self._watches.values()]
        if self._due:
            observers.hurry(self._call)
        if any(crossed):
            self._board.changed()

    def close(self) -> None:
        """Call nobody any more."""
        self._closed = True
        self._due.clear()
        observers.forget(self._call)

    def _take(self, watch: _Watch, rows: Rows) -> bool:
        crossings = watch.crossings(rows, self._board)
        if watch.call is not None:
            self._due.extend((watch.call, reading) for reading in crossings if reading is not None)
        return bool(crossings)

    def _call(self) -> None:
        while self._due:
            call, reading = self._due.popleft()
            try:
                call(reading)
            except Exception as error:  # a user's code: shown in the panel, never the link's end
                traceback.print_exc(file=sys.__stderr__)
                name = getattr(call, "__name__", type(call).__name__)
                self._board.notice(f"Your limit's function {name!r} raised {type(error).__name__}: {error}")
