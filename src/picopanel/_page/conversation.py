"""The kernel's part in the conversation with a page, as `js/src/contract.ts` has it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

from .._device.command import BLINK, setting_word
from .._device.device import Device
from .._errors import InvalidArgument, InvalidPayload, PicoPanelError
from .._protocol.payloads import LATEST, a_token, in_unicode
from .._store import Rows
from .._store.levels import levels_of
from .._store.marks import LONGEST_MARK
from .._store.spectrum import EVER, spectrum, thinned
from .._store.trigger import Trigger
from .feed import NOTHING, Delivery, Feed, Message, Send
from .look import is_finite, keep_look
from .news import SPEEDS, PanelNews, panel_state
from .snapshot import PanelSnapshot

_IN_A_SNAPSHOT = 20_000  # rows that are looked at, so that a long history costs no more than a short one
_OF_TRIGGERS = ("channel", "above", "below", "before", "after", "each")
_IN_A_SPECTRUM = 50_000  # rows that are looked at
_FREQUENCIES = 400  # that are told: more than a chart has columns for
_MOST_CLICKS = 256  # clicks that are known again


class Conversation:
    """The kernel's part in the conversation with a page that shows a device's panel; in the loop only."""

    def __init__(self, device: Device, send: Send) -> None:
        self._device = device
        self.feed = Feed(PanelNews(device), send, device.known.clock)
        self.pending = self.feed.pending
        self.at_close = device.at_close
        self.notice = device.known.notice
        self._clicks = Clicks()
        device.listeners.append(self.feed.changed)
        device.at_close.append(self.feed.close)
        if device.closed:
            self.feed.close()

    def is_over(self) -> bool:
        """Whether nothing more comes; its rows then need no memory."""
        if self._device.closed:
            self._device.store.rest()
        return self._device.closed is not None

    def snapshot(self) -> PanelSnapshot:
        device, store, known = self._device, self._device.store, self._device.known
        rows, units = store.since(store.end - _IN_A_SNAPSHOT), dict(known.units)
        levels = [*levels_of(device.limits.all, device.trigger)]
        return PanelSnapshot(panel_state(device), rows, units, known.clock.unix(), device.marks.all, levels)

    def end(self) -> None:
        self._device.listeners.remove(self.feed.changed)
        self._device.at_close.remove(self.feed.close)
        self.feed.close()

    def handle(self, message: object) -> Delivery:
        """Do what a message of the page asks, and return what is to be sent for it.

        It may come twice, late, or from a stranger's notebook; one of no known form is ignored.
        """
        if not isinstance(message, dict):
            return NOTHING
        if (asked := self.feed.asked(message)) is not None:
            return asked
        kind = message.get("type")
        if kind == "clear":
            self._device.clear()
        elif kind == "play":
            self._play(message)
        elif kind == "cursors":
            self._device.cursors = _two_times(message.get("at"))
        elif kind == "trigger":
            self._set_trigger(message.get("trigger"))
        elif kind == "spectrum":
            return self._spectrum(str(message.get("channel"))[:64], _two_times(message.get("at")) or EVER)
        elif kind == "look":
            if keep_look(self._device.id, message.get("look")):
                self._device.known.changed()
        elif kind in ("click", "set", "mark", "experiment") and self._clicks.is_new(message.get("click")):
            if kind == "experiment":
                self._experiment(message)
            elif kind == "mark":
                with suppress(InvalidPayload, InvalidArgument):  # no name or words that a mark can have
                    self._mark(message)
            else:
                self._click(message)
        return NOTHING

    def _spectrum(self, channel: str, between: tuple[float, float]) -> Delivery:
        """Have it told what swings in a channel; that is found where it is sent, for the loop goes on."""
        rows = self._device.store.since(self._device.store.end - _IN_A_SPECTRUM)
        return Delivery(_spectrum_news(rows, channel, between))

    def _set_trigger(self, given: object) -> None:
        """Take what a page asks for; with the margin that the newest readings want, from now on or in all."""
        device, trigger = self._device, None
        if isinstance(given, dict):
            facts: dict[str, Any] = {name: given.get(name) for name in _OF_TRIGGERS}
            try:
                trigger = Trigger(**facts, since=None if given.get("past") is True else device.moment)
            except PicoPanelError as error:
                self.notice(str(error))
                return
            trigger = replace(trigger, margin=device.noise(trigger.channel))
        device.set_trigger(trigger)

    def _play(self, message: dict[str, Any]) -> None:
        player, paused, speed = self._device.player, message.get("paused"), message.get("speed")
        if player is None:
            return
        seek, step = message.get("seek"), message.get("step")
        if is_finite(seek):
            player.go(seek)
        if step in (-1, 1) and self._clicks.is_new(message.get("click")):
            player.step(step)
        if isinstance(paused, bool):
            (player.pause if paused else player.resume)()
        if type(speed) is int and speed in SPEEDS:
            player.speed = speed

    def _mark(self, message: dict[str, Any]) -> None:
        """Set a mark under the name that the page gives it, or change it, or take it away."""
        marks, now, at = self._device.marks, self._device.known.clock.unix(), message.get("at")
        # By the page's own estimate of the time, which may be a little ahead.
        time = float(min(now, at)) if is_finite(at) and at >= 0 else now
        text, name = str(message.get("text", ""))[:LONGEST_MARK], a_token(message.get("mark"))
        if name not in marks:
            marks.set(text, time, name)
        elif text:
            marks.change(name, text, time)
        else:
            marks.take_away(name)

    def _experiment(self, message: dict[str, Any]) -> None:
        run, does = self._device.experiment, message.get("does")
        if run is None or message.get("run") != run.id:
            return
        if does == "abort":
            run.abort("Ended in the panel.")
        elif does in ("pause", "resume"):
            (run.pause if does == "pause" else run.resume)()

    def _click(self, message: dict[str, Any]) -> None:
        click, setting = message["click"][:64], _setting(message) if message["type"] == "set" else None
        command = str(message.get("command"))[:20] if setting is None else setting_word(setting)
        try:
            if setting is not None:
                self._device.start_set(setting, click=click)
            elif command == "blink":
                self._device.start_blink(*BLINK, click)
            else:
                self._device.start(command, click=click)
        except PicoPanelError as error:
            self._device.known.note("refused", id=click, command=command, click=click, reason=str(error))


class Clicks:
    """Remembers clicks by their ids: what a page sends may come twice, and is to be acted on once."""

    def __init__(self) -> None:
        self._known: deque[str] = deque(maxlen=_MOST_CLICKS)

    def is_new(self, click: object) -> bool:
        if not isinstance(click, str) or click[:64] in self._known:
            return False
        self._known.append(click[:64])
        return True


def _spectrum_news(rows: Rows, channel: str, between: tuple[float, float]) -> Iterator[Message]:
    """Tell what swings in a channel, or why that is not known; it takes its time."""
    told: dict[str, Any] = {"type": "spectrum", "channel": channel, "wrong": None}
    told |= {"frequencies": [], "amplitudes": [], "n": 0, "interval": 0, "even": True}
    try:
        found = spectrum(rows, channel, between)
        frequencies, amplitudes = thinned(found, _FREQUENCIES)
        told |= {"frequencies": frequencies, "amplitudes": amplitudes}
        told |= {"n": found.n, "interval": found.interval, "even": found.even}
    except (PicoPanelError, ModuleNotFoundError) as error:
        told["wrong"] = str(error)
    yield in_unicode(told), []


def _two_times(given: object) -> tuple[float, float] | None:
    """Return what a page says of its cursors, or None where that is no two times."""
    times = given if isinstance(given, list) and len(given) == 2 else ()
    good = [float(it) for it in times if is_finite(it) and 0 <= it <= LATEST]
    return (min(good), max(good)) if len(good) == 2 else None


def _setting(message: dict[str, Any]) -> dict[str, object]:
    """Return what a page wants to be set; nothing, if that is no value of any control."""
    value = message.get("value")
    known = isinstance(value, (bool, int, float, str)) and len(str(value)) <= 64
    return {str(message.get("name"))[:64]: value} if known else {}
