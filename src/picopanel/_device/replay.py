"""A recording, played in place of a board: it fills the log, and tells what it told when it came."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice
from operator import itemgetter
from typing import Any

from .._errors import CLOSED, InvalidArgument, PanelClosed, Uncopied, arguments
from .._errors.arguments import nearest
from .._link import LinkStatus
from .._protocol.payloads import Control, Info
from .._runtime import loop
from .._runtime.clock import Clock, Timer
from .._store import Origin
from .._store.recording import Recording
from .._store.zone import moment, utc
from .inbox import Inbox
from .known import Known
from .timeline import Moment, Timeline

EVERY = 0.04  # seconds between two looks at what is due
_LONGEST_STEP = 500  # ms; after the computer has slept the recording goes on where it was
_AT_ONCE = 1000
_SOUGHT_AT_ONCE = 50_000


class Player(Uncopied):
    """Plays, pauses, keeps to a speed, and goes to any place of a recording.

    After a jump, forwards or back, all is as it was known at that place: what came later is not there.

    Example:
        >>> show = PicoPanel.replay()
        >>> show.player.speed = 10
        >>> show.player.pause()
        >>> show.player.seek("a finger on the chip")
        >>> show.player.step().text
        'blink'
        >>> show.player
        <player: paused at 220 s of 597 s, speed 10>
        >>> show.close()
    """

    def __init__(
        self, recording: Recording, identity: Hashable, speed: float = 1, clock: Clock | None = None
    ) -> None:
        # Any thread may ask it what has a docstring here; all else is the loop's.
        self.identity = identity
        self._store, self._units, self._laid = recording.store, recording.units, recording.laid
        self.derived = recording.store.derived  # the channels that were
        self._timeline = Timeline(recording.store.since(0))
        self.until = self._timeline.clock(self._timeline.length)  # in ms of Unix time
        self._now = self._timeline.clock(0)
        self._speed = _checked(speed)
        self._position, self._played, self._paused = 0.0, 0, False
        self.jumps = 0  # how often it has gone elsewhere than on
        self._clock = clock or Clock()
        self._stepped_at = 0.0
        self._timer: Timer | None = None
        self._known: Known | None = None

    def __repr__(self) -> str:
        how = "ended" if self.ended else "paused" if self.paused else "playing"
        return f"<player: {how} at {self.position:.0f} s of {self.length:.0f} s, speed {self.speed:g}>"

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

    @property
    def position(self) -> float:
        """Where it is, in seconds from the beginning as it is played, its long silences cut short."""
        return self._position / 1000

    @property
    def length(self) -> float:
        """How long it is, in those seconds."""
        return self._timeline.length / 1000

    @property
    def time(self) -> datetime:
        """The recorded time where it is, in UTC."""
        return utc(self._now)

    @property
    def moments(self) -> tuple[Moment, ...]:
        """The commands and marks of the whole recording, each with its `time`, `position` and `text`."""
        return self._timeline.moments

    def seek(self, to: float | str | datetime | Moment) -> None:
        """Go to a place; what was paused stays so, and what has ended stands there.

        Args:
            to: Seconds from the beginning, as `position` has them; a recorded time; one of `moments`; or
                the text of a mark, the first with it.

        Raises:
            InvalidArgument: The recording has no such place.
        """
        if isinstance(to, Moment) and to in self.moments:
            place = self._timeline.place(to)
        elif isinstance(to, (str, datetime)):
            place = self._marked(to) if isinstance(to, str) else self._timeline.at(moment(to))
        else:
            place = arguments.number("to", to, least=0, most=self.length, unit="seconds") * 1000
        loop.ask(self.go, place)

    def step(self, n: int = 1) -> Moment | None:
        """Go to the next command or mark, or by so many, back where negative; and stand there.

        Returns what is there; None at the recording's beginning or end, where there is no further one.
        """
        return loop.ask(self._step, int(arguments.number("n", n, whole=True)))

    def _marked(self, text: str) -> float:
        marks = [it for it in self.moments if it.kind == "mark"]
        for mark in marks:
            if mark.text == text:
                return self._timeline.place(mark)
        try:
            return self._timeline.at(moment(text))
        except InvalidArgument as error:
            said = f"There is no mark {text[:64]!r} in this recording, and it is no time in it. "
            raise InvalidArgument(said + (nearest(text, [it.text for it in marks]) or str(error))) from None

    def _step(self, n: int) -> Moment | None:
        if n == 0:
            return None
        nth = self._timeline.beside(self._position, n)
        found = self.moments[nth] if 0 <= nth < len(self.moments) else None
        end = self._timeline.length if n > 0 else 0.0
        self.go(end if found is None else self._timeline.place(found), stand=True)
        return found

    def _set(self, speed: float | None = None, paused: bool | None = None) -> None:
        if self._known is None:
            raise PanelClosed(CLOSED)
        self._speed = speed or self._speed
        if paused is False and self.ended:
            self._position, self._played = 0.0, 0
        if paused is not None:
            self._paused = paused and not self.ended
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
        self._timer = Timer(self._clock, EVERY, self.advance)

    def detach(self, inbox: Inbox) -> None:
        self._known = None
        if self._timer is not None:
            self._timer.stop()

    def advance(self) -> None:
        known, now = self._known, self._clock.monotonic()
        passed, self._stepped_at = min((now - self._stepped_at) * 1000, _LONGEST_STEP), now
        if self._paused or self.ended or known is None:
            return
        self._position = min(self._timeline.length, self._position + passed * self._speed)
        due = self._timeline.due(self._position)
        while self._played < due and self._known is not None:
            before, shown = known.store.end, known.shown
            events = self._take(known, min(due, self._played + _AT_ONCE))
            known.grown() if before and known.shown == shown and not events else known.changed()
        self._now = self._timeline.clock(self._position)
        if self._position == self._timeline.length:
            known.changed()

    def go(self, position: float, stand: bool = False) -> None:
        """Go to a position in ms; `stand`: and stay there."""
        known = self._known
        if known is None:
            raise PanelClosed(CLOSED)
        position = min(self._timeline.length, max(0.0, position))
        stands = stand or self._paused or self.ended
        due = self._timeline.due(position)
        if due < self._played:
            self._played = 0
        while self._played < due:
            self._take(known, min(due, self._played + _SOUGHT_AT_ONCE))
        self._position, self._now = position, self._timeline.clock(position)
        self._paused = stands and not self.ended
        self.jumps += 1
        known.past = known.store.end
        known.changed()

    def _take(self, known: Known, end: int) -> int:
        """Put rows into the log, tell each thing as of its time, and return how many events there were."""
        first = self._played
        rows = self._store.since(self._store.floor + first, end - first)
        if first == 0:
            self._now = self._timeline.clock(0)
            known.begin_anew()
            known.presence.status(True, True)
            self._introduce(known)
        self._played = end
        known.store.extend(rows, replay=True)
        events = dict(rows.events)
        # Between two events only the last reading of each origin changes what is known.
        for event, following in rows.runs():
            if (told := events.get(rows.first + event)) is not None:
                self._now = self._timeline.arrivals[first + event]
                _take_event(known, rows.times[event], told)
            last = dict(zip(rows.origins[event + 1 : following], range(event + 1, following), strict=True))
            for number, row in sorted(last.items(), key=itemgetter(1)):
                self._now = self._timeline.arrivals[first + row]
                known.last[rows.table[number].channel] = (rows.times[row], rows.values[row])
                self._take_origin(known, rows.table[number])
        return len(events)

    def _introduce(self, known: Known) -> None:
        """Tell of the board before its first reading: what is laid over it may begin earlier."""
        if self._laid is not None:
            table = self._store.since(0).table.values()
            ours = (it for it in table if it.channel not in self._laid.channels)
            for origin in islice(ours, 1):
                _take_origin(known, replace(origin, led=None))

    def _take_origin(self, known: Known, origin: Origin) -> None:
        laid = self._laid
        if laid is None or origin.channel not in laid.channels:
            _take_origin(known, origin)
        elif not laid.start <= self._now <= laid.end:
            known.presence.sample()  # the board has not begun, or has come to its end: it is not silent


def _checked(speed: float) -> float:
    return arguments.number("speed", speed, least=1, most=1000)


def _take_origin(known: Known, origin: Origin) -> None:
    presence = known.presence
    if presence.shown_mode == "described":
        if presence.info is not None and origin.virtual:
            presence.info = replace(presence.info, virtual=True)
        presence.sample()
        known.learn_led(origin.led)
        return
    if origin.boot is None:
        presence.course_reading()
        return
    led, interval = Control("led", "switch"), origin.interval or 0
    presence.info = Info(1, origin.boot, virtual=origin.virtual, interval=interval, controls=(led,))
    presence.sample()
    known.learn_led(origin.led)


def _take_event(known: Known, time: float, event: Mapping[str, Any]) -> None:
    kind, led = event["kind"], event.get("led", "untold")
    if kind in ("online", "offline"):
        known.presence.status(kind == "online", False)
        known.online_since = time if kind == "online" else None
    if kind == "offline":
        known.learn_led(None)
    if kind == "set":
        kinds = (str, int, float, type(None))
        values = {name: it for name, it in event["values"].items() if isinstance(it, kinds)}
        known.keep_settings(values, event["confirmed"])
    if kind == "answered" and isinstance(led, (bool, type(None))):
        known.learn_led(led)
