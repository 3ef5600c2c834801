"""A panel or wall inside another widget streams in the running cell and leaves its picture, as by itself."""

import sys
from pathlib import Path

import nbformat
import pytest

from ..colab.kernel import Kernel
from .saved import STATE, executed, jupyter, write

MAKE = "import time, ipywidgets as w\nfrom picopanel import PicoPanel, PicoWall\n"
PANEL = MAKE + "panel = PicoPanel.demo()\n"
WALL = MAKE + "wall = PicoWall.demo(count=2)\n"
BOXES = {
    "alone": PANEL + "display(panel)",
    "VBox": PANEL + "display(w.VBox([panel]))",
    "HBox": PANEL + "display(w.HBox([w.Label('left'), panel]))",
    "Tab": PANEL + "display(w.Tab([panel]))",
    "Accordion": PANEL + "display(w.Accordion(children=[panel]))",
    "GridBox": PANEL + "display(w.GridBox([panel]))",
    "AppLayout": PANEL + "display(w.AppLayout(center=panel))",
    "VBox in a Tab": PANEL + "display(w.Tab([w.VBox([panel])]))",
    "Output": PANEL + "out = w.Output()\ndisplay(out)\nwith out: display(panel)",
    "VBox in an Output": PANEL + "out = w.Output()\ndisplay(out)\nwith out: display(w.VBox([panel]))",
    "put in later": PANEL + "box = w.VBox()\ndisplay(box)\nbox.children = [panel]",
    "lecture": PANEL + "display(panel.lecture())",
    "lecture in a VBox": PANEL + "display(w.VBox([panel.lecture()]))",
    "wall": WALL + "display(wall)",
    "wall in a VBox": WALL + "display(w.VBox([wall]))",
}


class Listening(Kernel):
    """A kernel; what it tells pages in messages of its own is kept."""

    def __init__(self, *args):
        self.told = []
        super().__init__(*args)

    def _comm(self, comm, data, buffers):
        super()._comm(comm, data, buffers)
        if data["method"] == "custom":
            self.told.append(data["content"])

    @property
    def recorded(self):
        """What the notebook keeps of the panel or wall."""
        return next(it["_recorded"] for it in self.models.values() if it.get("_recorded"))

    @property
    def places(self):
        """The outputs of the latest cell that are, or are to be, a still picture."""
        return [it for it in self.outputs if it.get("transient", {}).get("display_id")]

    def news(self):
        return [it for it in self.told if it.get("tiles") or it.get("rows", {}).get("end")]


@pytest.fixture
def kernel(tmp_path):
    kernel = Listening(Path(sys.executable), tmp_path)
    yield kernel
    kernel.close()


@pytest.mark.parametrize("cell", BOXES.values(), ids=BOXES)
def test_p2_whatever_it_stands_in_it_streams_in_the_running_cell_and_leaves_one_picture(kernel, cell):
    running = kernel.start(f"{cell}\ntime.sleep(1.5)")
    kernel.until(kernel.news, "it streams while the cell runs")
    assert not kernel.over(running)
    kernel.until(lambda: kernel.over(running), "the cell comes to its end")
    kernel.until(lambda: "picopanel-still" in str(kernel.places), "the picture is there")
    assert len({str(it["transient"]) for it in kernel.places}) == 1, "there are two places"
    assert kernel.recorded


@pytest.mark.parametrize("box", ["VBox", "Tab"])
def test_p2_the_last_line_of_a_cell_is_displayed_as_well(kernel, box):
    kernel.run(f"{PANEL}box = w.{box}([panel])")
    assert not kernel.places, "nothing was displayed"
    kernel.run("box")
    kernel.run("panel.sleep(1)")
    (still,) = kernel.places
    assert still["kind"] == "update_display_data", "the place is in the cell that has displayed the box"
    assert "<polyline" in still["data"]["text/html"]


def test_p2_a_box_shown_again_streams_again_though_its_page_was_out_of_sight(kernel):
    kernel.run(f"{PANEL}box = w.VBox([panel])\nbox")
    panel = next(name for name, it in kernel.models.items() if "_recorded" in it)
    kernel.send(panel, {"type": "hidden"})
    kernel.listen(0.5)
    running = kernel.start("display(box)\ntime.sleep(1.5)")
    kernel.told.clear()
    kernel.until(lambda: kernel.news() and not kernel.news()[-1].get("resting"), "it streams")
    assert not kernel.over(running)


def test_p2_nbconvert_has_picture_and_recording_of_a_panel_in_a_box(tmp_path):
    cells = (f"{PANEL}w.VBox([panel])", "readings = list(panel.readings(n=8))")
    saved = nbformat.read(executed(write(tmp_path / "run.ipynb", *cells)), as_version=4)
    stills = [it for it in saved.cells[0].outputs if "<polyline" in it.data.get("text/html", "")]
    assert len(stills) == 1
    models = saved.metadata.widgets[STATE]["state"].values()
    assert any(model["state"].get("_recorded") for model in models)


@pytest.mark.parametrize("cell", ["panel = PicoPanel.demo()\npanel", "wall = PicoWall.demo(30)\nwall"])
def test_p20_without_the_widgets_state_there_is_one_recording_the_newest(tmp_path, cell):
    again = "time.sleep(1.5)"
    path = executed(write(tmp_path / "run.ipynb", MAKE + cell, again, MAKE + cell, again, again))
    saved = nbformat.read(path, as_version=4)
    del saved.metadata["widgets"]
    nbformat.write(saved, path)
    jupyter("nbconvert", "--to", "html", path.name, folder=tmp_path)
    page = path.with_suffix(".html").read_text()
    assert page.count("recorded 2") == 2, "one picture for each cell, and no other recording beside it"
    assert "0 boards," not in page.replace("30 boards,", "")
