"""What a page sends may come twice: each click is acted on once."""

from __future__ import annotations

from collections import OrderedDict

_REMEMBERED = 256


class Once:
    """Remembers the latest clicks by their ids."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, None] = OrderedDict()

    def is_new(self, click: str) -> bool:
        """Whether this click has not come before."""
        if click in self._known:
            return False
        self._known[click] = None
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return True
