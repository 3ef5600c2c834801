"""The verbs, once for `Pico` and for `PicoPanel`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, TextIO, overload

from .._device.command import Command
from .._device.messages import Message
from .._device.tape import Taping
from .._device.values import Reading, Reply
from .._errors import InvalidArgument, NoChannel, PicoPanelError, arguments
from .._runtime import threads
from .._runtime.interrupts import Event
from .channel import Channel

if TYPE_CHECKING:
    import pandas
    import plotly.graph_objects
    from typing_extensions import Self

    from .._device.device import Device


class Verbs:
    """What a user says to a board: on, off, toggle, blink, read."""

    _device: Device

    def _wait(self, done: Event, seconds: float | None) -> bool:
        """Wait for an event; a panel keeps its page alive meanwhile."""
        return threads.wait(done, seconds)

    @overload
    def on(self, *, timeout: float = 10, wait: Literal[True] = True) -> Reply: ...
    @overload
    def on(self, *, timeout: float = 10, wait: bool = True) -> Reply | None: ...
    def on(self, *, timeout: float = 10, wait: bool = True) -> Reply | None:
        """Switch the LED on.

        Args:
            timeout: Seconds to wait for the answer.
            wait: False to go on at once; the answer shows in the panel.

        Returns:
            The board's answer, or None with `wait=False`.

        Raises:
            NotConnected: At once, when broker or board are away. Nothing was sent.
            NoAnswer: When the time is over, or the connection breaks; also a `TimeoutError`. The board
                may have carried it out.
        """
        return self._say("on", timeout, wait)

    @overload
    def off(self, *, timeout: float = 10, wait: Literal[True] = True) -> Reply: ...
    @overload
    def off(self, *, timeout: float = 10, wait: bool = True) -> Reply | None: ...
    def off(self, *, timeout: float = 10, wait: bool = True) -> Reply | None:
        """Switch the LED off; as `on()`."""
        return self._say("off", timeout, wait)

    @overload
    def toggle(self, *, timeout: float = 10, wait: Literal[True] = True) -> Reply: ...
    @overload
    def toggle(self, *, timeout: float = 10, wait: bool = True) -> Reply | None: ...
    def toggle(self, *, timeout: float = 10, wait: bool = True) -> Reply | None:
        """Switch the LED over; as `on()`.

        Example:
            >>> panel.off().led, panel.toggle().led
            (False, True)
        """
        return self._say("toggle", timeout, wait)

    @overload
    def read(self, *, timeout: float = 10, wait: Literal[True] = True) -> Reply: ...
    @overload
    def read(self, *, timeout: float = 10, wait: bool = True) -> Reply | None: ...
    def read(self, *, timeout: float = 10, wait: bool = True) -> Reply | None:
        """Measure now, without touching the LED; as `on()`."""
        return self._say("read", timeout, wait)

    def send_and_receive(self, command: str, timeout: float = 10) -> Reply:
        """Send `on`, `off`, `toggle` or `read` and return the answer: the course's own word for it.

        Raises:
            InvalidCommand: For any other word.
            NotConnected, NoAnswer: As `on()`.
        """
        reply = self._say(command, timeout, True)
        assert reply is not None
        return reply

    @overload
    def blink(
        self,
        on_time: float = 1,
        off_time: float | None = None,
        n: int | None = None,
        wait: Literal[True] = True,
        *,
        timeout: float = 10,
    ) -> Reply: ...
    @overload
    def blink(
        self,
        on_time: float = 1,
        off_time: float | None = None,
        n: int | None = None,
        wait: bool = True,
        *,
        timeout: float = 10,
    ) -> Reply | None: ...
    def blink(
        self,
        on_time: float = 1,
        off_time: float | None = None,
        n: int | None = None,
        wait: bool = True,
        *,
        timeout: float = 10,
    ) -> Reply | None:
        """Blink the LED, then leave it off. Any other LED command ends it.

        The board itself blinks, so the rhythm does not depend on the network; a board of the
        course layer cannot, and is sent `on` and `off`.

        Args:
            on_time: Seconds on, each time.
            off_time: Seconds off; as `on_time` if None.
            n: How often; for ever if None.
            wait: True returns when it is over, or, without `n`, when it has begun; False goes on at
                once, as gpiozero and picozero do unless they are told to wait.
            timeout: Seconds to wait for the board's answer that it has begun.

        The stop button ends a blinking that is waited for, too.

        Example:
            >>> panel.blink(0.1, n=2).command
            'blink'
        """
        wait = arguments.flag("wait", wait)
        self._settle()
        blink = self._device.start_blink(
            on_time, on_time if off_time is None else off_time, n, timeout=timeout
        )
        if wait:
            try:
                self._wait(blink.first.done if n is None else blink.over, None)
            except KeyboardInterrupt:
                if not blink.over.is_set():
                    with suppress(PicoPanelError):
                        self.off(wait=False)
                raise
        if blink.first.error is not None:
            raise blink.first.error
        return blink.first.reply if wait else None

    @overload
    def set(
        self,
        values: Mapping[str, float | str | bool] | None = None,
        /,
        *,
        timeout: float = 10,
        wait: Literal[True] = True,
        **controls: float | str | bool,
    ) -> Reply: ...
    @overload
    def set(
        self,
        values: Mapping[str, float | str | bool] | None = None,
        /,
        *,
        timeout: float = 10,
        wait: bool = True,
        **controls: float | str | bool,
    ) -> Reply | None: ...
    def set(
        self,
        values: Mapping[str, float | str | bool] | None = None,
        /,
        *,
        timeout: float = 10,
        wait: bool = True,
        **controls: float | str | bool,
    ) -> Reply | None:
        """Set what the board has declared beside the LED; as `on()`.

        Args:
            values: Controls by name, for names that cannot stand alone: `set({"timeout": 3})`.
            timeout: Seconds to wait for the answer.
            wait: False sends, and goes on at once with None.
            controls: By name: a number for a range, `"#rrggbb"` for a colour, True or False for a
                switch.

        Raises:
            InvalidArgument: A value that no control takes.
            CommandRefused: The board has no such control, or it does not take that value.
            NotConnected, NoAnswer: As `on()`.

        Example:
            >>> panel.set(led=True).led    # on a board that has them: set(brightness=40, color="#ff8800")
            True
        """
        if not isinstance(values, (Mapping, type(None))):
            raise InvalidArgument(
                'set() takes controls by name: set(brightness=40) or set({"brightness": 40}).'
            )
        wait = arguments.flag("wait", wait)
        return self._run(self._device.start_set({**(values or {}), **controls}, timeout), wait)

    def readings(self, *, seconds: float | None = None, n: int | None = None) -> Iterator[Reading]:
        """Iterate over readings as they come, from now on.

        Args:
            seconds: Stop after so long.
            n: Stop after so many.

        Raises:
            PanelClosed: None can come any more. A recording that is over ends the loop.
            NotConnected: The broker refuses us.

        Example:
            >>> for reading in panel.readings(n=1):
            ...     print(reading.channel, reading.unit)
            temperature °C
        """
        return self._device.listen(self._wait, seconds, n)

    def messages(self) -> list[Message]:
        """Return the MQTT messages that passed, the last 1000 of them, as the panel's drawer lists them.

        Example:
            >>> reply = panel.toggle()
            >>> sorted({message.direction for message in panel.messages()})
            ['in', 'out', 'subscribe']
        """
        return self._device.messages()

    def __getitem__(self, name: str) -> Channel:
        """Return one channel, e.g. `panel["light"]`: its last value, its unit, its readings.

        Raises:
            NoChannel: The board has none of this name; also a `KeyError`. It says which there are.
        """
        self._settle()
        known = self._device.channels
        if name not in known:
            raise NoChannel(name, known)
        return Channel(self, name)

    @property
    def channels(self) -> tuple[str, ...]:
        """The names of what the board measures; `panel[name]` is one of them."""
        return self._device.channels

    def __contains__(self, name: object) -> bool:
        self._settle()
        return name in self.channels

    def __iter__(self) -> Iterator[str]:
        self._settle()
        return iter(self.channels)

    def __len__(self) -> int:
        self._settle()
        return len(self.channels)

    def __bool__(self) -> bool:
        return True

    def sleep(self, seconds: float) -> None:
        """Wait, with the chart alive meanwhile: use it instead of `time.sleep` in a loop.

        Clicks are handled meanwhile, but in JupyterLite, whose page keeps them until the cell is over.

        Args:
            seconds: How long.
        """
        self._wait(Event(), arguments.number("seconds", seconds, least=0))

    def to_dataframe(self) -> pandas.DataFrame:
        """Return the readings, one a row.

        Columns: `time` (UTC), `elapsed_s` (seconds since the first), `channel`, `value`, `unit`,
        `led`, `virtual`, `replay`, `boot`, `arrival` (UTC), `board_time` (UTC, by the board's own clock)
        and `mark` (the last of `panel.mark()` before it).
        """
        return self._device.export.to_dataframe()

    def to_csv(self, path: str | os.PathLike[str] | TextIO | None = None) -> str | None:
        """Write the readings to a file, with the columns of `to_dataframe()`.

        Args:
            path: The file, or one that is open for text; None returns the text, as pandas does.

        Raises:
            NotWritten: No such folder, no permission, no space.
        """
        return self._device.export.to_csv(path)

    def figure(self, *, elapsed: bool = False, points: int = 20_000) -> plotly.graph_objects.Figure:
        """Return the chart as a plotly figure, with units and command markers.

        Where there are more readings than `points`, it is thinned as the panel is: no spike is lost,
        and the title says so. Its times are this computer's, at one distance from UTC, which the axis
        names: where clocks are changed meanwhile, time goes on.

        Args:
            elapsed: Seconds since the first reading on the time axis, as the course plots.
            points: How many readings are drawn at the most, of all channels together.
        """
        return self._device.export.figure(elapsed=elapsed, points=points)

    def record(self, path: str | os.PathLike[str] | None) -> Taping:
        """Write all readings and events to a file, those so far and from now on, as they come.

        A crash loses at most a second. If the file holds an earlier recording of this board, that
        comes back into the panel and the file goes on; so a cell that is run again after a lost
        kernel, on a mounted drive in Colab, takes up where it was. `PicoPanel.replay(path)` plays
        it; the format is in docs/recording.md.

        Args:
            path: The file, e.g. `run.jsonl`; None stops.

        Returns:
            What stops at the end of a `with`.

        Raises:
            NotARecording: The file holds something else. It is left as it is.
            RecordingFailed: It cannot be written: no such directory, no permission, no space.

        Example:
            >>> with panel.record("run.jsonl"):
            ...     reply = panel.on()
            >>> lines = open("run.jsonl").read().splitlines()
            >>> lines[0]
            '{"picopanel":"recording","version":1,"id":"docstring"}'
        """
        return self._device.record(path)

    def clear(self) -> None:
        """Forget all readings and events, here and in the page."""
        self._device.clear()

    def _settle(self) -> None:
        """Wait a moment for the first connection, and for what the board says of itself."""
        for _ in range(100):
            if not self._device.settling:
                return
            self._wait(Event(), 0.05)

    def _say(self, command: str, timeout: float, wait: bool) -> Reply | None:
        wait = arguments.flag("wait", wait)
        return self._run(self._device.start(command, timeout), wait)

    def _run(self, command: Command, wait: bool) -> Reply | None:
        if not wait:
            return None
        self._wait(command.done, None)  # the device's ticker ends every command
        if command.error is not None:
            raise command.error
        return command.reply

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connection and the threads."""
        raise NotImplementedError
