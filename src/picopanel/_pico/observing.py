"""Values that can be observed: `led`, `temperature`, `status`.

Observers see the latest value, not every one between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from .._device.device import Device
from .._runtime import loop, observers
from .._runtime.clock import Timer

_GAP = 0.02
"""Seconds between two looks: a fast board must not wake the observers' thread for every reading."""

if TYPE_CHECKING:
    AnyTrait = traitlets.TraitType[Any, Any]
else:
    AnyTrait = traitlets.TraitType  # Colab's traitlets knows no subscripts


class Live(AnyTrait):
    """A trait that is read from the device when asked for, and cannot be set."""

    def __init__(self, help: str) -> None:
        super().__init__(default_value=None, allow_none=True, read_only=True, help=help)

    def get(self, obj: Any, cls: Any = None) -> Any:
        """Return the value as it is now."""
        return loop.ask(getattr, obj._device, self.name)


class Relay:
    """Tells an owner's observers what has changed; in the loop, but for their calls."""

    def __init__(self, owner: traitlets.HasTraits, device: Device) -> None:
        self._owner, self._device = owner, device
        self._told = self._values()
        self._told_at = 0.0
        self._waiting = False
        self._timer = Timer(device.known.clock, None, lambda: observers.call(self._tell))
        device.listeners.append(self._changed)

    def _values(self) -> dict[str, Any]:
        return {name: getattr(self._device, name) for name in ("led", "temperature", "status")}

    def _changed(self) -> None:
        # Readings come fast, and to wake a thread for nobody costs more than to take one in.
        observed = self._owner._trait_notifiers
        if not self._waiting and (traitlets.All in observed or not self._told.keys().isdisjoint(observed)):
            self._waiting = True
            self._timer.hurry(not_before=self._told_at + _GAP)

    def _news(self) -> list[traitlets.Bunch]:
        """Return what is to be told, and take it for told."""
        self._waiting = False
        self._told_at = self._device.known.now
        before, self._told = self._told, self._values()
        return [
            traitlets.Bunch(name=name, old=before[name], new=new, owner=self._owner, type="change")
            for name, new in self._told.items()
            if new != before[name]
        ]

    def _tell(self) -> None:
        """In the observers' thread."""
        for change in loop.ask(self._news):
            try:
                self._owner.notify_change(change)
            except Exception as error:  # a user's code
                self._device.known.blame(f"Your observer of {change.name!r}", error)
