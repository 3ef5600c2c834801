"""A notebook in JupyterLab whose page records what was painted when, and what came over the wire."""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

import psutil
from playwright.sync_api import WebSocket

from tests.support.browser import Window
from tests.support.jupyter import JupyterLab
from tests.support.notebook import Notebook

from .broker import program

_COUNT_BYTES = """
if (!('received' in window)) {
    window.received = 0;
    window.WebSocket = class extends WebSocket {
        constructor(...all) {
            super(...all);
            if (this.url.includes('/channels'))
                this.addEventListener('message', ({ data }) => received += data.byteLength ?? data.length);
        }
    };
}
"""

_STOPWATCH = """() => {
    window.start = performance.now();
    window.chart = null;
    const look = (_, observer) => {
        if (!document.querySelector('.js-plotly-plot .xtick')) return;
        chart = performance.now() - start;
        observer.disconnect(); // what is measured later must not pay for it
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true });
}"""

# Values count up, so the last one drawn tells which readings a paint holds.
_RECORD = """() => {
    window.paints = [];
    for (const [nth, plot] of document.querySelectorAll('.js-plotly-plot').entries()) {
        const paint = () => {
            const last = Array.from(plot.data[0].y ?? []).at(-1);
            if (last !== undefined) paints.push(performance.timeOrigin + performance.now(), nth, last);
        };
        plot.on('plotly_afterplot', paint);
        paint();
    }
}"""

# Counts frames for some seconds, in which an element, if one is named, is scrolled up and down.
_FRAMES = """([seconds, scrolled]) => new Promise(done => {
    const it = scrolled && document.querySelector(scrolled);
    const start = performance.now();
    let frames = 0;
    const frame = now => {
        frames++;
        const swing = 0.5 - 0.5 * Math.cos((now - start) / 700);
        if (it) it.scrollTop = swing * (it.scrollHeight - it.clientHeight);
        if (now - start < seconds * 1000) requestAnimationFrame(frame);
        else done(frames / ((now - start) / 1000));
    };
    requestAnimationFrame(frame);
})"""


class BenchNotebook(Notebook):
    """A notebook whose page counts its own bytes: handing every frame to Python would slow the browser."""

    def __init__(self, lab: JupyterLab, window: Window, cells: list[str]) -> None:
        window.context.add_init_script(_COUNT_BYTES)
        super().__init__(lab, window, [*cells, "import os; print(os.getpid())"])
        self._pid_cell = len(cells)

    def _count(self, socket: WebSocket) -> None:
        pass

    def start_kernel(self) -> None:
        """Let the kernel do its first work, so that none of it is counted."""
        self.kernel = psutil.Process(int(self.run_to_end(self._pid_cell)))

    def show(self, cell: int = 0) -> float:
        """Run a cell, and return the seconds until its chart is there."""
        self.page.evaluate(_STOPWATCH)
        self.run(cell)
        self.page.wait_for_function("() => window.chart !== null", timeout=60_000)
        return float(self.page.evaluate("window.chart")) / 1000

    @property
    def received(self) -> int:
        return int(self.page.evaluate("window.received"))

    @property
    def cpu(self) -> float:
        times = self.kernel.cpu_times()
        return times.user + times.system

    def frames(self, seconds: float, scrolled: str | None = None) -> float:
        """Return how many frames a second the page shows, while an element is scrolled if one is named."""
        return float(self.page.evaluate(_FRAMES, [seconds, scrolled]))

    def record(self) -> None:
        """Start noting paints."""
        self.page.evaluate(_RECORD)

    def paints(self, plot: int = 0) -> list[tuple[float, float]]:
        """Return the time of every paint of a plot, and the last reading in it."""
        noted = self.page.evaluate("window.paints")
        return [(noted[at], noted[at + 2]) for at in range(0, len(noted), 3) if noted[at + 1] == plot]


@dataclass
class Run:
    """What one steady run has brought."""

    sent: "array[float]"
    paints: list[tuple[float, float]]
    cpu: float
    bytes: int

    @property
    def latencies(self) -> list[float]:
        return latencies(self.sent, self.paints)

    @property
    def shown(self) -> int:
        return len(self.latencies)


def steady(
    book: BenchNotebook,
    port: int,
    kind: str,
    rate: float,
    seconds: float,
    folder: Path,
    *,
    boards: int = 0,
) -> Run:
    """Publish steadily to a shown chart, and return what came of it."""
    file = folder / "sent"
    book.record()
    cpu, received = book.cpu, book.received
    publisher = program("publisher", "steady", port, kind, rate, seconds, file, boards)
    for _ in range(round(10 * seconds) + 300):  # a busy machine is slower
        if publisher.poll() is not None:
            break
        book.page.wait_for_timeout(100)
    assert publisher.poll() == 0, "the publisher did not come to its end"
    book.page.wait_for_timeout(1000)
    sent = array("d", file.read_bytes())
    return Run(sent, book.paints(), book.cpu - cpu, book.received - received)


def latencies(sent: Sequence[float], paints: list[tuple[float, float]]) -> list[float]:
    """Return ms from publishing a reading to the first paint that holds it.

    Readings that were never shown are left out; the first second warms up.
    """
    found, last = [], [last for _, last in paints]
    newest = [max(last[: at + 1]) for at in range(len(last))] if last != sorted(last) else last
    for n, time in enumerate(sent):
        at = bisect_left(newest, n)
        if time - sent[0] >= 1000 and at < len(paints):
            found.append(paints[at][0] - time)
    return found


def median_and_p95(values: Sequence[float]) -> tuple[float, float]:
    """Return both, or infinities when there is nothing."""
    if len(values) < 2:
        return float("inf"), float("inf")
    return median(values), quantiles(values, n=20)[-1]
