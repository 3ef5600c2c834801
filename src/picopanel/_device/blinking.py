"""Blinking: on the board where it can, else by sending on and off, driven by the answers and the clock."""

from __future__ import annotations

from functools import partial
from typing import Any

from .._errors import arguments
from .._runtime.clock import Clock
from .._runtime.loop import Handle
from .._runtime.waiting import Event
from .command import Command
from .outbox import Send

_LONGEST = 3600.0


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


class Blink:
    """One blinking.

    Args:
        first: What starts it.
        on, off: Seconds.
        n: How often; for ever if None.
        send: Sends a command.
        clock: The time.

    Attributes:
        first: It may have been refused.
        over: Set when it is over.
    """

    def __init__(
        self, first: Command, on: float, off: float, n: int | None, send: Send, clock: Clock
    ) -> None:
        self.first = first
        self.over = Event()
        self._seconds = {"on": on, "off": off}
        self._n = n
        self._send = send
        self._clock = clock
        self._next: Handle | None = None
        self._stopped = False
        first.then = self._answered

    def stop(self) -> None:
        """Blink no more by hand; what the board does is ended by the next LED command."""
        self._stopped = True
        if self._next is not None:
            self._next.cancel()
        if self.first.done.is_set():
            self.over.set()

    def _answered(self, command: Command) -> None:
        if command.error is not None or self._stopped:
            self.over.set()
        elif command.name != "blink":
            self._next = self._clock.later(self._seconds[command.name], partial(self._follow, command.name))
        elif self._n is not None:
            self._next = self._clock.later(self._n * sum(self._seconds.values()), self.over.set)

    def _follow(self, former: str) -> None:
        if former == "off" and self._n is not None:
            self._n -= 1
            if self._n == 0:
                self.over.set()
                return
        self._send(Command("off" if former == "on" else "on", self.first.timeout, then=self._answered))
