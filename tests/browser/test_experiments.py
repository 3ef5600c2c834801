"""An experiment in the panel: how far it is, paused and ended by hand, and what the chart shows of it."""

import pytest

PANEL = "from picopanel import PicoPanel\npanel = PicoPanel.demo('experiments')\npanel"
RUN = '''\
experiment = panel.run("""
name: Warm up
steps:
  - on
  - wait: 1 s
  - repeat: 50
    steps: [toggle, wait: 10 min]
finally:
  - off
""", wait=False)
'''
WAIT = "panel.run(['on', {'wait': 600}])"
TELL = "print(panel.experiment, panel.led, *panel.to_dataframe().step.dropna().unique(), sep=' | ')"


@pytest.fixture
def book(notebook):
    book = notebook(PANEL, RUN, WAIT, TELL)
    book.run_to_end(0)
    book.panel().wait_until_ready()
    return book


def drawn(panel):
    """Return the words across the chart."""
    return panel.root.locator(".annotation-text").all_text_contents()


def test_it_shows_how_far_it_is_and_is_paused_and_ended_by_the_keyboard(book):
    panel = book.panel()
    line = panel.root.get_by_role("group", name="Experiment", exact=True)
    assert line.count() == 0, "the first look has nothing of it"
    book.run_to_end(1)
    panel.says("Warm up: step 4 of 103, wait 10 min")
    assert "8 h left" in line.inner_text(), "what is waited in all repetitions"
    book.eventually(
        lambda: "repeat 50 times" in drawn(panel), "the chart shows it", seen=lambda: drawn(panel)
    )
    pause = line.get_by_role("button", name="Pause the experiment")
    pause.focus()
    pause.press("Enter")
    panel.says("Warm up is paused at step 4 of 103, wait 10 min")
    line.get_by_role("button", name="Resume the experiment").press("Enter")
    panel.says("Warm up: step 4")
    line.get_by_role("button", name="End it").press("Enter")
    panel.says("Warm up was ended: Ended in the panel.")
    told = book.run_to_end(3)
    assert told.startswith("<experiment 'Warm up': aborted, step 103 of 103> | False")
    assert "2 wait 1 s" in told, "the frame has the steps"
    line.get_by_role("button", name="Dismiss this experiment").click()
    book.eventually(lambda: line.count() == 0, "the line is gone")


def test_the_stop_button_of_a_cell_ends_it_and_the_panel_ends_a_cell_that_waits(book):
    panel = book.panel()
    book.run(2)
    panel.says("experiment: step 2 of 2, wait 10 min")
    book.interrupt()
    panel.says("experiment was ended: The cell was stopped.")
    book.eventually(lambda: not book.runs(2), "the cell is over")
    assert "KeyboardInterrupt" in book.text(2)
    book.run(2)
    panel.says("experiment: step 2 of 2, wait 10 min")
    panel.root.get_by_role("button", name="End it").click()
    book.eventually(lambda: not book.runs(2), "the cell goes no further", seen=lambda: book.text(2))
    assert "ExperimentEnded: 'experiment' aborted. Ended in the panel." in book.text(2)
