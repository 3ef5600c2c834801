"""A day at 20 readings a second, put into a panel's log as if a clock had gone by: its page, loaded anew."""

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
FRAMES = """seconds => new Promise(done => {
    const start = performance.now();
    let frames = 0;
    const frame = now => {
        frames++;
        if (now - start < 1000 * seconds) requestAnimationFrame(frame);
        else done(frames / ((now - start) / 1000));
    };
    requestAnimationFrame(frame);
})"""
SECONDS = 5


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
            frames = float(book.page.evaluate(FRAMES, SECONDS))
            yield Row(
                f"the same, window {window}: frames/s while it goes on", f"{frames:.0f}", "30", frames >= 30
            )


def _reloaded(book: BenchNotebook) -> float:
    book.reload()
    book.eventually(lambda: book.page.evaluate("window.chart"), "the minute is drawn", within=60)
    return float(book.page.evaluate("chart"))
