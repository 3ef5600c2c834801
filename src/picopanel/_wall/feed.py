"""Gets what has changed on a wall to the page, by whichever way is open.

As with a panel's feed, push, answer and flush all send the difference from a version on, so they may
overlap and repeat. One message holds all tiles that have changed, four times a second at the most.
The message is described in `js/src/wall/contract.ts`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Any

from .._page.feed import HEARTBEAT, RESTING_HEARTBEAT, Send
from .._page.repetition import Repetition
from .._runtime.ticker import Ticker
from .tiles import Tiles

BEAT = 0.25

_beats = Ticker("picopanel-wall")


class WallFeed:
    """Sends a wall's tiles and its head.

    Args:
        tiles: The tiles.
        head: Returns what is told of the wall as a whole; it is sent when it has changed.
        send: Sends a message with its buffers to the page; may be called in any thread.
    """

    def __init__(self, tiles: Tiles, head: Callable[[], dict[str, Any]], send: Send) -> None:
        self._tiles = tiles
        self._head = head
        self._send = send
        self._lock = Lock()
        self._sent = 0
        self._told: dict[str, Any] | None = None
        self._pushed_at = 0.0
        self._open = self._closed = self._resting = False
        self._repetition = Repetition()

    def open(self) -> None:
        """Start pushing: somebody looks. All is sent again now and then, until a page has asked."""
        with self._lock:
            self._repetition.begin()
            self._resting = False
            if not self._open and not self._closed:
                self._open = True
                _beats.every(BEAT, self._beat)

    def close(self) -> None:
        """Push what is left, then nothing more; a page that asks is still answered."""
        with self._lock:
            self._closed = True
            _beats.forget(self._beat)
            self._open = False
        self.flush()

    def flush(self) -> None:
        """Send what the page has not been sent yet, or that the kernel lives."""
        self._tiles.look()
        with self._lock:
            if self._resting:
                return
            head = self._head()
            quiet = time.monotonic() - self._pushed_at < HEARTBEAT
            if self._sent != self._tiles.version or head != self._told or not quiet:
                self._push(self._sent, head)

    def answer(self, since: int) -> None:
        """Send again what a page lacks."""
        self._tiles.look()
        with self._lock:
            self._resting = False
            self._repetition.end()
            self._told = None
            self._push(since, self._head(), answer=True)

    @property
    def due(self) -> bool:
        """Whether it is time for a push; one waits no longer than a page waits."""
        return time.monotonic() - self._pushed_at >= BEAT

    def rest(self) -> None:
        """Push nothing but rare heartbeats, for a page that is out of sight, until somebody asks."""
        with self._lock:
            self._resting = True
            self._push(self._tiles.version, self._told)

    def _beat(self) -> None:
        self._tiles.look()  # the lines on the tiles go on, also while nobody sees them
        if self._repetition.is_due():
            with self._lock:
                self._sent, self._told = 0, None
        self.flush()
        with self._lock:
            if self._resting and time.monotonic() - self._pushed_at >= RESTING_HEARTBEAT:
                self._push(self._tiles.version, self._told)

    def _push(self, since: int, head: dict[str, Any] | None, answer: bool = False) -> None:
        version = self._tiles.version
        news: dict[str, Any] = {"type": "wall", "now": time.time() * 1000, "from": since, "version": version}
        news["tiles"] = self._tiles.since(since)
        if answer:
            news["answer"] = True
        if self._resting:
            news["resting"] = True
        if head != self._told:
            news["head"] = self._told = head
        if not self._resting:
            self._sent = max(self._sent, version)
        self._send(news, [])
        if not answer:
            self._pushed_at = time.monotonic()
