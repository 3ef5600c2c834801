"""One command on its way, and the lines it leaves in the log."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._errors import PicoPanelError, arguments
from .._runtime.waiting import Event
from .values import Reply

EXPIRY = 10
"""Seconds after which a command is not carried out any more."""


def new_id() -> str:
    """Return a name that no other command has."""
    return secrets.token_hex(4)


def setting_word(controls: Mapping[str, object]) -> str:
    """Return what a command that sets something is called, e.g. `brightness=40`."""
    words = {True: "on", False: "off"}
    said = (words[value] if isinstance(value, bool) else value for value in controls.values())
    return ", ".join(f"{name}={value}" for name, value in zip(controls, said, strict=True))[:60]


@dataclass(slots=True, eq=False)
class Command:
    """From the verb or click to its answer, or to none."""

    name: str
    timeout: float
    action: dict[str, Any] = field(default_factory=dict)
    """What the PicoPanel layer sends; the course layer sends the name."""
    click: str | None = None
    id: str = field(default_factory=new_id)
    sent_at: float = 0.0
    done: Event = field(default_factory=Event)
    reply: Reply | None = None
    error: PicoPanelError | None = None
    then: Callable[[Command], object] | None = None
    """Called in the loop once it is over."""

    def __post_init__(self) -> None:
        self.timeout = arguments.timeout(self.timeout)

    def event(self, kind: str, **more: object) -> dict[str, object]:
        return {"kind": kind, "id": self.id, "command": self.name, "click": self.click, **more}

    def finish(self, outcome: Reply | PicoPanelError) -> None:
        if isinstance(outcome, Reply):
            self.reply = outcome
        else:
            self.error = outcome
        self.done.set()
        if self.then is not None:
            self.then(self)
