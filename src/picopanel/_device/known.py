"""What is known of one board; what comes in and what goes out share it, in the loop."""

from __future__ import annotations

import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone

from .._errors import InvalidPayload
from .._protocol.ids import Topics
from .._protocol.payloads import MOST_NAMES
from .._runtime import loop
from .._runtime.clock import Clock, ClockWatch
from .._store import Origin, Store
from .messages import MessageLog
from .presence import Attendance, Presence
from .samples import Samples

COURSE_UNIT = "°C"
TEMPERATURE = "temperature"

_SAME_CLOCK = 60_000  # ms: what is older by more was told by a board that has begun to count anew
_MOST_SETS = 64


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of one channel.

    Attributes:
        time: When it was measured, in UTC.
        channel: The channel's name, e.g. `temperature`.
        value: In `unit`.
        unit: As people write it, e.g. `°C`; empty if the board names none.
        led: Whether the LED was on; None if unknown.
        virtual: Whether a virtual board made it.
    """

    time: datetime
    channel: str
    value: float
    unit: str
    led: bool | None
    virtual: bool


@dataclass(slots=True)
class Known:
    """What its messages have told, and whom to tell."""

    topics: Topics
    store: Store
    clock: Clock
    listeners: list[Callable[[], object]] = field(default_factory=list)  # called often: be quick
    revision: int = 0  # grows with every change but new readings, and with time
    closed: str | None = None  # why nothing more will be known
    presence: Presence = field(init=False)
    samples: Samples = field(default_factory=Samples)
    messages: MessageLog = field(default_factory=MessageLog)
    attendance: Attendance = field(default_factory=Attendance)
    last: dict[str, tuple[float, float]] = field(default_factory=dict)  # when (in ms) and what
    units: dict[str, str] = field(default_factory=dict)
    settings: dict[str, object] = field(default_factory=dict)  # confirmed by the board in this boot
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

    def reading(self, time: float, value: float, origin: Origin) -> Reading:
        moment = datetime.fromtimestamp(time / 1000, timezone.utc)
        unit = self.units.get(origin.channel, "")
        return Reading(moment, origin.channel, value, unit, origin.led, origin.virtual)

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

    def blame(self, whose: str, error: Exception) -> None:
        """Show a user the error of a function of theirs; in the observers' thread."""
        traceback.print_exc(file=sys.__stderr__)
        loop.post(self.notice, f"{whose} raised {type(error).__name__}: {error}")

    def refuse(self, error: InvalidPayload) -> None:
        self.refused_payloads += 1
        self.last_refusal = str(error)

    @staticmethod
    def admit(known: Mapping[str, object], names: Iterable[str]) -> None:
        """Refuse channels beyond what any board has; else a liar's names would pile up."""
        if len(known.keys() | names) > MOST_NAMES:
            raise InvalidPayload(f"more than {MOST_NAMES} channels")
