"""The firmware in a real MicroPython, on a real broker."""

import signal

import behaviours
import pytest
from bench import WireBench

from tests.support.waiting import eventually

pytestmark = pytest.mark.micropython


@pytest.fixture(scope="module")
def shared_bench(shared_room):
    broker = shared_room.broker()
    notebook = shared_room.notebook(broker, "shared")
    board = shared_room.board(broker, "shared", INTERVAL=500)

    def wifi_off_and_on():
        lines = len(board.lines)
        (board.folder / "wifi").write_text("1")
        board.says("connection lost", after=lines)
        (board.folder / "wifi").write_text("3")

    yield WireBench(notebook, wifi_off_and_on)
    notebook.close()


@pytest.fixture
def bench(shared_bench):
    """Quiet: what the test before has changed has been published."""
    shared_bench.forget()
    for _ in range(2):
        shared_bench.wait("/telemetry")
    shared_bench.forget()
    return shared_bench


@pytest.mark.parametrize("behaviour", behaviours.ALL, ids=lambda b: b.__name__)
def test_behaviour(behaviour, bench):
    """In a real MicroPython at a real broker."""
    behaviour(bench)


def test_main_waits_for_an_editor_and_ends_on_ctrl_c(room):
    broker = room.broker()
    notebook = room.notebook(broker, "me")
    board = room.board(broker, "me", run="main")
    board.says("Ctrl-C stops it")
    bench = WireBench(notebook, None)
    board.process.send_signal(signal.SIGINT)
    board.says("[watchdog stopped]")
    board.says("Stopped.")
    assert bench.wait("/status") == "offline"
    notebook.close()


def test_blink_codes_can_be_off(room):
    board = room.board(
        room.broker(), "quiet", BLINK_CODES=False, prepare=lambda folder: (folder / "wifi").write_text("-3")
    )
    refused = "the password was refused: check PASSWORD"
    tried_once = board.says(refused)
    board.says(refused, after=tried_once)  # with codes, it would have flashed between two tries
    assert board.flashes == []


def test_without_the_time_it_goes_on_and_says_so(room):
    broker = room.broker()
    notebook = room.notebook(broker, "untimed")
    board = room.board(broker, "untimed", prepare=lambda folder: (folder / "no_time").touch())
    board.says("no answer from pool.ntp.org")
    board.says("no answer from time.google.com")
    bench = WireBench(notebook, None)
    assert bench.wait("/telemetry")["ts"] is None
    notebook.close()


def test_it_finds_a_broker_that_comes_late_and_comes_again(room):
    broker = room.broker()
    broker.stop()
    board = room.board(broker, "late")
    board.says("does not answer")
    broker.start()
    board.says("Broker: connected.")
    lines = len(board.lines)
    broker.stop()
    board.says("connection lost", after=lines)
    broker.start()
    notebook = room.notebook(broker, "late")
    bench = WireBench(notebook, None)
    assert behaviours.command(bench, led="on")["led"] == "on"
    notebook.close()


def test_a_command_that_comes_while_it_subscribes_is_answered_after_its_presence(room):
    slow = (
        "import asyncio, os\n"
        "from mqtt_as import MQTT_base\n"
        "subscribe = MQTT_base.subscribe\n"
        "async def slowly(self, topic, qos):\n"
        "    await subscribe(self, topic, qos)\n"
        "    print('subscribed to', topic)\n"
        "    while topic == b'slow/cmd' and 'go' not in os.listdir():\n"
        "        await asyncio.sleep_ms(20)\n"
        "MQTT_base.subscribe = slowly\n"
        "import session\n"
    )
    broker = room.broker()
    notebook = room.notebook(broker, "slow")
    prepare = lambda folder: (folder / "slow.py").write_text(slow)  # noqa: E731
    board = room.board(broker, "slow", run="slow", prepare=prepare, BLINK_CODES=False)
    board.says("slow/cmd")
    notebook.send("/cmd", '{"experiment_id": "early", "led": "on"}')
    eventually(lambda: board.lit, "the board carries the command out")
    (board.folder / "go").touch()
    bench = WireBench(notebook, None)
    assert bench.wait("/ack")["experiment_id"] == "early"
    ends = bench.ends()
    assert ends.index("/info") < ends.index("/status") < ends.index("/ack"), "expected its presence first"
    notebook.close()


def test_a_board_that_stays_offline_resets_itself_but_not_at_once(room):
    supervised = (
        "from pico import board, hardware\n"
        "board.OFFLINE_FOR = 1500\n"
        "hardware.SLOWEST_RESETS = 3000\n"
        "uptime = hardware.Uptime()\n"
        "restart = hardware.machine.reset\n"
        "hardware.machine.reset = lambda: (print('after a while:', uptime.now() > 2900), restart())\n"
        "import session\n"
    )

    def prepare(folder):
        (folder / "wifi").write_text("1")
        (folder / "supervised.py").write_text(supervised)

    board = room.board(room.broker(), "lonely", run="supervised", prepare=prepare)
    board.says("Resetting.")
    board.says("after a while: True")
    board.says("[reset]")


def test_the_placeholder_as_an_id_ends_with_a_plain_sentence(room):
    board = room.board(room.broker(), "<your_id_here>")
    board.says("The course ID is still the placeholder: put your own in its place.")
    assert board.process.wait(10) == 1, "expected the program to end, not to reset for ever"


def test_samples_taken_while_the_wifi_was_off_are_sent_again(room):
    broker = room.broker()
    notebook = room.notebook(broker, "gap")
    board = room.board(broker, "gap", INTERVAL=250)
    bench = WireBench(notebook, None)
    before = bench.wait("/telemetry")
    lines = len(board.lines)
    (board.folder / "wifi").write_text("1")
    board.says("connection lost", after=lines)
    assert bench.wait("/status", lambda word: word == "offline")
    (board.folder / "wifi").write_text("3")
    assert bench.wait("/status", lambda word: word == "online")
    bench.forget()
    ack = behaviours.command(bench, since={"seq": before["seq"]}, boot=before["boot"])
    assert ack["ok"]
    refill = next(m for m in bench.seen("/telemetry") if m["seq"] == before["seq"])
    assert len(refill["values"]["temperature"]) > 4, "expected one even run across the outage"
    notebook.close()
