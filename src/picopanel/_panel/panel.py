"""`PicoPanel`: one board in one notebook cell."""

from __future__ import annotations

import os
from functools import partial
from typing import Any, ClassVar, NoReturn

import ipywidgets
import traitlets

from .._broker import Broker
from .._device.device import Device
from .._errors.arguments import opened, refuse_unknown, refuse_unnamed
from .._page import still
from .._page.assets import Assets, loader, shared_assets, widget_arguments
from .._page.conversation import Conversation
from .._page.displayed import Displayed
from .._page.feed import GAP
from .._page.kernel import cells, cells_block_the_page, let_anyone_send, wait
from .._page.panel_state import panel_state
from .._page.snapshot import Keeper, PanelSnapshot, leave
from .._pico.connect import connect
from .._pico.pico import ARGUMENTS, THE_BROKERS, Handle
from .._runtime import loop
from .._runtime.waiting import Event
from .lecture import Lecture

_NOTICEABLE = 1.0
"""Seconds that a cell ran, above which a click that came meanwhile has waited."""

_THE_PAGE_WAITS = (
    "A click had to wait until your cell was over: here, in the browser, the page itself keeps clicks "
    "until then, in panel.sleep() as well. Let cells be short, or click between them."
)

_USE_SLEEP = (
    "A click had to wait until your cell was over. Write panel.sleep(seconds) instead of "
    "time.sleep(seconds) in it, and clicks are sent at once."
)


class PicoPanel(Handle, Displayed):
    """LED buttons and a live chart for one board, in one notebook cell.

    To command: `on`, `off`, `toggle`, `blink`, `set`, `read`, `send_and_receive`. What it measures:
    `readings`, `temperature`, `led`, `status`, `channels`, `panel["light"]`, `observe`. To keep it:
    `to_dataframe`, `to_csv`, `figure`, `record`, `mark`, `limit`, `remove_limit`, `limits`, `clear`,
    `snapshot`, `save_html`. And `sleep`, `lecture`, `messages`, `doctor`, `close`;
    `PicoPanel.demo()` and `PicoPanel.replay(path)` need no board.

    Args:
        device_id: The board's ID, e.g. your course ID; looked up as `COURSE_ID` if None.
        broker: A `Broker`, or a URL such as `mqtts://user:password@host:8883`. If None, it is
            looked up: `PICOPANEL_BROKER`, then `HIVEMQ_HOST`, `HIVEMQ_USERNAME` and
            `HIVEMQ_PASSWORD` in the environment, in Colab's secrets, in `my_secrets.py`.
        capacity: How many readings are kept; the oldest go first.
        widget: What every widget takes, e.g. `layout={"width": "600px"}`.

    Raises:
        NoBroker: No broker was given, and none found.
        InvalidDeviceID, InvalidBroker: With what is wrong.

    Example:
        >>> panel = PicoPanel.demo()
        >>> panel.on().led
        True
        >>> panel.close()
    """

    _esm: ClassVar[Any] = ""
    _assets = traitlets.Instance(Assets).tag(sync=True, **ipywidgets.widget_serialization)
    _state = traitlets.Dict().tag(sync=True)
    _recorded = traitlets.Dict(None, allow_none=True).tag(sync=True)

    def __init__(
        self,
        device_id: str | None = None,
        *unnamed: NoReturn,
        broker: Broker | str | None = None,
        capacity: int = 1_000_000,
        **widget: Any,
    ) -> None:
        device = widget.pop("_device", None)
        refuse_unnamed("PicoPanel()", unnamed, ARGUMENTS)
        refuse_unknown("PicoPanel()", widget, (*ARGUMENTS, *widget_arguments()), THE_BROKERS)
        self._device: Device = device or connect(device_id, broker, capacity)
        try:
            super().__init__(
                _esm=loader(),
                _assets=shared_assets(),
                _state=self._now(),
                **widget,
            )
        except BaseException:
            loop.ask(self._device.close)
            raise
        self._tell_observers()
        self._conversation = loop.ask(Conversation, self._device, self._send_news)
        self._lecture: Lecture | None = None
        take = partial(PanelSnapshot.of, self._device)
        self._keeper = Keeper(self._key, self._mark, take, self._keep, self._device.known.clock)
        loop.ask(self._device.at_close.append, self._keeper.close)
        self.on_msg(self._on_page_message)
        cells.at_each_end(self._at_cell_end)

    def close(self) -> None:
        """End the connection and the threads; the readings stay, here and in the page."""
        if hasattr(self, "_device"):  # ipywidgets also closes what could not be made
            super().close()

    def lecture(self) -> Lecture:
        """Return this panel's view for a lecture hall; as the last line of a cell it is shown.

        Large, in high contrast, driven by keys, with a button for the full screen. It is another
        view of the same panel: what is clicked in one shows in the other.

        Example:
            >>> hall = panel.lecture()
        """
        if self._lecture is None or self._lecture.comm is None:
            self._lecture = Lecture(self, self._key)
        return self._lecture

    def snapshot(self) -> None:
        """Leave a still picture and a table of the last values in the output, e.g. for marking."""
        leave(self._snapshot())

    def save_html(self, path: str | os.PathLike[str]) -> None:
        """Write the recorded panel as one page that needs no kernel and no network.

        Args:
            path: The file, e.g. `run.html`.

        Raises:
            NotWritten: No such folder, no permission, no space.

        Example:
            >>> panel.save_html("run.html")
        """
        now = self._snapshot()
        page = still.page(now.recorded, now.html(), loader(), shared_assets().bundle)
        with opened(path) as file:
            file.write(page)

    def _wait(self, done: Event, seconds: float | None) -> bool:
        return wait(done, seconds, GAP, self._flush)

    def _push(self) -> None:
        loop.ask(self._conversation.feed.open)

    def _get_ready(self) -> None:
        self._state = self._now()
        cells.at_each_end(self._at_cell_end)
        self._push()
        self._keeper.displayed()

    def _at_cell_end(self) -> None:
        """Leave the page with what the cell has brought: threads may not reach it from now on."""
        self._flush()
        self._keeper.keep()
        if loop.ask(self._is_over):  # a cell that is run again leaves a panel each time
            cells.forget(self._at_cell_end)

    def _flush(self) -> None:
        loop.ask(self._conversation.feed.pending).send(self._send_news)

    def _is_over(self) -> bool:
        """Whether nothing more comes; in the loop."""
        if self._device.closed:
            self._device.store.rest()
        return self._device.closed is not None

    def _now(self) -> dict[str, Any]:
        return {"version": 0, **loop.ask(panel_state, self._device)}

    def _snapshot(self) -> PanelSnapshot:
        return loop.ask(PanelSnapshot.of, self._device)

    def _keep(self, recorded: dict[str, Any]) -> None:
        self._state, self._recorded = self._now(), recorded

    def _mark(self) -> object:
        device = self._device
        return device.store.floor, device.store.end, device.led, device.closed

    def _send_news(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        let_anyone_send(self.comm)
        self.send(message, buffers)

    def _on_page_message(self, _: object, message: object, buffers: object) -> None:
        if cells.just_ended > _NOTICEABLE and cells_block_the_page() and _is_click(message):
            self._notice(_USE_SLEEP if loop.has_thread() else _THE_PAGE_WAITS)
        if message == {"type": "bundle"}:
            self.send(message, [shared_assets().bundle])
            return
        loop.pass_by()
        try:
            loop.ask(self._conversation.handle, message).send(self._send_news)
        except Exception as error:  # it would vanish in the kernel's log
            self._notice(f"The page's message failed: {type(error).__name__}: {error}")

    def _notice(self, text: str) -> None:
        loop.ask(self._device.known.notice, text)


def _is_click(message: object) -> bool:
    return isinstance(message, dict) and message.get("type") in ("click", "set")
