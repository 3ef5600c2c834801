"""How people have set charts and walls, for a page that is loaded anew and a cell that is run again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Any, TypeGuard

_MOST = 64
_MOST_NAMES = 64
_LONGEST_NAME = 64
_LONGEST_SPAN = 1e12  # milliseconds
_MODES = ("follow", "hold", "all", "zero", "log")  # as `js/src/chart/zoom.ts` has them

# By a board's ID, or by what a wall shows; the last set at the end.
_looks: OrderedDict[Hashable, Any] = OrderedDict()


def look_of(key: Hashable) -> Any:
    """Return how a board's chart, or a wall, was last set in this kernel, or None; in the loop only."""
    return _looks.get(key)


def keep(key: Hashable, look: object) -> None:
    _looks[key] = look
    _looks.move_to_end(key)
    while len(_looks) > _MOST:
        _looks.popitem(last=False)


def keep_look(device_id: str, given: object) -> bool:
    """Keep what a page says of it, if that is of the form in `js/src/contract.ts`; return whether it was."""
    look = _checked(given)
    if look is None:
        return False
    keep(device_id, look)
    return True


def _checked(given: object) -> dict[str, Any] | None:
    match given:
        case {"span": span, "hidden": list(hidden), "axes": list(axes)}:
            good = span is None or (is_finite(span) and 0 < span <= _LONGEST_SPAN)
            few = len(hidden) <= _MOST_NAMES and len(axes) <= _MOST_NAMES
            if good and few and all(map(_is_name, hidden)) and all(map(_is_axis, axes)):
                return {"span": span, "hidden": hidden, "axes": axes}
    return None


def _is_axis(given: Any) -> bool:
    """Whether it is a unit, a mode, and the range at which it is held or None."""
    match given:
        case [unit, mode, None]:
            return _is_name(unit) and mode in _MODES
        case [unit, mode, [first, last]]:
            held = is_finite(first) and is_finite(last) and first < last
            return _is_name(unit) and mode in _MODES and held
    return False


def _is_name(given: object) -> bool:
    return isinstance(given, str) and len(given) <= _LONGEST_NAME


def is_finite(given: object) -> TypeGuard[float]:
    """Whether a page has sent a number that is finite."""
    return type(given) in (int, float) and abs(given) < float("inf")  # type: ignore[arg-type]
