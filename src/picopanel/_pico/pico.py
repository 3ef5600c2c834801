"""`Pico`: one board in a script, without a widget, and its values that can be observed."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import traitlets

from .._broker import Broker
from .._device.device import Device
from .._device.replay import Player
from .._errors import (
    FAILS,
    InvalidArgument,
    InvalidDescription,
    NotARecording,
    NotConnected,
    Uncopied,
    arguments,
)
from .._errors.arguments import check_call, nearest
from .._link.virtual import Faults
from .._link.virtual_board import Setup
from .._runtime import loop, observers
from .._runtime.clock import Timer
from .._runtime.waiting import EndsAtTheUsersLine
from .._store.files import read_file
from .._store.overlay import lay_over
from .._store.recording import BUNDLED, Recording
from .analysis import Analysis
from .connect import connect, connect_other, connect_virtual, listen
from .derives import Derives
from .experiment import Experiments

if TYPE_CHECKING:
    from typing_extensions import Self

    from .._doctor.findings import Findings
    from .._protocol.description import Description

_GAP = 0.02  # seconds between two looks: a fast board must not wake the observers' thread for every reading

_VALUES = ("led", "temperature", "status", "failing")  # that can be observed


def _recording(path: Path, capacity: int) -> Recording:
    recording = read_file(path, capacity)
    if recording.store.end == 0:
        raise NotARecording(path.name, "it holds nothing yet")
    return recording


def _kind_of(recording: Recording, name: str) -> tuple[Description | None, str | None]:
    """Return what describes a recording's board, or the filter that was listened on."""
    text, listens = recording.board.get("description"), recording.board.get("listens")
    if listens is None and not text:
        return None, None
    from .._device.listening import check_filter
    from .._protocol.boards import read_description

    try:
        return (read_description(text, name), None) if listens is None else (None, check_filter(listens))
    except (InvalidArgument, InvalidDescription) as error:
        raise NotARecording(name, f"what describes its board cannot be used here: {error}") from None


class Live(traitlets.TraitType):  # type: ignore[type-arg]  # Colab's traitlets knows no subscripts
    """A trait that is read from the device when asked for, and cannot be set."""

    default_value = None
    allow_none = True

    def get(self, obj: Any, cls: Any = None) -> Any:
        """Return the value as it is now."""
        return loop.ask(getattr, obj._device, self.name)

    def __set__(self, obj: Any, value: Any) -> None:
        raise traitlets.TraitError(
            f"{self.name} is read-only: it is what the board has said. on(), off() and toggle() switch its "
            "LED, and set() what else it can be told."
        )


class Relay:
    """Tells observers the latest values, not every one between; in the loop, but for their calls."""

    def __init__(self, owner: traitlets.HasTraits, device: Device) -> None:
        self._owner, self._device = owner, device
        self._told = self._values()
        self._told_at = 0.0
        self._waiting = False
        self._timer = Timer(device.known.clock, None, lambda: observers.call(self._tell))
        device.listeners.append(self._changed)

    def _values(self) -> dict[str, Any]:
        return {name: getattr(self._device, name) for name in _VALUES}

    def _changed(self) -> None:
        # Readings come fast, and to wake a thread for nobody costs more than to take one in.
        observed = self._owner._trait_notifiers
        if not self._waiting and (traitlets.All in observed or not self._told.keys().isdisjoint(observed)):
            self._waiting = True
            self._timer.hurry(not_before=self._told_at + _GAP)

    def _news(self) -> list[traitlets.Bunch]:
        """Return what is to be told, and take it for told."""
        self._waiting = False
        self._told_at = self._device.known.now
        before, self._told = self._told, self._values()
        return [
            traitlets.Bunch(name=name, old=before[name], new=new, owner=self._owner, type="change")
            for name, new in self._told.items()
            if new != before[name]
        ]

    def _tell(self) -> None:
        """In the observers' thread."""
        for change in loop.ask(self._news):
            try:
                self._owner.notify_change(change)
            except FAILS as error:
                self._device.known.blame(f"Your observer of {change.name!r}", error)


class Handle(Uncopied, Experiments, Derives, Analysis, traitlets.HasTraits):
    """What a user holds of one board: the verbs, and values that can be observed.

    Observers run in one thread of their own, `picopanel-observers`: they may wait and may call
    verbs. An exception in one shows in the panel.
    """

    led = Live(help="True, False, or None while it cannot be known.")
    temperature = Live(help="The last one, in degrees Celsius, or None.")
    status = Live(
        help="connecting, lost, refused or closed (the link); unknown, online, offline or silent (the board)."
    )
    failing = Live(help="Why channels have no value now, in the board's words, by channel; empty if none.")

    def __repr__(self) -> str:
        it = self._device
        status, lit, degrees = loop.ask(lambda: (it.status, it.led, it.temperature))
        led = {None: ", LED unknown", True: ", LED on", False: ", LED off"}[lit] if it.has_led else ""
        temperature = "" if degrees is None else f", {degrees:g} °C"
        return f"<{type(self).__name__} {it.id!r}: {status}{led}{temperature}>"

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if name not in ("faults", "player") or hasattr(self, name)]

    def observe(self, handler: Any, names: Any = traitlets.All, type: Any = "change") -> None:
        """Have a function called with what has changed: `change.name`, `change.old` and `change.new`.

        Of values that change fast it is told the latest.

        Args:
            handler: The function.
            names: `led`, `temperature`, `status` or `failing`, or a list of them; all if left out.
            type: As traitlets has it; leave it out.

        Raises:
            InvalidArgument: There is nothing of this name, or this is no function.

        Example:
            >>> panel.observe(print, "led")
            >>> panel.unobserve(print, "led")
        """
        if not callable(handler):
            raise InvalidArgument(
                "observe() takes a function that is given each change, and then the name of what to observe: "
                'panel.observe(show, "temperature").'
            )
        self._check_observed(names)
        super().observe(handler, names, type)

    def unobserve(self, handler: Any, names: Any = traitlets.All, type: Any = "change") -> None:
        """Call a function no more; with the names that it was given to `observe` with.

        Raises:
            InvalidArgument: It observes nothing of this name.
        """
        for name in self._check_observed(names):
            if handler not in self._trait_notifiers.get(name, {}).get(type, ()):
                what = "everything" if name is traitlets.All else repr(name)
                raise InvalidArgument(
                    f"This function does not observe {what}. Name what it was told to observe; a cell that "
                    'is run again makes another function, and unobserve_all("led") takes all of them away.'
                )
        super().unobserve(handler, names, type)

    def _check_observed(self, names: Any) -> list[Any]:
        """Refuse to observe what there is not: traitlets would wait for it for ever."""
        if names is traitlets.All:
            return [names]
        if not isinstance(names, Collection):
            raise InvalidArgument(f"What to observe is a name, or a list of names. {nearest('', _VALUES)}")
        found = [names] if isinstance(names, str) else list(names)
        for name in found:
            if not isinstance(name, str) or not self.has_trait(name):
                said = f"There is nothing named {str(name)[:64]!a} to observe."
                raise InvalidArgument(f"{said} {nearest(name, _VALUES)}")
        return found or [traitlets.All]

    @classmethod
    def demo(
        cls,
        device_id: str = "demo",
        *,
        board: str | None = None,
        capacity: int = 1_000_000,
        setup: Setup | None = None,
    ) -> Self:
        """Return one on a virtual Pico: no board, no account, no network.

        Args:
            device_id: The same ID gives the same board again, still running.
            board: The name of a description that comes along: a virtual one of another kind, e.g.
                `"sdl-demo"` or `"fan"`.
            capacity: How many readings are kept.
            setup: Called with the board at each of its starts, to add sensors and controls as `main.py`
                does: `board.channel(name, read, unit=...)` and `board.control(...)`.

        Example:
            >>> def setup(board):
            ...     board.channel("light", lambda: 120.0, unit="lx")
            >>> with PicoPanel.demo("greenhouse", setup=setup) as greenhouse:
            ...     greenhouse["light"].unit
            'lx'
            >>> with PicoPanel.demo(board="sdl-demo") as mixer:
            ...     "ch510" in mixer.set(R=10, G=80, B=0).values
            True
        """
        if board is not None:
            if setup is not None:
                raise InvalidArgument("setup adds to a virtual Pico; another kind of board has what it has.")
            return cls(_device=connect_other(device_id, capacity, board))
        if setup is not None and not callable(setup):
            raise InvalidArgument("setup must be a function that takes the board.")
        return cls(_device=connect_virtual(device_id, capacity, setup))

    @classmethod
    def listen(cls, topics: str, *, broker: Broker | str | None = None, capacity: int = 1_000_000) -> Self:
        """Return one of a board that nobody has described: every number that comes is a channel.

        Numbers anywhere in JSON, `23.4 °C`, `23,4`, on and off; each named by where it stands. Nothing is
        commanded. `as_description()` writes down what came, to go on from.

        Args:
            topics: An MQTT topic, or a filter: `"zigbee2mqtt/kitchen"`, `"home/#"`.
            broker: As for `PicoPanel`; its user must be permitted to read all of it.
            capacity: How many readings are kept.

        Raises:
            InvalidArgument: It is no filter.

        Example:
            >>> with Pico.listen("home/#", broker="mqtt://localhost") as pico:
            ...     pico.channels
            ()
        """
        return cls(_device=listen(topics, broker, capacity))

    def as_description(self) -> str:
        """Return the description of its board, a text for a TOML file; of `listen()` the beginning of one.

        Raises:
            InvalidArgument: It speaks as PicoPanel's own or the course's, and has none.

        Example:
            >>> with Pico.listen("home/#", broker="mqtt://localhost") as pico:
            ...     print(pico.as_description().splitlines()[0])
            name = "home/#"
        """
        return loop.ask(self._device.as_description)

    @classmethod
    def replay(
        cls,
        path: str | os.PathLike[str] | None = None,
        speed: float = 1,
        *,
        over: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = (),
        align: str = "start",
        capacity: int = 1_000_000,
    ) -> Self:
        """Return one that plays a recording: everything as when it was live, but for commands.

        Args:
            path: What `record()` has written; a lesson that comes with PicoPanel if None.
            speed: How many times as fast as it was recorded, 1 to 1000.
            over: Another recording to compare with, or several: each is laid over it, moved in time, its
                channels, commands and marks named after its file: `run2: temperature`.
            align: What is at one time in all of them: `start`, the first `command`, or the text of a mark.
            capacity: How many readings are kept; of a longer recording the newest are played.

        Raises:
            RecordingFailed: There is no such file, or it cannot be read.
            NotARecording: The file holds something else.
            InvalidArgument: A recording has nothing to align at.

        Example:
            >>> with PicoPanel.replay(speed=100) as show:
            ...     next(show.readings()).unit
            '°C'
        """
        whole = BUNDLED if path is None else arguments.file_path("path", path).resolve()
        recording = _recording(whole, capacity)
        others = (over,) if isinstance(over, (str, os.PathLike)) or not isinstance(over, Iterable) else over
        above = tuple(arguments.file_path("over", each).resolve() for each in others)
        if not above and align != "start":
            raise InvalidArgument(
                "align tells what is at one time in several recordings, and there is one: add over=, the "
                "path of another."
            )
        for nth, each in enumerate(above):
            again = [it.stem for it in above[:nth]].count(each.stem)
            name = f"{each.stem} {again + 1}" if again else each.stem
            recording = lay_over(recording, _recording(each, capacity), whole.stem, name, str(align))
        player = Player(recording, ("replay", whole, above, str(align)), speed)
        most = capacity * (1 + len(above))
        board, listens = _kind_of(recording, whole.name)
        device = loop.ask(
            lambda: Device(recording.device_id, player, capacity=most, board=board, listens=listens)
        )
        return cls(_device=device)

    @property
    def player(self) -> Player:
        """What plays a recording, with `pause()`, `resume()` and `speed`; a replay only."""
        player = self._device.player
        if player is None:
            raise AttributeError("Only a replay has a player: PicoPanel.replay(path).player")
        return player

    @property
    def faults(self) -> Faults:
        """What can be broken on purpose; a virtual Pico only."""
        faults = getattr(self._device.link, "faults", None)
        if not isinstance(faults, Faults):
            raise AttributeError("Only a virtual Pico has faults to switch on: PicoPanel.demo().faults")
        return faults

    def doctor(self) -> Findings:
        """Look at each step of the way to the board, say what is found, and return it.

        It takes about three seconds and changes nothing. The findings are a tuple that is true if no step
        failed; `failed` has those that did.

        Raises:
            PanelClosed: It would be another connection that is looked at.

        Example:
            >>> with Pico.demo("patient") as pico:  # doctest: +ELLIPSIS
            ...     pico.doctor()
            ID         passed   'patient' can be part of a topic.
            ...
            <doctor: all is well>
        """
        link = self._device.link
        if self._device.listens is not None:
            raise InvalidArgument("What is only listened to cannot be examined: nobody knows how it speaks.")
        if link is None:
            raise NotConnected("A recording has no way to a board that could be examined.")
        loop.ask(self._device.check_open)
        from .._doctor import examine, show  # the rest of a visit's tools would slow every import

        with EndsAtTheUsersLine():
            return show(examine(self._device.id, link, self._device.description, pause=self.sleep))


class Pico(Handle):
    """One board over MQTT, for scripts; `PicoPanel` is the same with a panel.

    To command: `on`, `off`, `toggle`, `blink`, `set`, `read`, `send_and_receive`. What it measures:
    `readings`, `temperature`, `led`, `status`, `failing`, `channels`, `pico["light"]`, `observe`. To keep
    it: `to_dataframe`, `between`, `cursors`, `to_csv`, `figure`, `record`, `mark`, `marks`, `limit`,
    `remove_limit`, `limits`, `derive`, `derived`, `remove_derived`, `spectrum`, `xy`, `trigger`,
    `remove_trigger`, `pieces`, `clear`. What is done in steps: `run`, `experiment`. And `sleep`,
    `messages`, `doctor`, `close`; `Pico.demo()` and `Pico.replay(path)` need no board;
    `Pico(board="fan")` takes a board of another kind, and `Pico.listen("home/#")` any, of which
    `as_description` then tells.

    It takes the arguments of `PicoPanel`, but those of a widget.

    Example:
        >>> with Pico.demo() as pico:
        ...     reply = pico.on()
        >>> reply.led
        True
    """

    def __init__(
        self,
        device_id: str | None = None,
        *unnamed: NoReturn,
        broker: Broker | str | None = None,
        board: str | os.PathLike[str] | None = None,
        capacity: int = 1_000_000,
        **internal: Any,
    ) -> None:
        super().__init__()
        device = internal.pop("_device", None)
        check_call(Pico, unnamed, internal)
        self._device = device or connect(device_id, broker, capacity, board)
        loop.ask(Relay, self, self._device)
