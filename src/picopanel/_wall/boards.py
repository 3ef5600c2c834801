"""From what a user gives to the boards of a wall, each the one device of its ID that is open in this process.

Everything is checked before anything is opened. A panel of the same ID, opened here before or later, is
shown by the wall as well: they agree, and neither ends the other.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from .._broker import Broker, as_broker, find
from .._device.device import Device
from .._errors import InvalidDeviceID, arguments
from .._errors.arguments import first_of, nearest
from .._pico.connect import PUBLIC, check_reach, share, warn_of
from .._protocol.ids import check_device_id
from .._protocol.payloads import MOST_NAMES

if TYPE_CHECKING:
    from .._protocol.description import Description

MOST = 1000  # boards on a wall
MOST_VIRTUAL = 60  # of a demo: each is worked out in this process

Open = Callable[[], tuple[Device, bool]]
"""Returns the open device of an ID, and whether it had to be opened for that."""

_walls_of: WeakKeyDictionary[Device, int] = WeakKeyDictionary()
"""How many walls show a device that was opened for a wall; the last one closes it."""


V = TypeVar("V")


class ByBoard(Mapping[str, V]):
    """What boards have given, by their IDs."""

    def __init__(self, values: Mapping[str, V]) -> None:
        self._values = dict(values)

    def __getitem__(self, device_id: str) -> V:
        return self._values[device_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class Plan(NamedTuple):
    """What a wall is to show: boards and how to open them, and which others to search for, where."""

    key: Hashable  # equal for walls of the same boards
    boards: Mapping[str, Open]
    search: tuple[str, Broker, Callable[[str], Open]] | None = None
    """A pattern, where to search for it, and how to open what is found."""
    notices: tuple[str, ...] = ()


def listed(
    boards: Iterable[str] | Mapping[str, Broker | str | None],
    broker: Broker | str | None,
    capacity: int,
    board: object = None,
) -> Plan:
    if isinstance(boards, str):
        check_device_id(boards)  # which does not repeat a URL
    if isinstance(boards, (str, bytes)):
        raise InvalidDeviceID(f"PicoWall takes a list of IDs: PicoWall([{boards!a}]).")
    if not isinstance(boards, Iterable):
        raise InvalidDeviceID('PicoWall takes a list of IDs: PicoWall(["alice-07", "bob-02"]).')
    own: Mapping[str, Broker | str | None] = (
        boards if isinstance(boards, Mapping) else dict.fromkeys(map(check_device_id, boards))
    )
    if not 0 < len(own) <= MOST:
        raise InvalidDeviceID(f"A wall takes 1 to {MOST} IDs, not {len(own)}.")
    common = cache(lambda: find(None, broker)[1])  # looked up where a board has none of its own
    found = {
        check_device_id(each): common() if given is None else as_broker(given) for each, given in own.items()
    }
    for device_id in found:
        warn_of(device_id)
    kinds, notices = ({}, []) if board is None else _kinds(board, found)
    if any(at.public for at in found.values()):
        notices.append(PUBLIC)
    opens = {each: partial(share, each, at, capacity, kinds.get(each)) for each, at in found.items()}
    return Plan(frozenset({*found.items(), *kinds.items()}), opens, notices=tuple(notices))


def _kinds(board: object, found: Mapping[str, Broker]) -> tuple[dict[str, Description], list[str]]:
    """Return how each board speaks, and what is to be said of that."""
    from .._protocol.boards import HOME_ASSISTANT, find_board

    if board != HOME_ASSISTANT:
        return dict.fromkeys(found, find_board(board)), []
    from .._pico.announced import ask_broker

    kinds, lacking = {}, []
    for broker in dict.fromkeys(found.values()):
        check_reach(broker)
        ours = [each for each, at in found.items() if at == broker]
        for each, (kinds[each], left_out) in ask_broker(broker, ours).items():
            if left_out:
                lacking.append(each)
    if not lacking:
        return kinds, []
    who, where = first_of([*map(repr, lacking)], 3), f"wall[{lacking[0]!r}].as_description()"
    return kinds, [f"Of what {who} announced, some is left out. {where} tells what."]


def searched(pattern: str, broker: Broker | str | None, capacity: int) -> Plan:
    check_pattern(pattern)
    at = find(None, broker)[1]
    check_reach(at)
    search = (pattern, at, lambda device_id: partial(share, device_id, at, capacity))
    return Plan((pattern, at), {}, search, (PUBLIC,) if at.public else ())


def virtual(count: int, capacity: int) -> Plan:
    count = arguments.count("count", count, least=1, most=MOST_VIRTUAL)
    names = [f"board-{number:02}" for number in range(1, count + 1)]
    return Plan(("demo", count), {name: partial(share, name, None, capacity) for name in names})


def check_pattern(pattern: object) -> str:
    example = "Example: PicoWall.discover('class-a/+'), or '+' for IDs without a '/'."
    if not isinstance(pattern, str) or "+" not in pattern.split("/"):
        raise InvalidDeviceID(f"discover() takes a pattern with a '+' for a part of the IDs. {example}")
    try:
        check_device_id("/".join("x" if level == "+" else level for level in pattern.split("/")))
    except InvalidDeviceID as error:
        if "://" in pattern:
            raise  # and do not repeat it
        raise InvalidDeviceID(f"{pattern!a} cannot be searched for. {error} {example}") from None
    return pattern


class Boards:
    """IDs and their devices; in the loop only."""

    def __init__(self, capacity: int = MOST) -> None:
        self._capacity = capacity
        self._devices: dict[str, Device] = {}
        self._opens: dict[str, Open] = {}
        self.closed = False
        self.at_exchange: Callable[[str], object] = lambda device_id: None

    def add(self, device_id: str, open_: Open) -> bool:
        """Show a board, and return whether there is room for it."""
        if device_id in self._devices:
            return True
        if len(self) >= self._capacity or self.closed:
            return False
        self._show(device_id, open_)
        return True

    def __len__(self) -> int:
        return len(self._devices)

    def __iter__(self) -> Iterator[tuple[str, Device]]:
        return iter([*self._devices.items()])

    def __getitem__(self, device_id: object) -> Device:
        device = self.get(device_id) if isinstance(device_id, str) else None
        if device is None:
            said = f"There is no board {device_id!a} on this wall."
            raise InvalidDeviceID(f"{said} {nearest(device_id, self._devices, most=5)}".rstrip())
        return device

    @property
    def ids(self) -> list[str]:
        return list(self._devices)

    def take(self, name: str) -> bool:
        """Whether a command can be told to at least one board, as far as they are known."""
        return not self._devices or any(device.takes(name) for device in self._devices.values())

    @property
    def channels(self) -> list[str]:
        """What the boards measure, by name; no more than any board has, for liars' names would pile up."""
        names = set().union(*(device.known.last for _, device in self))
        return sorted(names)[:MOST_NAMES]

    def get(self, device_id: str) -> Device | None:
        return self._devices.get(device_id)

    def close(self) -> None:
        """Let go of all; what nobody else shows is closed."""
        self.closed = True
        for _, device in self:
            self._let_go(device)

    def _show(self, device_id: str, open_: Open) -> None:
        device, opened = open_()
        if opened or device in _walls_of:
            _walls_of[device] = _walls_of.get(device, 0) + 1
        former = self.get(device_id)
        if opened and former is not None:
            device.known.attendance = former.known.attendance
        self._devices[device_id], self._opens[device_id] = device, open_
        device.at_close.append(self._go_on)
        if self.closed:  # by what opening has called
            self._let_go(device)

    def _let_go(self, device: Device) -> None:
        device.at_close.remove(self._go_on)
        if device in _walls_of:
            _walls_of[device] -= 1
            if _walls_of[device] == 0:
                device.close("The wall of this board is closed: run its cell again, or make a new one.")

    def _go_on(self) -> None:
        """Show the newer device in the place of one that has ended, or one of our own."""
        for device_id, device in self:
            if device.closed and not self.closed:
                self._show(device_id, self._opens[device_id])
                self.at_exchange(device_id)
