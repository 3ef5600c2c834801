"""Cells run again and panels made and closed: threads, sockets and memory return to where they were."""

import gc
from collections import Counter

import psutil
import pytest

from picopanel import Pico, PicoPanel

from ..support.waiting import eventually
from .counts import times
from .trial import ID, alive, footprint, leaves_nothing

MIB = 2**20


def widgets(count: int) -> Counter[str]:
    """What is held of so many closed panels: ipywidgets keeps every widget, and a panel its readings."""
    return Counter(Device=count, Store=count)


@pytest.mark.parametrize("kind", [Pico, PicoPanel])
def test_the_cell_run_again_and_again_in_one_kernel(broker, board, kind):
    """A cell that makes the panel again and again: one connection, one set of threads, and it still works."""
    board("pico_layer_board.py", ID, "--rate", 20)
    before, held = footprint(), alive()
    panel = kind(ID, broker=broker.url())
    panel.on()
    first = footprint()
    for _ in range(times(50)):
        panel = kind(ID, broker=broker.url())
        panel._device.known.notice("as if displayed")
        assert panel.toggle() is not None
    leaves_nothing(first)
    panel.close()
    del panel
    leaves_nothing(before, held + widgets(times(50) + 1 if kind is PicoPanel else 0))


def test_many_panels_made_and_closed(broker):
    """As often as counts.py says; each on an ID of its own, all over one connection."""
    before, held, process = footprint(), alive(), psutil.Process()
    sizes = []
    for _ in range(2):
        panels = [PicoPanel(f"panel-{n}", broker=broker.url()) for n in range(times(100))]
        eventually(
            lambda panels=panels: all(panel._device.known.presence.mode for panel in panels),
            "all are subscribed",
            seen=lambda panels=panels: [panel.status for panel in panels],
        )
        for panel in panels:
            panel.close()
            panel.close()  # twice does no harm
        del panels, panel
        gc.collect()
        sizes.append(process.memory_info().rss)
    leaves_nothing(before, held + widgets(2 * times(100)))
    assert sizes[1] - sizes[0] < 10 * MIB, "the second round needs no new memory"
