"""What the kernel's side costs by itself: import, memory, one push."""

import subprocess
import sys
from time import perf_counter

from picopanel._device.device import Device
from picopanel._page.feed import Feed
from picopanel._page.news import PanelNews
from picopanel._store import Origin
from tests.unit.hand import Hand, HandLink

from .table import Row, tell

PUSHES = 500
MEMORY = """
import psutil
from picopanel._store import Origin, Store
memory, origin = psutil.Process().memory_info, Origin("temperature", "ab12cd34", 10)
store, values = Store(1_000_000), [float(n) for n in range(100)]
def fill(rows, at):
    for first in range(at, at + rows, 100):
        times = [1.795e12 + first + n for n in range(100)]
        store.append(origin, times, values, [time + 3 for time in times], [1795000000000 + first] * 100)
fill(100, 0)
before = memory().rss
fill(1_000_000, 100)
full = memory().rss
fill(1_000_000, 1_000_100)
print((full - before) / 1e6, (memory().rss - before) / 1e6)
"""


def rows() -> list[Row]:
    return [import_time(), *memory(), frame()]


def import_time() -> Row:
    tell("import")
    peer, ours = [], []
    for _ in range(7):
        peer.append(_run_for("import anywidget, paho.mqtt.client"))
        ours.append(_run_for("import picopanel"))
    ratio = min(ours) / min(peer)
    figure = f"{ratio:.2f} ({min(ours) * 1000:.0f} ms)"
    return Row("`import picopanel`, of importing anywidget and paho", figure, "1.3", ratio <= 1.3)


def _run_for(code: str) -> float:
    timed = f"import time; start = time.perf_counter(); {code}; print(time.perf_counter() - start)"
    return float(subprocess.run([sys.executable, "-c", timed], capture_output=True, check=True).stdout)


def memory() -> list[Row]:
    tell("memory")
    done = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, check=True)
    full, later = map(float, done.stdout.split())
    return [
        Row("memory of a stored reading", f"{full:.1f} bytes", "32 bytes", full <= 32),
        Row(
            "memory after as many again, of a full store",
            f"{later / full:.2f}",
            "1 (flat)",
            later / full < 1.05,
        ),
    ]


def frame() -> Row:
    tell("one push with little and with much stored")
    runs = [(_push(10_000), _push(1_000_000)) for _ in range(7)]
    few, many = (min(costs) for costs in zip(*runs, strict=True))
    figure = f"{many / few:.2f} ({few * 1e6:.0f} µs)"
    return Row("kernel: a push at 1,000,000 stored, of one at 10,000", figure, "1.2", many / few <= 1.2)


def _push(stored: int) -> float:
    hand, origin = Hand(), Origin("temperature", "ab12cd34", 10)
    device = Device("alice", HandLink(), clock=hand.clock)
    store = device.store
    for first in range(0, stored, 100):  # as batches bring them
        batch = [float(first + n) for n in range(100)]
        store.append(origin, batch, batch)
    feed = Feed(PanelNews(device), lambda message, buffers: None, hand.clock)
    feed.push()
    more = [float(stored + n) for n in range(20)]
    start = perf_counter()
    for _ in range(PUSHES):
        store.append(origin, more, more)
        feed.push()
    return (perf_counter() - start) / PUSHES
