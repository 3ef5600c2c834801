"""How little memory the firmware needs, and that it needs no more as time goes by."""

import json
import os
import shutil
import subprocess
import time

import behaviours
import pytest
from authority import Authority
from bench import WireBench
from get_micropython import micropython
from harness import FIRMWARE, HERE

pytestmark = pytest.mark.micropython

SOAK = os.environ.get("PICOPANEL_SOAK") == "1"


def works(bench):
    behaviours.a_burst_of_fifty_is_answered_fifty_times(bench)
    behaviours.nothing_in_a_message_stops_the_board(bench)
    behaviours.samples_are_sent_again(bench)


def test_half_a_pico_of_memory_is_enough(room):
    """A Pico W has 190 kB of heap, with words half as wide as here."""
    broker = room.broker()
    notebook = room.notebook(broker, "small")
    room.board(broker, "small", heap="180k", INTERVAL=50)
    works(WireBench(notebook, None))
    notebook.close()


def test_half_a_pico_of_memory_is_enough_for_tls_too(tls_room):
    authority = Authority()
    broker = tls_room.broker(authority)
    notebook = tls_room.notebook(broker, "small", tls=str(broker.folder / "ca.pem"))
    tls_room.board(broker, "small", authority, heap="180k", INTERVAL=50)
    works(WireBench(notebook, None))
    notebook.close()


@pytest.mark.timeout(240)
def test_traffic_as_fast_as_it_comes_leaves_nothing_behind(room):
    """Commands of both layers without a pause; two minutes of them with PICOPANEL_SOAK=1."""
    broker = room.broker()
    notebook = room.notebook(broker, "busy")
    prepare = lambda folder: shutil.copy(HERE / "growth.py", folder)  # noqa: E731
    room.board(broker, "busy", run="growth", prepare=prepare, INTERVAL=250)
    bench = WireBench(notebook, None)
    rush(bench, commands=80)  # until every buffer is full: the last 64 are remembered
    before = free_at_rest(bench)
    answered = rush(bench, commands=40, words=40, seconds=120 if SOAK else 10)
    after = free_at_rest(bench)
    print(f"{answered} commands answered; bytes free before and after: {before:.0f}, {after:.0f}")
    assert after >= before - 2048, f"expected as many bytes free after {answered} commands: {before}, {after}"


def rush(bench, commands, words=0, seconds=0):
    """Send so many at once, wait for their answers, and again until the time is over; how many it took."""
    end, sent = time.monotonic() + seconds, 0
    while not sent or time.monotonic() < end:
        bench.forget()
        for number in range(commands):
            bench.send_json("/cmd", {"experiment_id": f"{end}-{sent + number}", "read": True})
            if number < words:
                bench.send("/onboard_led", "toggle")
        for _ in range(commands):
            bench.wait("/ack")
        for _ in range(words):
            bench.wait("/onboard_temp")
        sent += commands + words
    return sent


def free_at_rest(bench):
    """The most that is free in ten samples."""
    bench.forget()
    samples = []
    while len(samples) < 10:
        values = bench.wait("/telemetry")["values"]["free"]
        samples += values if isinstance(values, list) else [values]
    return max(samples)


def test_hours_of_work_need_no_more_memory_than_minutes():
    """Ten hours of samples, commands, blinking and refills; 128 kB in words twice a Pico's width."""
    command = [*micropython(), "-X", "heapsize=256k", HERE / "hours.py"]
    environment = {"MICROPYPATH": f".frozen:{FIRMWARE}"}
    result = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    used = json.loads(result.stdout)
    assert max(used[2:]) <= used[1] + 512, f"bytes in use after each hour: {used}"


def test_b5_the_ring_takes_what_it_may_however_many_channels_there_are():
    command = [*micropython(), HERE / "ring.py"]
    environment = {"MICROPYPATH": f".frozen:{FIRMWARE}"}
    result = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    may, taken = json.loads(result.stdout)
    print(f"of {may} bytes, with 1, 16 and 32 channels: {taken}")
    assert all(0.8 * may < each < 1.2 * may for each in taken[:2]), f"expected {may} bytes: {taken}"
    assert taken[2] < 1.2 * max(may, 60 * (9 + 32 * 8)), "the fewest that are kept"
