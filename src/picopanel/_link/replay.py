"""The link to a recording: what was, at the times when it was, as fast as one likes."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping
from typing import NoReturn

from .._errors import NotConnected
from .._runtime.ticker import Ticker
from .._store.recording import Recording
from . import LinkStatus, Receiver
from .timeline import Player, Timeline

EVERY = 0.04
"""Seconds between two looks at what is due."""

_LONGEST_STEP = 500
"""Milliseconds; after the computer has slept the recording goes on where it was."""

_AT_ONCE = 1000

_ticker = Ticker("picopanel-replay")


class ReplayLink:
    """Plays a recording to one receiver.

    Its clock stands between two steps, and never runs ahead of what has been played, so that
    a board is not taken for silent because time passes a thousand times as fast.

    Args:
        recording: What to play.
        identity: Equal for links that play the same file.
        speed: How many times as fast as it was recorded.
        clock: Monotonic milliseconds.
    """

    def __init__(
        self,
        recording: Recording,
        identity: Hashable,
        speed: float = 1,
        *,
        clock: Callable[[], float] = lambda: time.monotonic() * 1000,
    ) -> None:
        self.identity = identity
        self._store = recording.store
        self._first = recording.store.floor
        self._timeline = Timeline(recording.store.since(0))
        self.player = Player(self._timeline.length, speed)
        self._clock = clock
        self._stepped_at = 0.0
        self._begun = self._played = 0
        self._over = False
        self._receiver: Receiver | None = None
        self.now = self._timeline.clock(0)
        """The recorded time that has been reached, in ms of Unix time."""
        self.until = self._timeline.clock(self._timeline.length)

    @property
    def status(self) -> LinkStatus:
        """It plays, or has all been played."""
        return LinkStatus("connected", recorded=True, ended=self._over and self.player.ended)

    def attach(self, topics: Mapping[str, int], receiver: Receiver) -> None:
        """Begin to play."""
        self._receiver = receiver
        receiver.on_link(self.status)
        receiver.on_subscribed({})
        self._stepped_at = self._clock()
        _ticker.every(EVERY, self.step)

    def detach(self, receiver: Receiver) -> None:
        """Play no more."""
        _ticker.forget(self.step)
        self._receiver = None

    def publish(self, topic: str, payload: bytes, *, qos: int, expiry: int) -> NoReturn:
        """Refuse."""
        raise NotConnected("A recording takes no commands.")

    def step(self) -> None:
        """Play what is due."""
        now = self._clock()
        if self._begun != self.player.begun:
            self._begun, self._played, self._over = self.player.begun, 0, False
        passed, self._stepped_at = min(now - self._stepped_at, _LONGEST_STEP), now
        position = self.player.advance(passed)
        due = self._timeline.due(position)
        while self._played < due and (receiver := self._receiver) is not None:
            self._play(receiver, min(due, self._played + _AT_ONCE))
        self.now = self._timeline.clock(position)
        if self.player.ended and not self._over and self._receiver is not None:
            self._over = True
            self._receiver.on_link(self.status)

    def _play(self, receiver: Receiver, end: int) -> None:
        rows = self._store.since(self._first + self._played, end - self._played)
        begin, self._played = self._played == 0, end
        self.now = self._timeline.arrival(end - 1)
        receiver.on_recorded(rows, begin)
