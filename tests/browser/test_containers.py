"""A panel inside another widget draws and streams in the very cell that displays it, as by itself."""

import pytest

BOXES = {
    "VBox": "display(w.VBox([panel]))",
    "HBox": "display(w.HBox([panel]))",
    "Tab": "display(w.Tab([panel]))",
    "Accordion": "display(w.Accordion([panel], selected_index=0))",
    "GridBox": "display(w.GridBox([panel]))",
    "Output": "out = w.Output()\ndisplay(out)\nwith out: display(panel)",
    "lecture in a VBox": "display(w.VBox([panel.lecture()]))",
}
CELL = """import ipywidgets as w, pathlib, time
from picopanel import PicoPanel
panel = PicoPanel.demo()
{box}
while not pathlib.Path("box-gate").exists():
    time.sleep(0.02)"""


@pytest.fixture
def gate(lab):
    gate = lab.root / "box-gate"
    gate.unlink(missing_ok=True)
    yield gate
    gate.touch()


@pytest.mark.parametrize("box", BOXES.values(), ids=BOXES)
def test_p2_the_chart_streams_while_the_cell_runs_whatever_the_panel_stands_in(notebook, gate, box):
    book = notebook(CELL.format(box=box))
    book.run(0)
    panel = book.panel()
    panel.streams(6)
    assert book.runs(0), "all this is seen while the cell still runs"
    gate.touch()
    book.eventually(lambda: not book.runs(0), "the cell comes to its end")
    panel.streams(4)
