"""A recording laid over another: its rows moved in time, its channels and commands named after its file."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .._errors import InvalidArgument
from .._errors.arguments import nearest
from .._protocol.payloads import MOST_NAMES
from .recording import Laid, Recording
from .store import EVENT, Rows, Store

_LONGEST_NAME = 24
_SILENCES = ("offline", "start")  # of another board, they break lines and tell nothing else


def lay_over(under: Recording, over: Recording, under_name: str, name: str, align: str) -> Recording:
    """Return both as one recording of the former's board.

    Args:
        under: What is played.
        over: What is laid over it.
        under_name: What errors call it.
        name: What the other's channels, commands and marks are told apart by.
        align: What shall be at one time: `start`, the first `command`, or the text of a mark.

    Raises:
        InvalidArgument: One of them has no such mark or command, or they have too many channels.
    """
    below, above = under.store.since(0), over.store.since(0)
    shift = _anchor(below, align, under_name) - _anchor(above, align, name)
    word = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
    units = {_named(channel, word): unit for channel, unit in over.units.items()}
    if len(under.units) + len(units) > MOST_NAMES:
        raise InvalidArgument(f"Together they have more than {MOST_NAMES} channels.")
    rows = _merged(below, _moved(above, shift, word, max(below.table, default=0)))
    store = Store(max(1, rows.end))
    store.extend(rows)
    laid = under.laid or Laid(frozenset(), below.arrivals[0], below.arrivals[-1])
    laid = replace(laid, channels=laid.channels | units.keys())
    return replace(under, store=store, units=under.units | units, laid=laid)


def _named(text: str, name: str) -> str:
    return f"{name}: {text}"  # in this order: a tile that is too narrow shows the beginning


def _anchor(rows: Rows, align: str, name: str) -> float:
    """Return the time of what shall be at one time, in ms."""
    if align == "start":
        return rows.times[0]
    events = rows.timed_events()
    if align == "command":
        for time, event in events:
            if "id" in event:
                return time
        raise InvalidArgument(f"{name} has no command to align at.")
    marks = [(time, event["text"]) for time, event in events if event["kind"] == "mark"]
    for time, text in marks:
        if text == align:
            return time
    said = f"{name} has no mark {align[:64]!r}; align takes 'start', 'command' or the text of a mark in both."
    raise InvalidArgument(f"{said} {nearest(align, [text for _, text in marks])}".rstrip())


def _moved(rows: Rows, shift: float, name: str, beyond: int) -> Rows:
    """Return rows at other times, under names of their own and numbers beyond those of others."""
    numbers = {EVENT: EVENT} | {number: number + beyond for number in rows.table}
    table = {
        numbers[n]: replace(origin, channel=_named(origin.channel, name)) for n, origin in rows.table.items()
    }
    told = [(row, _told(event, name)) for row, event in rows.events]
    return replace(
        rows,
        times=array("d", [time + shift for time in rows.times]),
        origins=array("H", map(numbers.__getitem__, rows.origins)),
        events=tuple((row, event) for row, event in told if event is not None),
        table=table,
    )


def _told(event: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    """Return an event as another board's; None if it tells only of that board's own state."""
    if event["kind"] in _SILENCES:
        return {"kind": "start"}
    if event["kind"] == "mark":
        return {
            **event,
            "text": event["text"] and _named(event["text"], name),
            "mark": f"{name} {event.get('mark')}",
        }
    if "id" not in event:
        return None
    whose = {"id": f"{name} {event['id']}", "command": _named(event["command"], name)}
    return {key: value for key, value in event.items() if key != "led"} | whose


def _merged(below: Rows, above: Rows) -> Rows:
    """Return the rows of both in the order in which they came."""
    came = below.arrivals + above.arrivals
    order = sorted(range(len(came)), key=came.__getitem__)

    def column(kind: str, name: str) -> Any:
        both = getattr(below, name) + getattr(above, name)
        return array(kind, map(both.__getitem__, order))

    first = len(below.times) - above.first
    events = {row - below.first: event for row, event in below.events}
    events |= {row + first: event for row, event in above.events}
    return Rows(
        first=0,
        end=len(order),
        floor=0,
        times=column("d", "times"),
        values=column("d", "values"),
        lags=column("i", "lags"),
        stamps=column("q", "stamps"),
        origins=column("H", "origins"),
        events=tuple((at, events[row]) for at, row in enumerate(order) if row in events),
        table={**below.table, **above.table},
    )
