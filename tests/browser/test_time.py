"""The hour in which clocks are set back, as someone in Berlin sees it, in a replay and in a saved page."""

import json
from contextlib import ExitStack, closing
from itertools import pairwise

import pytest

from ..support.browser import Window, on
from ..support.notebook import Notebook
from ..support.panel import PanelOnPage

START = 1_792_888_200_000
"""00:30 UTC on 25 October 2026, in milliseconds: half past two in Berlin, which comes again an hour later."""
SECONDS = 2 * 60 * 60
REPLAY = """from picopanel import PicoPanel
show = PicoPanel.replay("clocks.jsonl", speed=1000)
show"""
SAVE = "show.save_html('clocks.html')"
TICKS = """plot => [...plot.querySelectorAll('.xtick text')].map(it => {
    const { x, width } = it.getBoundingClientRect();
    return [x + width / 2, it.textContent];
})"""


@pytest.fixture
def window(browser):
    window = Window(browser, timezone="Europe/Berlin")
    yield window
    window.close()
    window.check()


def write_recording(path):
    """Write readings every 10 s for two hours."""
    lines = [{"picopanel": "recording", "version": 1, "id": "clocks"}]
    lines += [
        {
            "time": START + 1000 * at,
            "channel": "temperature",
            "value": 20 + at / 1e3,
            "unit": "°C",
            "virtual": False,
        }
        for at in range(0, SECONDS + 1, 10)
    ]
    path.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))


def drawn(panel):
    """Return the shown part of the line's points on the screen, left to right as they were measured."""
    return panel.plot.evaluate(
        "plot => [...plot.querySelectorAll('.lines path.js-line')].flatMap(path => {"
        " const n = 200, all = path.getTotalLength();"
        " return Array.from({ length: n }, (_, at) => path.getPointAtLength(all * at / n).x); })"
    )


def goes_on(panel):
    """Check that all two hours are there, one after the other, and say which they are."""
    points = [time for time, _ in panel.points()]
    assert points[-1] - points[0] == 1000 * SECONDS
    start, end = panel.chart()["range"]
    assert end - start >= 1000 * SECONDS, "all of it is shown"
    seen = panel.plot.evaluate(TICKS)
    words = [text for _, text in seen]
    assert {"02:30 UTC+2", "02:30 UTC+1"} <= set(words), words
    zones = [text.split()[1] for text in words]
    assert zones == sorted(zones, reverse=True), "summer time comes first, then winter time"
    steps = [right - left for (left, _), (right, _) in pairwise(seen)]
    assert max(steps) == pytest.approx(min(steps), abs=1.5), "equal times are equally far apart"
    line = drawn(panel)
    assert line == sorted(line), "the line never turns back"


def test_t1_the_hour_that_comes_twice_is_two_hours_in_a_replay_and_in_a_saved_page(lab, window):
    write_recording(lab.root / "clocks.jsonl")
    with ExitStack() as ends:
        book = ends.enter_context(closing(Notebook(lab, window, [REPLAY, SAVE])))
        book.run(0)
        panel = book.panel()
        panel.says("Replay: it ended")
        panel.show("All")
        goes_on(panel)
        book.run_to_end(1)
    page = window.page()
    page.goto((lab.root / "clocks.html").as_uri())
    saved = PanelOnPage(page.locator(".picopanel").first, on(page))
    saved.says("Recorded at")
    saved.show("All")
    goes_on(saved)
