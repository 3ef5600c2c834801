"""A wall in the loop: its boards, what a page is told of them, and what it asks.

The messages are described in `js/src/wall/contract.ts`. One holds all tiles that have changed, four
times a second at the most.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from functools import partial
from itertools import count
from typing import Any
from weakref import WeakValueDictionary

from .._device.device import Device
from .._errors import PanelClosed
from .._page.conversation import Clicks, Conversation
from .._page.feed import NOTHING, Delivery, Feed, Send
from .._protocol.payloads import in_unicode
from .._runtime.clock import Clock, Timer
from . import tables
from .boards import MOST, Boards
from .commands import BLINK, Round
from .discovery import Discovery
from .plan import Plan
from .tiles import Tiles, WallSnapshot

BEAT = 0.25
"""Seconds between two looks at the boards."""

COMMANDS = ("on", "off", "toggle", "blink", "read")
"""What a page can send to many boards."""

MOST_PANELS = 8
"""Opened at a time; the one that was used longest ago goes."""

_REPLACED = "A newer wall of these boards was opened in this notebook; it goes on there."
_TOO_MANY = f"More than {MOST} boards were found; the first {MOST} are shown."

_walls: WeakValueDictionary[Hashable, WallConversation] = WeakValueDictionary()
_serials = count(1)


class WallConversation:
    """A wall's part in the loop, and in the conversation with its page; in the loop only."""

    def __init__(self, send: Send, clock: Clock | None = None) -> None:
        self.boards = Boards()
        self.opened = OpenedPanels(self.boards, send)
        self.closed: str | None = None
        self.at_close: list[Callable[[], None]] = []
        self._clock = clock or Clock()
        self.tiles = Tiles(self.boards, self._clock)
        self.feed = Feed(self.tiles, send, self._clock)
        self._timer: Timer | None = None
        self._discovery: Discovery | None = None
        self._round: Round | None = None
        self._notices: list[str] = []
        self._clicks = Clicks()

    def begin(self, plan: Plan) -> None:
        """Open the boards, search for others, and end the wall that has shown the same."""
        self._notices = [*plan.notices]
        for device_id, open_ in plan.boards.items():
            self.boards.add(device_id, open_)
        if plan.pattern is not None and plan.broker is not None:
            self._discovery = Discovery(plan.pattern, plan.broker, partial(self._found, plan), self.notice)
            self._discovery.start()
        self._timer = Timer(self._clock, BEAT, self._beat)
        former, _walls[plan.key] = _walls.get(plan.key), self
        if former is not None:  # ended second, so that their boards stay open
            former.end(_REPLACED)
        self.look()

    def end(self, reason: str) -> None:
        """Let go of the boards; what was told of them stays."""
        if self.closed:
            return
        self.closed = reason
        if self._timer is not None:
            self._timer.stop()
        if self._discovery is not None:
            self._discovery.close()
        self.opened.close()
        self.tiles.close()
        self.boards.close()
        self._look_at_head()
        self.feed.close()
        for end in self.at_close:
            end()

    def handle(self, message: object) -> Delivery:
        """Do what a message of the page asks, and return what is to be sent for it.

        It may come twice, late, or from a stranger's notebook; one of no known form is ignored.
        """
        if not isinstance(message, dict):
            return NOTHING
        kind = message.get("type")
        if kind == "ask":
            self.look()
        if (asked := self.feed.asked(message)) is not None:
            return asked
        if kind == "board":
            return self.opened.handle(message.get("id"), message.get("message"))
        if kind == "table":
            return Delivery([({"type": "table", "csv": tables.attendance_csv(self.boards)}, [])])
        if kind == "shut":
            self.opened.shut(message.get("id"))
        elif kind == "all":
            self._click(message)
            return self.pending()
        return NOTHING

    def command(
        self,
        name: str,
        ids: Iterable[str] | None,
        timeout: float = 10,
        blink: tuple[float, float, int | None] = BLINK,
        click: str | None = None,
    ) -> Round:
        if self.closed:
            raise PanelClosed(self.closed)
        chosen = self.boards.ids if ids is None else list(dict.fromkeys(ids))
        boards = [(device_id, self.boards[device_id]) for device_id in chosen]
        self._round = Round(boards, name, timeout, blink, click)
        self._look_at_head()
        return self._round

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

    def look(self) -> None:
        self.tiles.look()
        self._look_at_head()

    def snapshot(self) -> WallSnapshot:
        self.tiles.look()
        return WallSnapshot(self.tiles.changed_since(0), self._clock.unix())

    def notice(self, text: str) -> None:
        """Tell the user something that does not stop the wall; once."""
        text = in_unicode(text)
        if text not in self._notices:
            self._notices = [*self._notices, text]

    def _beat(self) -> None:
        self.look()  # the lines on the tiles go on, also while nobody sees them
        self.feed.changed()

    def _found(self, plan: Plan, device_id: str) -> None:
        if plan.open is not None and not self.boards.add(device_id, plan.open(device_id)) and not self.closed:
            self.notice(_TOO_MANY)

    def _click(self, message: dict[str, Any]) -> None:
        command, ids, click = message.get("command"), message.get("ids"), message.get("click")
        chosen = [each for each in ids if isinstance(each, str)] if isinstance(ids, list) else None
        if command not in COMMANDS or not (chosen or ids is None) or not self._clicks.is_new(click):
            return
        if not self.closed:
            known = None if chosen is None else [each for each in chosen if self.boards.get(each)]
            self.command(command, known, click=str(click)[:64])

    def _look_at_head(self) -> None:
        discovery = self._discovery
        trouble, next_ = (discovery and discovery.trouble) or (None, None)
        self.tiles.head = {
            "searching": discovery.pattern if discovery else None,
            "round": self._round.summary() if self._round else None,
            "trouble": trouble,
            "next": next_,
            "notices": self._notices,
            "closed": self.closed,
        }


class OpenedPanels:
    """The panels that pages have opened out of a wall's tiles; in the loop only.

    A panel's own messages pass through the wall, so it is the very panel of `PicoPanel`, on both sides,
    and works wherever the wall does.
    """

    def __init__(self, boards: Boards, send: Send) -> None:
        self._boards = boards
        self._send = send
        self._panels: OrderedDict[str, _OpenedPanel] = OrderedDict()

    def handle(self, device_id: object, message: object) -> Delivery:
        device = self._boards.get(device_id)
        if device is None or not isinstance(device_id, str):
            return NOTHING
        panel = self._panels.get(device_id)
        if panel is None or not panel.shows(device):
            self.shut(device_id)
            panel = self._panels[device_id] = _OpenedPanel(device_id, device, self._send, self._follow)
            if len(self._panels) > MOST_PANELS:
                self.shut(next(iter(self._panels)))
        self._panels.move_to_end(device_id)
        return panel.wrapped(panel.handle(message))

    def shut(self, device_id: object) -> None:
        panel = self._panels.pop(str(device_id), None)
        if panel is not None:
            panel.end()

    def pending(self) -> list[Delivery]:
        return [panel.wrapped(panel.pending()) for panel in self._panels.values()]

    def close(self) -> None:
        for device_id in tuple(self._panels):
            self.shut(device_id)

    def _follow(self, device_id: str) -> None:
        """The device has ended, and the wall goes on with another: so does its panel."""
        self.handle(device_id, {"type": "ask", "since": 0}).push(self._send)


class _OpenedPanel(Conversation):
    """One opened board; its serial tells the page that a newer device has taken its place."""

    def __init__(self, device_id: str, device: Device, send: Send, follow: Callable[[str], None]) -> None:
        self._facts = {"type": "board", "id": device_id, "serial": next(_serials)}
        super().__init__(device, lambda message, buffers: send(self._wrap(message), buffers))
        self._follow = partial(follow, device_id)
        device.at_close.append(self._follow)

    def shows(self, device: Device) -> bool:
        return self._device is device

    def end(self) -> None:
        self._device.at_close.remove(self._follow)
        super().end()

    def wrapped(self, delivery: Delivery) -> Delivery:
        messages = [(self._wrap(message), buffers) for message, buffers in delivery.messages]
        return Delivery(messages, delivery.sent)

    def _wrap(self, message: dict[str, Any]) -> dict[str, Any]:
        return {**self._facts, "message": message}
