"""A program that publishes: as fast as the broker takes it, or steadily, noting when.

python -m benchmarks.publisher fast   PORT KIND COUNT
python -m benchmarks.publisher steady PORT KIND RATE SECONDS FILE [BOARDS]
"""

import sys
import time
from array import array
from pathlib import Path

from .payloads import TOPICS, payload
from .wire import connect, publish


def fast(port: int, kind: str, count: int) -> None:
    packets = [publish(TOPICS[kind], payload(kind, n)) for n in range(count)]
    broker = connect(port)
    print("ready", flush=True)
    sys.stdin.readline()
    for first in range(0, count, 100):
        broker.sendall(b"".join(packets[first : first + 100]))
    broker.sendall(b"\xe0\x00")


def steady(port: int, kind: str, rate: float, seconds: float, file: Path, boards: int = 0) -> None:
    """Publish `rate` messages a second on each board's topic; the file gets the Unix time in ms of each."""
    broker = connect(port)
    topics = [TOPICS[kind]] if not boards else [TOPICS[kind].replace("/", f"-{n}/") for n in range(boards)]
    sent = array("d")
    start = time.monotonic()
    for n in range(round(rate * seconds)):
        for at, topic in enumerate(topics):
            wait = start + (n + at / len(topics)) / rate - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            packet = publish(topic, payload(kind, n))
            sent.append(time.time() * 1000)
            broker.sendall(packet)
    file.write_bytes(sent.tobytes())
    broker.sendall(b"\xe0\x00")


if __name__ == "__main__":
    how, port, kind, *rest = sys.argv[1:]
    if how == "fast":
        fast(int(port), kind, int(rest[0]))
    else:
        rate, seconds, file, *boards = rest
        steady(int(port), kind, float(rate), float(seconds), Path(file), *map(int, boards))
