"""What the doctor says of one step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .._diagnosis import link_sentences
from .._link import LinkStatus

Result = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One step: how it went, why, and what to do next."""

    step: str
    result: Result
    text: str
    next: str = ""

    def __str__(self) -> str:
        line = f"{self.step:<10} {self.result:<8} {self.text}"
        return f"{line}\n{'':<20}{self.next}" if self.next else line


class Skipped(Exception):
    """This step has nothing to look at, with the reason."""


class Failed(Exception):
    """This step failed."""

    def __init__(self, cause: str | None, next_step: str | None) -> None:
        self.cause = cause or "It is not clear why."
        self.next = next_step or "Try it again."
        super().__init__(self.cause)

    @classmethod
    def of(cls, status: LinkStatus) -> Failed:
        """Return the failure that a link's status tells, in the lamps' own sentence."""
        cause, next_step = link_sentences(status)
        told = not status.detail or status.detail in cause
        return cls(cause if told else f"{cause} ({status.detail})", next_step)
