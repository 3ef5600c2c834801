"""What a user says to a board: the verbs, once for `Pico` and for `PicoPanel`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal, overload

from .._device.command import Command, Reply
from .._device.device import Device
from .._device.recorder import Recorder
from .._errors import InvalidArgument, NotConnected, arguments, warn
from .._link.mqtt import MqttLink
from .._runtime import loop
from .._runtime.waiting import Event

if TYPE_CHECKING:
    from typing_extensions import Self

Value = float | str | bool
Values = Mapping[str, Value] | None


def settle(recorder: Recorder, call: Callable[..., object], *what: object) -> None:
    """Have something done, and wait until what is under way at the file is done as well."""
    loop.ask(call, *what)
    if not recorder.settled.is_set():  # else the loop, too, may pass here
        loop.wait(recorder.settled, None)
    warn_if_cut(recorder)


def warn_if_cut(recorder: Recorder) -> None:
    """Warn of a recording that has stopped before all was written: a script has no panel that tells it."""
    if (cut := recorder.cut) is not None:
        recorder.cut = None
        warn(f"{cut} What is in memory is still here: to_csv() writes it.")


def check_hearing(device: Device) -> None:
    """Refuse to wait for a board of which nothing would be heard meanwhile.

    Raises:
        NotConnected: Python runs in a page, where this stack cannot give way to what comes.
    """
    if isinstance(device.link, MqttLink) and not loop.hears_while_it_waits():
        raise NotConnected(
            "Nothing was sent: Python in a browser hears nothing while it waits here, in a function that the "
            "page calls, or in a browser without JSPI (Chrome, Edge and Firefox have it). Click in the "
            "panel, or give wait=False: the panel shows the answer."
        )


class Waits:
    """`sleep` and `with`, for what waits in its own way and is closed."""

    if TYPE_CHECKING:

        def _is_settling(self) -> bool: ...
        def _wait(self, done: Event, seconds: float | None) -> bool: ...
        def close(self) -> None: ...

    def sleep(self, seconds: float) -> None:
        """Wait so many seconds, with the page alive meanwhile: use it instead of `time.sleep` in a loop.

        Clicks are handled meanwhile, but in JupyterLite, whose page keeps them until the cell is over.
        """
        self._wait(Event(), arguments.number("seconds", seconds, least=0))

    def _settle(self) -> None:
        """Wait a moment for the first connection, and for what boards say of themselves."""
        for _ in range(100):
            if not loop.ask(self._is_settling):
                return
            self._wait(Event(), 0.05)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Verbs(Waits):
    """on, off, toggle, blink, read, set, sleep."""

    _device: Device

    def _wait(self, done: Event, seconds: float | None) -> bool:
        """Wait for an event; a panel keeps its page alive meanwhile."""
        return loop.wait(done, seconds)

    @overload
    def on(self, *, timeout: float | None = None, wait: Literal[True] = True) -> Reply: ...
    @overload
    def on(self, *, timeout: float | None = None, wait: bool = True) -> Reply | None: ...
    def on(self, *, timeout: float | None = None, wait: bool = True) -> Reply | None:
        """Switch the LED on, and return the board's answer.

        Args:
            timeout: Seconds to wait for the answer; if None, 10, or the `patience` of its description.
            wait: False to go on at once, with None; the answer shows in the panel.

        Raises:
            NotConnected: At once, when broker or board are away. Nothing was sent.
            NoAnswer: When the time is over, or the connection breaks; also a `TimeoutError`. The board
                may have carried it out.
        """
        return self._run(wait, self._device.start, "on", timeout)

    @overload
    def off(self, *, timeout: float | None = None, wait: Literal[True] = True) -> Reply: ...
    @overload
    def off(self, *, timeout: float | None = None, wait: bool = True) -> Reply | None: ...
    def off(self, *, timeout: float | None = None, wait: bool = True) -> Reply | None:
        """Switch the LED off; as `on()`."""
        return self._run(wait, self._device.start, "off", timeout)

    @overload
    def toggle(self, *, timeout: float | None = None, wait: Literal[True] = True) -> Reply: ...
    @overload
    def toggle(self, *, timeout: float | None = None, wait: bool = True) -> Reply | None: ...
    def toggle(self, *, timeout: float | None = None, wait: bool = True) -> Reply | None:
        """Switch the LED over; as `on()`.

        Example:
            >>> panel.off().led, panel.toggle().led
            (False, True)
        """
        return self._run(wait, self._device.start, "toggle", timeout)

    @overload
    def read(self, *, timeout: float | None = None, wait: Literal[True] = True) -> Reply: ...
    @overload
    def read(self, *, timeout: float | None = None, wait: bool = True) -> Reply | None: ...
    def read(self, *, timeout: float | None = None, wait: bool = True) -> Reply | None:
        """Measure now, without touching the LED; as `on()`."""
        return self._run(wait, self._device.start, "read", timeout)

    def send_and_receive(self, command: str, timeout: float | None = None) -> Reply:
        """Send `on`, `off`, `toggle` or `read` and return the answer: the course's own word for it.

        Raises:
            InvalidCommand: For any other word.
            NotConnected, NoAnswer: As `on()`.
        """
        reply = self._run(True, self._device.start, command, timeout)
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
        timeout: float | None = None,
    ) -> Reply: ...
    @overload
    def blink(
        self,
        on_time: float = 1,
        off_time: float | None = None,
        n: int | None = None,
        wait: bool = True,
        *,
        timeout: float | None = None,
    ) -> Reply | None: ...
    def blink(
        self,
        on_time: float = 1,
        off_time: float | None = None,
        n: int | None = None,
        wait: bool = True,
        *,
        timeout: float | None = None,
    ) -> Reply | None:
        """Blink the LED, then leave it off. Any other LED command ends it, and the stop button too.

        The board itself blinks, so the rhythm does not depend on the network; a board of the
        course layer cannot, and is sent `on` and `off`.

        Args:
            on_time: Seconds on, each time.
            off_time: Seconds off; as `on_time` if None.
            n: How often; for ever if None.
            wait: True returns when it is over, or, without `n`, when it has begun; False goes on at
                once, as gpiozero and picozero do unless they are told to wait.
            timeout: Seconds to wait for the board's answer that it has begun; None as for `on()`.

        Example:
            >>> panel.blink(0.1, n=2).command
            'blink'
        """
        wait = arguments.flag("wait", wait)
        if wait:
            check_hearing(self._device)
        self._settle()
        off = on_time if off_time is None else off_time
        try:
            blink = loop.ask(self._device.start_blink, on_time, off, n, timeout=timeout)
            if wait:
                self._wait(blink.first.done if n is None else blink.over, None)
        except KeyboardInterrupt:
            if wait:
                loop.post(self._device.end_blinking)
            raise
        if blink.error is not None:
            raise blink.error
        return blink.first.reply if wait else None

    @overload
    def set(
        self,
        values: Values = None,
        /,
        *,
        timeout: float | None = None,
        wait: Literal[True] = True,
        **controls: Value,
    ) -> Reply: ...
    @overload
    def set(
        self, values: Values = None, /, *, timeout: float | None = None, wait: bool = True, **controls: Value
    ) -> Reply | None: ...
    def set(
        self, values: Values = None, /, *, timeout: float | None = None, wait: bool = True, **controls: Value
    ) -> Reply | None:
        """Set what the board has declared beside the LED; as `on()`.

        Args:
            values: Controls whose names cannot stand alone: `set({"timeout": 3})`.
            timeout: Seconds to wait for the answer; if None, 10, or the `patience` of its description.
            wait: False to go on at once, with None.
            controls: A number for a range, `"#rrggbb"` for a colour, True or False for a switch.

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
        return self._run(wait, self._device.start_set, {**(values or {}), **controls}, timeout)

    def _is_settling(self) -> bool:
        return self._device.settling

    def _run(self, wait: bool, start: Callable[..., Command], *what: object) -> Reply | None:
        wait = arguments.flag("wait", wait)
        if wait:
            check_hearing(self._device)
        command = loop.ask(start, *what)
        if not wait:
            loop.pass_by()  # so that it is sent, though a cell may go on for long
            return None
        self._wait(command.done, None)  # the device ends every command
        if command.error is not None:
            raise command.error
        return command.reply

    def close(self) -> None:
        """End the connection; the readings stay."""
        settle(self._device.recorder, self._device.close)
