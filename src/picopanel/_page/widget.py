"""What a panel and a wall share as widgets: outside the loop, they show what is known in it.

Displaying works whatever a widget stands in: alone, in a box, in a tab, in another's view. A container is
displayed without a word to what it holds. So each display of the notebook is looked through for widgets
of ours, and a container that takes one in has to ask it for its name.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from math import inf
from pathlib import Path
from time import monotonic
from typing import Any, ClassVar, Literal, Protocol
from weakref import WeakSet

import anywidget
import ipywidgets
import traitlets

from .._runtime import loop
from .._runtime.clock import Clock, Timer
from .._runtime.waiting import EndsAtTheUsersLine, Event
from .feed import GAP, Delivery, Feed
from .kernel import (
    cells,
    cells_block_the_page,
    display,
    hear_at_any_time,
    heard,
    hearing_the_page,
    shell,
    told,
    when_idle,
)
from .snapshot import Snapshot

STATIC = Path(__file__).parents[1] / "static"

Program = Literal["panel", "wall", "setup"]

EVERY = 10.0  # seconds between two looks for something new to keep while no cell ends

STILL = "picopanel-still"
"""The class of still pictures; with a widget's key behind it, of the one that this widget hides."""

FIRST_CHART = 1.0  # seconds after a widget is displayed in which a page is busy with the first chart

_A_PLACE = {"text/plain": ""}
"""What is left meanwhile. For HTML JupyterLab would fetch MathJax, a fifth of the first chart's time."""

_CLOCK = Clock()
_HOLDS_WIDGETS = ipywidgets.widget_serialization["to_json"]


class Assets(anywidget.AnyWidget):
    """Holds a program, gzipped; every panel of a notebook refers to the same one, every wall to another."""

    _esm = "export default { render() {} }"
    bundle = traitlets.Bytes(help="A gzipped ES module.").tag(sync=True)


class Programmed(anywidget.AnyWidget):
    """A widget whose page runs a program.

    It gets ready whenever it is displayed, and begins to push once anything refers to it.
    """

    _program: ClassVar[Program]

    _esm: ClassVar[Any] = ""
    _assets = traitlets.Instance(Assets).tag(sync=True, **ipywidgets.widget_serialization)

    _ipython_display_: ClassVar[Any] = None  # that of ipywidgets 7 (Colab) passes `_repr_mimebundle_` by

    _key = traitlets.Unicode().tag(sync=True)
    """What pages know it and its still picture by; a lecture view has its panel's."""

    _was_displayed = False
    _is_referred_to = False

    def __init__(self, **traits: Any) -> None:
        program = {"_esm": loader(self._program), "_assets": shared_assets(self._program)}
        super().__init__(**{"_key": secrets.token_hex(8), **program, **traits})
        _all.add(self)
        cells.at_each_display(_look)

    @property
    def model_id(self) -> Any:
        """The name by which the page knows it; who asks for it is about to show it."""
        if not self._is_referred_to and self in _all:
            self._is_referred_to = True
            self._push()
        return super().model_id

    def _push(self) -> None: ...

    def _get_ready(self) -> None: ...

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        get_ready(self)
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None:
            # No reading and no state: it is written once, beside a picture that is kept up to date.
            bundle[0]["text/plain"] = type(self).__name__
        return bundle

    def _sends_program(self, message: object) -> bool:
        """Send a page the program that it asks for, if that is what it does."""
        if not isinstance(message, dict) or message.get("type") != "bundle":
            return False
        wanted = "panel" if message.get("of") == "panel" else self._program
        self.send(message, [shared_assets(wanted).bundle])
        return True


class Conversing(Protocol):
    """A widget's part in the loop."""

    at_close: list[Callable[[], None]]

    @property
    def feed(self) -> Feed[Any]: ...
    def is_over(self) -> bool: ...
    def handle(self, message: object) -> Delivery: ...
    def pending(self) -> Delivery: ...
    def notice(self, text: str) -> None: ...
    def snapshot(self) -> Snapshot: ...


class LiveWidget(Programmed):
    """A widget that tells its page what is new, and keeps a snapshot in a trait and in the cell's output."""

    _recorded = traitlets.Dict(None, allow_none=True).tag(sync=True, to_json=told)

    _conversation: Conversing

    _displayed_at: float | None = None
    _has_place = _will_keep = False
    _place = ""  # what `leave_place` was told of a place in the cell of a container, which shows it later
    _kept: object = None

    def __del__(self) -> None:
        if not loop.has_ended():  # ipywidgets would close it, as the program ends, too
            super().__del__()

    def _converse(self) -> None:
        self._looks_again = Timer(_CLOCK, None, self._keep_when_idle)
        loop.ask(self._conversation.at_close.append, self._looks_again.stop)
        self.on_msg(self._on_page_message)
        hear_at_any_time(self.comm)
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
        self.send(told(message), buffers)

    def _push(self) -> None:
        loop.ask(self._conversation.feed.open)

    def _get_ready(self) -> None:
        cells.at_each_end(self._at_cell_end)
        self._push()
        if self._displayed_at is None:
            self._displayed_at = _CLOCK.monotonic()
            loop.ask(self._looks_again.every, EVERY)
        # The picture gets its place in this cell's output, unless one was left for it.
        self._has_place, self._kept = bool(self._place), None

    def _at_cell_end(self) -> None:
        """Leave the page with what the cell has brought: threads may not reach it from now on."""
        self._flush()
        self._keep_what_is_new()
        if loop.ask(self._conversation.is_over):  # a cell that is run again leaves one each time
            cells.forget(self._at_cell_end)

    def _keep_when_idle(self) -> None:
        if not self._will_keep:
            self._will_keep = True  # before the call, which may come at once, takes it back
            if not when_idle(self._keep_what_is_new):
                self._will_keep = False

    def _keep_what_is_new(self) -> None:
        """In the main thread."""
        self._will_keep = False
        if self._displayed_at is None:
            return
        snapshot = loop.ask(self._conversation.snapshot)
        if snapshot.version == self._kept:
            return
        self._keep(snapshot)
        later = self._displayed_at + FIRST_CHART
        is_busy = _CLOCK.monotonic() < later and not cells_block_the_page()
        if is_busy and not loop.ask(self._conversation.is_over):
            if not self._has_place:
                self._publish(_A_PLACE)
            loop.post(self._looks_again.hurry, later)
        else:
            html = snapshot.html(f"{STILL} {STILL}-{self._key}")
            self._publish({"text/html": html, "text/plain": snapshot.text})
            self._kept = snapshot.version

    def _keep(self, snapshot: Any) -> None:
        self._recorded = snapshot.recorded

    def _publish(self, bundle: Mapping[str, str]) -> None:
        if shell() is not None:
            display(bundle, display_id=f"picopanel-{self._place or self._key}", update=self._has_place)
            self._has_place = True

    def _hear(self, message: object) -> None:
        loop.ask(self._conversation.handle, message).send(self._send_news)

    def _on_page_message(self, _: object, message: object, buffers: object) -> None:
        if self._sends_program(message):
            return
        loop.pass_by()
        try:
            self._hear(heard(message))
        except Exception as error:  # it would vanish in the kernel's log
            loop.ask(self._conversation.notice, f"The page's message failed: {type(error).__name__}: {error}")


_shared: dict[Program, Assets] = {}


@cache
def loader(program: Program) -> str:
    """Return the small module that every panel, wall or card carries."""
    return _read(f"{program}-loader.js").decode()


def shared_assets(program: Program) -> Assets:
    """Return this kernel's one model of a program, made anew if somebody has closed all widgets.

    Plotly is in the panel's, and not in the wall's.
    """
    shared = _shared.get(program)
    if shared is None or shared.comm is None:
        shared = _shared[program] = Assets(bundle=_read(f"{program}.js.gz"))
    return shared


def _read(name: str) -> bytes:
    path = STATIC / name
    if not path.exists():
        raise FileNotFoundError(
            f"The front end's {name} is missing, so this is a checkout that has not been built. "
            "Run `make build` (it needs Node 18 or newer), or install PicoPanel with pip."
        )
    return path.read_bytes()


def leave_place(name: str) -> None:
    """Leave a place for the picture of a widget that is shown here later, when no cell runs."""
    if shell() is not None:
        display(_A_PLACE, display_id=f"picopanel-{name}", update=False)


def display_snapshot(snapshot: Snapshot) -> None:
    display({"text/html": snapshot.html(), "text/plain": snapshot.text})


def widget_arguments() -> tuple[str, ...]:
    """Return what ipywidgets lets a user give to each widget, such as `layout`."""
    return tuple(
        name for name in ipywidgets.DOMWidget.class_trait_names(sync=True) if not name.startswith("_")
    )


def _look(model_id: str | None) -> None:
    """Get ready what a widget holds; of None, what has been put into others since they were displayed."""
    if model_id is not None:
        root = ipywidgets.widget_serialization["from_json"](f"IPY_MODEL_{model_id}", None)
        if isinstance(root, ipywidgets.Widget) and not isinstance(root, Programmed):
            _others.add(root)
            get_ready(root)
    elif not all(each._was_displayed for each in _all if each._is_referred_to):
        for root in _others:
            get_ready(root, again=False)


def get_ready(root: ipywidgets.Widget, again: bool = True) -> None:
    """Get what a widget holds, and itself, ready to be shown; what was before only `again`."""
    for widget in _within(root):
        if isinstance(widget, Programmed) and (again or not widget._was_displayed):
            widget._was_displayed = True
            widget._get_ready()


def _within(root: ipywidgets.Widget) -> list[ipywidgets.Widget]:
    """Return a widget and all that stand in it."""
    found = [root]
    for widget in found:  # which grows meanwhile
        holding = [name for name in widget.keys if widget.trait_metadata(name, "to_json") is _HOLDS_WIDGETS]
        found += set(_widgets([getattr(widget, name) for name in holding])).difference(found)
    return found


def _widgets(value: object) -> Iterator[ipywidgets.Widget]:
    if isinstance(value, ipywidgets.Widget):
        yield value
    elif isinstance(value, (tuple, list, dict)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _widgets(each)


_all: WeakSet[Programmed] = WeakSet()
_others: WeakSet[ipywidgets.Widget] = WeakSet()  # containers that cells have displayed
