"""The doctor: each step of the way to the board, looked at in order."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from secrets import token_hex

from .._broker import Broker
from .._errors import InvalidDeviceID
from .._link import Link
from .._page.kernel import shell
from .._protocol import check_device_id
from .board import BoardVisit
from .finding import Failed, Finding, Findings, Skipped
from .network import NetworkVisit

Check = Callable[[], str]


def examine(
    device_id: str, link: Link, *, pause: Callable[[float], object] = time.sleep
) -> Iterator[Finding]:
    """Look at each step from here to the board and back; a step whose foundation fails is skipped.

    Args:
        device_id: The board's ID.
        link: The way to it; its connection is shared, so the doctor shows what the panel has.
        pause: Waits some seconds; a panel's keeps its page alive.
    """
    try:
        check_device_id(device_id)
    except InvalidDeviceID as error:
        yield Finding("ID", "failed", str(error), "Give the ID that the board's own file has.")
        return
    yield Finding("ID", "passed", f"{device_id!r} can be part of a topic.")
    network = NetworkVisit(link.identity if isinstance(link.identity, Broker) else None)
    broken = yield from _run(network.checks, regardless="time")
    if broken:
        yield from (_skipped(step, broken) for step in BoardVisit.STEPS)
        return
    visit = BoardVisit(device_id, link, pause)
    try:
        yield from _run(visit.checks)
    finally:
        visit.close()


def tell(findings: Iterable[Finding], say: Callable[[str], object] = print) -> Findings:
    """Say each finding as it comes, and return them."""
    found = Findings()
    for finding in findings:
        say(str(finding))
        found = Findings((*found, finding))
    return found


def show(findings: Iterable[Finding]) -> Findings:
    """In a notebook, let a table grow in the output of the cell, elsewhere say each; and return them."""
    notebook = shell()
    if notebook is None:
        found = tell(findings)
    else:
        found, name = Findings(), f"picopanel-{token_hex(8)}"
        for finding in findings:
            found = Findings((*found, finding))
            found.display(display_id=name, update=len(found) > 1)
        found.shown_in = notebook.execution_count
    return found


def _run(checks: dict[str, Check], regardless: str = "") -> Generator[Finding, None, str | None]:
    """Run checks until one fails, and one of them regardless; return the first that failed."""
    broken = None
    for step, check in checks.items():
        if broken and step != regardless:
            yield _skipped(step, broken)
            continue
        try:
            yield Finding(step, "passed", check())
        except Skipped as reason:
            yield Finding(step, "skipped", str(reason))
        except Failed as failure:
            broken = broken or step
            yield Finding(step, "failed", failure.cause, failure.next)
    return broken


def _skipped(step: str, broken: str) -> Finding:
    return Finding(step, "skipped", f"It needs {broken!r}, which failed.")
