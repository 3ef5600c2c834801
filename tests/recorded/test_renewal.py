"""When the recording is renewed: at the end of each cell, and now and then while the kernel is idle."""

import sys
from pathlib import Path

import pytest

from ..colab.kernel import OPEN, Kernel


@pytest.fixture
def kernel(tmp_path):
    kernel = Kernel(Path(sys.executable), tmp_path)
    yield kernel
    kernel.close()


def newest(kernel, panel):
    """Return the time of the newest recorded reading, or 0."""
    recorded = kernel.models[panel]["_recorded"]
    return max((series["times"][-1] for series in recorded["series"]), default=0) if recorded else 0


def test_the_recording_is_renewed_at_the_end_of_a_cell_and_while_idle(kernel):
    kernel.run(OPEN)
    panel = kernel.display()
    kernel.run("panel.sleep(1)")
    after_cell = newest(kernel, panel)
    assert after_cell > 0, "the end of the cell has recorded the readings"
    kernel.until(lambda: newest(kernel, panel) > after_cell + 5000, "an idle kernel records", within=40)


def test_the_still_picture_takes_the_place_that_the_cell_of_the_panel_has_left(kernel):
    """That place is empty text: for HTML, JupyterLab would fetch MathJax while it draws the first chart."""
    kernel.run(OPEN)
    (place,) = places(kernel)
    assert place["data"] == {"text/plain": ""}
    kernel.run("panel.sleep(1)")
    (still,) = places(kernel)
    assert still["transient"] == place["transient"], "it takes another place"
    assert "<polyline" in still["data"]["text/html"]


def test_the_still_picture_comes_by_itself_once_the_first_chart_has_had_its_time(kernel):
    kernel.run(OPEN)
    kernel.until(lambda: "<polyline" in str(places(kernel)), "an idle kernel leaves the picture", within=40)
    assert len({str(it["transient"]) for it in places(kernel)}) == 1, "it takes another place"


def test_a_panel_that_is_closed_in_its_own_cell_leaves_its_picture(kernel):
    kernel.run(f"{OPEN.removesuffix('panel')}display(panel)\npanel.on()\npanel.close()")
    (still,) = places(kernel)
    assert "picopanel-still" in still["data"]["text/html"]


def test_a_cell_that_goes_on_for_longer_than_the_first_chart_takes_leaves_the_picture_itself(kernel):
    kernel.run(f"{OPEN.removesuffix('panel')}display(panel)\npanel.sleep(1.5)")
    (still,) = places(kernel)
    assert "<polyline" in still["data"]["text/html"]


def test_a_cell_that_shows_the_panel_again_has_the_picture_again(kernel):
    kernel.run(OPEN)
    kernel.run("panel.sleep(1.5)")
    kernel.run("panel")  # its former output is gone, and what updates it shows nowhere
    (still,) = (place for place in places(kernel) if place["kind"] == "display_data")
    assert "<polyline" in still["data"]["text/html"]


def places(kernel):
    return [output for output in kernel.outputs if output.get("transient", {}).get("display_id")]
