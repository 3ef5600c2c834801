"""How a person has set a wall; what a page says of it is a stranger's word."""

from __future__ import annotations

from dataclasses import dataclass

from .._errors.arguments import LONGEST_TEXT

ORDERS = ("trouble", "name", "highest", "lowest", "away")  # as `js/src/wall/order.ts` has them


@dataclass(frozen=True, slots=True)
class WallLook:
    """The order of its tiles, the channel they show (None: each board's own), and whether *More* is open."""

    order: str = ORDERS[0]
    channel: str | None = None
    more: bool = False

    @classmethod
    def of(cls, given: object) -> WallLook | None:
        """Return what a page says, or None where that is of no known form."""
        match given:
            case {"order": str(order), "channel": channel, "more": bool(more)}:
                return cls(order, channel, more) if order in ORDERS and may_be_shown(channel) else None
        return None


def may_be_shown(channel: object) -> bool:
    return channel is None or (isinstance(channel, str) and 0 < len(channel) <= LONGEST_TEXT)
