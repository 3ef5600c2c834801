"""Keeps up to date what stays in a notebook once its kernel is gone: a recording and a still picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any, Protocol

from .._device.device import Device
from .._runtime.ticker import Ticker
from . import still
from .kernel import cells_block_the_page, shell, when_idle
from .recorded import Series, latest, record

EVERY = 10.0
"""Seconds between two recordings while no cell ends."""

STILL = "picopanel-still"
"""The class of still pictures; with a widget's key behind it, of the one that this widget hides."""

FIRST_CHART = 1.0
"""Seconds after a widget is displayed in which a page is busy with the first chart."""

_A_PLACE = {"text/plain": ""}
"""What is left meanwhile. For HTML JupyterLab would fetch MathJax, a fifth of the first chart's time."""

_keeper = Ticker("picopanel-keeper")


@dataclass(frozen=True, slots=True)
class Remaining:
    """What remains of a panel, in all its forms."""

    state: dict[str, Any]
    series: Series
    units: Mapping[str, str]
    at: float

    @property
    def recorded(self) -> dict[str, Any]:
        """The recording."""
        return record(self.series, self.state, self.at)

    @property
    def text(self) -> str:
        """The table of last values."""
        return still.text(self.state, self.series, self.units, self.at)

    def html(self, css_class: str = "picopanel-snapshot") -> str:
        """Return the still picture and the table of last values."""
        return still.html(self.state, self.series, self.units, self.at, css_class)


class Still(Protocol):
    """What remains of a widget, in all its forms."""

    @property
    def recorded(self) -> dict[str, Any]:
        """The recording."""

    @property
    def text(self) -> str:
        """It as plain text."""

    def html(self, css_class: str = ...) -> str:
        """Return it as HTML that needs no script."""


def leave(remains: Still) -> None:
    """Leave what remains in the output of the cell."""
    _display(_forms(remains, remains.html()))


class Keeper:
    """Keeps the recording and the still picture of one widget.

    Args:
        key: What pages know the widget by.
        now: Returns what would remain if the kernel ended now.
        mark: Returns something that is another once there is something new to keep.
        tell: Sets the widget's trait; called in the main thread only.
        at_close: Gets what is to be called at the widget's end.
    """

    def __init__(
        self,
        key: str,
        now: Callable[[], Still],
        mark: Callable[[], object],
        tell: Callable[[dict[str, Any]], None],
        at_close: list[Callable[[], None]],
    ) -> None:
        self._make = now
        self._mark = mark
        self._tell = tell
        self._at_close = at_close
        self._display_id = f"picopanel-{key}"
        self._class = f"{STILL} {STILL}-{key}"
        self._shown_at: float | None = None
        self._has_place = self._waiting = self._closed = False
        self._kept: object = None

    def shown(self) -> None:
        """The widget is displayed, perhaps again: the picture gets its place in that cell's output."""
        if self._shown_at is None:
            self._shown_at = monotonic()
            _keeper.every(EVERY, self._when_idle)
            self._at_close.append(self._close)
        self._has_place, self._kept = False, None

    def keep(self) -> None:
        """Record what is new; in the main thread."""
        self._waiting = False
        mark = self._mark()
        if self._shown_at is None or mark == self._kept:
            return
        remains = self._make()
        self._tell(remains.recorded)
        later = self._shown_at + FIRST_CHART
        if monotonic() < later and not self._closed and not cells_block_the_page():
            if not self._has_place:
                self._publish(_A_PLACE)
            _keeper.hurry(self._when_idle, not_before=later)
        else:
            self._publish(_forms(remains, remains.html(self._class)))
            self._kept = mark

    def _when_idle(self) -> None:
        if not self._waiting:
            self._waiting = True  # before `keep`, which may run at once, takes it back
            if not when_idle(self.keep):
                self._waiting = False

    def _close(self) -> None:
        self._closed = True
        _keeper.forget(self._when_idle)

    def _publish(self, bundle: Mapping[str, str]) -> None:
        if shell() is not None:
            _display(bundle, display_id=self._display_id, update=self._has_place)
            self._has_place = True


class Remains(Keeper):
    """The recording and the still picture of one panel.

    Args:
        key: What pages know the panel by.
        device: The board.
        state: Returns the panel's state.
        tell: Sets the panel's trait; called in the main thread only.
    """

    def __init__(
        self,
        key: str,
        device: Device,
        state: Callable[[], dict[str, Any]],
        tell: Callable[[dict[str, Any]], None],
    ) -> None:
        self._device = device
        self._state = state
        super().__init__(key, self.now, self._kept_by, tell, device.at_close)

    def now(self) -> Remaining:
        """Return what would remain if the kernel ended now."""
        series, units = latest(self._device.store), self._device.known.units
        return Remaining(self._state(), series, units, self._device.known.clock.unix())

    def _kept_by(self) -> object:
        store, state = self._device.store, self._state()
        return store.floor, store.end, state["led"], state["closed"]


def _forms(remains: Still, html: str) -> dict[str, str]:
    return {"text/html": html, "text/plain": remains.text}


def _display(bundle: Mapping[str, str], **options: Any) -> None:
    from IPython.display import display

    display(bundle, raw=True, **options)  # type: ignore[no-untyped-call, unused-ignore]
