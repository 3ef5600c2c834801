"""What the doctor says of one step."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any, Literal

from .._link import LinkStatus
from .._link.troubles import link_sentences

Result = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Finding:
    step: str
    result: Result
    text: str
    next: str = ""

    def __str__(self) -> str:
        line = f"{self.step:<10} {self.result:<8} {self.text}"
        return f"{line}\n{'':<20}{self.next}" if self.next else line


_SIGNS = {"passed": "✓", "failed": "✗", "skipped": "–"}


class Findings(tuple[Finding, ...]):
    """What the doctor has found, step by step; true if no step failed."""

    shown_in: int | None = None
    """The number of the notebook's cell that shows it already."""

    def __bool__(self) -> bool:
        return not self.failed

    @property
    def failed(self) -> tuple[Finding, ...]:
        """The steps that failed."""
        return tuple(finding for finding in self if finding.result == "failed")

    def __str__(self) -> str:
        return "\n".join(map(str, self))

    def __repr__(self) -> str:
        steps = ", ".join(finding.step for finding in self.failed)
        return f"<doctor: failed: {steps}>" if steps else "<doctor: all is well>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr>{_cell(finding.step)}{_cell(f'{_SIGNS[finding.result]} {finding.result}')}"
            f"{_cell(finding.text, finding.next, wraps=True)}</tr>"
            for finding in self
        )
        return f"<table>{rows}</table>"

    def _ipython_display_(self) -> None:
        from IPython import get_ipython

        found = get_ipython()  # type: ignore[no-untyped-call, unused-ignore]
        if found is None or found.execution_count != self.shown_in:
            self.display()

    def display(self, **options: Any) -> None:
        from IPython.display import display

        forms = {"text/plain": str(self), "text/html": self._repr_html_()}
        display(forms, raw=True, **options)  # type: ignore[no-untyped-call, unused-ignore]


def _cell(*lines: str, wraps: bool = False) -> str:
    style = "text-align: left; vertical-align: top" + ("" if wraps else "; white-space: nowrap")
    return f'<td style="{style}">{"<br>".join(escape(line) for line in lines if line)}</td>'


class Skipped(Exception):
    """This step has nothing to look at, with the reason."""


class Failed(Exception):
    def __init__(self, cause: str | None, next_step: str | None) -> None:
        self.cause = cause or "It is not clear why."
        self.next = next_step or "Try it again."
        super().__init__(self.cause)

    @classmethod
    def of(cls, status: LinkStatus) -> Failed:
        cause, next_step = link_sentences(status)
        told = not status.detail or status.detail in f"{cause} {next_step}"
        return cls(cause if told else f"{cause} ({status.detail})", next_step)
