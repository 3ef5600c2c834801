"""One board: commands and their confirmations, what it measures, what is wrong and why."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from .._errors import (
    CLOSED,
    ExperimentEnded,
    InvalidArgument,
    NotConnected,
    PanelClosed,
    PicoPanelError,
    RecordingFailed,
)
from .._link import Link, LinkStatus
from .._protocol.ids import Topics, check_device_id
from .._protocol.payloads import COURSE_COMMANDS
from .._runtime.clock import Clock, every
from .._store import Store
from .._store.export import OVER, Export
from .._store.trigger import Trigger, usual_noise
from .._store.zone import utc
from .command import Blink, Command, blink_action, check_command, set_action, setting_word
from .course_layer import CourseLayer
from .deriving import Deriving
from .diagnosis import RECORDED, diagnose
from .dialect import Dialect
from .following import Limits, readings
from .inbox import Inbox
from .known import LED, TEMPERATURE, Known, Mode
from .marks import Marks
from .messages import Message
from .outbox import Outbox
from .pico_layer import PicoLayer
from .recorder import Recorder, Start
from .refill import Refill
from .replay import Player

if TYPE_CHECKING:  # what not every board needs is imported where one does: it is a fifth of what there is
    from .._protocol.description import Description
    from .described import Described
    from .experiment import Board, Plan
    from .experiment_run import Run
    from .listening import Listening

_TICK = 0.25
_OF_NOISE = 1000  # rows whose noise a trigger's margin is made from

_open: WeakValueDictionary[tuple[Hashable, str, Description | None], Device] = WeakValueDictionary()


def open_device(link: Link, device_id: str, board: Description | None = None) -> Device | None:
    """Return the board as it is open in this process already, if it is."""
    return _open.get((link.identity, device_id, board))


class Device:
    """One board on one link, or a recording in its place: what `Pico` and `PicoPanel` drive, in the loop.

    One of `link` and `player` is the source, the other None.
    """

    def __init__(
        self,
        device_id: str,
        source: Link | Player,
        *,
        capacity: int = 1_000_000,
        clock: Clock | None = None,
        board: Description | None = None,
        listens: str | None = None,
    ) -> None:
        self.id = check_device_id(device_id)
        self._source = source
        self.player = source if isinstance(source, Player) else None
        self.link = None if isinstance(source, Player) else source
        self.store = Store(capacity)
        clock = clock or (self.player.clock if self.player else Clock())
        self.known = Known(Topics(device_id), self.store, clock)
        if listens is not None:
            from .listening import nothing_described

            board = nothing_described(listens)
        self.description = board
        self.listens = listens  # a filter, in the place of a board that is known
        self.described: Described | Listening | None = None  # its dialect, where that is no other
        self.listeners = self.known.listeners
        self.at_close: list[Callable[[], None]] = []  # a newer panel of the same ID ends this one, too
        self.outbox = Outbox(self.known, self.link)
        self._refill = Refill(self.known, self.outbox)
        self.outbox.dialects = self._dialects()
        self._inbox = Inbox(self.known, self.outbox, self.outbox.dialects.values(), self._refill.reconnected)
        self.catch_up = self._inbox.drain  # readings wait, to be taken in together
        self._blink: Blink | None = None
        self.experiment: Run | None = None  # the one under way, or the last
        self.cursors: tuple[float, float] | None = None  # where a page's stand, in ms of Unix time
        self.marks = Marks(self.known, self.check_open)
        self.trigger: Trigger | None = None
        self.limits = Limits(self.known)
        self.listeners.append(self.limits.check)
        self.deriving = Deriving(self.known, self.limits)
        self.listeners.append(self.deriving.check)
        self.recorder = Recorder(self.known, self._past_came, self.id, capacity, self._told_of_board)
        self._key = (source.identity, device_id, self.description)
        former, _open[self._key] = _open.get(self._key), self
        if former is not None:
            self.known.attendance = former.known.attendance
        source.attach(self._inbox.topics, self._inbox)
        self._stop_ticking = every(_TICK, clock, self._tick)
        if former is not None:  # closed second, so that a shared connection stays up
            former.close("A newer panel of this ID was opened in this notebook; it goes on there.")

    def _dialects(self) -> dict[str, Dialect]:
        """Return what its board may speak, by the modes that its presence tells."""
        known, outbox = self.known, self.outbox
        if self.description is None:
            layer = PicoLayer(known, outbox, self._refill)
            return {"pico": layer, "course": CourseLayer(known, outbox)}
        from .described import Described, Heard
        from .listening import Listening

        virtual = getattr(self.link, "is_virtual", False)
        known.presence = Heard(known.clock.monotonic, self.description, virtual)
        if self.listens is not None:
            self.described = Listening(known, outbox, self.listens)
        else:
            self.described = Described(known, outbox, self.description, self.id)
        return {"described": self.described}

    @property
    def _told_of_board(self) -> dict[str, str]:
        """Return what a recording says of how its board speaks; of ours and the course's nothing need be."""
        if self.listens is not None:
            return {"description": "", "listens": self.listens}
        return {} if self.description is None else {"description": self.description.text}

    def as_description(self) -> str:
        """Return what describes its board, as TOML; of what is listened to, the beginning of that."""
        if self.described is None:
            raise InvalidArgument(
                "This board speaks as PicoPanel's own or the course's do, which needs no description; there "
                "is one where a board was given as board=, or with PicoPanel.listen('home/#')."
            )
        self.catch_up()
        return self.described.as_description()

    @property
    def closed(self) -> str | None:
        return self.known.closed

    @property
    def led(self) -> bool | None:
        return self.known.led

    @property
    def temperature(self) -> float | None:
        return self.last(TEMPERATURE)

    def last(self, channel: str) -> float | None:
        self.catch_up()
        last = self.known.last.get(channel)
        return last[1] if last else None

    @property
    def failing(self) -> Mapping[str, str]:
        """Why channels have no value now, in the board's words."""
        info = self.known.presence.info
        return info.errors if info is not None and self.known.presence.state != "offline" else {}

    @property
    def channels(self) -> tuple[str, ...]:
        """What it measures: what it has declared, then others that have come."""
        self.catch_up()
        return tuple(dict.fromkeys([*self.known.units, *self.known.last]))

    @property
    def export(self) -> Export:
        """What leaves the log: all that has come by now, to be made into files and frames in any thread."""
        self.catch_up()
        return Export(self.store.since(0), self.id, dict(self.known.units), self.limits.all, self.trigger)

    def messages(self) -> list[Message]:
        self.catch_up()
        return self.known.messages.since(0)[1]

    @property
    def status(self) -> str:
        """`connecting`, `lost`, `refused` or `closed` for the link; else what is known of the board."""
        phase = self.link_status.phase
        return self.known.presence.state if phase == "connected" else phase

    @property
    def link_status(self) -> LinkStatus:
        """How the link stands; while a recording plays, as if it were one."""
        return LinkStatus("closed") if self.closed else self._source.status

    @property
    def mode(self) -> Mode | None:
        return self.known.presence.mode

    @property
    def blinks(self) -> bool:
        """Whether its board blinks by itself, as far as it is known."""
        speaks = self.outbox.spoken
        return speaks is None or speaks.blinks

    @property
    def has_led(self) -> bool:
        """Whether its board has an LED to be told of; every Pico has."""
        return self.description is None or LED in self.description.settings

    def takes(self, name: str) -> bool:
        """Whether its board can be told one of the panel's commands."""
        if name == "read":
            return self.description is None or self.description.reads
        return self.has_led

    @property
    def patience(self) -> float:
        """Seconds that an answer is waited for, where nobody has said otherwise."""
        return 10.0 if self.description is None else self.description.patience

    @property
    def settling(self) -> bool:
        """Whether the link is being made, or the board's layer found out, for the first time."""
        phase = self.link_status.phase
        if phase != "connected":
            return phase == "connecting"
        presence = self.known.presence
        gone = presence.state == "offline" and presence.seen_live
        return presence.mode is None and not gone and not self.known.refused_topics

    diagnosis = diagnose

    def start(
        self,
        name: str,
        timeout: float | None = None,
        action: dict[str, Any] | None = None,
        click: str | None = None,
    ) -> Command:
        """Send a command without waiting; its `done` tells when it is over."""
        within = self.patience if timeout is None else timeout
        command = Command(name if action else check_command(name), within, action or {}, click)
        self.check_open(NotConnected(RECORDED))
        if name in COURSE_COMMANDS:
            self._stop_blinking()
        self.send(command)
        return command

    def start_set(
        self, controls: Mapping[str, object], timeout: float | None = None, click: str | None = None
    ) -> Command:
        action = set_action(controls)
        return self.start(setting_word(action["set"]), timeout, action, click)

    def start_blink(
        self, on: float, off: float, n: int | None, click: str | None = None, timeout: float | None = None
    ) -> Blink:
        """Blink, on the board where it can; at most one blinking goes on at a time."""
        self.check_open(NotConnected(RECORDED))
        action = blink_action(on, off, n)
        within = self.patience if timeout is None else timeout
        first = Command("blink", within, action, click) if self.blinks else Command("on", within, {}, click)
        self._stop_blinking()
        self._blink = blink = Blink(self, first, {"on": on, "off": off}, n)
        self.send(first)
        return blink

    def end_blinking(self) -> None:
        if self._blink is not None and not self._blink.over.is_set():
            with suppress(PicoPanelError):  # it has ended otherwise
                self.start("off")

    @property
    def board(self) -> Board:
        """What an experiment may name, as far as the board has told it."""
        from .experiment import Board

        info = self.known.presence.info
        told = info is not None and self.mode in ("pico", "described")
        return Board(
            self.channels if told else (), info.controls if info and told else None, self.mode == "course"
        )

    def start_experiment(self, plan: Plan) -> Run:
        """Run an experiment; one at a time."""
        self.check_open(NotConnected(RECORDED))
        if self.experiment is not None and self.experiment.state not in OVER:
            raise ExperimentEnded(
                f"It did not begin: {self.experiment.plan.name!r} is under way. Wait for it, or end it: "
                "panel.experiment.abort()"
            )
        from .experiment_run import Run

        self.experiment = run = Run(self, plan)
        run.begin()
        return run

    def send(self, command: Command) -> None:
        self.outbox.start(command, self.diagnosis().blocked, self.settling)

    def check_open(self, recorded: PicoPanelError | None = None) -> None:
        """Raise `PanelClosed` if it is closed, or that error if it is a recording."""
        if self.closed:
            raise PanelClosed(self.closed)
        if recorded is not None and self.player is not None:
            raise recorded

    def _stop_blinking(self, error: PicoPanelError | None = None) -> None:
        if self._blink is not None:
            self._blink.stop(error)

    @property
    def moment(self) -> datetime:
        """What the time is, in UTC; in a recording that plays, what it was."""
        return utc(self.known.clock.unix())

    def set_trigger(self, trigger: Trigger | None) -> None:
        self.trigger = trigger
        self.known.changed()

    def noise(self, channel: str) -> float:
        """Return a margin that the noise of a channel's newest readings does not take."""
        self.catch_up()
        rows = self.store.since(self.store.end - _OF_NOISE)
        return usual_noise([value for _, _, value, _ in readings(rows, channel)])

    def record(self, path: Path) -> Start:
        self.check_open(RecordingFailed("This plays a recording; it is on file already."))
        return self.recorder.start(path)

    def _past_came(self, rows: range) -> None:
        """These rows of the log are a former recording's."""
        self.limits.pass_over()
        self.deriving.past_came(rows)

    def clear(self) -> None:
        """Forget all rows; those that are not yet recorded are written first."""
        self.recorder.clear()

    def close(self, reason: str = CLOSED) -> None:
        if self.closed:
            return
        self.catch_up()
        if self.experiment is not None:
            self.experiment.close()
        self.known.closed = reason
        if _open.get(self._key) is self:
            del _open[self._key]
        self._stop_blinking(PanelClosed(reason))
        self._stop_ticking()
        self._source.detach(self._inbox)
        self.outbox.disconnected(reason, PanelClosed(reason))
        self.deriving.close()
        self._inbox.on_link(LinkStatus("closed"))
        self.recorder.stop()
        for end in tuple(self.at_close):
            end()

    def _tick(self) -> None:
        self.catch_up()
        self.known.look_at_clock()
        self.outbox.tick()
        self._refill.tick()
        self.known.changed()
