"""What is kept of a widget once its kernel is gone: `Recorded` of `js/src/contract.ts`, and a picture."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from .._device.device import Device
from .._runtime import loop
from .._runtime.clock import Clock, Timer
from .._store import EVENT, Rows
from .._store.readings import is_silence
from . import still
from .kernel import cells_block_the_page, shell, when_idle
from .news import panel_state
from .still import MOST_POINTS, Series, thinned

MOST_BYTES = 50_000
LATEST = 20_000
"""Rows that are looked at, so that a long history costs no more than a short one."""

EVERY = 10.0
"""Seconds between two looks for something new while no cell ends."""

STILL = "picopanel-still"
"""The class of still pictures; with a widget's key behind it, of the one that this widget hides."""

FIRST_CHART = 1.0
"""Seconds after a widget is displayed in which a page is busy with the first chart."""

_A_PLACE = {"text/plain": ""}
"""What is left meanwhile. For HTML JupyterLab would fetch MathJax, a fifth of the first chart's time."""


class Snapshot(Protocol):
    """What is kept of a widget, in all its forms."""

    @property
    def mark(self) -> object:
        """Something that is another once there is something new to keep."""

    @property
    def recorded(self) -> dict[str, Any]: ...
    @property
    def text(self) -> str: ...
    def html(self, css_class: str = ...) -> str: ...


@dataclass(frozen=True)
class PanelSnapshot:
    state: dict[str, Any]
    rows: Rows
    units: Mapping[str, str]
    at: float

    @classmethod
    def of(cls, device: Device) -> PanelSnapshot:
        store, known = device.store, device.known
        rows = store.since(max(store.floor, store.end - LATEST))
        return cls(panel_state(device), rows, dict(known.units), known.clock.unix())

    @property
    def mark(self) -> object:
        """What is new in it is worth keeping."""
        return self.rows.floor, self.rows.end, self.state["led"], self.state["closed"]

    @cached_property
    def series(self) -> Series:
        return series(self.rows)

    @property
    def recorded(self) -> dict[str, Any]:
        return record(self.series, self.state, self.at)

    @property
    def text(self) -> str:
        rows = still.table(self.series, self.units, self.state["led"])
        return still.sheet_text(self.state["id"], self.at, rows)

    def html(self, css_class: str = "picopanel-snapshot") -> str:
        return still.html(self.state, self.series, self.units, self.at, css_class)


def record(readings: Series, state: Mapping[str, Any], at: float) -> dict[str, Any]:
    """Return readings, thinned, with the state they belong to; notices are for whoever is there."""
    most = MOST_POINTS
    while True:
        channels = [
            {"channel": channel, "times": times, "values": values}
            for channel, (times, values) in thinned(readings, most).items()
        ]
        recorded = {"at": at, "state": {**state, "notices": []}, "series": channels}
        if most < 2 * max(1, len(readings)) or len(json.dumps(recorded)) <= MOST_BYTES:
            return recorded
        most //= 2


def series(rows: Rows) -> Series:
    """Return readings by channel, in order of time, with None where a board was silent."""
    readings: dict[str, list[tuple[float, float, int | None]]] = {}
    for time, value, number in zip(rows.times, rows.values, rows.origins, strict=True):
        if number != EVENT:
            origin = rows.table[number]
            readings.setdefault(origin.channel, []).append((time, value, origin.interval))
    return {channel: _with_silences(sorted(found)) for channel, found in readings.items()}


def _with_silences(
    readings: Sequence[tuple[float, float, int | None]],
) -> tuple[list[float], list[float | None]]:
    times: list[float] = []
    values: list[float | None] = []
    for time, value, interval in readings:
        if interval and times and is_silence(time - times[-1], interval):
            times.append(times[-1] + 1)
            values.append(None)
        times.append(round(time))
        values.append(float(f"{value:.7g}"))
    return times, values


def display_snapshot(snapshot: Snapshot) -> None:
    _display({"text/html": snapshot.html(), "text/plain": snapshot.text})


class Keeper:
    """Keeps the snapshot of one widget up to date, in its trait and in the notebook's output.

    Args:
        key: What pages know the widget by.
        take: Called in the loop.
        tell: Puts a snapshot into the widget's traits; called in the main thread.
    """

    def __init__(self, key: str, take: Callable[[], Snapshot], tell: Callable[[Any], None]) -> None:
        self._take = take
        self._tell = tell
        self._clock = Clock()
        self._display_id = f"picopanel-{key}"
        self._class = f"{STILL} {STILL}-{key}"
        self._displayed_at: float | None = None
        self._has_place = self._waits = self._closed = False
        self._kept: object = None
        self._timer = Timer(self._clock, None, self._when_idle)

    def displayed(self) -> None:
        """The widget is displayed, perhaps again: the picture gets its place in that cell's output."""
        if self._displayed_at is None:
            self._displayed_at = self._clock.monotonic()
            loop.ask(self._timer.every, EVERY)
        self._has_place, self._kept = False, None

    def keep(self) -> None:
        """Keep what is new; in the main thread."""
        self._waits = False
        if self._displayed_at is None:
            return
        snapshot = loop.ask(self._take)
        if snapshot.mark == self._kept:
            return
        self._tell(snapshot)
        later = self._displayed_at + FIRST_CHART
        if self._clock.monotonic() < later and not self._closed and not cells_block_the_page():
            if not self._has_place:
                self._publish(_A_PLACE)
            loop.post(self._timer.hurry, later)
        else:
            self._publish({"text/html": snapshot.html(self._class), "text/plain": snapshot.text})
            self._kept = snapshot.mark

    def close(self) -> None:
        self._closed = True
        self._timer.stop()

    def _when_idle(self) -> None:
        if not self._waits:
            self._waits = True  # before `keep`, which may run at once, takes it back
            if not when_idle(self.keep):
                self._waits = False

    def _publish(self, bundle: Mapping[str, str]) -> None:
        if shell() is not None:
            _display(bundle, display_id=self._display_id, update=self._has_place)
            self._has_place = True


def _display(bundle: Mapping[str, str], **options: Any) -> None:
    from IPython.display import display

    display(bundle, raw=True, **options)  # type: ignore[no-untyped-call, unused-ignore]
