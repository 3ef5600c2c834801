"""The kernel's part in the conversation with a page, as `js/src/contract.ts` has it."""

from __future__ import annotations

from typing import Any

from .._device.command import setting_word
from .._device.device import LONGEST_MARK, Device
from .._errors import PicoPanelError
from .clicks import Once
from .feed import Feed, Send
from .message_news import MessageNews
from .news import News
from .panel_state import SPEEDS, StateOf

BLINKS = 5
"""Times that the Blink button blinks."""


class Conversation:
    """The kernel's part in the conversation with a page that shows a device's panel.

    Args:
        device: The board.
        send: Sends a message with its buffers to the page; may be called in any thread.

    Attributes:
        feed: What the page is told.
    """

    def __init__(self, device: Device, send: Send) -> None:
        self._device = device
        self._messages = MessageNews(device)
        news = News(StateOf(device), self._messages.part, device.known.clock.unix)
        self.feed = Feed(device.store, news, send, device.catch_up)
        self._clicks = Once()
        device.listeners.append(self.feed.changed)
        device.at_close.append(self.feed.close)
        if device.closed:
            self.feed.close()

    def end(self) -> None:
        """Say no more, though the device goes on."""
        self._device.listeners.remove(self.feed.changed)
        self._device.at_close.remove(self.feed.close)
        self.feed.close()

    def handle(self, message: object) -> None:
        """Do what a message of the page asks.

        It may come twice, late, or from a stranger's notebook; one of no known form is ignored.
        """
        if not isinstance(message, dict):
            return
        kind, since, click = message.get("type"), message.get("since"), message.get("click")
        if kind == "ask" and isinstance(since, int):
            self.feed.open()
            self._messages.asked(message.get("messages"))
            self.feed.answer(since)
        elif kind == "hidden":
            self.feed.rest()
        elif kind == "clear":
            self._device.clear()
        elif kind == "play":
            self._play(message)
        elif kind in ("click", "set", "mark") and isinstance(click, str) and self._clicks.is_new(click[:64]):
            if kind == "mark":
                self._device.mark(str(message["text"])[:LONGEST_MARK], message.get("at"))
            else:
                self._click(kind, message, click[:64])

    def _play(self, message: dict[str, Any]) -> None:
        player, paused, speed = self._device.player, message.get("paused"), message.get("speed")
        if player is None:
            return
        if isinstance(paused, bool):
            (player.pause if paused else player.resume)()
        if type(speed) is int and speed in SPEEDS:
            player.speed = speed

    def _click(self, kind: str, message: dict[str, Any], click: str) -> None:
        command = _word(message)
        try:
            if kind == "set":
                self._device.start_set(_setting(message), click=click)
            elif command == "blink":
                self._device.start_blink(0.5, 0.5, BLINKS, click)
            else:
                self._device.start(command, click=click)
        except PicoPanelError as error:
            self._device.known.note("refused", id=click, command=command, click=click, reason=str(error))


def _setting(message: dict[str, Any]) -> dict[str, object]:
    """Return what a page wants to be set; nothing, if that is no value of any control."""
    value = message.get("value")
    known = isinstance(value, (bool, int, float, str)) and len(str(value)) <= 64
    return {str(message.get("name"))[:64]: value} if known else {}


def _word(message: dict[str, Any]) -> str:
    if message["type"] == "set":
        return setting_word(_setting(message))
    return str(message.get("command"))[:20]
