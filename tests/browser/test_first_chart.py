"""The first paint asks the kernel nothing."""

from time import monotonic

import pytest

from picopanel._page.widget import FIRST_CHART

from . import cells

STOPWATCH = """() => {
    const seen = window.seen = { start: performance.now() };
    const look = () => {
        if (!seen.output && document.querySelector('.jp-OutputArea-output')) seen.output = performance.now();
        if (!seen.chart && document.querySelector('.js-plotly-plot .xtick')) seen.chart = performance.now();
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true });
}"""
FIRST, SECOND = 500_000, 30_000


@pytest.mark.parametrize("kind", ["demo", "broker"])
def test_chart_while_the_cell_runs(notebook, broker, board, measured, kind):
    """Chart and buttons appear while the displaying cell still runs, without any network but loopback.

    `notebook` fails at its end on whatever page or kernel ask for beyond loopback.
    """
    board("pico_layer_board.py", "test-id", "--rate", 5)
    setup = cells.DEMO if kind == "demo" else cells.panel(broker)
    book = notebook(cells.while_running(setup, "gate"), "print(1)", load=True)
    gate = book.lab.root / "gate"
    gate.unlink(missing_ok=True)
    book.page.evaluate(STOPWATCH)
    book.run(0)
    try:
        seen = book.eventually(
            lambda: book.page.evaluate("window.seen.chart && window.seen"), "the chart appears"
        )
        panel = book.panel()
        panel.wait_until_ready()
        book.eventually(lambda: len(panel.values()) > 3, "readings come into the chart", seen=panel.words)
        assert book.runs(0), "all this must be seen while the cell still runs"
    finally:
        gate.touch()
    kernel, page = seen["output"] - seen["start"], seen["chart"] - seen["output"]
    measured(f"first chart ({kind}), ms from the cell's output", page)
    measured(f"first chart ({kind}), ms from Shift+Enter", kernel + page)
    assert page < 2 * kernel, f"the page takes {page:.0f} ms for what the kernel has made in {kernel:.0f} ms"


def test_bytes_to_the_page(notebook, broker, measured):
    """Plotly goes to the page once: the first panel takes under 500 kB, a second one under 30 kB.

    No board is there, so that nothing but the panels themselves is counted, however long they take.
    """
    book = notebook(cells.panel(broker), f"panel.close()\n{cells.panel(broker)}", load=True)
    sizes = []
    for cell in (0, 1):
        before = book.bytes_received
        book.run(cell)
        book.panel(cell).chart()
        sizes.append(book.bytes_received - before)
    measured("first panel, bytes to the page", sizes[0])
    measured("second panel, bytes to the page", sizes[1])
    assert sizes[0] < FIRST, "the first panel is too large"
    assert sizes[1] < SECOND, "the second panel is too large: has Plotly come once more?"


def test_the_first_chart_has_its_time_before_the_page_fetches_anything(notebook):
    """JupyterLab fetches MathJax for a page's first HTML, here the still picture: a fifth of the time."""
    book = notebook(cells.DEMO, load=True)
    fetched = []
    book.page.on("request", lambda it: fetched.append(monotonic()) if it.resource_type == "script" else None)
    start = monotonic()
    book.run_to_end(0)
    book.panel().chart()
    book.eventually(lambda: fetched, "MathJax comes with the still picture")
    assert fetched[0] - start >= FIRST_CHART


def test_clicks_while_the_cell_runs(notebook, broker, board):
    """On a kernel with subshells, a click in a cell that still runs is answered before the cell's end."""
    pico = board("pico_layer_board.py", "test-id", "--rate", 50)
    book = notebook(
        cells.panel(broker), cells.while_running("panel\npanel", "gate-2").replace("display(panel)\n", "")
    )
    gate = book.lab.root / "gate-2"
    gate.unlink(missing_ok=True)
    book.run_to_end(0)
    panel = book.panel()
    panel.wait_until_ready()
    book.run(1)
    try:
        book.eventually(lambda: book.runs(1), "the cell runs")
        panel.click("On")
        panel.confirmed("On")
        book.eventually(lambda: pico.led == "on", "the board's LED is on", seen=lambda: pico.lines)
        assert book.runs(1), "the answer must come while the cell still runs"
    finally:
        gate.touch()
