"""What a panel and a wall share as widgets: outside the loop, they show what is known in it."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from time import monotonic
from typing import Any, ClassVar, Protocol

import ipywidgets
import traitlets

from .._runtime import loop
from .._runtime.waiting import EndsAtTheUsersLine, Event
from .assets import Assets, Program, loader, shared_assets
from .displayed import Displayed
from .feed import GAP, Delivery, Feed
from .kernel import cells, hearing_the_page, let_anyone_send
from .snapshot import Keeper, Snapshot


class Conversing(Protocol):
    """A widget's part in the loop."""

    at_close: list[Callable[[], None]]

    @property
    def feed(self) -> Feed[Any]: ...
    @property
    def closed(self) -> str | None: ...
    def handle(self, message: object) -> Delivery: ...
    def pending(self) -> Delivery: ...
    def notice(self, text: str) -> None: ...
    def snapshot(self) -> Snapshot: ...


class LiveWidget(Displayed):
    """A widget that tells its page what is new, and keeps a snapshot of it in the notebook."""

    _program: ClassVar[Program]
    _esm: ClassVar[Any] = ""
    _assets = traitlets.Instance(Assets).tag(sync=True, **ipywidgets.widget_serialization)
    _recorded = traitlets.Dict(None, allow_none=True).tag(sync=True)

    _conversation: Conversing

    def __init__(self, **traits: Any) -> None:
        super().__init__(_esm=loader(self._program), _assets=shared_assets(self._program), **traits)

    def _converse(self) -> None:
        self._keeper = Keeper(self._key, self._conversation.snapshot, self._keep)
        loop.ask(self._conversation.at_close.append, self._keeper.close)
        self.on_msg(self._on_page_message)
        cells.at_each_end(self._at_cell_end)

    def _wait(self, done: Event, seconds: float | None) -> bool:
        """Wait for an event, hearing and telling the page meanwhile."""
        end = inf if seconds is None else monotonic() + seconds
        with EndsAtTheUsersLine(), hearing_the_page() as hear:
            while (left := end - monotonic()) > 0 and not loop.wait(done, min(GAP, left)):
                hear()
                self._flush()
        return done.is_set()

    def _flush(self) -> None:
        loop.ask(self._conversation.pending).send(self._send_news)

    def _send_news(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        let_anyone_send(self.comm)
        self.send(message, buffers)

    def _push(self) -> None:
        loop.ask(self._conversation.feed.open)

    def _get_ready(self) -> None:
        cells.at_each_end(self._at_cell_end)
        self._push()
        self._keeper.displayed()

    def _at_cell_end(self) -> None:
        """Leave the page with what the cell has brought: threads may not reach it from now on."""
        self._flush()
        self._keeper.keep()
        if loop.ask(lambda: self._conversation.closed):  # a cell that is run again leaves one each time
            cells.forget(self._at_cell_end)

    def _keep(self, snapshot: Any) -> None:
        self._recorded = snapshot.recorded

    def _on_page_message(self, _: object, message: object, buffers: object) -> None:
        if isinstance(message, dict) and message.get("type") == "bundle":
            wanted = "panel" if message.get("of") == "panel" else self._program
            self.send(message, [shared_assets(wanted).bundle])
            return
        loop.pass_by()
        try:
            loop.ask(self._conversation.handle, message).send(self._send_news)
        except Exception as error:  # it would vanish in the kernel's log
            loop.ask(self._conversation.notice, f"The page's message failed: {type(error).__name__}: {error}")


def widget_arguments() -> tuple[str, ...]:
    """Return what ipywidgets lets a user give to each widget, such as `layout`."""
    return tuple(
        name for name in ipywidgets.DOMWidget.class_trait_names(sync=True) if not name.startswith("_")
    )
