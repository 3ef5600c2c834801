"""PicoPanel and its peers in JupyterLab, one after the other on the same readings."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.support.browser import Window, chromium
from tests.support.jupyter import JupyterLab

from . import contenders
from .broker import quiet_broker
from .lab import BenchNotebook, Run, median_and_p95, steady
from .table import Row, tell

OURS, CAREFUL, PER_MESSAGE = contenders.CELLS
SECONDS = 6
ROUNDS = 3
"""Runs of what is compared, in turns; of each figure the middle one counts."""
COMPARED = (200, 1000)
RATES = {OURS: (20, 200, 1000, 5000), CAREFUL: (20, 200, 1000, 5000), PER_MESSAGE: (20, 200)}


@dataclass
class Desk:
    """A notebook server, a browser and a broker."""

    lab: JupyterLab
    window: Window
    port: int
    folder: Path

    @contextmanager
    def notebook(self, *cells: str) -> Iterator[BenchNotebook]:
        """Open a notebook with a kernel of its own."""
        book = BenchNotebook(self.lab, self.window, list(cells))
        book.start_kernel()
        yield book
        book.close()


@contextmanager
def desk(folder: Path) -> Iterator[Desk]:
    (folder / "lab").mkdir()
    lab = JupyterLab(folder / "lab").start()
    try:
        with quiet_broker(folder) as port, chromium() as browser:
            window = Window(browser)
            yield Desk(lab, window, port, folder)
            window.close()
    finally:
        lab.stop()


@dataclass
class Result:
    """What one run of a contender at a rate has brought."""

    run: Run
    first_chart: float
    opening_bytes: int

    def __post_init__(self) -> None:
        self.median, self.p95 = median_and_p95(self.run.latencies)
        self.cpu = self.run.cpu / len(self.run.sent) * 1000
        self.bytes = self.run.bytes / len(self.run.sent)


class Results:
    """All runs; of several at one rate the middle figure counts."""

    def __init__(self, at: Desk) -> None:
        self._found: dict[tuple[str, int], list[Result]] = {}
        for name, rates in RATES.items():
            for rate in rates:
                self._found[name, rate] = [measure(at, name, rate)]
        for _ in range(ROUNDS - 1):
            for rate in COMPARED:
                for name in (OURS, CAREFUL):
                    self._found[name, rate].append(measure(at, name, rate))

    def all(self, name: str) -> list[Result]:
        """Return all runs of a contender."""
        return [result for (other, _), results in self._found.items() for result in results if other == name]

    def middle(self, name: str, rate: int, what: str) -> float:
        """Return a figure of a contender at a rate."""
        return median(getattr(result, what) for result in self._found[name, rate])

    def told(self) -> Iterator[Row]:
        """Tell of each contender and rate."""
        for (name, rate), results in self._found.items():
            middle, p95, cpu, size = (
                self.middle(name, rate, what) for what in ("median", "p95", "cpu", "bytes")
            )
            due = len(results[0].run.sent) - rate
            shown = min(result.run.shown for result in results)
            figure = f"{middle:.0f} / {p95:.0f} ms" if shown >= due else f"{shown} of {due} ever shown"
            figure += f"; {cpu:.3f} s CPU per 1000; {size:.0f} bytes each"
            yield Row(f"{name}, {rate}/s: publish to paint, median / p95", figure)


def measure(at: Desk, contender: str, rate: int) -> Result:
    tell(f"{contender} at {rate} readings/s")
    with at.notebook(contenders.cell(contender, at.port)) as book:
        before = book.received
        first = book.show()
        if contender == OURS:
            book.panel().wait_until_ready()
        else:
            book.page.wait_for_timeout(1000)
        opening = book.received - before
        return Result(steady(book, at.port, "number", rate, SECONDS, at.folder), first, opening)


def rows(at: Desk) -> Iterator[Row]:
    found = Results(at)
    yield from found.told()

    def ratio(what: str, rate: int, figure: str, most: float, unit: str) -> Row:
        of = f"{what} at {rate}/s, of the careful peer's"
        return _ratio(of, found.middle(OURS, rate, figure), found.middle(CAREFUL, rate, figure), most, unit)

    yield ratio("publish to paint, median,", 1000, "median", 0.45, "ms")
    yield ratio("publish to paint, p95,", 1000, "p95", 0.5, "ms")
    worst = max(found.middle(OURS, rate, "p95") for rate in RATES[OURS])
    yield Row("publish to paint, worst p95 of all rates", f"{worst:.0f} ms", "60 ms", worst <= 60)
    runs = [result.run for result in found.all(OURS)]
    whole = all(run.paints[-1][1] == len(run.sent) - 1 for run in runs)
    yield Row("the newest reading of each run is painted", "yes" if whole else "no", "yes", whole)
    first, peer = (median(it.first_chart for it in found.all(name)) for name in (OURS, CAREFUL))
    yield _ratio("first chart after running the cell, of FigureWidget's", first, peer, 0.12, "s")
    opening = max(result.opening_bytes for result in found.all(OURS))
    yield Row("bytes to open the first panel", f"{opening:,}", "500,000", opening < 500_000)
    size = found.middle(OURS, 1000, "bytes")
    yield Row("bytes to the page per reading at 1000/s", f"{size:.1f}", "40", size < 40)
    yield ratio("kernel CPU per 1000", 200, "cpu", 0.5, "s")
    yield ratio("kernel CPU per 1000", 1000, "cpu", 0.7, "s")


def _ratio(what: str, ours: float, peer: float, most: float, unit: str) -> Row:
    return Row(what, f"{ours / peer:.2f} ({ours:.3g} of {peer:.3g} {unit})", f"{most}", ours / peer <= most)
