"""When the rows of a recording came, and the commands and marks in it that one may go to."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, islice, repeat
from operator import itemgetter, sub
from typing import Literal

from .._errors import InvalidArgument
from .._store import Rows
from .._store.marks import as_changed
from .._store.zone import utc

LONGEST_SILENCE = 20_000  # ms; a recording that was stopped over night goes on after this
_TYPING = 60_000  # ms; a mark that came later than that was set afterwards, and is gone to where it stands
_FAILED = ("unanswered", "refused")
_OF_COMMANDS = ("sent", "answered", *_FAILED)


@dataclass(frozen=True, slots=True)
class Moment:
    """A command or a mark in a recording.

    Attributes:
        time: When it was, in UTC.
        position: Where that is, in seconds of playing.
        kind: `mark` or `command`.
        text: The mark's words, or the command.
        failed: Whether the command was refused, or had no answer.
    """

    time: datetime
    position: float
    kind: Literal["mark", "command"]
    text: str
    failed: bool = False


class Timeline:
    """Positions in ms from the first row on, long silences cut short."""

    def __init__(self, rows: Rows) -> None:
        self.arrivals = rows.arrivals
        waits = map(sub, islice(self.arrivals, 1, None), self.arrivals)
        self._positions = array("d", accumulate(map(min, waits, repeat(LONGEST_SILENCE)), initial=0.0))
        self.length: float = self._positions[-1]
        found = sorted(self._found(rows), key=itemgetter(0))
        self._places = [place for place, _ in found]
        self.moments = tuple(moment for _, moment in found)

    def due(self, position: float) -> int:
        return bisect_right(self._positions, position)

    def clock(self, position: float) -> float:
        """Return the recorded time at a position, in ms of Unix time."""
        row = max(0, self.due(position) - 1)
        return float(self.arrivals[row] + position - self._positions[row])

    def at(self, time: datetime) -> float:
        """Return the position of a recorded time; in a silence that is cut short, its end."""
        sought, ends = time.timestamp() * 1000, (self.arrivals[0], self.arrivals[-1])
        if not round(ends[0]) <= round(sought) <= round(ends[1]):
            first, last = (utc(end).isoformat(timespec="milliseconds") for end in ends)
            raise InvalidArgument(f"The recording goes from {first} to {last}; give a time between.")
        return self._place(sought)

    def _place(self, time: float) -> float:
        row = max(0, bisect_right(self.arrivals, time) - 1)
        return float(self._positions[row]) + min(max(0.0, time - self.arrivals[row]), LONGEST_SILENCE)

    def place(self, moment: Moment) -> float:
        """Return the position of one of its moments."""
        return self._places[self.moments.index(moment)]

    def beside(self, position: float, steps: int) -> int:
        """Return which moment is so many after a position, or before it; there may be none."""
        if steps > 0:
            return bisect_right(self._places, position) + steps - 1
        return bisect_left(self._places, position) + steps

    def _found(self, rows: Rows) -> Iterator[tuple[float, Moment]]:
        """Yield each command at its first word and each mark that stands, with its position."""
        came = {id(event): row - rows.first for row, event in rows.events}
        told = rows.timed_events()
        failed = {event.get("id") for _, event in told if event["kind"] in _FAILED}
        open_: set[object] = set()
        for time, event in as_changed(told):
            kind, command, row = event["kind"], event.get("id"), came[id(event)]
            if kind == "mark":
                late = self.arrivals[row] - time > _TYPING
                place = self._place(time) if late else self._positions[row]
                yield place, Moment(utc(time), place / 1000, "mark", event["text"])
            elif kind in _OF_COMMANDS and (kind == "sent" or command not in open_):
                open_.add(command)
                place = self._positions[row]
                yield place, Moment(utc(time), place / 1000, "command", event["command"], command in failed)
