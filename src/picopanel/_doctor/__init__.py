"""The doctor: each step of the way to the board, looked at in order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from secrets import token_hex

from .._errors import InvalidDeviceID
from .._link import Link
from .._page.kernel import shell
from .._protocol.ids import check_device_id
from .findings import Failed, Finding, Findings, Skipped
from .steps import Visit


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
    visit = Visit(device_id, link, pause)
    broken = None
    try:
        for step in Visit.STEPS:
            if broken and step != "time":  # which may be why TLS failed
                yield Finding(step, "skipped", f"It needs {broken!r}, which failed.")
                continue
            try:
                yield Finding(step, "passed", visit.check(step))
            except Skipped as reason:
                yield Finding(step, "skipped", str(reason))
            except Failed as failure:
                broken = broken or step
                yield Finding(step, "failed", failure.cause, failure.next)
    finally:
        visit.close()


def tell(findings: Iterable[Finding], say: Callable[[str], object] = print) -> Findings:
    found = Findings()
    for finding in findings:
        say(str(finding))
        found = Findings((*found, finding))
    return found


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
