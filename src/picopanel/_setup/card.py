"""`BoardSetup`: from a board on USB to its first blink, in one notebook cell."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

import ipywidgets
import traitlets

from .._broker import Broker
from .._broker.settings import environment
from .._broker.settings import find as find_broker
from .._errors import InvalidArgument, PicoPanelError, Uncopied
from .._errors.arguments import check_call, file_path
from .._page.conversation import Clicks
from .._page.kernel import let_anyone_send, when_idle
from .._page.widget import Program, Programmed, widget_arguments
from .._panel.panel import PicoPanel
from .._protocol.ids import check_device_id
from .._runtime import loop
from .._runtime.waiting import Event
from .files import Values

if TYPE_CHECKING:
    from .setup import Done
    from .usb import Mpremote

_LONGEST = 64  # characters of a Wi-Fi's name or password
_SHOWN = 4000  # characters of the board's console


class BoardSetup(Uncopied, ipywidgets.VBox):  # type: ignore[misc]
    """Sets up the board that is plugged into the kernel's computer, step by step, and shows its panel.

    The card asks for the Wi-Fi's name and password, which go to the board and stay nowhere else. It looks
    for the broker from here first, keeps what is on the board (`picopanel board restore` puts it back),
    writes the firmware, starts it, and has it blink. A set-up that was ended can be begun again.

    Args:
        device_id: What the board is to answer under, e.g. your course ID; the card asks for it if it is
            not found as `PicoPanel` finds it.
        broker: The board's broker, given or found as for `PicoPanel`.
        port: Of the board, such as `"COM5"` or `"/dev/ttyACM0"`, where several are plugged in.
        mqtt_as: A folder that holds `mqtt_as`, instead of fetching it.
        widget: What every widget takes, e.g. `layout={"width": "600px"}`.

    Attributes:
        panel: The board's `PicoPanel` once it has blinked, else None.

    Raises:
        NoBroker: No broker was given, and none found.
        InvalidBroker: With what is wrong.
        NotConnected: mpremote is not installed: `pip install 'picopanel[board]'`.

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
        from .setup import STEPS, set_up  # what only a set-up needs is not imported before
        from .usb import Mpremote

        check_call(BoardSetup, unnamed, widget, *widget_arguments())
        found, self._broker = find_broker(device_id, broker)
        self.panel: PicoPanel | None = None
        folder = None if mqtt_as is None else file_path("mqtt_as", mqtt_as)
        do = partial(set_up, broker=self._broker, mqtt_as=folder)
        about = {"id": found or "", "broker": self._broker.url}
        self._card = Card(about, list(STEPS.values()), Mpremote(port), do, self._show_panel)
        super().__init__(children=(self._card,), **widget)

    def __repr__(self) -> str:
        return f"<BoardSetup: {self.panel or 'not done yet'}>"

    def _show_panel(self, device_id: str) -> None:
        if self.comm is None:
            return
        if self.panel is not None:
            self.panel.close()
        self.panel = PicoPanel(device_id, broker=self._broker)
        self.children = (self._card, self.panel)

    def close(self) -> None:
        """End the panel's connection, and take both from the page."""
        if hasattr(self, "_card"):  # ipywidgets also closes what could not be made
            for child in filter(None, (self._card, self.panel)):
                child.close()
            super().close()


class Stopped(Exception):
    """The user has ended a set-up."""

    def __str__(self) -> str:
        return "Stopped. The next set-up makes whole what this one has left half done."


class Card(Uncopied, Programmed):
    """Asks and tells. Its state is kept in the notebook, so no password is in it."""

    _program: ClassVar[Program] = "setup"
    _state = traitlets.Dict().tag(sync=True)
    _at_work: ClassVar[Card | None] = None  # the one card that sets a board up

    def __init__(
        self,
        about: dict[str, str],
        titles: list[str],
        mpremote: Mpremote,
        set_up: Callable[..., Iterator[Done]],
        blinked: Callable[[str], object],
    ) -> None:
        self._mpremote, self._port, self._set_up, self._blinked = mpremote, mpremote.port, set_up, blinked
        self._clicks, self._stop = Clicks(), Event()
        steps = [{"title": title, "state": "waits", "says": ""} for title in titles]
        state = {**about, "steps": steps, "running": False, "trouble": None, "console": ""}
        super().__init__(_state=state)
        self.on_msg(self._on_page_message)

    def close(self) -> None:
        """A set-up ends with its card."""
        if hasattr(self, "_stop"):
            self._stop.set()
        super().close()

    def _on_page_message(self, _: object, message: object, buffers: object) -> None:
        if self._sends_program(message) or not isinstance(message, dict):
            return
        kind = message.get("type")
        if kind == "stop":
            self._stop.set()
        elif kind == "start" and self._clicks.is_new(message.get("click")):
            self._begin(*(str(message.get(name, "")) for name in ("id", "ssid", "password")))

    def _begin(self, device_id: str, ssid: str, password: str) -> None:
        other = Card._at_work
        if other is not None:
            if other is not self:  # of a cell that was run again; two would disturb each other
                other._stop.set()
                self._tell(
                    trouble="Another card is setting up a board, and has been stopped. Try again in a moment."
                )
            return
        Card._at_work = self
        self._stop.clear()
        self._tell(running=True, trouble=None, console="")
        self._tell_steps(0, "doing")
        country = environment("PICOPANEL_WIFI_COUNTRY")
        wifi: dict[str, object] = {"COUNTRY": country} if country else {}
        wifi |= {"SSID": ssid[:_LONGEST], "PASSWORD": password[:_LONGEST]}
        loop.aside(partial(self._do, device_id.strip(), wifi), self._over)

    def _do(self, device_id: str, wifi: Values) -> None:
        """In a thread of its own."""
        check_device_id(device_id)
        self._tell(id=device_id)  # not before: what was typed there by mistake may be a password
        if not wifi["SSID"]:
            raise InvalidArgument("The board needs a Wi-Fi: give its name.")
        from .usb import ConsoleReader

        self._mpremote.port = self._port  # plugged in again, a board may have another
        with closing(ConsoleReader(self._mpremote)) as console:

            def pause(seconds: float) -> None:
                if self._stop.is_set():
                    raise Stopped
                if heard := console.read(seconds):
                    self._tell(console=(self._state["console"] + heard)[-_SHOWN:])

            for nth, done in enumerate(self._set_up(self._mpremote, device_id, wifi=wifi, pause=pause), 1):
                stops = self._stop.is_set() and nth < len(self._state["steps"])
                self._tell_steps(nth, "waits" if stops else "doing", done.says)
                if stops:
                    raise Stopped

    def _over(self, result: object) -> None:
        """In the loop."""
        Card._at_work = None
        if not isinstance(result, Exception):
            self._tell(running=False)
            when_idle(partial(self._blinked, self._state["id"]))
            return
        states = [step["state"] for step in self._state["steps"]]
        if "doing" in states:
            self._tell_steps(states.index("doing"), "failed")
        ours = isinstance(result, (PicoPanelError, Stopped))
        self._tell(running=False, trouble=str(result) if ours else f"{type(result).__name__}: {result}")

    def _tell_steps(self, nth: int, state: str, says: str = "") -> None:
        """All before this one have been done, the last of them with this to say."""
        steps = [dict(step) for step in self._state["steps"]]
        for at, step in enumerate(steps):
            step["state"] = "done" if at < nth else state if at == nth else "waits"
            step["says"] = says if at == nth - 1 and says else step["says"] if at < nth else ""
        self._tell(steps=steps)

    def _tell(self, **changed: Any) -> None:
        let_anyone_send(self.comm)
        self._state = {**self._state, **changed}
