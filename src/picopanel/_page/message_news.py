"""The messages' part of the news, for as long as a page has its drawer open.

It goes along with the feed's pushes and answers; `js/src/contract.ts` describes it.
"""

from __future__ import annotations

import time
from typing import Any

from .._device.device import Device
from .._device.messages import KEPT, Message

GAP = 0.25
"""Seconds between two parts: nobody reads faster."""

MOST_AT_ONCE = 100
"""Of messages that come faster than can be listed only the newest go; a drawer that opens gets all."""


class MessageNews:
    """What the page has not been told of the messages.

    Args:
        device: Whose messages.
    """

    def __init__(self, device: Device) -> None:
        self._device = device
        self._asked: int | None = None
        """What the page has just asked for."""
        self._next: int | None = None
        """The number of the first message of the next part; None while no drawer is open."""
        self._due = 0.0

    def asked(self, since: object) -> None:
        """A page has asked for news: of messages too, from a number on, or not."""
        self._asked = self._next = since if isinstance(since, int) and since >= 0 else None

    def part(self, answer: bool) -> dict[str, Any]:
        """Return what belongs into a message to the page; the feed calls it under its lock."""
        since = self._asked if answer else self._next
        now = time.monotonic()
        if since is None or not (answer or now >= self._due):
            return {}
        self._due = now + GAP
        log = self._device.known.messages
        first, messages = log.since(since, KEPT if since == 0 else MOST_AT_ONCE)
        self._next = log.end
        if answer:
            self._asked = None
        return {"messages": {"since": since, "first": first, "rows": [_row(message) for message in messages]}}


def _row(it: Message) -> list[object]:
    at = it.time.timestamp() * 1000
    return [at, it.direction, it.topic, it.payload, it.size, it.asked, it.granted, it.retained]
