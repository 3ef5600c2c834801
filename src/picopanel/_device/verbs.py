"""The verbs, once for `Pico` and for `PicoPanel`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import _threads as threads
from .._errors import NoChannel
from .._interrupts import Event
from .channel import Channel
from .command import Command
from .facts import Reading, Reply
from .messages import Message

if TYPE_CHECKING:
    import pandas
    import plotly.graph_objects
    from typing_extensions import Self

    from .device import Device


class Verbs:
    """What a user says to a board: on, off, toggle, blink, read."""

    @property
    def _device(self) -> Device:
        raise NotImplementedError

    def _wait(self, done: Event, seconds: float | None) -> bool:
        """Wait for an event; a panel keeps its page alive meanwhile."""
        return threads.wait(done, seconds)

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

    def off(self, *, timeout: float = 10, wait: bool = True) -> Reply | None:
        """Switch the LED off; as `on()`."""
        return self._say("off", timeout, wait)

    def toggle(self, *, timeout: float = 10, wait: bool = True) -> Reply | None:
        """Switch the LED over; as `on()`.

        Example:
            >>> panel.off().led, panel.toggle().led
            (False, True)
        """
        return self._say("toggle", timeout, wait)

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

    def blink(
        self, on_time: float = 1, off_time: float | None = None, n: int | None = None, wait: bool = False
    ) -> None:
        """Blink the LED, then leave it off. Any other LED command ends it.

        The board itself blinks, so the rhythm does not depend on the network; a board of the
        course layer cannot, and is sent `on` and `off`.

        Args:
            on_time: Seconds on, each time.
            off_time: Seconds off; as `on_time` if None.
            n: How often; for ever if None.
            wait: Whether to return only when it is over.
        """
        off_time = on_time if off_time is None else off_time
        if wait and n is None:
            raise ValueError("blink(wait=True) for ever would never return: give n as well.")
        self._settle()
        blink = self._device.start_blink(on_time, off_time, n)
        if wait:
            self._wait(blink.over, None)
        if blink.first.error is not None:
            raise blink.first.error

    def set(self, *, timeout: float = 10, wait: bool = True, **controls: float | str | bool) -> Reply | None:
        """Set what the board has declared beside the LED; as `on()`.

        Args:
            timeout: Seconds to wait for the answer.
            wait: False sends, and goes on at once with None.
            controls: By name: a number for a range, `"#rrggbb"` for a colour, True or False for a
                switch.

        Raises:
            CommandRefused: The board has no such control, or it does not take that value.
            NotConnected, NoAnswer: As `on()`.

        Example:
            >>> panel.set(led=True).led    # on a board that has them: set(brightness=40, color="#ff8800")
            True
        """
        return self._run(self._device.start_set(controls, timeout), wait)

    def readings(self, *, seconds: float | None = None, n: int | None = None) -> Iterator[Reading]:
        """Iterate over readings as they come, from now on.

        Args:
            seconds: Stop after so long.
            n: Stop after so many.

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

    def sleep(self, seconds: float) -> None:
        """Wait, with the chart alive meanwhile: use it instead of `time.sleep` in a loop."""
        if seconds < 0:
            raise ValueError(f"sleep() takes 0 seconds or more, not {seconds}.")
        self._wait(Event(), seconds)

    def to_dataframe(self) -> pandas.DataFrame:
        """Return the readings, one a row.

        Columns: `time` (UTC), `elapsed_s` (seconds since the first), `channel`, `value`, `unit`,
        `led`, `virtual`, `replay`, `boot`, `arrival` (UTC), `board_time` (UTC, by the board's own clock)
        and `mark` (the last of `panel.mark()` before it).
        """
        return self._device.export.to_dataframe()

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write the readings to a file, with the columns of `to_dataframe()`."""
        self._device.export.to_csv(path)

    def figure(self, *, elapsed: bool = False) -> plotly.graph_objects.Figure:
        """Return the chart as a plotly figure, with units and command markers.

        Args:
            elapsed: Seconds since the first reading on the time axis, as the course plots.
        """
        return self._device.export.figure(elapsed=elapsed)

    def record(self, path: str | os.PathLike[str] | None) -> None:
        """Write all readings and events to a file, those so far and from now on, as they come.

        A crash loses at most a second. If the file holds an earlier recording of this board, that
        comes back into the panel and the file goes on; so a cell that is run again after a lost
        kernel, on a mounted drive in Colab, takes up where it was. `PicoPanel.replay(path)` plays
        it; the format is in docs/recording.md.

        Args:
            path: The file, e.g. `run.jsonl`; None stops.

        Raises:
            NotARecording: The file holds something else. It is left as it is.
            RecordingFailed: It cannot be written: no such directory, no permission, no space.

        Example:
            >>> panel.record("run.jsonl")
            >>> panel.on().led
            True
            >>> panel.record(None)
            >>> lines = open("run.jsonl").read().splitlines()
            >>> lines[0]
            '{"picopanel":"recording","version":1,"id":"docstring"}'
        """
        self._device.record(path)

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
