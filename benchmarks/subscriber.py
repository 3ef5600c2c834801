"""A program that takes in `COUNT` readings, by raw paho or by PicoPanel, and prints how long it took.

python -m benchmarks.subscriber paho|picopanel PORT KIND COUNT
"""

import json
import sys
import time
from collections.abc import Callable
from threading import Event

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from picopanel import Pico

from .payloads import ID, TOPICS

STALLED = 5.0


def raw_paho(port: int, kind: str) -> Callable[[], int]:
    """Subscribe with a callback that does no more than count, and return the count."""
    taken, ready = [0], Event()

    def count(client: object, userdata: object, message: object) -> None:
        taken[0] += 1

    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    client.on_message = count
    client.on_subscribe = lambda *_: ready.set()
    client.connect("127.0.0.1", port)
    client.subscribe(TOPICS[kind], 0)
    client.loop_start()
    assert ready.wait(10)
    return lambda: taken[0]


def picopanel(port: int, kind: str) -> Callable[[], int]:
    """Return the number of rows in the store of a `Pico`."""
    pico = Pico(ID, broker=f"mqtt://127.0.0.1:{port}")
    device = pico._device
    while not device.known.presence.mode:
        time.sleep(0.01)
    return lambda: device.store.end


def measure(taken: Callable[[], int], count: int) -> dict[str, float]:
    """Return seconds and CPU seconds from the first reading to the last, and how many came."""
    while not taken():
        time.sleep(0.005)
    start, cpu, first = time.perf_counter(), time.process_time(), taken()
    last, moved = first, start
    while last < count and time.perf_counter() - moved < STALLED:
        time.sleep(0.005)
        if taken() != last:
            last, moved = taken(), time.perf_counter()
    seconds = moved - start
    return {"rate": (last - first) / seconds, "cpu": time.process_time() - cpu, "taken": last}


if __name__ == "__main__":
    contender, port, kind, count = sys.argv[1:]
    taken = {"paho": raw_paho, "picopanel": picopanel}[contender](int(port), kind)
    print("ready", flush=True)
    print(json.dumps(measure(taken, int(count))), flush=True)
