"""When the recording is renewed: at the end of each cell, and now and then while the kernel is idle."""

import sys
from pathlib import Path

import pytest

from ..colab.kernel import Kernel

OPEN = "from picopanel import PicoPanel\npanel = PicoPanel.demo()\npanel"


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


def test_the_still_picture_is_one_output_that_is_updated(kernel):
    kernel.run(OPEN)
    (first,) = stills(kernel)
    kernel.run("panel.sleep(1)")
    (second,) = stills(kernel)
    assert first["transient"]["display_id"] == second["transient"]["display_id"]
    assert "<polyline" in second["data"]["text/html"]


def stills(kernel):
    return [output for output in kernel.outputs if "picopanel-still" in str(output.get("data", ""))]
