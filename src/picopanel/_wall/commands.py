"""One command to many boards, and who has answered it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from .._device.command import BLINK, Command, Reply, blink_action
from .._device.device import Device
from .._errors import PicoPanelError, arguments
from .._errors.arguments import first_of
from .boards import ByBoard

_NAMED = 12

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

    def __init__(self, command: str, replies: Mapping[str, Reply], missing: Mapping[str, str]) -> None:
        super().__init__(replies)
        self.command = command
        self.missing = dict(missing)

    def __repr__(self) -> str:
        text = f"<{self.command}: {len(self)} of {len(self) + len(self.missing)} answered"
        silent = f"; no answer from {first_of(sorted(self.missing), _NAMED)}" if self.missing else ""
        return f"{text}{silent}>"


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
        self._refused: dict[str, str] = {}
        for device_id, device in boards:
            try:
                if action and not device.blinks:  # its blinking is one command after the other
                    self.commands[device_id] = device.start_blink(*blink, timeout=timeout).first
                else:
                    self.commands[device_id] = device.start(name, timeout, action)
            except PicoPanelError as error:
                self._refused[device_id] = str(error)

    def answers(self) -> Answers:
        replies = {each: command.reply for each, command in self.commands.items() if command.reply}
        return Answers(self._name, replies, self._missing)

    def summary(self) -> dict[str, Any]:
        missing = sorted(self._missing)
        pending = sum(not command.done.is_set() for command in self.commands.values())
        asked = len(self.commands) + len(self._refused)
        counts = {"asked": asked, "answered": asked - pending - len(missing), "pending": pending}
        return {**self._names, **counts, "missing": missing[:_NAMED]}

    @property
    def _missing(self) -> dict[str, str]:
        failed = {each: str(command.error) for each, command in self.commands.items() if command.error}
        return self._refused | failed
