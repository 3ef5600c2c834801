"""What a board has measured, and what a user adds to it: readings, marks, limits, a trigger, a recording."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, TextIO

from .._device.following import Call, Follow, Reading
from .._device.known import TEMPERATURE
from .._device.messages import Message
from .._device.recorder import Recorder
from .._errors import InvalidArgument, NoChannel, Uncopied, arguments, warn
from .._errors.arguments import nearest
from .._runtime import loop
from .._store.export import Export
from .._store.files import Tape
from .._store.limit import Limit
from .._store.stretch import Stretch, stretch
from .._store.trigger import Trigger, pieces
from .._store.zone import in_ms, utc
from .mark import Mark
from .verbs import Verbs, check_hearing, settle

if TYPE_CHECKING:
    import pandas
    import plotly.graph_objects


class Channel:
    """One of the things that a board measures; its values are those of the moment they are asked for.

    Example:
        >>> panel["temperature"].unit
        '°C'
        >>> next(panel["temperature"].readings(n=1)).channel
        'temperature'
    """

    def __init__(self, owner: Measured, name: str) -> None:
        self._owner, self.name = owner, name

    @property
    def value(self) -> float | None:
        """The last value, in `unit`; None before the first."""
        return loop.ask(self._owner._device.last, self.name)

    @property
    def unit(self) -> str:
        """As people write it, e.g. `°C`; empty if the board names none."""
        return loop.ask(lambda: self._owner._device.known.units.get(self.name, ""))

    def readings(self, *, seconds: float | None = None, n: int | None = None) -> Iterator[Reading]:
        """Iterate over this channel's readings as they come, as `panel.readings()` does over all."""
        return self._owner._follow(seconds, n, self.name)

    def to_dataframe(self) -> pandas.DataFrame:
        """Return this channel's readings, with the columns of `panel.to_dataframe()`."""
        frame = self._owner.to_dataframe()
        ours: pandas.DataFrame = frame.loc[frame["channel"] == self.name].reset_index(drop=True)
        return ours

    def __repr__(self) -> str:
        value = "no reading yet" if self.value is None else f"{self.value:g} {self.unit}".rstrip()
        derived = loop.ask(lambda: self.name in self._owner._device.known.derived)
        return f"<{self.name}: {value}{', derived' if derived else ''}>"


class Taping(Uncopied):
    """A recording that goes on; it stops at the end of a `with`, or by `panel.record(None)`."""

    def __init__(self, recorder: Recorder, file: Tape | None) -> None:
        self._recorder, self._file = recorder, file

    def __enter__(self) -> Taping:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:  # else nothing has begun
            settle(self._recorder, self._recorder.stop, self._file)

    def __repr__(self) -> str:
        says = loop.ask(lambda: self._recorder.says if self._recorder.file is self._file else None)
        return f"<{says or 'recording no more'}>"


class Measured(Verbs):
    """Its readings, channels, tables, marks, limits, trigger, recording: once for `Pico` and `PicoPanel`."""

    def readings(self, *, seconds: float | None = None, n: int | None = None) -> Iterator[Reading]:
        """Iterate over readings as they come, from now on, for so many seconds or up to so many.

        Raises:
            PanelClosed: None can come any more. A recording that is over ends the loop.
            NotConnected: The broker refuses us.

        Example:
            >>> for reading in panel.readings(n=1):
            ...     print(reading.channel, reading.unit)
            temperature °C
        """
        return self._follow(seconds, n)

    def messages(self) -> list[Message]:
        """Return the last 1000 MQTT messages that passed, as the panel's drawer lists them.

        Example:
            >>> reply = panel.toggle()
            >>> sorted({message.direction for message in panel.messages()})
            ['in', 'out', 'subscribe']
        """
        return loop.ask(self._device.messages)

    def __getitem__(self, name: str) -> Channel:
        """Return one channel, e.g. `panel["light"]`: its last value, its unit, its readings.

        Raises:
            NoChannel: The board has none of this name; also a `KeyError`. It says which there are.
        """
        if name not in self:
            raise NoChannel(name, self.channels)
        return Channel(self, name)

    @property
    def cursors(self) -> tuple[datetime, datetime] | None:
        """Where the two cursors of a panel's chart stand, in UTC, the earlier one first; None without any."""
        found = loop.ask(getattr, self._device, "cursors")
        return None if found is None else (utc(found[0]), utc(found[1]))

    def between(self, start: datetime | None = None, end: datetime | None = None) -> Stretch:
        """Return what was measured from one time to another: the readings, and numbers of each channel.

        Args:
            start: One of the two times.
            end: The other; the order does not matter. Without both, where the chart's cursors stand.

        Raises:
            InvalidArgument: No times were given, and there are no cursors.
            ModuleNotFoundError: pandas is not installed: `%pip install pandas`.

        Example:
            >>> first, last = panel.readings(n=2)
            >>> panel.between(first.time, last.time).numbers.loc["temperature", "unit"]
            '°C'
        """
        if start is None and end is None:
            start, end = self.cursors or (None, None)
        if start is None or end is None:
            raise InvalidArgument(
                "Between what? Give two times: panel.between(start, end). Or press *Measure* at the chart, "
                "and set its two cursors."
            )
        return stretch(self.to_dataframe(), start, end)

    @property
    def channels(self) -> tuple[str, ...]:
        """The names of what the board measures; `panel[name]` is one of them."""
        return loop.ask(lambda: self._device.channels)

    def __iter__(self) -> Iterator[str]:
        self._settle()
        return iter(self.channels)

    def __contains__(self, name: object) -> bool:
        if name not in self.channels:
            self._settle()
        return name in self.channels

    def __len__(self) -> int:
        self._settle()
        return len(self.channels)

    def __bool__(self) -> bool:
        return True

    def to_dataframe(self) -> pandas.DataFrame:
        """Return the readings, one a row.

        Columns: `time` (UTC), `elapsed_s` (seconds since the first), `channel`, `value`, `unit`, `led`,
        `virtual`, `replay`, `derived`, `boot`, `arrival` (UTC), `board_time` (UTC, by the board's own
        clock) and `mark` (the last of `panel.mark()` before it); where an experiment ran, also `step`, its
        number and words.
        """
        return self._export().to_dataframe()

    def to_csv(self, path: str | os.PathLike[str] | TextIO | None = None) -> str | None:
        """Write the columns of `to_dataframe()` to a file, or one that is open; None returns the text.

        Raises:
            NotWritten: No such folder, no permission, no space.
        """
        return self._export().to_csv(path)

    def figure(
        self,
        start: datetime | str | None = None,
        end: datetime | str | None = None,
        *,
        elapsed: bool = False,
        points: int = 20_000,
    ) -> plotly.graph_objects.Figure:
        """Return the chart as a plotly figure, with units and command markers.

        Args:
            start: The first time that is drawn; what is without a zone is this computer's. All if None.
            end: The last.
            elapsed: Seconds since the first reading on the time axis, as the course plots. Else it has this
                computer's times, at one distance from UTC, which it names, also where clocks are changed.
            points: How many readings are drawn at the most, of all channels together. Where there are more,
                it is thinned as the panel is: no spike is lost, and the title says so.
        """
        return self._export().figure(start, end, elapsed=elapsed, points=points)

    def mark(self, text: str, at: datetime | str | None = None) -> Mark:
        """Mark a moment on the chart with at most 200 characters, e.g. what has been done by hand.

        The readings that follow carry the mark in `to_dataframe()` and `to_csv()`, until the next.

        Args:
            text: The words.
            at: A moment that has been; what is without a zone is this computer's. This moment if None.

        Raises:
            InvalidArgument: No text, a longer one, or a moment that has not come yet.

        Example:
            >>> heater = panel.mark("heater on")
            >>> means = panel.to_dataframe().groupby("mark").value.mean()
        """
        marks = self._device.marks
        return Mark(marks, loop.ask(marks.set, str(text), None if at is None else in_ms(at)))

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The marks that stand on the chart, in order of time, whoever has set them.

        Example:
            >>> panel.mark("heater on").rename("heater at 40 °C")
            >>> panel.marks[-1].text
            'heater at 40 °C'
        """
        marks = self._device.marks
        return tuple(Mark(marks, event["mark"]) for _, event in loop.ask(lambda: marks.all))

    @property
    def limits(self) -> tuple[Limit, ...]:
        """The limits that are set, one a channel."""
        return loop.ask(lambda: self._device.limits.all)

    def limit(
        self,
        channel: str | None = None,
        *,
        low: float | None = None,
        high: float | None = None,
        margin: float = 0.0,
        call: Call | None = None,
    ) -> tuple[Limit, ...] | None:
        """Draw limits on the chart, and say so when a reading is beyond them.

        A channel has one limit: a second call replaces it, `remove_limit()` takes it away. Without
        arguments it tells which are set, as `panel.limits` does.

        Args:
            channel: What to watch; `temperature` if None.
            low: The least value, in the channel's unit, that is well; None for none.
            high: The greatest.
            margin: How far back inside a value must be before the next crossing counts: noise has many.
            call: Called with each `Reading` that crosses a limit outwards, in the observers' thread: it
                may wait and may call verbs. An exception in it shows in the panel.

        Raises:
            PanelClosed: Nothing comes any more that could be beyond a limit.

        Example:
            >>> panel.limit(high=30, call=lambda reading: panel.off())
            >>> panel.limits
            (Limit(channel='temperature', low=None, high=30.0, margin=0.0),)
            >>> panel.remove_limit()
        """
        if channel is None and low is None and high is None and call is None:
            return self.limits
        name = TEMPERATURE if channel is None else channel
        if not isinstance(name, str):
            raise InvalidArgument("channel must be the name of a channel.")
        if call is not None and not callable(call):
            raise InvalidArgument("call must be a function that takes a reading.")
        limit = Limit(name, low, high, margin)
        loop.ask(self._device.check_open)
        if low is None and high is None:
            warn(f"limit() needs low or high; remove_limit({name!a}) takes it away.", DeprecationWarning)
        else:
            self._warn_of_unknown(name, "its limit watches nothing")
        loop.ask(self._device.limits.set, limit, call)
        return None

    def remove_limit(self, channel: str | None = None) -> None:
        """Take a channel's limit away, or all limits."""
        names = [limit.channel for limit in self.limits]
        if channel is not None and channel not in names:
            raise InvalidArgument(f"{channel!a} has no limit. {nearest(channel, names)}".rstrip())
        loop.ask(self._device.limits.remove, names if channel is None else [channel])

    def trigger(
        self,
        channel: str | None = None,
        *,
        above: float | None = None,
        below: float | None = None,
        before: float = 5,
        after: float = 20,
        each: bool = False,
        margin: float | None = None,
        past: bool = False,
    ) -> Trigger:
        """Let the chart stand still where a channel crosses a level, as an oscilloscope does.

        The panel then shows that piece of time, and lays the pieces over one another; `panel.pieces()` has
        them as a frame. There is one trigger: a second call replaces it, `remove_trigger()` takes it away.

        Args:
            channel: What to watch; `temperature` if None.
            above: A value that rises above it counts, in the channel's unit.
            below: A value that falls below it counts; with both, either does.
            before: Seconds before the crossing that belong to its piece.
            after: Seconds after it, in which no other crossing counts.
            each: Whether each crossing counts; else the first alone.
            margin: How far on the other side of the level a value must have been: noise has many crossings.
                If None, twice the usual step between the newest readings.
            past: Whether what is measured already counts as well; else crossings from now on.

        Raises:
            PanelClosed: Nothing comes any more; `past=True` still finds what there was.

        Example:
            >>> panel.trigger("temperature", above=30, before=5, after=20, each=True).channel
            'temperature'
            >>> panel.pieces().piece.nunique()
            0
        """
        name = TEMPERATURE if channel is None else channel
        since = None if arguments.flag("past", past) else loop.ask(lambda: self._device.moment)
        trigger = Trigger(name, above, below, before, after, each, margin or 0.0, since)
        if since is not None:  # what is measured already can be cut into pieces after the end as well
            loop.ask(self._device.check_open)
        self._warn_of_unknown(name, "its trigger waits for nothing")
        if margin is None:
            trigger = replace(trigger, margin=loop.ask(self._device.noise, name))
        loop.ask(self._device.set_trigger, trigger)
        return trigger

    def remove_trigger(self) -> None:
        """Take the trigger away; charts go on."""
        loop.ask(self._device.set_trigger, None)

    def pieces(self) -> pandas.DataFrame:
        """Return what was measured around each crossing of the trigger, from `before` to `after` it.

        Columns: `piece`, from 1 on, and `relative_s`, the seconds from its crossing, which is the first
        reading beyond the level; then those of `to_dataframe()`, of all channels. The newest 50 are kept. All
        that has come by now is looked at: a reading that came late may add a crossing, or move one.

        Raises:
            InvalidArgument: There is no trigger.
            ModuleNotFoundError: pandas is not installed: `%pip install pandas`.
        """
        trigger = loop.ask(getattr, self._device, "trigger")
        if trigger is None:
            raise InvalidArgument(
                'Pieces of what? Set a trigger: panel.trigger("temperature", above=30); or by *More* at the '
                "chart."
            )
        return pieces(self.to_dataframe(), trigger)

    def _warn_of_unknown(self, channel: str, so: str) -> None:
        if channel not in self and (known := self.channels):  # it may come yet
            warn(f"The board has no channel {channel!a} yet, so {so}. {nearest(channel, known)}")

    def record(self, path: str | os.PathLike[str] | None) -> Taping:
        """Write all readings and events to a file, those so far and from now on; None stops.

        A crash loses at most a second. If the file holds an earlier recording of this board, that comes back
        into the panel and the file goes on: a cell that is run again after a lost kernel takes up where it
        was. `PicoPanel.replay(path)` plays it. The format is in docs/recording.md: lines, or Parquet where
        the name ends with `.parquet`. What is returned stops at the end of a `with`.

        Raises:
            NotARecording: The file holds something else. It is left as it is.
            RecordingFailed: It cannot be written: no such directory, no permission, no space.
            ModuleNotFoundError: Parquet needs pyarrow.

        Example:
            >>> with panel.record("run.jsonl"):
            ...     reply = panel.on()
            >>> open("run.jsonl").read().splitlines()[0]
            '{"picopanel":"recording","version":1,"id":"docstring"}'
        """
        recorder = self._device.recorder
        if path is None:
            settle(recorder, recorder.stop)
            return Taping(recorder, None)
        start = loop.ask(self._device.record, arguments.file_path("path", path).resolve())
        loop.wait(start.done, None)
        if start.error is not None:
            raise start.error
        return Taping(recorder, start.file)

    def clear(self) -> None:
        """Forget all readings and events, here and in the page."""
        settle(self._device.recorder, self._device.clear)

    def _export(self) -> Export:
        return loop.ask(lambda: self._device.export)

    def _follow(self, seconds: float | None, n: int | None, channel: str | None = None) -> Iterator[Reading]:
        seconds = None if seconds is None else arguments.number("seconds", seconds, least=0)
        n = None if n is None else arguments.count("n", n)
        check_hearing(self._device)
        return islice(self._followed(loop.ask(Follow, self._device, seconds, channel)), n)

    def _followed(self, follow: Follow) -> Iterator[Reading]:
        try:
            while (found := loop.ask(follow.take)) is not None:
                yield from found
                if follow.left is not None and follow.left <= 0:
                    return
                self._wait(follow.news, follow.left)
        finally:
            loop.post(follow.stop)
