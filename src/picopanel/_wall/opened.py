"""The panels that pages have opened out of a wall's tiles: a panel's own messages, passed through the wall.

So a panel in the wall is the very panel of `PicoPanel`, on both sides, and works wherever the wall does.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

from .._device.device import Device
from .._page.conversation import Conversation
from .._page.feed import Send
from .boards import Boards

MOST = 8
"""Panels at a time; the one that was used longest ago goes."""

_serials = count(1)


class _Panel:
    """One opened board; `serial` tells the page that a newer device has taken its place."""

    def __init__(self, device_id: str, device: Device, send: Send, ended: Callable[[], None]) -> None:
        self.device = device
        self.serial = next(_serials)

        def pass_on(message: dict[str, Any], buffers: list[bytes]) -> None:
            send({"type": "board", "id": device_id, "serial": self.serial, "message": message}, buffers)

        self.conversation = Conversation(device, pass_on)
        self._ended = ended
        device.at_close.append(ended)

    def close(self) -> None:
        self.device.at_close.remove(self._ended)
        self.conversation.end()


class Opened:
    """Which boards are open as panels.

    Args:
        boards: The wall's.
        send: Sends a message with its buffers to the page.
    """

    def __init__(self, boards: Boards, send: Send) -> None:
        self._boards = boards
        self._send = send
        self._panels: OrderedDict[str, _Panel] = OrderedDict()

    def handle(self, device_id: object, message: object) -> None:
        """Do what a page asks of one board's panel."""
        device = self._boards.get(device_id)
        if device is None or not isinstance(device_id, str):
            return
        panel = self._panels.get(device_id)
        if panel is None or panel.device is not device:
            self.shut(device_id)
            panel = self._panels[device_id] = _Panel(
                device_id, device, self._send, partial(self._follow, device_id)
            )
            if len(self._panels) > MOST:
                self.shut(next(iter(self._panels)))
        self._panels.move_to_end(device_id)
        panel.conversation.handle(message)

    def _follow(self, device_id: str) -> None:
        """The device has ended, and the wall goes on with another: so does its panel."""
        self.handle(device_id, {"type": "ask", "since": 0})

    def shut(self, device_id: object) -> None:
        """Push nothing more of one board's panel."""
        panel = self._panels.pop(str(device_id), None)
        if panel is not None:
            panel.close()

    def flush(self) -> None:
        """Send what pages have not been sent yet."""
        for panel in tuple(self._panels.values()):
            panel.conversation.feed.flush()

    def close(self) -> None:
        """Shut all."""
        for device_id in tuple(self._panels):
            self.shut(device_id)
