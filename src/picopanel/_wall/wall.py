"""`PicoWall`: a whole class in one notebook cell."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TextIO

from .._broker import Broker
from .._errors import InvalidArgument, Uncopied, warn
from .._errors.arguments import check_call, nearest
from .._page.widget import LiveWidget, Program, display_snapshot, widget_arguments
from .._pico.pico import Pico
from .._pico.verbs import Waits, check_hearing
from .._runtime import loop
from . import tables
from .boards import Plan, listed, searched, virtual
from .commands import Answers
from .conversation import WallConversation
from .look import ORDERS, may_be_shown
from .spread import Spread

if TYPE_CHECKING:
    import pandas
    from typing_extensions import Self

CAPACITY = 20_000

_NOT_THE_ATTENDANCE = (
    "A wall's to_dataframe() and to_csv() give its readings since PicoPanel 0.2. "
    "Who was there, as before: wall.attendance.to_dataframe() and wall.attendance.to_csv(path)."
)


class PicoWall(Uncopied, Waits, LiveWidget):
    """A tile for each board of a class, and buttons for all of them.

    To command: `on`, `off`, `toggle`, `read`, `blink`. What there is: `ids`, `wall["board-02"]`,
    `channels`, `spread`, `attendance`, `to_dataframe`, `to_csv`, `snapshot`. What the tiles show: `channel`,
    `order`. And `sleep`, `close`; `PicoWall.demo()` needs no board, and `PicoWall.discover("class-a/+")` no
    list of them.

    Args:
        boards: The boards' IDs; or a mapping of IDs to brokers, where every student has their own.
        broker: A `Broker` or a URL, for boards without one of their own; looked up if None, see
            `PicoPanel`.
        board: What kind of boards they are, as for `PicoPanel`.
        capacity: How many readings are kept of each board; the oldest go first.
        widget: What every widget takes, e.g. `layout={"width": "600px"}`.

    Raises:
        NoBroker: No broker was given, and none found.
        InvalidDeviceID, InvalidBroker: With what is wrong.

    Example:
        >>> wall = PicoWall.demo(count=3)
        >>> wall.on()
        <on: 3 of 3 answered>
        >>> wall["board-02"].led
        True
        >>> wall.close()
    """

    _program: ClassVar[Program] = "wall"
    _conversation: WallConversation

    def __init__(
        self,
        boards: Iterable[str] | Mapping[str, Broker | str | None] = (),
        *unnamed: NoReturn,
        broker: Broker | str | None = None,
        board: str | os.PathLike[str] | None = None,
        capacity: int = CAPACITY,
        **widget: Any,
    ) -> None:
        found = widget.pop("_plan", None)
        check_call(PicoWall, unnamed, widget, *widget_arguments())
        plan: Plan = found or listed(boards, broker, capacity, board)
        super().__init__(**widget)
        self._handles: dict[str, Pico] = {}
        self._conversation = WallConversation(self._send_news)
        try:
            loop.ask(self._conversation.begin, plan)
        except BaseException:
            loop.ask(self._conversation.end, "This wall could not be made.")
            super().close()
            raise
        self._converse()

    @classmethod
    def discover(cls, pattern: str, *, broker: Broker | str | None = None, capacity: int = CAPACITY) -> Self:
        """Return a wall of all boards that are found, now and later.

        A board of the PicoPanel layer is found at once, one of the course layer when something passes
        on its topics.

        Args:
            pattern: The IDs, with a `+` for each part that may be anything: `class-a/+`, or `+` for
                IDs without a `/`.
            broker: As for `PicoWall`; its user must be permitted to read all of it.
            capacity: As for `PicoWall`.

        Example:
            >>> PicoWall.discover("class-a/+", broker="mqtts://teacher@host")  # doctest: +SKIP
        """
        return cls(_plan=searched(pattern, broker, capacity))

    @classmethod
    def demo(cls, count: int = 24, *, capacity: int = CAPACITY) -> Self:
        """Return a wall of virtual Picos: no board, no account, no network.

        Example:
            >>> wall = PicoWall.demo(count=3)
            >>> wall["board-02"].faults.wifi_drop(1)
            >>> wall.close()
        """
        return cls(_plan=virtual(count, capacity))

    @property
    def ids(self) -> list[str]:
        """The IDs of the boards on the wall."""
        return loop.ask(lambda: self._conversation.boards.ids)

    def __getitem__(self, device_id: str) -> Pico:
        """Return one board, as `Pico` is."""
        device = loop.ask(self._conversation.boards.__getitem__, device_id)
        handle = self._handles.get(device_id)
        if handle is None or handle._device is not device:
            handle = self._handles[device_id] = Pico(_device=device)
        return handle

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __len__(self) -> int:
        return len(self.ids)

    def __bool__(self) -> bool:
        return True

    @property
    def channels(self) -> list[str]:
        """What the boards measure, by name, as far as it has been heard."""
        return loop.ask(lambda: self._conversation.boards.channels)

    @property
    def channel(self) -> str | None:
        """The channel whose value and line the tiles show; None: each board's temperature, or its first.

        It may be one that no board has told of yet.

        Example:
            >>> wall = PicoWall.demo(count=3)
            >>> answers = wall.read()
            >>> wall.channel = "temperature"
            >>> wall.channel = None
            >>> wall.close()
        """
        return loop.ask(lambda: self._conversation.shown).channel

    @channel.setter
    def channel(self, name: str | None) -> None:
        if not may_be_shown(name):
            raise InvalidArgument("channel must be the name of a channel, or None for each board's own.")
        if name is not None and (known := self.channels) and name not in known:  # it may come yet
            warn(f"No board of this wall has a channel {name!a} yet. {nearest(name, known, most=5)}".rstrip())
        self._show(channel=name)

    @property
    def order(self) -> str:
        """The order of the tiles: `trouble`, `name`, `highest`, `lowest` (by value), or `away`.

        Example:
            >>> wall = PicoWall.demo(count=3)
            >>> wall.order = "away"
            >>> wall.close()
        """
        return loop.ask(lambda: self._conversation.shown).order

    @order.setter
    def order(self, name: str) -> None:
        if name not in ORDERS:
            raise InvalidArgument(f"order must be one of {', '.join(map(repr, ORDERS))}.")
        self._show(order=name)

    def spread(self, channel: str | None = None) -> Spread:
        """Return one value over all boards as it is now: each one's, the least, the median, the most.

        Args:
            channel: Its name; what the tiles show if None.

        Raises:
            InvalidArgument: No board has told of one of this name. It says which there are.
        """
        if channel is not None and channel not in self.channels:
            said = f"No board of this wall has told of a channel {channel!a}."
            raise InvalidArgument(f"{said} {nearest(channel, self.channels, most=5)}".rstrip())
        return loop.ask(self._conversation.spread, channel)

    def on(self, boards: Iterable[str] | None = None, *, timeout: float | None = None) -> Answers:
        """Switch LEDs on, and wait for the answers.

        Args:
            boards: The IDs; all if None.
            timeout: Seconds to wait for the answers; if None, 10, or each board's own patience.

        Returns:
            The answers by ID; its `missing` tells why a board gave none.
        """
        return self._say("on", boards, timeout)

    def off(self, boards: Iterable[str] | None = None, *, timeout: float | None = None) -> Answers:
        """Switch LEDs off; as `on()`."""
        return self._say("off", boards, timeout)

    def toggle(self, boards: Iterable[str] | None = None, *, timeout: float | None = None) -> Answers:
        """Switch LEDs over; as `on()`."""
        return self._say("toggle", boards, timeout)

    def read(self, boards: Iterable[str] | None = None, *, timeout: float | None = None) -> Answers:
        """Measure now, without touching the LEDs; as `on()`."""
        return self._say("read", boards, timeout)

    def blink(
        self,
        on_time: float = 1,
        off_time: float | None = None,
        n: int | None = None,
        *,
        boards: Iterable[str] | None = None,
        timeout: float | None = None,
    ) -> Answers:
        """Blink the LEDs, then leave them off; the answers come when the blinking has begun.

        Args:
            on_time: Seconds on, each time.
            off_time: Seconds off; as `on_time` if None.
            n: How often; for ever if None.
            boards: The IDs; all if None.
            timeout: Seconds to wait for the answers; if None, 10, or each board's own patience.
        """
        off = on_time if off_time is None else off_time
        return self._say("blink", boards, timeout, blink=(on_time, off, n))

    @property
    def attendance(self) -> tables.Register:
        """Who was there, one board a row, with `to_dataframe()` and `to_csv(path)`.

        Columns: `id`, `first_seen` and `last_seen` (UTC, while this notebook listened), `commands` and
        `answers` (by whomever), `away` (how often it was offline or silent), `firmware`, `state` and
        `trouble` (now).

        Example:
            >>> wall = PicoWall.demo(count=3)
            >>> wall.attendance
            <attendance of 3 boards>
            >>> wall.close()
        """
        return tables.Register(self._conversation.boards)

    def to_dataframe(self) -> pandas.DataFrame:
        """Return the readings of all boards: the columns of `panel.to_dataframe()`, and `id` before them."""
        warn(_NOT_THE_ATTENDANCE, FutureWarning)
        return tables.readings_frame(self._conversation.boards)

    def to_csv(self, path: str | os.PathLike[str] | TextIO | None = None) -> str | None:
        """Write the readings of all boards to a file, with the columns of `to_dataframe()`.

        Args:
            path: The file, or one that is open for text; None returns the text, as pandas does.

        Raises:
            NotWritten: No such folder, no permission, no space.
        """
        warn(_NOT_THE_ATTENDANCE, FutureWarning)
        return tables.readings_csv(self._conversation.boards, path)

    def snapshot(self) -> None:
        """Leave the wall's table in the output, e.g. for a report."""
        display_snapshot(loop.ask(self._conversation.snapshot))

    def close(self) -> None:
        """End the wall; boards that a panel shows as well go on there."""
        if hasattr(self, "_conversation"):  # ipywidgets also closes what could not be made
            loop.ask(self._conversation.end, "This wall is closed: run its cell again, or make a new one.")

    def _show(self, **how: Any) -> None:
        loop.ask(lambda: self._conversation.show(replace(self._conversation.shown, **how)))
        self._flush()

    def _say(self, name: str, boards: Iterable[str] | None, timeout: float | None, **how: Any) -> Answers:
        if boards is not None and not isinstance(boards, Iterable):
            raise InvalidArgument("boards must be a list of IDs; all boards if it is left out.")
        ids = [boards] if isinstance(boards, str) else None if boards is None else list(boards)
        for _, device in loop.ask(tuple, self._conversation.boards):
            check_hearing(device)
        self._settle()
        round_ = loop.ask(self._conversation.command, name, ids, timeout=timeout, **how)
        for command in round_.commands.values():
            if not command.done.is_set():
                self._wait(command.done, None)  # every command ends in time
        loop.ask(self._conversation.refresh)
        self._flush()
        return loop.ask(round_.answers)

    def _is_settling(self) -> bool:
        return self._conversation.settling

    def _get_ready(self) -> None:
        self._keep(loop.ask(self._conversation.snapshot))
        super()._get_ready()

    def _at_cell_end(self) -> None:
        loop.ask(self._conversation.refresh)
        super()._at_cell_end()

    def __repr__(self) -> str:
        return f"<PicoWall of {len(self)} boards{', closed' if self._conversation.closed else ''}>"
