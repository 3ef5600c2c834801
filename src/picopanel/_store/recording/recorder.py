"""Writes a store's rows into a file as they come."""

from __future__ import annotations

import atexit
from collections.abc import Callable, Mapping
from threading import Lock

from ..._runtime.ticker import Ticker
from ..store import Store
from .appender import Appender
from .lines import lines

EVERY = 0.5
"""Seconds between two writes: what a crash can lose at most is twice that."""

_AT_ONCE = 2000

_writer = Ticker("picopanel-recorder")


class Recorder:
    """Keeps a file up to date with a store.

    Args:
        appender: The open file.
        store: Where the rows are.
        units: Each channel's unit; may grow.
        told: Called with a sentence when the file cannot be written, once until it can again.
        since: The first row that the file lacks.
        known: Rows among them that came out of the file.
    """

    def __init__(
        self,
        appender: Appender,
        store: Store,
        units: Mapping[str, str],
        told: Callable[[str], object],
        since: int = 0,
        known: range = range(0),
    ) -> None:
        self.appender = appender
        self.problem: str | None = None
        self.next = since
        self._store = store
        self._units = units
        self._told = told
        self.known = known
        self._lock = Lock()
        atexit.register(self.write)
        _writer.every(EVERY, self.write)

    def write(self) -> None:
        """Write what is new. A file that cannot be written is tried again at the next call."""
        with self._lock:
            try:
                while self._write_some():
                    pass
            except OSError as error:
                self._fail(error.strerror or str(error))
            else:
                self.problem = None

    def close(self) -> None:
        """Write what is left, and close the file."""
        _writer.forget(self.write)
        atexit.unregister(self.write)
        self.write()
        self.appender.close()

    def _write_some(self) -> bool:
        first = max(self.next, self._store.floor)
        if first in self.known:
            first = self.known.stop
        until_known = self.known.start - first
        rows = self._store.since(first, min(_AT_ONCE, until_known) if until_known > 0 else _AT_ONCE)
        self.next = rows.first
        if rows.first != first:  # what was to be written has been pushed out just now
            return True
        if rows.end == rows.first:
            return False
        self.appender.append(b"".join(lines(rows, self._units)))
        self.next = rows.end
        return True

    def _fail(self, cause: str) -> None:
        former, self.problem = self.problem, cause
        if former is None:
            self._told(
                f"The recording in {self.appender.path.name} has stopped: {cause}. It goes on by itself once "
                "that is mended; until then nothing is lost but what no longer fits into memory."
            )
