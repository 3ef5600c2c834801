"""Days at 20 readings a second, put into a log as if a clock had gone by: its page, loaded anew, and full."""

from collections.abc import Iterator

from .lab import BenchNotebook
from .side_by_side import Desk
from .table import Row, tell

READINGS = 24 * 3600 * 20
CELL = f"""
import random, time
from picopanel import PicoPanel
from picopanel._runtime import loop
from picopanel._store import Origin

panel = PicoPanel.demo("day", capacity={2 * READINGS})

def a_day():
    now = 1000 * time.time()
    for first in range(-{READINGS}, 0, 500):
        origin = Origin("temperature", "day", 50, first % 5000 < 2500, True)
        times = [now + 50 * (first + nth) for nth in range(500)]
        panel._device.store.append(origin, times, [20 + random.random() for _ in times])

loop.ask(a_day)
panel
"""
# From the panel's place on the page to a chart that ends with the newest reading.
STOPWATCH = """(() => {
    const look = () => {
        if (!window.place && document.querySelector('.picopanel')) window.place = performance.now();
        const plot = document.querySelector('.js-plotly-plot');
        const shown = plot?.data?.find(it => it.name === 'temperature')?.x ?? [];
        if (shown.length > 100) window.chart ??= performance.now() - window.place;
        requestAnimationFrame(look);
    };
    look();
})()"""
SECONDS = 5

QUARTER = READINGS // 4
FULL_CELL = f"""
import random, time
from picopanel import PicoPanel
from picopanel._runtime import loop
from picopanel._store import Origin

panel = PicoPanel.demo("full", capacity={READINGS})
begin, seen = 1000 * time.time() - 2 * 50 * {READINGS}, 0

def a_quarter():
    global seen
    store = panel._device.store
    for first in range(seen, seen + {QUARTER}, 500):
        origin = Origin("light", "day", 50, first % 5000 < 2500, True)
        times = [begin + 50 * (first + nth) for nth in range(500)]
        store.append(origin, times, [20 + random.random() for _ in times])
    seen += {QUARTER}
    store.append(Origin("quarters"), [times[-1]], [70000 + seen // {QUARTER}])
    panel._device.known.grown()

panel
"""


def rows(at: Desk) -> Iterator[Row]:
    tell(f"a day at 20 readings a second: {READINGS:,}")
    with at.notebook(CELL) as book:
        book.run_to_end(0)
        book.panel().wait_until_ready()
        book.save()
        book.page.add_init_script(STOPWATCH)
        times = sorted(_reloaded(book) for _ in range(3))
        figure = f"{times[1] / 1000:.2f} s"
        yield Row(f"first chart of a page loaded anew, {READINGS:,} stored", figure, "1 s", times[1] < 1000)
        for window in ("30 min", "All"):
            book.panel().show(window)
            book.page.wait_for_timeout(1000)
            frames = book.frames(SECONDS)
            yield Row(
                f"the same, window {window}: frames/s while it goes on", f"{frames:.0f}", "30", frames >= 30
            )

    yield _memory(at)


def _memory(at: Desk) -> Row:
    """Return what a page holds whose log is full, and goes on for as long again."""
    with at.notebook(FULL_CELL, "loop.ask(a_quarter)") as book:
        book.run_to_end(0)
        book.panel().wait_until_ready()
        book.panel().show("All")
        held = [_after_a_quarter(book, nth) for nth in range(1, 9)]
    full, later = held[3], held[-1]
    tell("page's memory in MB, by quarters of a day: " + ", ".join(f"{each / 1e6:.1f}" for each in held))
    return Row(
        "page's memory after a second day, of a log that one day fills",
        f"{later / full:.2f} ({later / 1e6:.0f} of {full / 1e6:.0f} MB)",
        "1 (flat)",
        later <= full * 1.05,
    )


def _after_a_quarter(book: BenchNotebook, nth: int) -> float:
    """Return the bytes of the page's heap and of its columns, which are not in that, once it has all."""
    book.run_to_end(1)
    book.panel().says(str(70_000 + nth), within=60)
    session = book.page.context.new_cdp_session(book.page)
    session.send("HeapProfiler.collectGarbage")
    used = session.send("Runtime.getHeapUsage")
    session.detach()
    return float(used["usedSize"] + used["backingStorageSize"])


def _reloaded(book: BenchNotebook) -> float:
    book.reload()
    book.eventually(lambda: book.page.evaluate("window.chart"), "the minute is drawn", within=60)
    return float(book.page.evaluate("chart"))
