"""What is known of one board: whether it is there, and what it has told; all share it, in the loop."""

from __future__ import annotations

import json
import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Literal

from .._errors import InvalidPayload
from .._protocol.ids import Topics
from .._protocol.payloads import MOST_NAMES, Info
from .._runtime import loop
from .._runtime.clock import Clock, ClockWatch
from .._store import Store
from .messages import MessageLog
from .samples import Samples

COURSE_UNIT = "°C"
TEMPERATURE = "temperature"
LED = "led"

Mode = Literal["pico", "course", "described"]

DECIDE_AFTER = 1.0  # seconds after SUBACK by which what is retained has come
SILENT_AT_LEAST = 10.0
NOBODY_AFTER = 12.0  # seconds after SUBACK by which a board has spoken that does: at least every 10
_MOST_OPEN = 64  # commands remembered until their answer comes; as many as a board remembers
_SAME_CLOCK = 60_000  # ms: what is older by more was told by a board that has begun to count anew
_MOST_SETS = 64


class Presence:
    """Follows `info`, `status`, live samples and answers."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.info: Info | None = None
        self._subscribed_at: float | None = None
        self._status: bool | None = None
        self._spoken = self._was_online = self._live = self._empty = self._course_heard = False
        self._sample_at = self._value_at = self._answer_at = 0.0

    def anew(self) -> Presence:
        """Return the presence of such a board of which nothing has been heard."""
        return Presence(self._now)

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

    def unsaid(self, perhaps_gone: bool) -> None:
        """Nothing that is understood says whether it is there; what comes of it may show it."""
        self._status, self._live = None, self._live and not perhaps_gone

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
    def shown_mode(self) -> Mode | None:
        """What is shown of it: a board of the PicoPanel layer remains one while it is away."""
        return "pico" if self.info is not None and self.seen_live else self.mode

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
    def virtual(self) -> bool:
        """Whether it says that it is a virtual board."""
        return self.info is not None and self.info.virtual

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
    def stale_ms(self) -> float | None:
        """The same in milliseconds; None where nothing is due."""
        stale = self.stale_after * 1000
        return stale if stale < inf else None

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


@dataclass(slots=True)
class Known:
    """What its messages have told, and whom to tell."""

    topics: Topics
    store: Store
    clock: Clock
    listeners: list[Callable[[], object]] = field(default_factory=list)  # called often: be quick
    revision: int = 0  # grows with every change but new readings, and with time
    closed: str | None = None  # why nothing more will be known
    past: int = 0  # rows before this one came with a jump of a replay: nobody has lived to see them
    presence: Presence = field(init=False)
    samples: Samples = field(default_factory=Samples)
    messages: MessageLog = field(default_factory=MessageLog)
    attendance: Attendance = field(default_factory=Attendance)
    last: dict[str, tuple[float, float]] = field(default_factory=dict)  # when (in ms) and what
    units: dict[str, str] = field(default_factory=dict)
    derived: dict[str, tuple[str, ...]] = field(default_factory=dict)  # which channels, from which others
    settings: dict[str, object] = field(default_factory=dict)  # confirmed by the board in this boot
    sent: dict[str, object] = field(default_factory=dict)  # what was last told to a board that may not answer
    online_since: float | None = None
    refused_payloads: int = 0
    last_refusal: str = ""
    not_a_number: str | None = None  # what the course layer's last answer was instead of a number
    lost_samples: int = 0
    two_boards_at: float = float("-inf")
    publish_refused: int | None = None  # the reason code, if the broker refused what it answered last
    refused_topics: Mapping[str, int] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    last_led: bool | None = None  # the LED as last told, wherever the board is now
    _led_up: int = -1
    _watch: ClockWatch = field(init=False)
    # From which row of the store on the clock was ahead of what it was at first, and by how many ms.
    _sets: deque[tuple[int, float]] = field(default_factory=lambda: deque([(0, 0.0)], _MOST_SETS))

    def __post_init__(self) -> None:
        self.presence = Presence(self.clock.monotonic)
        self._watch = ClockWatch(self.clock)
        self._watch.look()

    @property
    def now(self) -> float:
        """Monotonic seconds."""
        return self.clock.monotonic()

    @property
    def led(self) -> bool | None:
        return self.last_led if self.presence.state == "online" else None

    def begin_anew(self) -> None:
        """Forget what the board has told, as a recording does that is played from its beginning."""
        self.store.clear()
        self.presence = self.presence.anew()
        self.presence.subscribed()
        for each in (self.last, self.settings, self.sent):
            each.clear()
        self.online_since = self.last_led = None

    def told_presence(self, online: bool, retained: bool, arrival: float) -> None:
        """Take what a board's will, or its word that it is there, says."""
        was = self.presence.state
        self.presence.status(online, retained)
        if not online:
            self.online_since = None
            self.learn_led(None)
        elif self.online_since is None:
            self.online_since = arrival
        if not retained:
            self.attendance.away += not online and was in ("online", "silent")
            if (was == "online") != online and self.presence.info is not None:
                self.note("online" if online else "offline")

    def learn_led(self, led: bool | None, up: int | None = None) -> None:
        """Take what a message says of the LED, unless what is known is newer by the board's clock."""
        if up is not None and self._led_up - _SAME_CLOCK < up < self._led_up:
            return
        self.last_led = led
        self._led_up = -1 if up is None else up

    def look_at_clock(self) -> None:
        """Where the computer's clock was set: what was just now, was just now."""
        by = self._watch.look()
        if not by:
            return
        self.samples.clock_was_set(by)
        self.last = {name: (time + by, value) for name, (time, value) in self.last.items()}
        if self.online_since is not None:
            self.online_since += by
        self._sets.append((self.store.end, self.ahead() + by))

    def ahead(self, row: int | None = None) -> float:
        """Return by how many ms the clock had been set before a row, or until now."""
        if row is None or len(self._sets) == 1:
            return self._sets[-1][1]
        return next((by for first, by in reversed(self._sets) if first <= row), self._sets[0][1])

    @property
    def shown(self) -> tuple[object, ...]:
        """What readings can change of what is told of the board."""
        return self.last_led, self.presence.seen_live, len(self.units), len(self.last), self.refused_payloads

    def changed(self) -> None:
        """Tell that something but readings has changed."""
        self.revision += 1
        self.grown()

    def grown(self) -> None:
        """Tell that something has come, though what is told of the board may be as it was."""
        for listener in tuple(self.listeners):
            try:
                listener()
            except Exception:  # a defect of ours must not end the other listeners
                traceback.print_exc(file=sys.__stderr__)
                self.notice("PicoPanel could not pass on what came; please report this as a bug.")

    def note(self, kind: str, *, at: float | None = None, **detail: object) -> None:
        """Write an event into the log, of now or of a time in ms of Unix time."""
        self.store.append_event(self.clock.unix() if at is None else at, {"kind": kind, **detail})
        self.grown()

    def notice(self, text: str) -> None:
        """Tell the user something that does not stop the panel; once."""
        if text not in self.notices:
            self.notices = [*self.notices[-9:], text]
            self.note("notice", text=text)
            self.changed()

    def take_back(self, text: str) -> None:
        """Tell it no longer."""
        self.notices = [each for each in self.notices if each != text]
        self.changed()

    def blame(self, whose: str, error: BaseException) -> None:
        """Show a user the error of a function of theirs; in the observers' thread."""
        traceback.print_exc(file=sys.__stderr__)
        loop.post(self.notice, f"{whose} raised {type(error).__name__}: {error}")

    def learn_settings(self, values: Mapping[str, object], confirmed: bool) -> None:
        """Take what controls are set to, by the board's word or by what was sent; an event, if it is new.

        None: the board has said something of it, and nobody knows what.
        """
        kept = self.settings if confirmed else self.sent
        if new := {name: value for name, value in values.items() if kept.get(name) != value}:
            self.keep_settings(new, confirmed)
            self.note("set", values=new, confirmed=confirmed)

    def keep_settings(self, values: Mapping[str, object], confirmed: bool) -> None:
        kept = self.settings if confirmed else self.sent
        kept |= values
        for name in [name for name, value in values.items() if value is None]:
            del kept[name]

    def refuse(self, error: InvalidPayload) -> None:
        self.refused_payloads += 1
        self.last_refusal = str(error)

    @staticmethod
    def admit(known: Mapping[str, object], names: Iterable[str]) -> None:
        """Refuse channels beyond what any board has; else a liar's names would pile up."""
        if len(known.keys() | names) > MOST_NAMES:
            raise InvalidPayload(f"more than {MOST_NAMES} channels")
