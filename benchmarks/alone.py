"""What only PicoPanel is asked in JupyterLab: exact rows, out of sight, floods, many panels."""

import csv
from collections.abc import Iterator
from itertools import pairwise

from .contenders import PICOPANEL
from .lab import latencies, median_and_p95, steady
from .side_by_side import Desk
from .table import Row, tell

PANELS = 20
OUT_OF_STEP = 20.1
"""Readings a second. Exactly 20 would keep their place in a screen's 60 frames, be it a good or a bad one."""
STORING = 'from picopanel import Pico\npico = Pico("bench", broker="mqtt://127.0.0.1:{port}")'
HIDE = "document.querySelector('.picopanel').style.display = 'none'"


def rows(at: Desk) -> Iterator[Row]:
    yield exact_rows(at)
    yield second_panel(at)
    yield out_of_sight(at)
    yield from flood(at)
    yield from many_panels(at)


def exact_rows(at: Desk) -> Row:
    tell("exact rows at 5000/s")
    with at.notebook(PICOPANEL.format(port=at.port, id="bench")) as book:
        book.show()
        panel = book.panel()
        panel.wait_until_ready()
        sent = steady(book, at.port, "number", 5000, 4, at.folder).sent
        file = at.folder / "rows.csv"
        panel.download(file)
        with file.open(newline="") as rows:
            values = [float(row["value"]) for row in csv.DictReader(rows)]
    exact = values == list(range(len(sent)))
    return Row("rows in the page at 5000/s", f"{len(values):,} of {len(sent):,}", "all, in order", exact)


def second_panel(at: Desk) -> Row:
    tell("a second panel")
    cells = [PICOPANEL.format(port=at.port, id=f"bench-{n}") for n in range(2)]
    with at.notebook(*cells) as book:
        book.show(0)
        book.panel(0).wait_until_ready()
        before = book.received
        book.run_to_end(1)
        book.panel(1).wait_until_ready()
        size = book.received - before
    return Row("bytes to open the second panel", f"{size:,}", "30,000", size < 30_000)


def out_of_sight(at: Desk) -> Row:
    tell("out of sight")
    with at.notebook(STORING.format(port=at.port)) as book:
        book.run_to_end(0)
        storing = steady(book, at.port, "number", 1000, 5, at.folder).cpu
    with at.notebook(PICOPANEL.format(port=at.port, id="bench")) as book:
        book.show()
        book.panel().wait_until_ready()
        book.page.evaluate(HIDE)
        book.page.wait_for_timeout(2000)
        hidden = steady(book, at.port, "number", 1000, 5, at.folder).cpu
    figure = f"{hidden / storing:.2f} ({hidden / 5:.3f} of {storing / 5:.3f} s per 1000)"
    return Row("kernel CPU out of sight, of storing alone", figure, "near 1", hidden / storing <= 1.2)


def flood(at: Desk) -> list[Row]:
    tell("50 000 readings/s in batches")
    with at.notebook(PICOPANEL.format(port=at.port, id="bench")) as book:
        book.show()
        book.panel().wait_until_ready()
        run = steady(book, at.port, "batch", 500, 6, at.folder)
    times = [time for time, last in run.paints if run.sent[0] + 1000 <= time <= run.sent[-1]]
    rate = len(times) / ((run.sent[-1] - run.sent[0]) / 1000 - 1)
    stall = max((later - time for time, later in pairwise(times)), default=float("inf"))
    return [
        Row("paints at 50,000 readings/s", f"{rate:.0f} /s", "20 /s", rate >= 20),
        Row("longest stall at 50,000 readings/s", f"{stall:.0f} ms", "100 ms", stall <= 100),
    ]


def many_panels(at: Desk) -> list[Row]:
    """Twenty panels in one output, of which a screen shows a few: those are painted."""
    tell(f"{PANELS} panels")
    several = (
        "from picopanel import PicoPanel\n"
        f'panels = [PicoPanel(f"bench-{{n}}", broker="mqtt://127.0.0.1:{at.port}") for n in range(COUNT)]\n'
        "display(*panels)"
    )
    found = {}
    for count in (1, PANELS):
        with at.notebook(several.replace("COUNT", str(count))) as book:
            book.show()
            book.page.wait_for_function(
                "count => document.querySelectorAll('.js-plotly-plot .xtick').length && "
                "document.querySelectorAll('.js-plotly-plot').length === count",
                arg=count,
            )
            book.page.wait_for_timeout(3000)
            run = steady(book, at.port, "number", OUT_OF_STEP, 12, at.folder, boards=count)
            each = [
                median_and_p95(latencies(run.sent[plot::count], book.paints(plot)))[0]
                for plot in range(count)
                if len(book.paints(plot)) > 20
            ]
            found[count] = each
    one, most = max(found[1], default=float("inf")), max(found[PANELS], default=float("inf"))
    figure = f"{most / one:.2f} ({most:.1f} of {one:.1f} ms; {len(found[PANELS])} on the screen)"
    return [
        Row(f"{PANELS} panels, the slowest on the screen, of one alone", figure, "1.5", most / one <= 1.5)
    ]
