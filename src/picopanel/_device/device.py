"""One board: commands and their confirmations, what it measures, what is wrong and why."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Hashable, Iterator, Mapping
from threading import Lock
from typing import Any
from weakref import WeakValueDictionary

from .._errors import InvalidArgument, InvalidCommand, NotConnected, PanelClosed, RecordingFailed, arguments
from .._errors.warn import warn
from .._link import Link, LinkStatus
from .._protocol import COURSE_COMMANDS, Topics, check_device_id
from .._runtime.interrupts import Event, undisturbed
from .._runtime.ticker import ticker
from .._store import Store
from .._store.export import Export
from .blinking import Blink, Blinking
from .clock import Clock
from .command import Command, setting_word
from .diagnosis import RECORDED, Diagnosis, Facts, diagnose
from .inbox import Inbox
from .known import TEMPERATURE, Known
from .limits import Limits
from .messages import Message
from .outbox import Outbox, check_command
from .presence import Mode
from .refill import Refill
from .tape import Tape, Taping
from .values import Reading

_TICK = 0.25
_ECHO_WITHIN = 3.0

_LONGEST_TYPING = 600_000

LONGEST_MARK = 200
"""Characters."""

_open: WeakValueDictionary[tuple[Hashable, str], Device] = WeakValueDictionary()
_open_lock = Lock()


def open_device(link: Link, device_id: str) -> Device | None:
    """Return the board as it is open in this process already, if it is."""
    with _open_lock:
        return _open.get((link.identity, device_id))


class Device:
    """One board on one link: what `Pico` and `PicoPanel` drive.

    Args:
        device_id: The board's ID.
        link: Moves the messages.
        capacity: How many readings are kept.
        clock: The two clocks.
    """

    @undisturbed()
    def __init__(
        self, device_id: str, link: Link, *, capacity: int = 1_000_000, clock: Clock | None = None
    ) -> None:
        self.id = check_device_id(device_id)
        if device_id != device_id.strip():
            warn("The device ID begins or ends with white space, which counts: does the board's as well?")
        elif " " in device_id:
            warn("Some brokers (NATS) refuse topics with spaces.")
        self.link = link
        self.store = Store(capacity)
        self.closed: str | None = None
        self.listeners: list[Callable[[], None]] = []
        """Called for all that is new, in any thread and often under the board's lock: be quick."""
        self.revision = 0
        """Grows with every change but new readings, and with time."""
        self.at_close: list[Callable[[], None]] = []
        """Called once, at the end; a newer panel of the same ID ends this one, too."""
        self.known = Known(Topics(device_id), self.store, clock or Clock(), self._changed, self._grown)
        self.outbox = Outbox(self.known, link)
        self._refill = Refill(self.known, link)
        self._inbox = Inbox(self.known, self.outbox, self._refill)
        self._blinking = Blinking(self)
        self.limits = Limits(self.known)
        self.listeners.append(self.limits.check)
        self.at_close.append(self.limits.close)
        self.tape = Tape(self.known, self.limits, self.id, capacity)
        self.at_close.append(self.tape.stop)
        self._export = Export(self.store, self.id, self.known.units, lambda: self.limits.all)
        self._key = (link.identity, device_id)
        with _open_lock:
            former = _open.get(self._key)
            _open[self._key] = self
        if former is not None:
            self.known.attendance = former.known.attendance
        ticker.every(_TICK, self._tick)
        link.attach(self._inbox.topics, self._inbox)
        if former is not None:  # closed second, so that a shared connection stays up
            former.close("A newer panel of this ID was opened in this notebook; it goes on there.")

    @property
    def led(self) -> bool | None:
        """Whether the LED is on; None while that cannot be known."""
        return self.known.led

    @property
    def temperature(self) -> float | None:
        """The last temperature in degrees Celsius."""
        return self.last(TEMPERATURE)

    def last(self, channel: str) -> float | None:
        """Return a channel's last value; None before the first."""
        self.catch_up()
        last = self.known.last.get(channel)
        return last[1] if last else None

    @property
    def export(self) -> Export:
        """What leaves the log, with all that has come by now."""
        self.catch_up()
        return self._export

    @property
    def channels(self) -> tuple[str, ...]:
        """The names of what it measures: those it has declared, then others that have come."""
        self.catch_up()
        with self.known.lock:
            return tuple(dict.fromkeys([*self.known.units, *self.known.last]))

    @property
    def status(self) -> str:
        """`connecting`, `lost`, `refused` or `closed` for the link; else what is known of the board."""
        phase = self._inbox.link_status.phase
        return self.known.presence.state(self.known.clock.monotonic()) if phase == "connected" else phase

    @property
    def link_status(self) -> LinkStatus:
        """How the link stands."""
        return self._inbox.link_status

    def diagnosis(self) -> Diagnosis:
        """Return the lamps, what is wrong and what to do next."""
        board, now = self.known, self.known.clock.monotonic()
        presence = board.presence
        with board.lock:
            state = presence.state(now)
            newest = max((time for time, _ in board.last.values()), default=None)
            age = float("inf") if newest is None else (board.clock.unix() - newest) / 1000
            facts = Facts(
                link=self._inbox.link_status,
                device_id=self.id,
                subscribed=presence.is_subscribed,
                refused_topics=board.refused_topics,
                publish_refused=board.publish_refused,
                unheard=self.outbox.unheard(_ECHO_WITHIN),
                mode=presence.mode(now),
                presence=state,
                seen_live=presence.seen_live,
                quiet_for=presence.quiet_for(now),
                measures_nothing=presence.measures_nothing(now),
                unanswered=self.outbox.unanswered,
                nobody=presence.nobody(now) and board.attendance.first is None,
                not_a_number=board.not_a_number,
                failing=dict(presence.info.errors) if presence.info and state != "offline" else {},
                led=board.led,
                has_data=newest is not None,
                stale=presence.seen_live and (state == "offline" or age > presence.stale_after),
                beyond=self.limits.beyond,
                two_boards=now - board.two_boards_at < 60 or board.course.two_boards,
            )
        return diagnose(facts)

    def start(
        self,
        name: str,
        timeout: float = 10,
        *,
        action: dict[str, Any] | None = None,
        click: str | None = None,
    ) -> Command:
        """Send a command without waiting; its `done` tells when it is over."""
        command = Command(name if action else check_command(name), timeout, action or {}, click)
        self._check_commands()
        if name in COURSE_COMMANDS:
            self._blinking.stop()
        self.send(command)
        return command

    def start_set(
        self, controls: Mapping[str, object], timeout: float = 10, click: str | None = None
    ) -> Command:
        """Set what the board has declared, without waiting."""
        if not controls:
            raise InvalidCommand("set() takes what is to be set, e.g. set(brightness=40).")
        controls = {name: arguments.setting(str(name), value) for name, value in controls.items()}
        action: dict[str, Any] = {"set": controls}
        return self.start(setting_word(controls), timeout, action=action, click=click)

    @undisturbed()
    def send(self, command: Command) -> None:
        """Send a prepared command without waiting."""
        with self.known.lock:
            self.outbox.start(command, self.diagnosis().blocked, self.settling)

    @property
    def settling(self) -> bool:
        """Whether the link is being made, or the board's layer found out, for the first time."""
        if self._inbox.link_status.phase != "connected":
            return self._inbox.link_status.phase == "connecting"
        return self.mode is None and self.status != "offline" and not self.known.refused_topics

    @property
    def mode(self) -> Mode | None:
        """The layer that the board speaks; None while it cannot be known."""
        return self.known.presence.mode(self.known.clock.monotonic())

    def _check_commands(self) -> None:
        if self.closed:
            raise PanelClosed(self.closed)
        if self.link_status.recorded:
            raise NotConnected(RECORDED)

    @undisturbed()
    def mark(self, text: str, at: object = None) -> None:
        """Note a user's words for this moment, or for one just past, in ms of Unix time."""
        text = text.strip()
        if not 0 < len(text) <= LONGEST_MARK:
            raise InvalidArgument(f"mark() takes a text of 1 to {LONGEST_MARK} characters.")
        if self.closed:
            raise PanelClosed(self.closed)
        now = self.known.clock.unix()
        just_past = isinstance(at, (int, float)) and now - _LONGEST_TYPING <= at <= now
        time = float(at) if just_past else now  # type: ignore[arg-type]
        self.known.log({"kind": "mark", "text": text}, time)

    @undisturbed()
    def start_blink(
        self, on: float, off: float, n: int | None, click: str | None = None, timeout: float = 10
    ) -> Blink:
        """Blink, on the board where it can."""
        self._check_commands()
        return self._blinking.start(on, off, n, click, timeout)

    def messages(self) -> list[Message]:
        """Return the newest MQTT messages, in the order in which they passed."""
        self.catch_up()
        with self.known.lock:
            return self.known.messages.since(0)[1]

    def listen(
        self,
        wait: Callable[[Event, float | None], bool],
        seconds: float | None,
        n: int | None,
        channel: str | None = None,
    ) -> Iterator[Reading]:
        """Iterate over readings as they come; what was measured before now, and comes late, is left out."""
        seconds = None if seconds is None else arguments.number("seconds", seconds, least=0)
        n = None if n is None else arguments.count("n", n)
        if self.closed:
            raise PanelClosed(self.closed)
        self.catch_up()
        # A recording may begin again, and its clock with it.
        start = float("-inf") if self.link_status.recorded else self.known.clock.unix() - self.known.ahead()
        return self._readings(wait, seconds, n, channel, self.store.end, start)

    def _readings(
        self,
        wait: Callable[[Event, float | None], bool],
        seconds: float | None,
        n: int | None,
        channel: str | None,
        seq: int,
        start: float,
    ) -> Iterator[Reading]:
        monotonic, news = self.known.clock.monotonic, Event()
        end = None if seconds is None else monotonic() + seconds
        self.listeners.append(news.set)
        try:
            while n != 0 and not self.closed:
                none_follow = self._none_follow()  # asked first: what it has brought before is in the log
                rows = self.store.since(seq, 1000)
                seq = rows.end
                told = enumerate(zip(rows.times, rows.values, rows.origins, strict=True), rows.first)
                for row, (time, value, number) in told:
                    origin = rows.table.get(number)
                    if origin is None or channel not in (None, origin.channel):
                        continue
                    if time < start + self.known.ahead(row):
                        continue
                    yield self.known.reading(time, value, origin)
                    if n is not None and (n := n - 1) <= 0:
                        return
                left = None if end is None else end - monotonic()
                if left is not None and left <= 0:
                    return
                news.clear()
                if seq == self.store.end:
                    if none_follow or self.closed:
                        return
                    wait(news, left)
        finally:
            self.listeners.remove(news.set)

    def _none_follow(self) -> bool:
        """Whether nothing more comes by itself: the recording is over. Say so if nothing ever can."""
        status = self.link_status
        if status.phase == "refused":
            said = self.diagnosis()
            raise NotConnected(f"No readings can come. {said.trouble} {said.next}")
        return self.link.status.ended

    @undisturbed()
    def close(self, reason: str = "This panel is closed.") -> None:
        """End the connection; the readings stay."""
        with _open_lock:
            if self.closed:
                return
            self.closed = reason
            if _open.get(self._key) is self:
                del _open[self._key]
        self._blinking.stop()
        ticker.forget(self._tick)
        self.link.detach(self._inbox)
        with self.known.lock:  # before the link's end gives commands a reason of its own
            self.outbox.disconnected(reason, PanelClosed(reason))
        self._inbox.on_link(LinkStatus("closed"))
        for end in tuple(self.at_close):
            end()

    def _tick(self) -> None:
        self._inbox.drain()
        with self.known.lock:
            self.known.look_at_clock()
            self.outbox.tick()
            self._refill.tick()
        self._changed()

    def record(self, path: str | os.PathLike[str] | None) -> Taping:
        """Record to a file, or no more."""
        if path is None:
            self.tape.stop()
        elif self.closed:
            raise PanelClosed(self.closed)
        elif self.link_status.recorded:
            raise RecordingFailed("This plays a recording; it is on file already.")
        else:
            self.tape.start(path)
        return Taping(self.tape)

    @undisturbed()
    def clear(self) -> None:
        """Forget all rows; those that are not yet recorded are written first."""
        while True:
            self.tape.write()
            with self.known.lock:  # nothing comes in between
                if not self.tape.is_behind:
                    self.store.clear()
                    break
        self._grown()

    def catch_up(self) -> None:
        """Take in readings that wait to be taken in together."""
        self._inbox.drain()

    def _changed(self) -> None:
        self.revision += 1
        self._grown()

    def _grown(self) -> None:
        for listener in tuple(self.listeners):
            try:
                listener()
            except Exception:  # a defect of ours must end neither the link's thread nor the other listeners
                traceback.print_exc(file=sys.__stderr__)
                self.known.notice("PicoPanel could not pass on what came; please report this as a bug.")
