"""What a user has written at moments of a log. A mark that is changed comes again, under its name; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Event = tuple[float, Mapping[str, Any]]

LONGEST_MARK = 200  # characters

ROUNDED = 0.5
"""A mark counts from so many ms before it on: at a reading's time, as it is told, it counts for that."""


def as_changed(events: Sequence[Event]) -> list[Event]:
    """Leave out each mark that was changed later, and those that were taken away: they have no text left.

    The count of changes tells which of a mark's events holds, whatever order a file has brought them in. In
    the page, `js/src/data/history.ts` does the same.
    """
    holds: dict[object, int] = {}
    for nth, (_, event) in enumerate(events):
        if event["kind"] == "mark":
            former = holds.setdefault(name := event.get("mark", nth), nth)
            if changes(event) >= changes(events[former][1]):
                holds[name] = nth
    kept = {*holds.values()}
    return [it for nth, it in enumerate(events) if it[1]["kind"] != "mark" or (nth in kept and it[1]["text"])]


def changes(mark: Mapping[str, Any]) -> int:
    """Return how often a mark had been changed by then."""
    return mark.get("change", 0)  # type: ignore[no-any-return]
