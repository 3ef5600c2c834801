"""In JupyterLab: minutes of 2000 readings a second in a soak, and a notebook that a stranger has saved."""

import shutil

import pytest

from .counts import times

RATE = 2000
SHOW = (
    "from picopanel import PicoPanel\npanel = PicoPanel('soak', broker={url!r}, capacity={capacity})\npanel"
)
KERNEL = """
import gc, psutil
gc.collect()
samples = panel._device.known.samples
boot = samples.get(samples.current)
lost = panel._device.known.lost_samples
print(psutil.Process().memory_info().rss // 2**10, boot.end, len(boot.holes), lost)
"""
LISTEN = "for reading in panel.readings(): pass"
FOOTPRINT = """
import os, threading, psutil
names = [thread.name.split("-client")[0] for thread in threading.enumerate()]
peers = [each.raddr.port for each in psutil.Process().net_connections("tcp") if each.raddr]
print(os.getpid(), *sorted(name for name in names if name[:4] in ("pico", "paho")), peers.count({port}))
"""
MIB = 2**20


def figures(book):
    """Return the page's and the kernel's memory in MiB, how many readings came, and how many are missing."""
    session = book.page.context.new_cdp_session(book.page)
    session.send("HeapProfiler.collectGarbage")
    page = session.send("Runtime.getHeapUsage")["usedSize"] / MIB
    session.detach()
    kernel, end, holes, lost = map(int, book.run_to_end(1).split())
    return page, kernel / 1024, end, holes + lost


@pytest.mark.timeout(600)
def test_memory_stays_flat_at_2000_readings_a_second(notebook, broker, board, measured):
    """Memory is flat after the warm-up, in the kernel and in the page, and no reading is missing."""
    board("pico_layer_board.py", "soak", "--rate", RATE, "--batch", 20)
    book = notebook(SHOW.format(url=broker.url(), capacity=times(50_000)), KERNEL, load=True)
    book.run_to_end(0)
    book.panel().wait_until_ready()
    figures(book)
    book.page.wait_for_timeout(times(60_000))
    page, kernel, first, _ = figures(book)
    book.page.wait_for_timeout(times(180_000))
    page_later, kernel_later, last, _ = figures(book)
    measured(f"soak of {times(180)} s at {RATE} readings/s: readings", last - first)
    measured("  memory of the page before, MiB", page)
    measured("  memory of the page after, MiB", page_later)
    measured("  memory of the kernel before, MiB", kernel)
    measured("  memory of the kernel after, MiB", kernel_later)
    book.eventually(lambda: figures(book)[3] == 0, "no reading is missing", seen=lambda: book.text(1))
    assert last - first > RATE * times(180) * 0.8, "the board has kept its rate"
    assert page_later - page < 8, "the page's memory is flat"
    assert kernel_later - kernel < 8, "the kernel's memory is flat"


def test_kernel_interrupted_and_restarted(notebook, broker, board):
    """An interrupt ends the cell and nothing else; after a restart the cell brings all of it back, once."""
    pico = board("pico_layer_board.py", "soak", "--rate", 20)
    footprint = FOOTPRINT.format(port=broker.port)
    book = notebook(SHOW.format(url=broker.url(), capacity=10_000), KERNEL, LISTEN, footprint)
    book.run_to_end(0)
    book.panel().wait_until_ready()
    first_kernel, *first = book.run_to_end(3).split()

    book.run(2)
    book.eventually(lambda: book.runs(2), "the cell listens")
    book.interrupt()
    book.eventually(
        lambda: "KeyboardInterrupt" in book.text(2), "the cell is over", seen=lambda: book.text(2)
    )
    book.panel().click("On")
    book.eventually(lambda: pico.led == "on", "a click reaches the board", seen=lambda: pico.lines[-5:])
    book.eventually(lambda: figures(book)[3] == 0, "no reading is missing", seen=lambda: book.text(1))
    assert book.run_to_end(3).split() == [first_kernel, *first], "same kernel, threads and sockets"

    book.restart()
    book.run_to_end(0)  # until then the former panel may be there
    book.panel().wait_until_ready()
    second_kernel, *second = book.run_to_end(3).split()
    assert second_kernel != first_kernel
    assert second == first, "the same threads and sockets as before"
    book.eventually(lambda: figures(book)[3] == 0, "no reading is missing", seen=lambda: book.text(1))
    *_, end, _ = figures(book)
    assert end > 20, "the board's earlier readings are there"
    book.panel().click("Off")
    book.eventually(lambda: pico.led == "off", "a click reaches the board", seen=lambda: pico.lines[-5:])
    book.eventually(lambda: len(pico.heard) == 2, "each click was carried out once", seen=lambda: pico.heard)


@pytest.fixture
def saving(lab):
    """JupyterLab saves the state of widgets, as a stranger has chosen."""
    settings = lab.folder / "settings" / "@jupyter-widgets" / "jupyterlab-manager"
    settings.mkdir(parents=True)
    (settings / "plugin.jupyterlab-settings").write_text('{"saveState": true}')
    yield
    shutil.rmtree(settings)


@pytest.mark.usefixtures("saving")
def test_a_strangers_notebook_connects_nowhere_and_runs_nothing(notebook, broker, board):
    """Opened with its saved outputs: no kernel code, no broker, no command."""
    pico = board("pico_layer_board.py", "soak", "--rate", 20)
    book = notebook(SHOW.format(url=broker.url(), capacity=1000), KERNEL, load=True)
    book.run_to_end(0)
    book.panel().wait_until_ready()
    book.eventually(lambda: len(book.panel().values()) > 5, "readings are drawn")
    book.run_to_end(1)  # what is recorded is set at the end of a cell
    book.save()
    book.page.close()
    book.lab.end_kernel(book.name)
    connections = lambda: broker.log.read_text().count("New client connected")  # noqa: E731
    before = connections()

    book.page = book.window.page()
    book._open()

    book.eventually(
        lambda: not book.panel().can_command(),
        "no button of a dead panel can be used",
        seen=book.panel().words,
    )
    book.page.wait_for_timeout(1000)  # it would connect within this second, if it did
    assert connections() == before, "nobody has connected to the stranger's broker"
    assert pico.heard == [], "no command was sent"
    assert book.text(1).count("\n") == 0, "no cell has run"
