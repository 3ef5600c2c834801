"""What is found at one step of a way that is looked at, and how all of it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from secrets import token_hex
from typing import Any, Literal

from .._page.kernel import shell


@dataclass(frozen=True, slots=True)
class Finding:
    step: str
    result: Literal["passed", "failed", "skipped"]
    text: str
    next: str = ""

    def __str__(self) -> str:
        line = f"{self.step:<10} {self.result:<8} {self.text}"
        return f"{line}\n{'':<20}{self.next}" if self.next else line


class Skipped(Exception):
    """This step has nothing to look at, with the reason."""


class Failed(Exception):
    """The cause of a step's failure, and the next step; None where that is not known."""

    def __init__(self, cause: str | None, next_step: str | None) -> None:
        super().__init__(cause or "It is not clear why.", next_step or "Try it again.")


def look_at(step: str, look: Callable[[], str]) -> Finding:
    """Return what a look finds, which may raise `Skipped` or `Failed`."""
    try:
        return Finding(step, "passed", look())
    except Skipped as reason:
        return Finding(step, "skipped", str(reason))
    except Failed as failure:
        return Finding(step, "failed", *failure.args)


_SIGNS = {"passed": "✓", "failed": "✗", "skipped": "–"}


class Findings(tuple[Finding, ...]):
    """What the doctor has found, step by step; true if no step failed."""

    shown_in: int | None = None  # the number of the notebook's cell that shows it already

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
        notebook = shell()
        if notebook is None or notebook.execution_count != self.shown_in:
            self.display()

    def display(self, **options: Any) -> None:
        from IPython.display import display

        forms = {"text/plain": str(self), "text/html": self._repr_html_()}
        display(forms, raw=True, **options)  # type: ignore[no-untyped-call, unused-ignore]


def _cell(*lines: str, wraps: bool = False) -> str:
    style = "text-align: left; vertical-align: top" + ("" if wraps else "; white-space: nowrap")
    return f'<td style="{style}">{"<br>".join(escape(line) for line in lines if line)}</td>'


def tell(findings: Iterable[Finding]) -> Findings:
    found = []
    for finding in findings:
        print(finding)
        found.append(finding)
    return Findings(found)


def show(findings: Iterable[Finding]) -> Findings:
    """In a notebook, let a table grow in the output of the cell, elsewhere say each; and return them."""
    notebook = shell()
    if notebook is None:
        return tell(findings)
    found, name = Findings(), f"picopanel-{token_hex(8)}"
    for finding in findings:
        found = Findings((*found, finding))
        found.display(display_id=name, update=len(found) > 1)
    found.shown_in = notebook.execution_count
    return found
