"""Values that can be observed: `led`, `temperature`, `status`.

Observers run in one thread of their own, `picopanel-observers`, one after the other, so they may
take their time and may call verbs that wait. They see the latest value, not every one between.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any

import traitlets

from .._runtime.ticker import Ticker

observers = Ticker("picopanel-observers")
"""The one thread that runs users' code."""

NEVER = 1e9
"""Seconds: the period of what is called only when it is hurried."""

_GAP = 0.02
"""Seconds between two looks: a fast board must not wake the observers' thread for every reading."""


if TYPE_CHECKING:
    AnyTrait = traitlets.TraitType[Any, Any]
else:
    AnyTrait = traitlets.TraitType  # Colab's traitlets knows no subscripts


class Live(AnyTrait):
    """A trait that is read from the device when asked for, and cannot be set."""

    def __init__(self, read: Callable[[Any], Any], help: str) -> None:
        super().__init__(default_value=None, allow_none=True, read_only=True, help=help)
        self._read = read

    def get(self, obj: Any, cls: Any = None) -> Any:
        """Return the value as it is now."""
        return self._read(obj)


class Relay:
    """Tells an owner's observers what has changed."""

    def __init__(
        self, owner: traitlets.HasTraits, names: tuple[str, ...], failed: Callable[[str], None]
    ) -> None:
        self._owner = owner
        self._failed = failed
        self._values = {name: getattr(owner, name) for name in names}
        self._waiting = self._closed = False
        self._told_at = 0.0
        observers.every(NEVER, self._tell)

    def changed(self) -> None:
        """Something may have changed; cheap, from any thread."""
        # Readings come fast, and to wake a thread for nobody costs more than to take one in.
        if not self._waiting and self._observed():
            self._waiting = True
            observers.hurry(self._tell, not_before=self._told_at + _GAP)

    def close(self) -> None:
        """Tell what is due, then no more."""
        self._closed = True
        if not self._waiting:
            observers.forget(self._tell)

    def _observed(self) -> bool:
        notifiers = self._owner._trait_notifiers
        return traitlets.All in notifiers or any(name in notifiers for name in self._values)

    def _tell(self) -> None:
        self._waiting = False
        self._told_at = monotonic()
        for name, old in self._values.items():
            new = getattr(self._owner, name)
            if new == old:
                continue
            self._values[name] = new
            try:
                self._owner.notify_change(
                    traitlets.Bunch(name=name, old=old, new=new, owner=self._owner, type="change")
                )
            except Exception as error:  # a user's code: shown in the panel, never the link's end
                traceback.print_exc(file=sys.__stderr__)
                self._failed(f"Your observer of {name!r} raised {type(error).__name__}: {error}")
        if self._closed and not self._waiting:
            observers.forget(self._tell)
