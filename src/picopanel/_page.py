"""What the page is told and what it asks, as `js/src/contract.ts` has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._device.command import setting_word
from ._device.device import LONGEST_MARK, Device
from ._errors import PicoPanelError
from ._feed import Feed
from ._link.replay import ReplayLink
from ._message_news import MessageNews
from ._once import Once

BLINKS = 5
"""Times that the Blink button blinks."""

SPEEDS = (1, 2, 5, 10, 20, 50, 100, 1000)
"""How many times as fast a page can have a recording played."""


def panel_state(device: Device) -> dict[str, Any]:
    """Return the last values, as the page shows them."""
    board, diagnosis = device.board, device.diagnosis()
    with board.lock:
        info, mode = board.presence.info, device.mode
        pico = info if mode == "pico" or board.presence.seen_live else None
        return {
            "id": device.id,
            "virtual": info is not None and info.virtual,
            "mode": "pico" if pico else mode,
            "board": pico.board or None if pico else None,
            "led": board.led,
            "online": board.online_since,
            "interval": pico.interval if pico else None,
            "stale": _stale_after(device) if pico else None,
            "channels": [{"name": name, "unit": unit} for name, unit in board.units.items()],
            "controls": [_control(control, board.settings) for control in pico.controls] if pico else [],
            "limits": [{"channel": it.channel, "low": it.low, "high": it.high} for it in device.limits.all],
            "blocked": diagnosis.blocked,
            "lamps": [
                {"name": lamp.name, "level": lamp.level, "word": lamp.word} for lamp in diagnosis.lamps
            ],
            "trouble": diagnosis.trouble,
            "next": diagnosis.next,
            "notices": [*board.notices, *_counts(device)],
            "closed": device.closed,
            "recording": device.tape.says,
            "replay": _replay(device),
        }


class StateOf:
    """Gives a panel's state, made again only when something but readings has changed."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._revision, self._state = -1, dict[str, Any]()

    def __call__(self) -> dict[str, Any]:
        """Return the state as it is now."""
        revision = self._device.revision
        if revision != self._revision:
            self._revision, self._state = revision, panel_state(self._device)
        return self._state


def _stale_after(device: Device) -> float:
    """Milliseconds; a board that has gone leaves only last values."""
    return 0.0 if device.status == "offline" else device.board.presence.stale_after * 1000


def _control(control: Any, settings: Mapping[str, object]) -> dict[str, Any]:
    limits = {"min": control.min, "max": control.max, "step": control.step}
    known = {"name": control.name, "type": control.type, "value": settings.get(control.name)}
    return {**known, **(limits if control.type == "range" else {})}


def _replay(device: Device) -> dict[str, Any] | None:
    link = device.link
    if not isinstance(link, ReplayLink):
        return None
    player = link.player
    return {
        "speed": player.speed,
        "speeds": SPEEDS,
        "paused": player.paused,
        "ended": player.ended,
        "until": link.until,
    }


def _counts(device: Device) -> list[str]:
    board = device.board
    counts = []
    if board.refused_payloads:
        counts.append(
            f"{_many(board.refused_payloads, 'message')} made no sense; the last was {board.last_refusal}."
        )
    if board.lost_samples:
        were = "was" if board.lost_samples == 1 else "were"
        counts.append(f"{_many(board.lost_samples, 'sample')} {were} lost for good while the board was away.")
    return counts


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


class PageRequests:
    """Handles what the page sends. It may come twice, late, or from a stranger's notebook."""

    def __init__(self, device: Device, feed: Feed, messages: MessageNews) -> None:
        self._device = device
        self._messages = messages
        self._feed = feed
        self._clicks = Once()

    def handle(self, message: object) -> None:
        """Do what a message asks; one of no known form is ignored."""
        if not isinstance(message, dict):
            return
        kind, since, click = message.get("type"), message.get("since"), message.get("click")
        if kind == "ask" and isinstance(since, int):
            self._feed.open()
            self._messages.asked(message.get("messages"))
            self._feed.answer(since)
        elif kind == "hidden":
            self._feed.rest()
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
        link, paused, speed = self._device.link, message.get("paused"), message.get("speed")
        if not isinstance(link, ReplayLink):
            return
        if isinstance(paused, bool):
            (link.player.pause if paused else link.player.resume)()
        if type(speed) is int and speed in SPEEDS:
            link.player.speed = speed
        self._device.board.changed()

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
            self._device.board.note("refused", id=click, command=command, click=click, reason=str(error))


def _setting(message: dict[str, Any]) -> dict[str, object]:
    """Return what a page wants to be set; nothing, if that is no value of any control."""
    value = message.get("value")
    known = isinstance(value, (bool, int, float, str)) and len(str(value)) <= 64
    return {str(message.get("name"))[:64]: value} if known else {}


def _word(message: dict[str, Any]) -> str:
    if message["type"] == "set":
        return setting_word(_setting(message))
    return str(message.get("command"))[:20]
