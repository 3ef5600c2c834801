"""Gets what is new to the page, by whichever way is open.

Push, answer and flush all send `store.since(seq)`, so they may overlap and repeat.
The message is described in `js/src/contract.ts`.
"""

from __future__ import annotations

import sys
import time
from array import array
from collections.abc import Callable
from threading import Lock
from typing import Any

from ._repetition import Repetition
from ._store import EVENT, Origin, Rows, Store
from ._ticker import Ticker

GAP = 0.025
"""Seconds between two pushes: below a person's notice, and above what a send costs.

A message takes 700 bytes before it holds a row. What comes fast is gathered for longer (`_link/_pace.py`).
"""

HEARTBEAT = 0.5
"""Seconds after which the page is told that the kernel lives, though nothing is new.

A page that misses two of them knows that nothing pushed reaches it, and asks (`js/src/contact.ts`).
"""

MOST_ROWS = 20_000
"""In one message; 360 kB at most."""

_pusher = Ticker("picopanel-feed")

Send = Callable[[dict[str, Any], list[bytes]], None]


class Feed:
    """Sends a store's rows and a panel's state, as news.

    Args:
        store: Where the rows are.
        state: Returns the panel's state; it is sent when it has changed.
        send: Sends a message with its buffers to the page; may be called in any thread.
        catch_up: Puts into the store what waits for that.
        also: Returns what else goes along with a message, told whether that is an answer.
        unix: Milliseconds of Unix time; of a recording, those when it was made.
    """

    def __init__(
        self,
        store: Store,
        state: Callable[[], dict[str, Any]],
        send: Send,
        catch_up: Callable[[], object] = lambda: None,
        also: Callable[[bool], dict[str, Any]] = lambda answer: {},
        unix: Callable[[], float] = lambda: time.time() * 1000,
    ) -> None:
        self._also = also
        self._unix = unix
        self._catch_up = catch_up
        self._store = store
        self._state = state
        self._send = send
        self._lock = Lock()
        self._sent = 0
        self._floor = 0
        self._told: dict[str, Any] | None = None
        self._version = 0
        self._flushed_at = self._pushed_at = 0.0
        self._dirty = False
        self._resting = False
        self._described: set[int] = set()
        self._open = self._closed = False
        self._repetition = Repetition()

    def open(self) -> None:
        """Start pushing: somebody looks. All is sent again now and then, until a page has asked."""
        self._repetition.begin()
        if not self._open and not self._closed:
            self._open = True
            _pusher.every(HEARTBEAT, self._beat)
            self.changed()

    def close(self) -> None:
        """Push what is left, then nothing more; a page that asks is still answered."""
        self._closed = True
        if self._open:
            self._open = False
            _pusher.forget(self._beat)
        self.flush()

    def changed(self) -> None:
        """Something is new; cheap, from any thread."""
        if self._open and not self._dirty and not self._resting:
            self._dirty = True
            _pusher.hurry(self._beat, not_before=self._flushed_at + GAP)

    def flush(self) -> None:
        """Send what the page has not been sent yet."""
        self._catch_up()
        with self._lock:
            if self._resting:
                return
            self._dirty = False
            self._flushed_at = time.monotonic()
            state = self._news_of_state()
            while self._sent < self._store.end or self._floor != self._store.floor or state:
                rows = self._store.since(self._sent, MOST_ROWS)
                self._sent, self._floor = rows.end, rows.floor
                self._send_news(rows, state)
                state = None

    def answer(self, since: int) -> None:
        """Send again what a page lacks, and the state."""
        self._catch_up()
        with self._lock:
            self._resting = self._dirty = False
            self._repetition.end()
            self._told = None
            self._described.clear()
            state = self._news_of_state()
            while True:
                rows = self._store.since(since, MOST_ROWS)
                self._send_news(rows, state, answer=True)
                state, since = None, rows.end
                self._sent = max(self._sent, rows.end)
                if rows.end >= self._store.end:
                    return

    def rest(self) -> None:
        """Push nothing but heartbeats, for a page that is out of sight, until somebody asks."""
        with self._lock:
            self._resting = True
            self._send_news(self._store.since(self._sent, 0), None)

    def _beat(self) -> None:
        if self._repetition.is_due():
            self._forget_what_was_sent()
        self.flush()
        with self._lock:
            if time.monotonic() - self._pushed_at >= HEARTBEAT:
                self._send_news(self._store.since(self._sent, 0), None)

    def _forget_what_was_sent(self) -> None:
        with self._lock:
            if self._store.end - self._store.floor <= MOST_ROWS:
                self._sent, self._told = 0, None
                self._described.clear()

    def _news_of_state(self) -> dict[str, Any] | None:
        state = self._state()
        if state == self._told:
            return None
        self._told = state
        self._version += 1
        return {"version": self._version, **state}

    def _send_news(self, rows: Rows, state: dict[str, Any] | None, answer: bool = False) -> None:
        news: dict[str, Any] = {"type": "news", "now": self._unix()}
        if answer:
            news["answer"] = True
        buffers: list[bytes] = []
        if state is not None:
            news["state"] = state
        if self._resting:
            news["resting"] = True
        else:
            news |= self._also(answer)
        news["rows"] = {"first": rows.first, "end": rows.end, "floor": rows.floor}
        news["rows"] |= self._descriptions(rows)
        if rows.events:
            news["rows"]["events"] = rows.events
        if rows.end > rows.first:
            columns: list[array[Any]] = [rows.times, rows.values, rows.origins]
            if len(rows.table) == 1 and EVENT not in rows.origins:
                news["rows"]["origin"] = rows.origins[0]
                del columns[2]
            if sys.byteorder == "big":
                for column in columns:
                    column.byteswap()
            buffers = [column.tobytes() for column in columns]
        self._send(news, buffers)
        if not answer:
            self._pushed_at = time.monotonic()

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
