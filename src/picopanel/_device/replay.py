"""A recording, played in place of a board: it fills the log, and tells what it told when it came."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Hashable, Mapping
from itertools import accumulate, pairwise
from operator import add
from typing import Any

from .._errors import Uncopied, arguments
from .._link import LinkStatus
from .._protocol.payloads import Control, Info
from .._runtime import loop
from .._runtime.clock import Clock, Timer
from .._store import EVENT, Origin, Rows
from .._store.recording import Recording
from .inbox import Inbox
from .known import Known

EVERY = 0.04  # seconds between two looks at what is due
_LONGEST_STEP = 500  # ms; after the computer has slept the recording goes on where it was
_AT_ONCE = 1000
_LONGEST_SILENCE = 20_000  # ms; a recording that was stopped over night goes on after this


class Timeline:
    """When rows came: at a position in ms from the first row on, long silences cut short."""

    def __init__(self, rows: Rows) -> None:
        self.arrivals: array[float] = array("d", accumulate(map(add, rows.times, rows.lags), max))
        waits = (min(later - former, _LONGEST_SILENCE) for former, later in pairwise(self.arrivals))
        self._positions = array("d", accumulate(waits, initial=0.0))
        self.length = self._positions[-1]

    def due(self, position: float) -> int:
        return bisect_right(self._positions, position)

    def clock(self, position: float) -> float:
        """Return the recorded time at a position, in ms of Unix time."""
        row = max(0, self.due(position) - 1)
        return self.arrivals[row] + position - self._positions[row]


class Player(Uncopied):
    """Plays, pauses, and keeps to a speed.

    Example:
        >>> show = PicoPanel.replay()
        >>> show.player.speed = 10
        >>> show.player.pause()
        >>> show.player.paused
        True
        >>> show.close()
    """

    def __init__(
        self, recording: Recording, identity: Hashable, speed: float = 1, clock: Clock | None = None
    ) -> None:
        # Any thread may ask it what has a docstring here; all else is the loop's.
        self.identity = identity
        self._store, self._units = recording.store, recording.units
        self.derived = recording.store.derived  # the channels that were
        self._timeline = Timeline(recording.store.since(0))
        self.until = self._timeline.clock(self._timeline.length)  # in ms of Unix time
        self._now = self._timeline.clock(0)
        self._speed = _checked(speed)
        self._position, self._played, self._paused = 0.0, 0, False
        self._clock = clock or Clock()
        self._stepped_at = 0.0
        self._timer: Timer | None = None
        self._known: Known | None = None

    def __repr__(self) -> str:
        how = "ended" if self.ended else "paused" if self.paused else "playing"
        return f"<player: {how}, speed {self.speed:g}>"

    @property
    def speed(self) -> float:
        """How many times as fast as it was recorded: 1 to 1000."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        loop.ask(self._set, speed=_checked(speed))

    @property
    def paused(self) -> bool:
        """Whether it stands still before its end."""
        return self._paused

    @property
    def ended(self) -> bool:
        """Whether all of it has been played."""
        return self._played > 0 and self._position >= self._timeline.length

    def pause(self) -> None:
        """Stand still."""
        loop.ask(self._set, paused=True)

    def resume(self) -> None:
        """Go on; at the end, begin again."""
        loop.ask(self._set, paused=False)

    def _set(self, speed: float | None = None, paused: bool | None = None) -> None:
        self._speed = speed or self._speed
        if paused is False and self.ended:
            self._position, self._played = 0.0, 0
        if paused is not None:
            self._paused = paused and not self.ended
        if self._known is not None:
            self._known.changed()

    @property
    def clock(self) -> Clock:
        # It stands between two steps, and never runs ahead of what has been played, so that a board is
        # not taken for silent because time passes a thousand times as fast.
        return Clock(lambda: self._now / 1000, lambda: self._now, self._clock.later)

    @property
    def status(self) -> LinkStatus:
        return LinkStatus("connected", recorded=True, ended=self.ended)

    def attach(self, topics: Mapping[str, int], inbox: Inbox) -> None:
        self._known = inbox.known
        self._known.units |= self._units
        self._known.presence.subscribed()
        self._stepped_at = self._clock.monotonic()
        self._timer = Timer(self._clock, EVERY, self.step)

    def detach(self, inbox: Inbox) -> None:
        self._known = None
        if self._timer is not None:
            self._timer.stop()

    def step(self) -> None:
        known, now = self._known, self._clock.monotonic()
        passed, self._stepped_at = min((now - self._stepped_at) * 1000, _LONGEST_STEP), now
        if self._paused or self.ended or known is None:
            return
        self._position = min(self._timeline.length, self._position + passed * self._speed)
        due = self._timeline.due(self._position)
        while self._played < due and self._known is not None:
            self._play(known, min(due, self._played + _AT_ONCE))
        self._now = self._timeline.clock(self._position)
        if self._position == self._timeline.length:
            known.changed()

    def _play(self, known: Known, end: int) -> None:
        rows = self._store.since(self._store.floor + self._played, end - self._played)
        begins, self._played = self._played == 0, end
        self._now = self._timeline.arrivals[end - 1]
        before = known.shown
        if begins:
            known.store.clear()
            known.presence.status(True, True)
        known.store.extend(rows, replay=True)
        for row, event in rows.events:
            _take_event(known, rows.times[row - rows.first], event)
        for number, time, value in zip(rows.origins, rows.times, rows.values, strict=True):
            if number != EVENT:
                known.last[rows.table[number].channel] = (time, value)
        for number in dict.fromkeys(rows.origins):
            if number != EVENT:
                _take_origin(known, rows.table[number])
        known.grown() if known.shown == before and not rows.events else known.changed()


def _checked(speed: float) -> float:
    return arguments.number("speed", speed, least=1, most=1000)


def _take_origin(known: Known, origin: Origin) -> None:
    if origin.boot is None:
        known.presence.course_reading()
        return
    known.presence.info = Info(
        1, origin.boot, "", "", origin.virtual, origin.interval or 0, {}, {}, {}, (Control("led", "switch"),)
    )
    known.presence.sample()
    known.learn_led(origin.led)


def _take_event(known: Known, time: float, event: Mapping[str, Any]) -> None:
    kind, led = event["kind"], event.get("led", "untold")
    if kind in ("online", "offline"):
        known.presence.status(kind == "online", False)
        known.online_since = time if kind == "online" else None
    if kind == "offline":
        known.learn_led(None)
    if kind == "answered" and isinstance(led, (bool, type(None))):
        known.learn_led(led)
