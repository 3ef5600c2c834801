"""Writes what the page is sent: rows, the panel's state, and what goes along.

The message is described in `js/src/contract.ts`.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable
from typing import Any

from .._store import EVENT, Origin, Rows


class News:
    """Writes messages, and remembers what the page has been told so that it is not told twice.

    Args:
        state: Returns the panel's state.
        also: Returns what else goes along with a message, told whether that is an answer.
        unix: Milliseconds of Unix time; of a recording, those when it was made.
    """

    def __init__(
        self,
        state: Callable[[], dict[str, Any]],
        also: Callable[[bool], dict[str, Any]],
        unix: Callable[[], float],
    ) -> None:
        self._state = state
        self._also = also
        self._unix = unix
        self._told: dict[str, Any] | None = None
        self._version = 0
        self._described: set[int] = set()

    def forget(self) -> None:
        """All is to be told again."""
        self._told = None
        self._described.clear()

    def state(self) -> dict[str, Any] | None:
        """Return the state if it is another than was told, else None."""
        state = self._state()
        if state == self._told:
            return None
        self._told = state
        self._version += 1
        return {"version": self._version, **state}

    def write(
        self, rows: Rows, state: dict[str, Any] | None, *, answer: bool = False, resting: bool = False
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Return a message with its buffers."""
        news: dict[str, Any] = {"type": "news", "now": self._unix()}
        if answer:
            news["answer"] = True
        if state is not None:
            news["state"] = state
        if resting:
            news["resting"] = True
        else:
            news |= self._also(answer)
        news["rows"] = {"first": rows.first, "end": rows.end, "floor": rows.floor}
        news["rows"] |= self._descriptions(rows)
        if rows.events:
            news["rows"]["events"] = rows.events
        if rows.end == rows.first:
            return news, []
        columns: list[array[Any]] = [rows.times, rows.values, rows.origins]
        if len(rows.table) == 1 and EVENT not in rows.origins:
            news["rows"]["origin"] = rows.origins[0]
            del columns[2]
        if sys.byteorder == "big":
            for column in columns:
                column.byteswap()
        return news, [column.tobytes() for column in columns]

    def _descriptions(self, rows: Rows) -> dict[str, Any]:
        """Return what the page has not yet been told of the rows' origins."""
        new = rows.table.keys() - self._described
        if not new:
            return {}
        self._described |= new
        return {"origins": {str(number): _description(rows.table[number]) for number in sorted(new)}}


def _description(origin: Origin) -> dict[str, Any]:
    return {
        "channel": origin.channel,
        "boot": origin.boot,
        "interval": origin.interval,
        "virtual": origin.virtual,
        "replay": origin.replay,
    }
