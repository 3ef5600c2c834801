"""Blinking: on the board where it can, else by sending on and off."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from .._errors import arguments
from .._runtime import threads
from .._runtime.interrupts import Event
from .command import Command

if TYPE_CHECKING:
    from .device import Device

_LONGEST = 3600.0


class Blink(NamedTuple):
    """A blinking under way."""

    first: Command
    """What starts it; it may have been refused."""
    over: Event


def blink_action(on: float, off: float, n: int | None) -> dict[str, Any]:
    """Return what a board is told that blinks by itself.

    Raises:
        InvalidArgument: For times or counts that no board takes.
    """
    times = {"on": _milliseconds("on_time", on), "off": _milliseconds("off_time", off)}
    n = None if n is None else arguments.count("n", n, least=1)
    return {"blink": times | ({} if n is None else {"n": n})}


def _milliseconds(name: str, seconds: float) -> int:
    return max(1, round(arguments.number(name, seconds, above=0, most=_LONGEST) * 1000))


class Blinking:
    """At most one blinking at a time."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._stop = Event()

    def start(self, on: float, off: float, n: int | None, click: str | None, timeout: float) -> Blink:
        """Start blinking."""
        action = blink_action(on, off, n)
        if self._device.mode == "course":
            first = Command("on", timeout, click=click)
            follow = self._by_hand
        else:
            first = Command("blink", timeout, action, click)
            follow = self._on_the_board
        self.stop()
        self._stop, over = Event(), Event()
        self._device.send(first)
        arguments = (first, on, off, n, self._stop, over)
        threads.run("picopanel-blink", lambda: follow(*arguments), _glances(*arguments))
        return Blink(first, over)

    def stop(self) -> None:
        """Blink no more by hand; what the board does is ended by the next LED command."""
        self._stop.set()

    def _on_the_board(
        self, first: Command, on: float, off: float, n: int | None, stop: Event, over: Event
    ) -> None:
        first.done.wait()
        if first.error is None:
            stop.wait(None if n is None else n * (on + off))
        over.set()

    def _by_hand(
        self, first: Command, on: float, off: float, n: int | None, stop: Event, over: Event
    ) -> None:
        command, done = first, 0
        try:
            while _answered(command) and not stop.wait(on if command.name == "on" else off):
                done += command.name == "off"
                if done == n:
                    break
                command = Command("off" if command.name == "on" else "on", first.timeout)
                self._device.send(command)
        finally:
            over.set()


def _glances(
    first: Command, on: float, off: float, n: int | None, stop: Event, over: Event
) -> Callable[[], bool]:
    """Return what follows a blinking board without a thread: False when it is over."""
    end = float("inf") if n is None else monotonic() + n * (on + off)

    def glance() -> bool:
        if stop.is_set() or first.error is not None or monotonic() >= end:
            over.set()
        return not over.is_set()

    return glance


def _answered(command: Command) -> bool:
    command.done.wait()
    return command.error is None
