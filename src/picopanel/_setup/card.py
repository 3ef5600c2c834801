"""The card of a set-up: what it asks for, what it tells, and the work that it begins."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

import traitlets

from .._broker import Broker
from .._broker.settings import environment
from .._errors import InvalidArgument, PicoPanelError, Uncopied
from .._page.conversation import Clicks
from .._page.kernel import hear_at_any_time, told, when_idle
from .._page.widget import Program, Programmed, leave_place
from .._protocol.ids import check_device_id
from .._runtime import loop
from .._runtime.waiting import Event
from .by_page import ByPage
from .plan import STEPS

if TYPE_CHECKING:
    from .setup import Hands

_LONGEST = 64  # characters of a Wi-Fi's name or password
_SHOWN = 4000  # characters of the board's console
_READ_WITHIN = 0.3  # seconds
_NOT_HERE = (
    "This notebook's Python runs in the browser (JupyterLite), where it cannot set up a board. Use this card "
    "in JupyterLab or Colab, or `picopanel board setup` in a terminal; the panel works here afterwards."
)


class Stopped(Exception):
    """The user has ended a set-up."""

    def __str__(self) -> str:
        return "Stopped. The next set-up makes whole what this one has left half done."


class Card(Uncopied, Programmed):
    """Asks and tells. Its state is kept in the notebook, so no password is in it.

    Args:
        device_id: What the card proposes; the user may write another one there.
        broker: The board's broker.
        port: Of the board, on the kernel's computer.
        mqtt_as: A folder that holds it, instead of fetching it.
        blinked: Told the board's ID when it has blinked, at least once.
        asks: Whether the user may write another ID.
    """

    _program: ClassVar[Program] = "setup"
    _state = traitlets.Dict().tag(sync=True, to_json=told)
    _at_work: ClassVar[Card | None] = None  # the one card that sets a board up

    def __init__(
        self,
        device_id: str,
        broker: Broker,
        port: str | None,
        mqtt_as: Path | None,
        blinked: Callable[[str], object],
        asks: bool = True,
    ) -> None:
        self._broker, self._port, self._mqtt_as, self._blinked = broker, port, mqtt_as, blinked
        self._clicks, self._stop, self._page = Clicks(), Event(), ByPage(self._wait)
        self._end: Callable[[], object] = self._stop.set
        steps = [
            {"name": name, "title": title, "state": "waits", "says": ""} for name, title in STEPS.items()
        ]
        about = {"id": device_id, "asks": asks, "broker": broker.url, "kernel": _reaches_boards()}
        trouble = None if loop.has_thread() else _NOT_HERE
        work = {"running": False, "reading": False, "trouble": trouble, "console": ""}
        super().__init__(_state={**about, "steps": steps, **work})
        self.on_msg(self._on_page_message)
        hear_at_any_time(self.comm)

    def _get_ready(self) -> None:
        """Leave the place for the picture of the panel that comes below; one in its panel needs none."""
        if self._state["asks"]:
            leave_place(self._key)

    def close(self) -> None:
        """A set-up ends with its card."""
        if hasattr(self, "_end"):
            self._end()
        super().close()

    def _on_page_message(self, _: object, message: object, buffers: object) -> None:
        if self._sends_program(message) or not isinstance(message, dict):
            return
        kind = message.get("type")
        if kind == "stop":
            self._end()
        elif kind == "ask":
            self._answer(message.get("plan") is True, message.get("micropython"))
        elif kind == "start" and self._clicks.is_new(message.get("click")):
            self._begin(message)
        elif kind == "console" and self._clicks.is_new(message.get("click")):
            self._begin_reading()
        elif kind == "printed":
            self._show(str(message.get("text"))[:_SHOWN])
        else:
            self._page.hear(message)

    def _answer(self, wants_plan: bool, wants_image_for: object) -> None:
        """Tell it all: in Colab nothing reaches the page between cells but an answer."""
        self.send_state("_state")
        plan = self._page.message() if wants_plan else None
        for message, buffers in filter(None, (plan, self._page.image(wants_image_for))):
            self.send(told(message), buffers)
        if self._is_done():
            self._blinked(self._state["id"])

    def _may_begin(self) -> bool:
        """Whether a board's port is free for this card, whose it is then."""
        if not loop.has_thread():
            return False
        other = Card._at_work
        if other is None:
            Card._at_work = self
            self._stop.clear()
        elif other is not self:  # of a cell that was run again; two would disturb each other
            other._end()
            self._tell(
                trouble="Another card was at work with a board, and has been stopped. Try again in a moment."
            )
        return other is None

    def _begin_reading(self) -> None:
        if self._may_begin():
            self._tell(reading=True, trouble=None, console="")
            loop.aside(self._read_console, self._over)

    def _read_console(self) -> None:
        """In a thread of its own, until it is stopped: what the board prints, without a word to it."""
        from .by_kernel import only_port
        from .usb import ConsoleReader, Mpremote

        mpremote = Mpremote(self._port)
        mpremote.port = mpremote.port or only_port(mpremote.ports())
        with closing(ConsoleReader(mpremote)) as console:
            while True:
                self._wait(0)
                self._show(console.read(_READ_WITHIN))

    def _begin(self, given: dict[str, Any]) -> None:
        if not self._may_begin():
            return
        self._tell(running=True, trouble=None, console="")
        self._tell_steps(0, "doing")
        device_id, ssid, password = (str(given.get(name, "")) for name in ("id", "ssid", "password"))
        if given.get("way") == "page":  # which fills in the Wi-Fi's name and password itself
            wifi = {"SSID": "", "PASSWORD": ""}
            work = partial(self._do, self._page, device_id.strip(), wifi, self._wait)
        else:
            wifi = {"SSID": ssid[:_LONGEST], "PASSWORD": password[:_LONGEST]}
            work = partial(self._do_by_kernel, device_id.strip(), wifi)
        loop.aside(work, self._over)

    def _do_by_kernel(self, device_id: str, wifi: dict[str, str]) -> None:
        """In a thread of its own."""
        from .by_kernel import ByKernel
        from .usb import ConsoleReader, Mpremote

        if not wifi["SSID"]:
            raise InvalidArgument("The board needs a Wi-Fi: give its name.")
        mpremote = Mpremote(self._port)  # plugged in again, a board may have another

        def end() -> None:
            self._stop.set()
            mpremote.stop()

        with closing(ConsoleReader(mpremote)) as console:

            def pause(seconds: float) -> None:
                self._wait(0)
                self._show(console.read(seconds))

            self._end = end
            try:
                self._do(ByKernel(mpremote, self._wait), device_id, wifi, pause)
                self._show(console.read(0))  # of a board that was online before anybody had to wait
            finally:
                self._end = self._stop.set

    def _do(
        self, hands: Hands, device_id: str, wifi: dict[str, str], pause: Callable[[float], object]
    ) -> None:
        """In a thread of its own."""
        from .setup import set_up

        check_device_id(device_id)
        self._tell(id=device_id)  # not before: what was typed there by mistake may be a password
        if country := environment("PICOPANEL_WIFI_COUNTRY"):
            wifi = {"COUNTRY": country, **wifi}
        for step, says in set_up(hands, device_id, self._broker, wifi, self._mqtt_as, pause):
            nth = list(STEPS).index(step) + 1
            stops = self._stop.is_set() and nth < len(STEPS)
            self._tell_steps(nth, "waits" if stops else "doing", says)
            if stops:
                raise Stopped

    def _wait(self, seconds: float) -> None:
        if loop.wait(self._stop, seconds):
            raise Stopped

    def _over(self, result: object) -> None:
        """In the loop."""
        Card._at_work = None
        if self._state["reading"]:
            ended = isinstance(result, Stopped)
            self._tell(reading=False, trouble=None if ended else self._trouble(cast("Exception", result)))
            return
        if not isinstance(result, Exception):
            self._tell(running=False)
            when_idle(partial(self._blinked, self._state["id"]))
            return
        states = [step["state"] for step in self._state["steps"]]
        if "doing" in states:
            self._tell_steps(states.index("doing"), "failed")
        self._tell(running=False, trouble=self._trouble(result))

    def _trouble(self, error: Exception) -> str:
        if self._stop.is_set():
            return str(Stopped())
        if not isinstance(error, (PicoPanelError, Stopped)):
            return f"{type(error).__name__}: {error}"
        from .setup import with_console

        return with_console(error, self._state["console"])

    def _is_done(self) -> bool:
        return all(step["state"] == "done" for step in self._state["steps"])

    def _show(self, printed: str) -> None:
        """What keeps a board from coming online is told at once, at that step."""
        if not printed:
            return
        from .setup import telling

        console = (self._state["console"] + printed)[-_SHOWN:]
        waits = {"name": "online", "state": "doing"}
        steps = [
            {**step, "says": f"The board says: {telling(console)}"} if waits.items() <= step.items() else step
            for step in self._state["steps"]
        ]
        self._tell(console=console, steps=steps)

    def _tell_steps(self, nth: int, state: str, says: str = "") -> None:
        """All before this one have been done, the last of them with this to say."""
        steps = [dict(step) for step in self._state["steps"]]
        for at, step in enumerate(steps):
            step["state"] = "done" if at < nth else state if at == nth else "waits"
            step["says"] = says if at == nth - 1 and says else step["says"] if at < nth else ""
        self._tell(steps=steps)

    def _tell(self, **changed: Any) -> None:
        self._state = {**self._state, **changed}


def _reaches_boards() -> bool:
    """Whether the kernel may have a board at its own USB: not in Colab, and not in a page."""
    return not {"google.colab", "pyodide"} & set(sys.modules) and find_spec("mpremote") is not None
