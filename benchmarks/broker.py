"""From the broker to the store, against paho with an empty callback."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.mosquitto import PROGRAM
from tests.support.ports import free_port, is_open
from tests.support.waiting import eventually

from .payloads import BATCH
from .table import Row, tell

MESSAGES = 200_000
ROUNDS = 3


@contextmanager
def quiet_broker(folder: Path) -> Iterator[int]:
    """A Mosquitto that logs nothing and never drops a message of a slow reader; its port."""
    assert PROGRAM, "mosquitto is not installed: apt-get install mosquitto"
    port = free_port()
    settings = ["allow_anonymous true", "set_tcp_nodelay true", "persistence false", "max_queued_messages 0"]
    settings += ["log_type error", f"listener {port} 127.0.0.1"]
    (folder / "mosquitto.conf").write_text("\n".join(settings) + "\n")
    process = subprocess.Popen([PROGRAM, "-c", str(folder / "mosquitto.conf")], stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: is_open(port), "Mosquitto listens")
        yield port
    finally:
        process.terminate()
        process.wait(10)


def program(name: str, *arguments: object) -> "subprocess.Popen[str]":
    """Start one of the benchmarks' programs."""
    command = [sys.executable, "-m", f"benchmarks.{name}", *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def one_run(port: int, contender: str, kind: str, messages: int, readings: int) -> dict[str, float]:
    publisher = program("publisher", "fast", port, kind, messages)
    subscriber = program("subscriber", contender, port, kind, readings)
    assert publisher.stdout
    assert publisher.stdin
    assert subscriber.stdout
    for each in (publisher, subscriber):
        assert each.stdout.readline() == "ready\n"  # type: ignore[union-attr]
    publisher.stdin.write("go\n")
    publisher.stdin.flush()
    result = json.loads(subscriber.stdout.readline())
    for each in (publisher, subscriber):
        each.communicate(timeout=20)
    return dict(result)


def best(port: int, kind: str) -> tuple[dict[str, float], dict[str, float]]:
    """Return the better of several alternate runs of paho and of PicoPanel."""
    runs: dict[str, list[dict[str, float]]] = {"paho": [], "picopanel": []}
    for _ in range(ROUNDS):
        for contender, results in runs.items():
            results.append(one_run(port, contender, kind, MESSAGES, MESSAGES))
    lost = MESSAGES * ROUNDS - sum(run["taken"] for run in runs["picopanel"])
    peer, ours = (max(results, key=lambda run: run["rate"]) for results in runs.values())
    return peer, ours | {"lost": lost}


def rows(folder: Path) -> Iterator[Row]:
    with quiet_broker(folder) as port:
        for kind, name, least in (("number", "course topic", 0.9), ("sample", "JSON telemetry", 0.6)):
            tell(f"broker to store, {name}")
            peer, ours = best(port, kind)
            ratio = ours["rate"] / peer["rate"]
            yield Row(
                f"broker to store, {name}, of raw paho's rate",
                f"{ratio:.2f} ({ours['rate']:,.0f} of {peer['rate']:,.0f} /s), {ours['lost']:.0f} lost",
                f"{least}, none lost of {MESSAGES:,}",
                ratio >= least and ours["lost"] == 0,
            )
        tell("broker to store, batches")
        messages = 10_000
        ours = max(
            (one_run(port, "picopanel", "batch", messages, messages * BATCH) for _ in range(ROUNDS)),
            key=lambda run: run["rate"],
        )
        enough = ours["rate"] >= 500_000 and ours["taken"] == messages * BATCH
        figure = f"{ours['rate']:,.0f} readings/s"
        yield Row("broker to store, 100 samples a message", figure, "500,000 readings/s", enough)
