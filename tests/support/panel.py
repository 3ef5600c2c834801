"""A panel on a page, by what a person sees of it: its buttons, words and chart."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator

from .downloads import download
from .waiting import PATIENCE

CHART = """element => {
    const { data, _fullLayout: layout } = element;
    const list = it => Array.from(it ?? []);
    return {
        traces: data.map(it => ({
            name: it.name, mode: it.mode, x: list(it.x), y: list(it.y), text: list(it.text),
            symbols: list(it.marker?.symbol),
        })),
        range: list(layout.xaxis.range).map(it => +layout.xaxis.d2l(it)),
        unit: layout.yaxis.title.text,
        colour: layout.font.color,
    };
}"""

WIDTH = """(root, width) => {
    const size = { width: width + 'px', maxWidth: width + 'px', flex: 'none', boxSizing: 'border-box' };
    Object.assign(root.closest('.jp-OutputArea-output').style, size);
}"""
FITS = "it => it._fullLayout.width === it.clientWidth"


class PanelOnPage:
    """One view of a panel."""

    def __init__(self, root: Locator, eventually: Callable[..., Any]) -> None:
        self.root = root
        self._eventually = eventually

    # Controls

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name, exact=True)

    def click(self, name: str) -> None:
        self.button(name).click()

    def can_command(self) -> bool:
        on = self.button("On")
        return on.count() == 1 and on.is_enabled() and on.get_attribute("aria-disabled") != "true"

    def wait_until_ready(self, within: float = PATIENCE) -> None:
        self._eventually(self.can_command, "the panel's buttons can be used", within=within, seen=self.words)

    def show(self, window: str) -> None:
        """Choose a time window."""
        self.root.get_by_label("Time window").select_option(window)

    def set_width(self, width: int) -> None:
        """Make the cell's output so many pixels wide, and wait until the chart fits it."""
        self.root.evaluate(WIDTH, width)
        self.wait_until_it_fits()

    def wait_until_it_fits(self) -> None:
        self._eventually(lambda: self.plot.evaluate(FITS), "the chart is as wide as its place")

    def download(self, path: Path) -> list[dict[str, str]]:
        """Press CSV and return the rows of the file."""
        with download(self.root.page) as file:
            self.click("CSV")
        file.value.save_as(path)
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    # Words

    def words(self) -> str:
        """Return all of its text."""
        return self.root.inner_text() if self.root.count() else "(no panel)"

    def says(self, text: str, within: float = PATIENCE) -> None:
        self._eventually(
            lambda: text in self.words(), f"the panel says {text!r}", within=within, seen=self.words
        )

    def confirmed(self, command: str = "") -> None:
        """Wait until the echo beside the buttons tells of an answer."""
        self._eventually(
            lambda: "confirmed" in self.echo and command in self.echo,
            "the click is confirmed",
            seen=lambda: self.echo,
        )

    @property
    def echo(self) -> str:
        return self.root.locator(".echo").inner_text()

    # Chart

    @property
    def plot(self) -> Locator:
        return self.root.locator(".chart.js-plotly-plot")

    def chart(self) -> dict[str, Any]:
        """Return what plotly draws: its traces, time range (ms), unit and text colour."""
        self._eventually(lambda: self.plot.count() == 1, "the panel has its chart", seen=self.words)
        return dict(self.plot.evaluate(CHART))

    def points(self) -> list[tuple[float, float]]:
        """Return the drawn readings in order of time, gaps left out."""
        found = {
            (x, y)
            for trace in self.chart()["traces"]
            if trace["name"] == "temperature"
            for x, y in zip(trace["x"], trace["y"], strict=True)
            if y is not None
        }
        return sorted(found)

    def streams(self, readings: int = 5, *, while_true: Callable[[], object] = lambda: True) -> None:
        """Wait until so many more are drawn. By their times: in a full window their number stands still."""
        last = max((time for time, _ in self.points()), default=0.0)
        self._eventually(
            lambda: while_true() and sum(time > last for time, _ in self.points()) >= readings,
            f"{readings} more readings are drawn",
            seen=self.words,
        )

    def values(self) -> list[float]:
        return [value for _, value in self.points()]

    def marks(self, kind: str) -> list[float]:
        """Return the times of the marks on the chart: `sent`, `answered` or `failed`.

        Marks that would hide each other are drawn once.
        """
        commands = next(trace for trace in self.chart()["traces"] if trace["name"] == "commands")
        symbols = {"sent": "triangle-up-open", "answered": "triangle-up", "failed": "x-thin-open"}
        drawn = zip(commands["x"], commands["symbols"], strict=True)
        return [x for x, symbol in drawn if symbol == symbols[kind]]
