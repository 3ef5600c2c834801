"""The boards of a wall: of each ID the one device that is open in this process, whoever opened it.

A panel of the same ID, opened here before or later, is shown by the wall as well: they agree, and
neither ends the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from weakref import WeakKeyDictionary

from .._device.device import Device
from .._errors import InvalidDeviceID
from .._errors.arguments import nearest

MOST = 1000
"""Boards on a wall."""

Open = Callable[[], tuple[Device, bool]]
"""Returns the open device of an ID, and whether it had to be opened for that."""

_walls_of: WeakKeyDictionary[Device, int] = WeakKeyDictionary()
"""How many walls show a device that was opened for a wall; the last one closes it."""


class Boards:
    """IDs and their devices; in the loop only."""

    def __init__(self, capacity: int = MOST) -> None:
        self._capacity = capacity
        self._boards: dict[str, tuple[Device, Open]] = {}
        self.closed = False

    def add(self, device_id: str, open_: Open) -> bool:
        """Show a board, and return whether there is room for it."""
        if device_id in self._boards:
            return True
        if len(self) >= self._capacity or self.closed:
            return False
        self._show(device_id, open_)
        return True

    def __len__(self) -> int:
        return len(self._boards)

    def __iter__(self) -> Iterator[tuple[str, Device]]:
        return iter([(device_id, device) for device_id, (device, _) in self._boards.items()])

    def __getitem__(self, device_id: str) -> Device:
        device = self.get(device_id)
        if device is None:
            said = f"There is no board {device_id!a} on this wall."
            raise InvalidDeviceID(f"{said} {nearest(device_id, self._boards, most=5)}".rstrip())
        return device

    @property
    def ids(self) -> list[str]:
        return list(self._boards)

    def get(self, device_id: str) -> Device | None:
        return self._boards[device_id][0] if device_id in self._boards else None

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
        self._boards[device_id] = device, open_
        device.at_close.append(self._go_on)
        if self.closed:  # by what opening has called
            self._let_go(device)

    def _let_go(self, device: Device) -> None:
        device.at_close.remove(self._go_on)
        left = _walls_of.get(device)
        if left is not None:
            _walls_of[device] = left - 1
        if left == 1:
            device.close("The wall of this board is closed.")

    def _go_on(self) -> None:
        """Show the newer device in the place of one that has ended, or one of our own."""
        for device_id, (device, open_) in tuple(self._boards.items()):
            if device.closed and not self.closed:
                self._show(device_id, open_)
