"""One command to many boards, and who has answered it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from .._device.command import BLINK, Command, Reply, blink_action
from .._device.device import Device
from .._errors import CommandRefused, NoAnswer, PanelClosed, PicoPanelError, arguments
from .._errors.arguments import first_of
from .boards import ByBoard

_NAMED = 12
# What a closed panel was not sent is refused before it is under way; what was, may have been carried out.
_WAYS = {NoAnswer: "no answer from", PanelClosed: "no answer from", CommandRefused: "declined by"}

_numbers = count(1)


class Answers(ByBoard[Reply]):
    """The answers to one command, by ID.

    Attributes:
        command: What was sent.
        missing: Why there is no answer, by ID.

    Example:
        >>> wall = picopanel.PicoWall.demo(count=2)
        >>> answers = wall.on()
        >>> answers["board-01"].led
        True
        >>> answers.missing
        {}
        >>> wall.close()
    """

    def __init__(
        self, command: str, replies: Mapping[str, Reply], failed: Mapping[str, PicoPanelError]
    ) -> None:
        super().__init__(replies)
        self.command = command
        self._failed = failed

    @property
    def missing(self) -> dict[str, str]:
        return {each: str(error) for each, error in self._failed.items()}

    def __repr__(self) -> str:
        ways: dict[str, list[str]] = {}
        for each, error in sorted(self._failed.items()):
            ways.setdefault(_WAYS.get(type(error), "not sent to"), []).append(each)
        told = "".join(f"; {how} {first_of(ids, _NAMED)}" for how, ids in ways.items())
        return f"<{self.command}: {len(self)} of {len(self) + len(self._failed)} answered{told}>"


class Round:
    """A command on its way to many boards, of the page's click or of none; in the loop only."""

    def __init__(
        self,
        boards: Iterable[tuple[str, Device]],
        name: str,
        timeout: float | None = None,
        blink: tuple[float, float, int | None] = BLINK,
        click: str | None = None,
    ) -> None:
        self._name = name
        self._names = {"nth": next(_numbers), "click": click, "command": name}
        timeout = None if timeout is None else arguments.timeout(timeout)
        # What is no blinking for any board is refused before one is asked.
        action = blink_action(*blink) if name == "blink" else None
        self.commands: dict[str, Command] = {}
        self._refused: dict[str, PicoPanelError] = {}
        for device_id, device in boards:
            try:
                if action and not device.blinks:  # its blinking is one command after the other
                    self.commands[device_id] = device.start_blink(*blink, timeout=timeout).first
                else:
                    self.commands[device_id] = device.start(name, timeout, action)
            except PicoPanelError as error:
                self._refused[device_id] = error

    def answers(self) -> Answers:
        replies = {each: command.reply for each, command in self.commands.items() if command.reply}
        return Answers(self._name, replies, self._missing)

    def summary(self) -> dict[str, Any]:
        missing, failed = sorted(self._missing), self._missing.values()
        # That no answer has come is told already; what else keeps a board from it is another matter.
        whys = {"" if isinstance(error, NoAnswer) else str(error) for error in failed}
        pending = sum(not command.done.is_set() for command in self.commands.values())
        asked = len(self.commands) + len(self._refused)
        counts = {"asked": asked, "answered": asked - pending - len(missing), "pending": pending}
        why = (whys.pop() if len(whys) == 1 else "") or None
        return {**self._names, **counts, "missing": missing[:_NAMED], "why": why}

    @property
    def _missing(self) -> dict[str, PicoPanelError]:
        failed = {each: command.error for each, command in self.commands.items() if command.error}
        return self._refused | failed
