"""Whether the board is there, which layer it speaks, and what it has been seen to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from .._protocol.payloads import Info

DECIDE_AFTER = 1.0  # seconds after SUBACK by which what is retained has come
SILENT_AT_LEAST = 10.0
NOBODY_AFTER = 12.0  # seconds after SUBACK by which a board has spoken that does: at least every 10
_MOST_OPEN = 64  # commands remembered until their answer comes; as many as a board remembers

Mode = Literal["pico", "course"]


class Presence:
    """Follows `info`, `status`, live samples and answers."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.info: Info | None = None
        self._subscribed_at: float | None = None
        self._status: bool | None = None
        self._spoken = self._was_online = self._live = self._empty = self._course_heard = False
        self._sample_at = self._value_at = self._answer_at = 0.0

    def subscribed(self) -> None:
        self._subscribed_at = self._sample_at = self._value_at = self._now()

    def disconnected(self) -> None:
        """The link is gone: nothing is known of the board any more."""
        self._subscribed_at = self._status = None
        self._live = self._empty = self._course_heard = False

    def status(self, online: bool, retained: bool) -> None:
        """A message on `status`. A live one outranks all before it, a retained one does not."""
        self._status = online
        if online:
            self._sample_at = self._value_at = self._now()
            self._was_online, self._empty = True, False
        elif not retained:
            self._live = self._course_heard = False

    def introduced(self) -> None:
        """It has just said what it is."""
        self._live = self._spoken = True

    def sample(self, empty: bool = False) -> None:
        """A sample came, just measured; it is `empty` where every sensor has failed."""
        self._live = self._spoken = True
        self._sample_at, self._empty = self._now(), empty
        if not empty:
            self._value_at = self._sample_at

    def answer(self) -> None:
        self._live = self._spoken = True
        self._answer_at = self._now()

    def course_reading(self) -> None:
        self._course_heard = True
        if self.mode != "pico":
            self._spoken = self._was_online = False

    @property
    def seen_live(self) -> bool:
        """Whether this board has spoken the PicoPanel layer, or was said to be online on it.

        A lone status is no board's: Home Assistant and ESPHome say the same words on such a topic.
        """
        return self._spoken or (self._was_online and self.info is not None)

    @property
    def mode(self) -> Mode | None:
        """The layer that the board speaks, or None while it cannot be known."""
        if self._subscribed_at is None:
            return None
        if self.info is not None and (self._status or self._live):
            return "pico"
        return "course" if self._now() - self._subscribed_at >= DECIDE_AFTER else None

    @property
    def state(self) -> Literal["unknown", "online", "offline", "silent"]:
        if self.mode == "pico":
            quiet = self.quiet_for
            return "silent" if quiet > SILENT_AT_LEAST and quiet > self.stale_after else "online"
        if self._course_heard:
            return "online"
        said = self._status is False and (self.info is not None or self._spoken)
        return "offline" if said else "unknown"

    @property
    def quiet_for(self) -> float:
        """Seconds since the last sample."""
        return self._now() - self._sample_at

    @property
    def measures_nothing(self) -> bool:
        """Whether the board is heard, but no readings of it."""
        state = self.state
        if state == "online" and self.mode == "pico":
            return self._empty and self._now() - self._value_at >= 3 * self._rests
        return state == "silent" and self._answer_at > self._sample_at

    @property
    def stale_after(self) -> float:
        """Seconds without a sample after which the board counts as silent."""
        interval = self.info.interval / 1000 if self.info else 0.0
        return max(3 * interval, 3 * self._rests, SILENT_AT_LEAST)

    @property
    def _rests(self) -> float:
        """Seconds in which a board may have nothing to tell: none of its channels is read more often."""
        info = self.info
        if info is None or not info.every or not info.units:
            return 0.0
        return min(info.every.get(name, 0) for name in info.units) / 1000

    @property
    def nobody(self) -> bool:
        """Whether nothing at all has been heard, for as long as a board that speaks by itself needs."""
        since = self._subscribed_at
        waited = since is not None and self._now() - since >= NOBODY_AFTER
        return waited and self.info is None and self.state == "unknown"


@dataclass(slots=True)
class Attendance:
    """Counts of one board, from the first device of it in this process on; times are Unix milliseconds."""

    first: float | None = None  # when something of it was first heard
    last: float | None = None
    commands: int = 0
    answers: int = 0
    away: int = 0  # how often it was gone: said to be offline, or heard again after a silence
    _open: dict[str, None] = field(default_factory=dict)

    def seen(self, now: float) -> None:
        self.first = now if self.first is None else self.first
        self.last = now

    def commanded(self, payload: bytes) -> None:
        """A command of the PicoPanel layer passed; what panels ask again by themselves is none."""
        try:
            command = json.loads(payload[:4096])
        except (ValueError, RecursionError):
            return
        name = command.get("experiment_id") if isinstance(command, dict) else None
        if not isinstance(name, str) or "since" in command or name in self._open:
            return
        self.commands += 1
        self._open[name[:64]] = None
        if len(self._open) > _MOST_OPEN:
            del self._open[next(iter(self._open))]

    def answered(self, name: str) -> None:
        if name in self._open:
            del self._open[name]
            self.answers += 1
