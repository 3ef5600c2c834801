"""A wall in the loop: its boards, what a page is told of them, and what it asks.

The messages are described in `js/src/contract.ts`. One holds all tiles that have changed, four
times a second at the most.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import asdict
from functools import partial
from itertools import count
from typing import Any
from weakref import WeakValueDictionary

from .._device.device import Device
from .._errors import PanelClosed
from .._page.conversation import Clicks, Conversation
from .._page.feed import NOTHING, Delivery, Feed, Send
from .._page.look import keep, look_of
from .._protocol.payloads import in_unicode
from .._runtime.clock import Clock, Timer
from . import tables
from .boards import MOST, Boards, Open, Plan
from .commands import Round
from .discovery import Discovery
from .look import WallLook
from .spread import Spread, spread
from .tiles import Tiles, WallSnapshot

BEAT = 0.25  # seconds between two looks at the boards
COMMANDS = ("on", "off", "toggle", "blink", "read")  # that a page can send to many boards
MOST_PANELS = 8  # opened at a time; the one that was used longest ago goes

_walls: WeakValueDictionary[Hashable, WallConversation] = WeakValueDictionary()
_serials = count(1)


class WallConversation:
    """A wall's part in the loop, and in the conversation with its page; in the loop only."""

    def __init__(self, send: Send, clock: Clock | None = None) -> None:
        self._clock = clock or Clock()
        self.boards = Boards()
        self.opened = OpenedPanels(self.boards, send)
        self.tiles = Tiles(self.boards, self._clock, self.head)
        self.refresh = self.tiles.refresh
        self.feed = Feed(self.tiles, send, self._clock)
        self.closed: str | None = None
        self.at_close: list[Callable[[], None]] = []
        self._timer = Timer(self._clock, None, self._beat)
        self._discovery: Discovery | None = None
        self._round: Round | None = None
        self._notices: list[str] = []
        self._clicks = Clicks()
        self._key: Hashable = None
        self.shown = WallLook()

    def begin(self, plan: Plan) -> None:
        """Open the boards, search for others, and end the wall that has shown the same."""
        self._notices, self._key = [*plan.notices], plan.key
        self.show(look_of(plan.key) or WallLook())
        for device_id, open_ in plan.boards.items():
            self.boards.add(device_id, open_)
        if plan.search is not None:
            pattern, broker, open_found = plan.search
            self._discovery = Discovery(pattern, broker, partial(self._found, open_found), self.notice)
            self._discovery.start()
        self._timer.every(BEAT)
        former, _walls[plan.key] = _walls.get(plan.key), self
        if former is not None:  # ended second, so that their boards stay open
            former.end("A newer wall of these boards was opened in this notebook; it goes on there.")
        self.refresh()

    def end(self, reason: str) -> None:
        """Let go of the boards; what was told of them stays."""
        if self.closed:
            return
        self.refresh()  # for the last time: a board that is let go of is in no trouble
        self.closed = reason
        self._timer.stop()
        if self._discovery is not None:
            self._discovery.close()
        self.opened.close()
        self.boards.close()
        self.feed.close()
        for end in self.at_close:
            end()

    def handle(self, message: Any) -> Delivery:
        """Do what a message of the page asks, and return what is to be sent for it.

        It may come twice, late, or from a stranger's notebook; one of no known form is ignored.
        """
        match message:
            case {"type": "ask" | "hidden"}:
                return self.feed.asked(message) or NOTHING
            case {"type": "board", "id": str(device_id), "message": inner}:
                return self.opened.handle(device_id, inner)
            case {"type": "shut", "id": str(device_id)}:
                self.opened.shut(device_id)
            case {"type": "table"}:
                return Delivery([({"type": "table", "csv": tables.attendance_csv(self.boards)}, [])])
            case {"type": "look", "look": look}:
                self.show(WallLook.of(look) or self.shown)
            case {"type": "all", "command": command, "click": click, "ids": ids} if command in COMMANDS:
                self._click(command, ids, click)
                return self.pending()
        return NOTHING

    def command(self, name: str, ids: Iterable[str] | None, **how: Any) -> Round:
        """Start a command to boards, all if none are named, in the way that `Round` takes."""
        if self.closed:
            raise PanelClosed(self.closed)
        boards = {
            device_id: self.boards[device_id] for device_id in (self.boards.ids if ids is None else ids)
        }
        self._round = Round(boards.items(), name, **how)
        return self._round

    def show(self, look: WallLook) -> None:
        """Set the wall so, on each page that shows it."""
        self.shown, self.tiles.channel = look, look.channel
        keep(self._key, look)
        self.refresh()

    def is_over(self) -> bool:
        return self.closed is not None

    @property
    def settling(self) -> bool:
        if self.closed:
            return False
        finding = self._discovery is not None and self._discovery.settling
        return finding or any(device.settling for _, device in self.boards)

    def pending(self) -> Delivery:
        deliveries = [self.feed.pending(), *self.opened.pending()]

        def sent() -> None:
            for delivery in deliveries:
                delivery.sent()

        return Delivery([message for delivery in deliveries for message in delivery.messages], sent)

    def head(self) -> dict[str, Any]:
        """Return what is told of the wall as a whole."""
        search = self._discovery
        trouble, next_ = (search and search.trouble) or (None, None)
        return {
            "searching": search and search.pattern,
            "round": self._round and self._round.summary(),
            "trouble": trouble,
            "next": next_,
            "notices": self._notices,
            "closed": self.closed,
            "channels": self.boards.channels,
            "commands": [name for name in COMMANDS if self.boards.take(name)],
            "look": asdict(self.shown),
        }

    def snapshot(self) -> WallSnapshot:
        self.refresh()
        return WallSnapshot(self.tiles.changed_since(0), self._clock.unix(), asdict(self.shown))

    def spread(self, channel: str | None) -> Spread:
        return spread(self.boards, channel or self.shown.channel, self._clock.unix())

    def notice(self, text: str) -> None:
        """Tell the user something that does not stop the wall; once."""
        text = in_unicode(text)
        if text not in self._notices:
            self._notices = [*self._notices, text]

    def _beat(self) -> None:
        self.refresh()  # the lines on the tiles go on, also while nobody sees them
        self.feed.changed()

    def _found(self, open_: Callable[[str], Open], device_id: str) -> None:
        if not self.boards.add(device_id, open_(device_id)) and not self.closed:
            self.notice(f"More than {MOST} boards were found; the first {MOST} are shown.")

    def _click(self, command: str, ids: object, click: object) -> None:
        chosen = [each for each in ids if isinstance(each, str)] if isinstance(ids, list) else []
        if (chosen or ids is None) and self._clicks.is_new(click) and not self.closed:
            known = None if ids is None else [each for each in chosen if self.boards.get(each)]
            self.command(command, known, click=str(click)[:64])


class OpenedPanels:
    """The panels that pages have opened out of a wall's tiles; in the loop only.

    A panel's own messages pass through the wall, so it is the very panel of `PicoPanel`, on both sides,
    and works wherever the wall does.
    """

    def __init__(self, boards: Boards, send: Send) -> None:
        self._boards, self._send = boards, send
        boards.at_exchange = self._go_on
        self._panels: dict[str, _OpenedPanel] = {}  # the one that was used last is the last

    def handle(self, device_id: str, message: object) -> Delivery:
        device = self._boards.get(device_id)
        if device is None:
            return NOTHING
        panel = self._panels.get(device_id)
        if panel is None or panel.device is not device:
            self.shut(device_id)
            panel = _OpenedPanel(device_id, device, self._send)
        self._panels.pop(device_id, None)
        self._panels[device_id] = panel
        if len(self._panels) > MOST_PANELS:
            self.shut(next(iter(self._panels)))
        return panel.wrapped(panel.handle(message))

    def shut(self, device_id: str) -> None:
        panel = self._panels.pop(device_id, None)
        if panel is not None:
            panel.end()

    def pending(self) -> list[Delivery]:
        return [panel.wrapped(panel.pending()) for panel in self._panels.values()]

    def close(self) -> None:
        for device_id in tuple(self._panels):
            self.shut(device_id)

    def _go_on(self, device_id: str) -> None:
        """The wall goes on with another device: so does its panel, if it is opened."""
        if device_id in self._panels:
            self.handle(device_id, {"type": "ask", "since": 0}).push(self._send)


class _OpenedPanel(Conversation):
    """One opened board; its serial tells the page that a newer device has taken its place."""

    def __init__(self, device_id: str, device: Device, send: Send) -> None:
        self._facts = {"type": "board", "id": device_id, "serial": next(_serials)}
        super().__init__(device, lambda message, buffers: send(self._wrap(message), buffers))
        self.device = device

    def wrapped(self, delivery: Delivery) -> Delivery:
        wrapped = ((self._wrap(message), buffers) for message, buffers in delivery.messages)
        return delivery._replace(messages=delivery.messages and wrapped)

    def _wrap(self, message: dict[str, Any]) -> dict[str, Any]:
        return {**self._facts, "message": message}
