"""Cells run again and panels made and closed: threads, sockets and memory return to where they were."""

import gc

import psutil
import pytest

from picopanel import Pico, PicoPanel

from ..support.waiting import eventually
from .counts import times
from .trial import ID, footprint, no_more

MIB = 2**20


@pytest.mark.parametrize("kind", [Pico, PicoPanel])
def test_cell_run_50_times_in_one_kernel(broker, board, kind):
    """A cell that makes the panel again and again: one connection, one set of threads, and it still works."""
    board("pico_layer_board.py", ID, "--rate", 20)
    before = footprint()
    panel = kind(ID, broker=broker.url())
    panel.on()
    first = footprint()
    for _ in range(times(50)):
        panel = kind(ID, broker=broker.url())
        panel._device.board.notice("as if displayed")
        assert panel.toggle() is not None
    expected = f"no more threads and sockets than {first}"
    eventually(lambda: no_more(footprint(), first), expected, within=20, seen=footprint)
    panel.close()
    expected = f"no more threads and sockets than {before}"
    eventually(lambda: no_more(footprint(), before), expected, within=20, seen=footprint)


def test_100_panels_made_and_closed(broker):
    """Each on an ID of its own, all over one connection."""
    before, process = footprint(), psutil.Process()
    sizes = []
    for _ in range(2):
        panels = [PicoPanel(f"panel-{n}", broker=broker.url()) for n in range(times(100))]
        eventually(
            lambda panels=panels: all(panel._device.board.presence.is_subscribed for panel in panels),
            "all are subscribed",
            seen=lambda panels=panels: [panel.status for panel in panels],
        )
        for panel in panels:
            panel.close()
            panel.close()  # twice does no harm
        del panels, panel
        gc.collect()
        sizes.append(process.memory_info().rss)
    expected = f"no more threads and sockets than {before}"
    eventually(lambda: no_more(footprint(), before), expected, within=20, seen=footprint)
    assert sizes[1] - sizes[0] < 10 * MIB, "the second round needs no new memory"
