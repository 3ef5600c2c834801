"""The boards of a wall: of each ID the one device that is open in this process, whoever opened it.

A panel of the same ID, opened here before or later, is shown by the wall as well: they agree, and
neither ends the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
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
        self._devices: dict[str, Device] = {}
        self._open: dict[str, Open] = {}
        self._ends: dict[str, Callable[[], None]] = {}
        self._closed = False

    def add(self, device_id: str, open_: Open) -> bool:
        if device_id in self._open:
            return True
        if len(self._open) >= self._capacity or self._closed:
            return False
        self._open[device_id] = open_
        try:
            self._hold(device_id)
        except BaseException:
            del self._open[device_id]  # it may be found again
            raise
        return True

    def __len__(self) -> int:
        return len(self._devices)

    def __iter__(self) -> Iterator[tuple[str, Device]]:
        return iter(tuple(self._devices.items()))

    def __getitem__(self, device_id: str) -> Device:
        try:
            return self._devices[device_id]
        except KeyError:
            said = f"There is no board {device_id!a} on this wall."
            raise InvalidDeviceID(f"{said} {nearest(device_id, self._devices, most=5)}".rstrip()) from None

    @property
    def ids(self) -> list[str]:
        return list(self._devices)

    def get(self, device_id: object) -> Device | None:
        return self._devices.get(device_id) if isinstance(device_id, str) else None

    def close(self) -> None:
        """Let go of all; what nobody else shows is closed."""
        self._closed = True
        for device_id in self.ids:
            self._let_go(device_id)

    def _hold(self, device_id: str) -> None:
        device, opened = self._open[device_id]()
        if opened or device in _walls_of:
            _walls_of[device] = _walls_of.get(device, 0) + 1
        former = self._devices.get(device_id)
        if opened and former is not None:
            device.known.attendance = former.known.attendance
        self._devices[device_id] = device
        self._ends[device_id] = end = partial(self._follow, device_id, device)
        device.at_close.append(end)
        if self._closed:  # by what opening has called
            self._let_go(device_id)

    def _let_go(self, device_id: str) -> None:
        device, end = self._devices[device_id], self._ends.pop(device_id)
        if end in device.at_close:
            device.at_close.remove(end)
        left = _walls_of.get(device)
        if left is not None:
            _walls_of[device] = left - 1
        if left == 1:
            device.close("The wall of this board is closed.")

    def _follow(self, device_id: str, ended: Device) -> None:
        """Go on with the newer device, or with one of our own."""
        if not self._closed and self._devices.get(device_id) is ended:
            self._hold(device_id)
