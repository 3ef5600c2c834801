"""Nothing is lost to a reload: the kernel keeps the readings, the page asks for them again."""

from itertools import pairwise

import pytest

from . import cells

RATE = 200
CLICKS = 5


@pytest.mark.parametrize("how", ["reload", "reopen_browser_tab", "reopen_document"])
def test_history_and_clicks_come_back(notebook, broker, board, tmp_path, how):
    """After a reload or a reopened tab every reading is there, and every click arrives, at 200 readings/s.

    No cell is run in between: that would wake a kernel that has lost its page's clicks.
    """
    pico = board("pico_layer_board.py", "test-id", "--rate", RATE)
    book = notebook(cells.panel(broker), load=True)
    book.run_to_end(0)
    panel = book.panel()
    panel.wait_until_ready()
    click_all(book, panel, pico)
    before = book.eventually(
        lambda: whole(sequence(panel.download(tmp_path / "before.csv"))),
        "each reading is there once, in order, those before the panel, too",
        seen=lambda: (panel.words(), flaws(sequence(panel.download(tmp_path / "before.csv")))),
    )
    book.save()

    getattr(book, how)()

    panel = book.panel()
    panel.wait_until_ready()
    click_all(book, panel, pico)
    after = book.eventually(
        lambda: whole(sequence(panel.download(tmp_path / "after.csv"))),
        "each reading is there once, in order",
        within=40,
        seen=lambda: (panel.words(), flaws(sequence(panel.download(tmp_path / "after.csv")))),
    )
    assert after[0] == before[0], "the oldest reading is back"
    assert after[-1] > before[-1], "and it goes on"
    panel.show("All")
    first = before[0] / 1000 + 20
    book.eventually(
        lambda: panel.values()[0] == pytest.approx(first), "the chart begins with the first reading"
    )


def test_a_busy_stream_is_drawn_several_readings_at_a_time(notebook, broker, board, measured):
    """200 readings a second leave the page time for its user."""
    board("pico_layer_board.py", "test-id", "--rate", RATE)
    book = notebook(cells.panel(broker))
    book.run_to_end(0)
    panel = book.panel()
    panel.wait_until_ready()
    plots, seconds = panel.plot.evaluate(
        """element => new Promise(resolve => {
            const start = performance.now();
            let frames = 0, plots = 0;
            element.on('plotly_afterplot', () => plots++);
            const frame = () => ++frames < 60
                ? requestAnimationFrame(frame)
                : resolve([plots, (performance.now() - start) / 1000]);
            requestAnimationFrame(frame);
        })"""
    )
    measured("plots a second at 200 readings/s", plots / seconds)
    assert 5 <= plots < RATE * seconds / 2, f"{plots} plots in {seconds:.1f} s"


def click_all(book, panel, pico):
    for _ in range(CLICKS):
        before = len(pico.heard)
        panel.click("Toggle")
        book.eventually(
            lambda count=before: len(pico.heard) > count,
            "the click reaches the board",
            seen=lambda: (panel.words(), pico.heard),
        )
        panel.confirmed("Toggle")


def sequence(rows):
    """The board's sample numbers, which it codes in the values."""
    return [round((float(row["value"]) - 20) * 1000) for row in rows]


def whole(numbers):
    """The numbers, if none is missing, doubled or out of order."""
    return None if flaws(numbers) else numbers


def flaws(numbers):
    """Where a number does not follow the one before."""
    return [(left, right) for left, right in pairwise(numbers) if right != left + 1]
