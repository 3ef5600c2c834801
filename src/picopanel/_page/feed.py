"""Gets what is new to the page, by whichever way is open.

Push, answer and flush all send `store.since(seq)`, so they may overlap and repeat.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Any

from .._runtime.ticker import Ticker
from .._store import Rows, Store
from .news import News
from .repetition import Repetition

GAP = 0.025
"""Seconds between two pushes: below a person's notice, and above what a send costs.

A message takes 700 bytes before it holds a row. What comes fast is gathered for longer (`_link/pace.py`).
"""

HEARTBEAT = 0.5
"""Seconds after which the page is told that the kernel lives, though nothing is new.

A page that misses two of them knows that nothing pushed reaches it, and asks (`js/src/page/contact.ts`).
"""

RESTING_HEARTBEAT = 5.0
"""The same for a page out of sight: when it is back, it must not take a busy kernel for a lost one."""

MOST_ROWS = 20_000
"""In one message; 360 kB at most."""

_pusher = Ticker("picopanel-feed")

Send = Callable[[dict[str, Any], list[bytes]], None]


class Feed:
    """Sends a store's rows and a panel's state, as news.

    Args:
        store: Where the rows are.
        news: Writes the messages.
        send: Sends a message with its buffers to the page; may be called in any thread.
        catch_up: Puts into the store what waits for that.
    """

    def __init__(self, store: Store, news: News, send: Send, catch_up: Callable[[], object]) -> None:
        self._news = news
        self._catch_up = catch_up
        self._store = store
        self._send = send
        self._lock = Lock()
        self._sent = 0
        self._floor = 0
        self._flushed_at = self._pushed_at = 0.0
        self._dirty = False
        self._resting = False
        self._open = self._closed = False
        self._repetition = Repetition()

    def open(self) -> None:
        """Start pushing: somebody looks. All is sent again now and then, until a page has asked."""
        self._repetition.begin()
        with self._lock:
            self._wake()
            opens = not self._open and not self._closed
            if opens:
                self._open = True
                _pusher.every(HEARTBEAT, self._beat)
        if opens:
            self.changed()

    def close(self) -> None:
        """Push what is left, then nothing more; a page that asks is still answered."""
        with self._lock:  # or who wakes it just now would leave it beating
            self._closed = True
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
            state = self._news.state()
            while self._sent < self._store.end or self._floor != self._store.floor or state:
                rows = self._store.since(self._sent, MOST_ROWS)
                self._sent, self._floor = rows.end, rows.floor
                self._send_news(rows, state)
                state = None

    def answer(self, since: int) -> None:
        """Send again what a page lacks, and the state."""
        self._catch_up()
        with self._lock:
            self._wake()
            self._repetition.end()
            self._news.forget()
            state = self._news.state()
            while True:
                rows = self._store.since(since, MOST_ROWS)
                self._send_news(rows, state, answer=True)
                state, since = None, rows.end
                self._sent = max(self._sent, rows.end)
                if rows.end >= self._store.end:
                    return

    def rest(self) -> None:
        """Push nothing but rare heartbeats, for a page that is out of sight, until somebody asks."""
        with self._lock:
            self._resting = True
            if self._open:
                _pusher.every(RESTING_HEARTBEAT, self._beat)
            self._send_news(self._store.since(self._sent, 0), None)

    def _wake(self) -> None:
        if self._resting and self._open:
            _pusher.every(HEARTBEAT, self._beat)
        self._resting = self._dirty = False

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
                self._sent = 0
                self._news.forget()

    def _send_news(self, rows: Rows, state: dict[str, Any] | None, answer: bool = False) -> None:
        self._send(*self._news.write(rows, state, answer=answer, resting=self._resting))
        if not answer:
            self._pushed_at = time.monotonic()
