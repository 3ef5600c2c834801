"""What a board has been seen to do, by whomever it was commanded. Pure; times are Unix milliseconds."""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass, field

_MOST_OPEN = 64
"""Commands remembered until their answer comes; as many as a board remembers."""


@dataclass(slots=True)
class Attendance:
    """Counts of one board, from the first device of it in this process on."""

    first: float | None = None
    """When something of it was first heard."""
    last: float | None = None
    commands: int = 0
    answers: int = 0
    away: int = 0
    """How often it was gone: said to be offline, or heard again after a silence."""
    _open: OrderedDict[str, None] = field(default_factory=OrderedDict)

    def seen(self, now: float) -> None:
        self.first = now if self.first is None else self.first
        self.last = now

    def commanded(self, payload: bytes) -> None:
        """A command of the PicoPanel layer passed; what panels ask again by themselves is none."""
        try:
            command = json.loads(payload[:4096])
        except (ValueError, RecursionError):
            return
        name = command.get("experiment_id") if isinstance(command, dict) else None
        if not isinstance(name, str) or "since" in command or name in self._open:
            return
        self.commands += 1
        self._open[name[:64]] = None
        if len(self._open) > _MOST_OPEN:
            self._open.popitem(last=False)

    def answered(self, name: str) -> None:
        if name in self._open:
            del self._open[name]
            self.answers += 1
