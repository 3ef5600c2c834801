"""300 boards on a wall in JupyterLab: frames while it is scrolled, and what the kernel does for it."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.waiting import eventually

from .lab import BenchNotebook
from .side_by_side import Desk
from .table import Row, tell

BOARDS = 300
SECONDS = 20
CELL = 'from picopanel import PicoWall\nwall = PicoWall.discover("class/+", broker="mqtt://127.0.0.1:{port}")\nwall'
EMPTY = """from IPython.display import HTML
HTML('<div class="empty" style="height:700px;overflow:auto"><div style="height:9000px"></div></div>')"""


def rows(at: Desk) -> Iterator[Row]:
    tell(f"a wall of {BOARDS} boards, a reading a second each")
    with at.notebook(EMPTY) as book:
        book.run_to_end(0)
        empty = book.frames(5, ".empty")
    with a_class(at.port), at.notebook(CELL.format(port=at.port)) as book:
        opening = book.received
        book.run_to_end(0)
        wall = book.wall()
        eventually_all(book)
        opening = book.received - opening
        book.page.wait_for_timeout(5000)
        cpu, received, start = book.cpu, book.received, time.monotonic()
        frames = book.frames(SECONDS, ".picopanel-wall .boards")
        seconds = time.monotonic() - start
        share, rate = (book.cpu - cpu) / seconds, (book.received - received) / seconds
        wall.button("Blink").click()
        wall.says(f"Blink: {BOARDS} of {BOARDS} answered", within=30)
    yield Row(f"a wall of {BOARDS}: frames/s while scrolling", f"{frames:.0f}", "30", frames >= 30)
    ratio = frames / empty
    yield Row("the same, of an empty page's", f"{ratio:.2f} ({frames:.0f} of {empty:.0f})")
    yield Row("the same, kernel's share of a core", f"{share:.1%}", "10 %", share < 0.1)
    yield Row("the same, bytes to the page a second", f"{rate:,.0f}")
    yield Row("the same, bytes until all tiles are there", f"{opening:,}")


def eventually_all(book: BenchNotebook) -> None:
    book.eventually(
        lambda: sum(tile["level"] == "ok" for tile in book.wall().tiles.values()) == BOARDS,
        "all boards are online",
        within=120,
        seen=lambda: book.wall().words()[:200],
    )


@contextmanager
def a_class(port: int) -> Iterator[None]:
    url = f"mqtt://127.0.0.1:{port}"
    command = [sys.executable, "-m", "picopanel", "class", "--count", str(BOARDS), "--broker", url]
    pupils = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert pupils.stdout
    try:
        eventually(
            lambda: f"Online: {BOARDS} of" in pupils.stdout.readline(), "the class is there", within=60
        )
        yield
    finally:
        pupils.send_signal(signal.SIGINT)
        pupils.wait(30)
