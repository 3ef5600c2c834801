"""PicoPanel and its peers in JupyterLab, one after the other on the same readings."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.browser import Window, chromium
from tests.support.jupyter import JupyterLab

from . import contenders
from .broker import quiet_broker
from .lab import BenchNotebook, Run, median_and_p95, steady
from .table import Row, tell

OURS, CAREFUL, PER_MESSAGE = contenders.CELLS
SECONDS = 5
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
    run: Run
    first_chart: float
    opening_bytes: int

    @property
    def per_thousand(self) -> float:
        return self.run.cpu / len(self.run.sent) * 1000

    @property
    def bytes_each(self) -> float:
        return self.run.bytes / len(self.run.sent)


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


def rows(at: Desk) -> list[Row]:
    found = {(name, rate): measure(at, name, rate) for name, rates in RATES.items() for rate in rates}
    told = [_told(name, rate, result) for (name, rate), result in found.items()]
    ours, careful = found[OURS, 1000], found[CAREFUL, 1000]
    (median, p95), (peer_median, peer_p95) = (median_and_p95(it.run.latencies) for it in (ours, careful))
    worst = max(median_and_p95(found[OURS, rate].run.latencies)[1] for rate in RATES[OURS])
    runs = [found[OURS, rate].run for rate in RATES[OURS]]
    whole = all(run.paints[-1][1] == len(run.sent) - 1 for run in runs)
    first = min(found[OURS, rate].first_chart for rate in RATES[OURS])
    peer_first = min(found[CAREFUL, rate].first_chart for rate in RATES[CAREFUL])
    opening = found[OURS, 1000].opening_bytes
    slow, slow_peer = found[OURS, 200].per_thousand, found[CAREFUL, 200].per_thousand
    fast, fast_peer = ours.per_thousand, careful.per_thousand
    return [
        *told,
        _ratio("publish to paint at 1000/s, median, of the careful peer's", median, peer_median, 0.45, "ms"),
        _ratio("publish to paint at 1000/s, p95, of the careful peer's", p95, peer_p95, 0.5, "ms"),
        Row("publish to paint, worst p95 of all rates", f"{worst:.0f} ms", "60 ms", worst <= 60),
        Row("the newest reading of each run is painted", "yes" if whole else "no", "yes", whole),
        _ratio("first chart after running the cell, of FigureWidget's", first, peer_first, 0.12, "s"),
        Row("bytes to open the first panel", f"{opening:,}", "500,000", opening < 500_000),
        Row("bytes to the page per reading at 1000/s", f"{ours.bytes_each:.1f}", "40", ours.bytes_each < 40),
        _ratio("kernel CPU per 1000 at 200/s, of the careful peer's", slow, slow_peer, 0.5, "s"),
        _ratio(
            "kernel CPU per 1000 at 1000/s, of the careful peer's",
            fast,
            fast_peer,
            0.7,
            "s",
        ),
    ]


def _told(name: str, rate: int, result: Result) -> Row:
    median, p95 = median_and_p95(result.run.latencies)
    due = len(result.run.sent) - rate
    shown = "" if result.run.shown >= due else f"; {result.run.shown} of {due} ever shown"
    figure = f"{median:.0f} / {p95:.0f} ms{shown}; {result.per_thousand:.3f} s CPU per 1000"
    figure += f"; {result.bytes_each:.0f} bytes each"
    return Row(f"{name}, {rate}/s: publish to paint, median / p95", figure)


def _ratio(what: str, ours: float, peer: float, most: float, unit: str) -> Row:
    return Row(what, f"{ours / peer:.2f} ({ours:.3g} of {peer:.3g} {unit})", f"{most}", ours / peer <= most)
