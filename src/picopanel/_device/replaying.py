"""A recording's rows in: they are the log already, and tell of the board what they told when they came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._protocol import Control, Info
from .._store import EVENT, Origin, Rows
from .known import Known

_LED = Control("led", "switch")


def replay(board: Known, rows: Rows, begin: bool) -> None:
    """Take rows that are due; `begin` forgets former ones. The caller holds the board's lock."""
    if begin:
        board.store.clear()
        board.presence.status(True, True, board.clock.monotonic())
    board.store.extend(rows, replay=True)
    events = dict(rows.events)
    for row, number in enumerate(rows.origins):
        if number == EVENT:
            _event(board, rows.times[row], events.get(rows.first + row, {}))
        else:
            board.last[rows.table[number].channel] = (rows.times[row], rows.values[row])
    for number in dict.fromkeys(rows.origins):
        if number != EVENT:
            _reading(board, rows.table[number])


def _reading(board: Known, origin: Origin) -> None:
    now = board.clock.monotonic()
    if origin.boot is None:
        board.presence.course_reading(now)
        return
    board.presence.info = Info(
        protocol=1,
        boot=origin.boot,
        board="",
        firmware="",
        virtual=origin.virtual,
        interval=origin.interval or 0,
        units={},
        errors={},
        every={},
        controls=(_LED,),
    )
    board.presence.sample(now)
    board.learn_led(origin.led)


def _event(board: Known, time: float, event: Mapping[str, Any]) -> None:
    kind = event.get("kind")
    if kind in ("online", "offline"):
        board.presence.status(kind == "online", False, board.clock.monotonic())
        board.online_since = time if kind == "online" else None
    if kind == "offline":
        board.learn_led(None)
    if kind == "answered" and "led" in event and isinstance(event["led"], (bool, type(None))):
        board.learn_led(event["led"])
