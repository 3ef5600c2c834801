"""Channels that a user derives from others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from .._device.device import Device
from .._errors import InvalidArgument, warn
from .._errors.arguments import nearest
from .._protocol.payloads import MOST_NAMES
from .._runtime import loop, observers
from .._runtime.waiting import Event
from .._store.derive import KINDS, Derived
from .measured import Channel, Measured

_LONGEST = 60.0  # seconds that one waits for what is derived of the past; it goes on nevertheless


class Derives(Measured):
    """Channels of a user's own, once for `Pico` and for `PicoPanel`."""

    def derive(
        self,
        channel: str,
        function: Callable[..., object] | str,
        *sources: str,
        unit: str | None = None,
        seconds: float = 10,
    ) -> Channel:
        """Derive a channel from others: of all readings so far, and of each that comes.

        It is a channel as the board's own: on the chart, in `readings()`, limits, tables and recordings,
        marked as derived. At each reading of the first source it gets a value; of the others it takes the
        last value before that, as long as the panel does not call it old. Readings that come late have their
        place in it. A second call replaces it, `remove_derived()` takes it away.

        Args:
            channel: What it is called; no channel of the board.
            function: Given the sources' values, returns a number, or None for no value. It runs in the
                observers' thread: let it be quick, and depend on nothing else. Its first exception shows in
                the panel; where it raises there is no value. Or a word: `mean` (of the last `seconds`),
                `rate` (the slope per second over them), `integral` (by time in seconds; nothing is added
                where the board was silent), `difference` (of two channels).
            sources: The names of the channels whose values it takes; derived ones may be among them.
            unit: As people write it, e.g. `°C`; of a word it follows from the sources'.
            seconds: Over which `mean` and `rate` look back; `rate` takes two readings at least.

        Raises:
            InvalidArgument: The board has a channel of that name, or something here is none of these.

        Example:
            >>> panel.derive("in kelvin", lambda celsius: celsius + 273.15, "temperature", unit="K").unit
            'K'
            >>> panel.derive("mean", "mean", "temperature", seconds=30).unit
            '°C'
            >>> panel.remove_derived()
        """
        self._settle()
        derived = Derived(channel, function, sources, unit or "", seconds)
        if unit is None:
            derived = replace(derived, unit=loop.ask(_unit, self._device, derived))
        for name in sources:
            if name not in self:  # it may come yet
                warn(f"There is no channel {name!a} yet. {nearest(name, self.channels)}".rstrip())
        done = loop.ask(_set, self._device, derived)
        if not observers.is_here():
            self._wait(done, _LONGEST)
        return Channel(self, channel)

    @property
    def derived(self) -> Mapping[str, tuple[str, ...]]:
        """Which channels are derived, each with those that it is made of."""
        return MappingProxyType(loop.ask(lambda: dict(self._device.known.derived)))

    def remove_derived(self, channel: str | None = None) -> None:
        """Take a derived channel away, with its values, or all of them."""
        loop.ask(self._device.deriving.remove, channel)


def _unit(device: Device, derived: Derived) -> str:
    if not isinstance(derived.function, str):
        return ""
    units = [device.known.units.get(name, "") for name in derived.sources]
    return KINDS[derived.function].unit(*units)


def _set(device: Device, derived: Derived) -> Event:
    """In the loop."""
    device.check_open()
    name, known = derived.channel, device.known
    played = device.player.derived if device.player else ()
    if name in played or (name in device.channels and name not in {*known.derived, *device.store.derived}):
        whose = "The recording" if device.player else "The board"
        raise InvalidArgument(f"{whose} has a channel {name!a} itself: give yours another name.")
    if name not in device.channels and len(device.channels) >= MOST_NAMES:
        raise InvalidArgument(f"There are {MOST_NAMES} channels already: take one away first.")
    if name in _ancestors(known.derived, derived.sources):
        raise InvalidArgument(f"{name!a} cannot be derived from itself, by way of {derived.sources[0]!a}.")
    return device.deriving.set(derived)


def _ancestors(derived: Mapping[str, tuple[str, ...]], names: tuple[str, ...]) -> set[str]:
    """Return channels and all that they are derived from."""
    found = set(names)
    for name in names:
        found |= _ancestors(derived, derived.get(name, ()))
    return found
