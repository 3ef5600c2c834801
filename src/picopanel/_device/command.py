"""One command on its way to its answer, and a blinking, which may be many."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from .._errors import InvalidCommand, PicoPanelError, arguments
from .._protocol.payloads import COURSE_COMMANDS
from .._runtime.loop import Handle
from .._runtime.waiting import Event

if TYPE_CHECKING:
    from .device import Device

EXPIRY = 10  # seconds after which a command is not carried out any more
_LONGEST_BLINK = 3600.0

COMMANDS = (*COURSE_COMMANDS, "read")

BLINK = (0.5, 0.5, 5)  # what a page's button does: seconds on, seconds off, how often


def new_id() -> str:
    return secrets.token_hex(4)


def check_command(name: str) -> str:
    if name not in COMMANDS:
        raise InvalidCommand(f"{name!r} is not a command; a board knows 'on', 'off', 'toggle' and 'read'.")
    return name


def set_action(controls: Mapping[str, object]) -> dict[str, Any]:
    """Return what a board is told that is to set something, or refuse what no board takes."""
    if not controls:
        raise InvalidCommand("set() takes what is to be set, e.g. set(brightness=40).")
    return {"set": {name: arguments.setting(str(name), value) for name, value in controls.items()}}


def setting_word(controls: Mapping[str, object]) -> str:
    """Return what a command that sets something is called, e.g. `brightness=40`."""
    words = {True: "on", False: "off"}
    said = (words[value] if isinstance(value, bool) else value for value in controls.values())
    return ", ".join(f"{name}={value}" for name, value in zip(controls, said, strict=True))[:60]


def blink_action(on: float, off: float, n: int | None) -> dict[str, Any]:
    """Return what a board is told that blinks by itself, or refuse what no board takes."""
    action = {
        word: max(1, round(arguments.number(name, seconds, above=0, most=_LONGEST_BLINK) * 1000))
        for word, name, seconds in (("on", "on_time", on), ("off", "off_time", off))
    }
    return {"blink": action if n is None else {**action, "n": arguments.count("n", n, least=1)}}


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """A board's answer to one command.

    Attributes:
        command: What was sent.
        temperature: In degrees Celsius, or None if the board measures none.
        led: Whether the LED is on; None if it cannot be known.
        latency: Seconds from sending to the answer.
        certain: Whether the answer surely belongs to this command. False only on the course
            layer, whose answers carry no identity, when others command the board as well or an
            answer is overdue.
        values: Every channel's value at that moment, by name.
        answered: False where the board gives no answers, as its description says: it was sent, and no
            more is known.
        already: True where it was set so before by the board's own word, and nothing new came: some boards
            are silent when nothing changes.
    """

    command: str
    temperature: float | None
    led: bool | None
    latency: float
    certain: bool = True
    values: Mapping[str, float] = field(default_factory=dict)
    answered: bool = True
    already: bool = False

    def __repr__(self) -> str:
        if not self.answered:
            return f"<{self.command}: sent; this board does not answer>"
        if self.already:
            return f"<{self.command}: it was so already; nothing new came, not certain>"
        led = {None: "LED unknown", True: "LED on", False: "LED off"}[self.led]
        if self.led is None and self.temperature is None:  # another kind of board
            led = "answered"
        temperature = "" if self.temperature is None else f", {self.temperature:g} °C"
        doubt = "" if self.certain else ", not certain"
        return f"<{self.command}: {led}{temperature}, after {self.latency * 1000:.0f} ms{doubt}>"


@dataclass(slots=True, eq=False)
class Command:
    """From the verb or click to its answer, or to none."""

    name: str
    timeout: float
    action: dict[str, Any] = field(default_factory=dict)  # the PicoPanel layer's; the course has the name
    click: str | None = None
    id: str = field(default_factory=new_id)
    sent_at: float = 0.0
    done: Event = field(default_factory=Event)
    reply: Reply | None = None
    error: PicoPanelError | None = None
    then: Callable[[Command], object] | None = None  # called in the loop once it is over

    def __post_init__(self) -> None:
        self.timeout = arguments.timeout(self.timeout)


class Blink:
    """A blinking: on the board where it can, else by sending on and off, driven by the answers and the clock.

    It begins with `first`, which may be refused.
    """

    def __init__(self, device: Device, first: Command, seconds: dict[str, float], n: int | None) -> None:
        self.first, self.over = first, Event()
        self._seconds, self._left = seconds, n
        self._send, self._later = device.send, device.known.clock.later
        self._next: Handle | None = None
        self._stopped = False
        self._error: PicoPanelError | None = None
        first.then = self._answered

    @property
    def error(self) -> PicoPanelError | None:
        """Why it was not done to its end."""
        return self.first.error or self._error

    def stop(self, error: PicoPanelError | None = None) -> None:
        """Blink no more by hand; what the board does is ended by the next LED command."""
        self._stopped = True
        if self._next is not None:
            self._next.cancel()
        if self.first.done.is_set():
            self._end(error)

    def _end(self, error: PicoPanelError | None = None) -> None:
        if not self.over.is_set():
            self._error = error
            self.over.set()

    def _answered(self, command: Command) -> None:
        if command.error is not None or self._stopped:
            self._end(command.error)
        elif command.name != "blink":
            self._next = self._later(self._seconds[command.name], partial(self._follow, command.name))
        elif self._left is not None:
            self._next = self._later(self._left * sum(self._seconds.values()), self._end)

    def _follow(self, former: str) -> None:
        if former == "off" and self._left is not None:
            self._left -= 1
            if self._left == 0:
                self._end()
                return
        self._send(Command("off" if former == "on" else "on", self.first.timeout, then=self._answered))
