"""`BoardSetup`: from a board on USB to its first blink, in one notebook cell."""

from __future__ import annotations

import os
from typing import Any, NoReturn

import ipywidgets

from .._broker import Broker
from .._broker.settings import find as find_broker
from .._errors import Uncopied
from .._errors.arguments import check_call, file_path
from .._page.widget import get_ready, widget_arguments
from .._runtime import loop
from .._setup.card import Card
from .panel import PicoPanel

_LEAST_WIDTH = "280px"  # beside others in a narrow window, where a box would leave it none


class BoardSetup(Uncopied, ipywidgets.VBox):  # type: ignore[misc]
    """Sets up a board on USB, step by step, and shows its panel.

    The board is plugged into the kernel's computer, which then needs `pip install 'picopanel[board]'`, or
    into that of the browser: Chrome, Edge or another one with Web Serial. The card asks for the Wi-Fi's
    name and password, which go to the board and stay nowhere else. It looks for the broker from here first,
    keeps what is on the board (`picopanel board restore` puts it back), writes the firmware, starts it, and
    has it blink. A set-up that was ended can be begun again.

    Args:
        device_id: What the board is to answer under, e.g. your course ID; the card asks for it if it is
            not found as `PicoPanel` finds it.
        broker: The board's broker, given or found as for `PicoPanel`.
        port: Of the board, such as `"COM5"` or `"/dev/ttyACM0"`, where several are plugged into the
            kernel's computer.
        mqtt_as: A folder that holds `mqtt_as`, instead of fetching it.
        widget: What every widget takes, e.g. `layout={"width": "600px"}`.

    Attributes:
        panel: The board's `PicoPanel` once it has blinked, else None.

    Raises:
        NoBroker: No broker was given, and none found.
        InvalidBroker: With what is wrong.

    Example:
        >>> setup = BoardSetup("alice-07", broker="mqtts://ada:secret@broker.example")
        >>> setup.panel is None
        True
        >>> setup.close()
    """

    def __init__(
        self,
        device_id: str | None = None,
        *unnamed: NoReturn,
        broker: Broker | str | None = None,
        port: str | None = None,
        mqtt_as: str | os.PathLike[str] | None = None,
        **widget: Any,
    ) -> None:
        check_call(BoardSetup, unnamed, widget, *widget_arguments())
        found, self._broker = find_broker(device_id, broker)
        self.panel: PicoPanel | None = None
        self._shows = ""
        folder = None if mqtt_as is None else file_path("mqtt_as", mqtt_as)
        self._card = Card(found or "", self._broker, port, folder, self._show_panel)
        super().__init__(children=(self._card,), **{"layout": {"min_width": _LEAST_WIDTH}, **widget})

    def __repr__(self) -> str:
        return f"<BoardSetup: {self.panel or 'not done yet'}>"

    def _show_panel(self, device_id: str) -> None:
        """Show the board's panel below; told again, tell the page again."""
        if self.comm is None:
            return
        if loop.ask(self._is_new, device_id):
            if self.panel is not None:
                self.panel.close()
            self.panel = PicoPanel(device_id, broker=self._broker)
            self.panel._place = self._card._key
            self.children = (self._card, self.panel)
            get_ready(self.panel)
        else:
            self.send_state("children")

    def _is_new(self, device_id: str) -> bool:
        """Whether none shows it yet. In the loop: JupyterLab's messages come in a thread of their own."""
        former, self._shows = self._shows, device_id
        return former != device_id

    def close(self) -> None:
        """End the panel's connection, and take both from the page."""
        if hasattr(self, "_card"):  # ipywidgets also closes what could not be made
            for child in filter(None, (self._card, self.panel)):
                child.close()
            super().close()
