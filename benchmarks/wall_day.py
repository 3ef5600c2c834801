"""A day of a wall, by a clock handed in: what kernel and page hold and do after the window is full."""

import subprocess
import sys
from collections.abc import Iterator

from .lab import BenchNotebook
from .side_by_side import Desk
from .table import Row, tell

BOARDS, CAPACITY = 12, 20_000  # a reading a second each, so that the window is full after 5.6 hours
HOURS = 24
FIGURES = (
    ("memory", "MB", 1e6, 1.05),
    ("CPU of an hour", "s", 1, 1.2),
    ("bytes of an hour", "kB", 1e3, 1.05),
)

DAY = f"""
import json
from time import process_time
import psutil
from picopanel._device.device import Device
from picopanel._store import Origin
from picopanel._wall.boards import Plan
from picopanel._wall.conversation import WallConversation
from tests.unit.hand import Hand, HandLink

memory, sent, hand = psutil.Process().memory_info, [0], Hand()
origin = Origin("temperature", "day", 1000, True)
devices = {{}}
for number in range({BOARDS}):
    device = Device(f"board-{{number}}", HandLink(), capacity={CAPACITY}, clock=hand.clock)
    device.known.units["temperature"] = "°C"
    devices[device.id] = device

def send(message, buffers):
    sent[0] += len(json.dumps(message))

wall = WallConversation(send, hand.clock)
wall.begin(Plan("day", {{name: lambda it=it: (it, True) for name, it in devices.items()}}))
wall.feed.open()
wall.handle({{"type": "ask", "since": 0}}).sent()
for hour in range({HOURS}):
    cpu, sent[0] = process_time(), 0
    for step in range(360):
        wall.handle({{"type": "ask", "since": wall.tiles.version}}).sent()
        for nth, device in enumerate(devices.values()):
            now = hand.unix
            values = [20 + (step * 7 + nth * 3 + second) % 50 / 10 for second in range(10)]
            device.store.append(origin, [now + 1000 * second for second in range(10)], values)
            device.known.last["temperature"] = now + 9000, values[-1]
        hand.advance(10)
    print(json.dumps([memory().rss, process_time() - cpu, sent[0]]))
"""


CELL = f"from picopanel import PicoWall\nwall = PicoWall.demo({BOARDS})\nwall"
# Tells the page of so many hours, a look every ten seconds, no faster than Jupyter passes messages on.
HOURS_CELL = """
import time
from itertools import count
steps = count(1)
def hours(number):
    for _ in range(360 * number):
        step = next(steps)
        now, line = 1e12 + 1e4 * step, [(step + at) % 50 for at in range(40)]
        tiles = [{**tile, "at": now, "value": step % 50, "spark": line} for tile in wall._recorded["tiles"]]
        version = 10**6 + step
        wall._send_news({"type": "wall", "now": now, "from": 0, "version": version, "tiles": tiles}, [])
        time.sleep(0.01)
"""


def rows(at: Desk) -> Iterator[Row]:
    tell(f"a day of a wall of {BOARDS}")
    yield from _of_the_kernel()
    with at.notebook(CELL, HOURS_CELL, "hours(5)", f"hours({HOURS - 8})", "hours(1)") as book:
        book.run_to_end(0)
        book.wall().says(f"{BOARDS} well")
        book.run_to_end(1)
        full, last = _heap(book, 2), _heap(book, 3)
    figure = f"{last / full:.2f} ({last / 1e6:.1f} MB)"
    yield Row(
        "a wall after a day, of after 7 hours: the page's heap", figure, "1.05 (flat)", last / full <= 1.05
    )


def _heap(book: BenchNotebook, cell: int) -> float:
    """Run a cell, then an hour three times; return the least bytes that the page's scripts held after one.

    JupyterLab and the browser itself keep 30 to 34 MB, now this and now that.
    """
    _run(book, cell)
    session = book.page.context.new_cdp_session(book.page)
    held = []
    for _ in range(3):
        _run(book, 4)
        session.send("HeapProfiler.collectGarbage")
        held.append(float(session.send("Runtime.getHeapUsage")["usedSize"]))
    return min(held)


def _run(book: BenchNotebook, cell: int) -> None:
    before = book.count(cell)
    book.run(cell)
    book.eventually(
        lambda: book.count(cell) not in (None, before) and not book.runs(cell),
        "the hours are over",
        within=400,
    )


def _of_the_kernel() -> Iterator[Row]:
    done = subprocess.run([sys.executable, "-c", DAY], capture_output=True, text=True, check=True)
    hours = [[float(each) for each in line.strip("[]").split(",")] for line in done.stdout.splitlines()]
    for nth, (what, unit, by, most) in enumerate(FIGURES):
        full, last = hours[6][nth], hours[-1][nth]
        figure = f"{last / full:.2f} ({last / by:.1f} {unit})"
        yield Row(
            f"a wall after a day, of after 7 hours: {what}", figure, f"{most} (flat)", last / full <= most
        )
