"""`PicoPanel`: one board in one notebook cell."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

import ipywidgets
import traitlets

from .._broker import Broker
from .._device.device import Device
from .._errors import NotConnected, Uncopied
from .._errors.arguments import check_call, opened
from .._page.conversation import Conversation
from .._page.kernel import cells, cells_block_the_page, told
from .._page.news import moments_of, panel_state
from .._page.snapshot import PanelSnapshot
from .._page.widget import LiveWidget, Program, Programmed, display_snapshot, loader, widget_arguments
from .._pico.connect import connect
from .._pico.pico import Handle, Relay
from .._runtime import loop

if TYPE_CHECKING:
    from .board_setup import BoardSetup

_NOTICEABLE = 1.0  # seconds that a cell ran, above which a click that came meanwhile has waited

_THE_PAGE_WAITS = (
    "A click had to wait until your cell was over: here, in the browser, the page itself keeps clicks "
    "until then, in panel.sleep() as well. Let cells be short, or click between them."
)

_USE_SLEEP = (
    "A click had to wait until your cell was over. Write panel.sleep(seconds) instead of "
    "time.sleep(seconds) in it, and clicks are sent at once."
)


class Lecture(Uncopied, Programmed):
    """Shows a panel so that it is readable from a hall's last row; it has no data of its own."""

    _program: ClassVar[Program] = "panel"
    _panel = traitlets.Instance(ipywidgets.Widget).tag(sync=True, **ipywidgets.widget_serialization)

    def __init__(self, panel: PicoPanel) -> None:
        super().__init__(_panel=panel, _key=panel._key)

    def __repr__(self) -> str:
        return f"<lecture view of {self._panel!r}>"


class PicoPanel(Handle, LiveWidget):
    """LED buttons and a live chart for one board, in one notebook cell.

    To command: `on`, `off`, `toggle`, `blink`, `set`, `read`, `send_and_receive`. What it measures:
    `readings`, `temperature`, `led`, `status`, `failing`, `channels`, `panel["light"]`, `observe`. To keep
    it: `to_dataframe`, `between`, `cursors`, `to_csv`, `figure`, `record`, `mark`, `marks`, `limit`,
    `remove_limit`, `limits`, `derive`, `derived`, `remove_derived`, `spectrum`, `xy`, `trigger`,
    `remove_trigger`, `pieces`, `clear`, `snapshot`, `save_html`. What is done in steps: `run`,
    `experiment`. And `sleep`, `lecture`, `setup`, `messages`, `doctor`, `close`; `PicoPanel.demo()` and
    `PicoPanel.replay(path)` need no board; `PicoPanel.listen("home/#")` hears any, of which
    `as_description` then tells.

    Args:
        device_id: The board's ID, e.g. your course ID; looked up as `COURSE_ID` if None.
        broker: A `Broker`, or a URL such as `mqtts://user:password@host:8883`. If None, it is
            looked up: `PICOPANEL_BROKER`, then `HIVEMQ_HOST`, `HIVEMQ_USERNAME` and
            `HIVEMQ_PASSWORD` in the environment, in Colab's secrets, in `my_secrets.py`.
        board: What kind of board it is, if it speaks neither as ours nor as the course's: the name of a
            description that comes along, the path of one of your own, or `"home-assistant"` for what it has
            announced there, which is asked of the broker (`docs/boards.md`).
        capacity: How many readings are kept; the oldest go first.
        widget: What every widget takes, e.g. `layout={"width": "600px"}`.

    Raises:
        NoBroker: No broker was given, and none found.
        InvalidDeviceID, InvalidBroker, InvalidDescription: With what is wrong.

    Example:
        >>> panel = PicoPanel.demo()
        >>> panel.on().led
        True
        >>> panel.close()
    """

    _program: ClassVar[Program] = "panel"
    _conversation: Conversation
    _state = traitlets.Dict().tag(sync=True, to_json=told)
    _moments: Any = traitlets.List().tag(sync=True)  # commands and marks of the recording that is played
    _setup = traitlets.Instance(ipywidgets.Widget, None, allow_none=True).tag(
        sync=True, **ipywidgets.widget_serialization
    )
    _wait = LiveWidget._wait  # hearing the page meanwhile, as `Handle` alone does not

    def __init__(
        self,
        device_id: str | None = None,
        *unnamed: NoReturn,
        broker: Broker | str | None = None,
        board: str | os.PathLike[str] | None = None,
        capacity: int = 1_000_000,
        **widget: Any,
    ) -> None:
        device = widget.pop("_device", None)
        check_call(PicoPanel, unnamed, widget, *widget_arguments())
        self._device: Device = device or connect(device_id, broker, capacity, board)
        try:
            super().__init__(_state=self._now(), _moments=moments_of(self._device), **widget)
        except BaseException:
            loop.ask(self._device.close)
            raise
        self._lecture: Lecture | None = None
        loop.ask(Relay, self, self._device)
        self._conversation = loop.ask(Conversation, self._device, self._send_news)
        self._converse()

    def close(self) -> None:
        """End the connection and the threads; the readings stay, here and in the page."""
        if hasattr(self, "_device"):  # ipywidgets also closes what could not be made
            self._show_setup(False)
            super().close()

    def lecture(self) -> Lecture:
        """Return this panel's view for a lecture hall; as the last line of a cell it is shown.

        Large, in high contrast, driven by keys. What is clicked in one view shows in the other.

        Example:
            >>> hall = panel.lecture()
        """
        if self._lecture is None or self._lecture.comm is None:
            self._lecture = Lecture(self)
        return self._lecture

    def setup(self) -> BoardSetup:
        """Return a card that sets up the board of this ID, from its cable to its first blink.

        As the last line of a cell it is shown; once the board has blinked, with a panel of its own below.

        Raises:
            NotConnected: There is no broker: it is a virtual board, or a recording.

        Example:
            >>> panel = PicoPanel("alice-07", broker="mqtt://localhost")
            >>> panel.setup()
            <BoardSetup: not done yet>
            >>> panel.close()
        """
        from .board_setup import BoardSetup

        return BoardSetup(self._device.id, broker=self._broker())

    def snapshot(self) -> None:
        """Leave a still picture and a table of the last values in the output, e.g. for marking."""
        display_snapshot(loop.ask(self._conversation.snapshot))

    def save_html(self, path: str | os.PathLike[str]) -> None:
        """Write the recorded panel as one page that needs no kernel and no network.

        Raises:
            NotWritten: No such folder, no permission, no space.

        Example:
            >>> panel.save_html("run.html")
        """
        snapshot = loop.ask(self._conversation.snapshot)
        page = snapshot.page(loader("panel"), self._assets.bundle)
        with opened(path) as file:
            file.write(page)

    def _broker(self) -> Broker:
        broker = getattr(self._device.link, "identity", None)
        if not isinstance(broker, Broker):
            raise NotConnected(
                "A virtual board or a recording is not set up: PicoPanel('my-course-id').setup()"
            )
        return broker

    def _show_setup(self, wanted: bool) -> None:
        """Have the card in the panel itself; it ends with its set-up when it is no longer wanted."""
        if wanted and self._setup is None:
            from .._setup.card import Card

            self._setup = Card(self._device.id, self._broker(), None, None, lambda _: None, asks=False)
        elif not wanted and self._setup is not None:
            card, self._setup = self._setup, None
            card.close()

    def _get_ready(self) -> None:
        self._state = self._now()
        super()._get_ready()

    def _now(self) -> dict[str, Any]:
        return {"version": 0, **loop.ask(panel_state, self._device)}

    def _keep(self, snapshot: PanelSnapshot) -> None:
        self._state = {"version": 0, **snapshot.state}
        super()._keep(snapshot)

    def _hear(self, message: object) -> None:
        given = message if isinstance(message, dict) else {}
        kind = given.get("type")
        if kind in ("click", "set") and cells.just_ended > _NOTICEABLE and cells_block_the_page():
            loop.ask(self._conversation.notice, _USE_SLEEP if loop.has_thread() else _THE_PAGE_WAITS)
        if kind == "setup":
            self._show_setup(given.get("open") is True)
        else:
            super()._hear(message)
