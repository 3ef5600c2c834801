"""From what a user gives to the boards of a wall. Everything is checked before anything is opened."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from .._broker import Broker, as_broker, find
from .._errors import InvalidDeviceID, arguments
from .._pico.connect import PUBLIC, share, warn_of
from .._protocol.ids import check_device_id
from .boards import MOST, Open
from .discovery import check_pattern

MOST_VIRTUAL = 60
"""Boards of a demo: each is worked out in this process."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a wall is to show: boards and how to open them, and which others to search for, where."""

    key: Hashable
    """Equal for walls of the same boards."""
    boards: Mapping[str, Open] = field(default_factory=dict)
    pattern: str | None = None
    broker: Broker | None = None
    open: Callable[[str], Open] | None = None
    notices: tuple[str, ...] = ()


def listed(
    boards: Iterable[str] | Mapping[str, Broker | str | None], broker: Broker | str | None, capacity: int
) -> Plan:
    if isinstance(boards, (str, bytes)):
        if isinstance(boards, str):
            check_device_id(boards)  # which does not repeat a URL
        raise InvalidDeviceID(f"PicoWall takes a list of IDs: PicoWall([{boards!a}]).")
    if not isinstance(boards, Iterable):
        raise InvalidDeviceID('PicoWall takes a list of IDs: PicoWall(["alice-07", "bob-02"]).')
    own: Mapping[str, Broker | str | None] = boards if isinstance(boards, Mapping) else dict.fromkeys(boards)
    if not 0 < len(own) <= MOST:
        raise InvalidDeviceID(f"A wall takes 1 to {MOST} IDs, not {len(own)}.")
    common = find(None, broker)[1] if None in own.values() else None
    brokers = {
        check_device_id(each): common if given is None else as_broker(given) for each, given in own.items()
    }
    found = {each: at for each, at in brokers.items() if at is not None}
    for device_id in found:
        warn_of(device_id)
    return Plan(
        frozenset(found.items()),
        {each: partial(share, each, at, capacity) for each, at in found.items()},
        notices=(PUBLIC,) if any(at.public for at in found.values()) else (),
    )


def searched(pattern: str, broker: Broker | str | None, capacity: int) -> Plan:
    check_pattern(pattern)
    at = find(None, broker)[1]
    return Plan(
        (pattern, at),
        pattern=pattern,
        broker=at,
        open=lambda device_id: partial(share, device_id, at, capacity),
        notices=(PUBLIC,) if at.public else (),
    )


def virtual(count: int, capacity: int) -> Plan:
    count = arguments.count("count", count, least=1, most=MOST_VIRTUAL)
    names = [f"board-{number:02}" for number in range(1, count + 1)]
    return Plan(("demo", count), {name: partial(share, name, None, capacity) for name in names})
