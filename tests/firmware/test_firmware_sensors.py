"""The sensors of a board: several channels from one read, not too often, and what happens when they fail."""

import json
import re
import sys

import pytest
from bench import WireBench
from harness import FIRMWARE
from pico.device import PicoDevice
from pico.sensors import TRY_AGAIN


def make(**options):
    return PicoDevice("alice", boot="b1", **{"interval": 1000, **options})


def channels(device, now=0):
    return json.loads(device.connected(now)[0][1])["channels"]


def sampled(messages):
    found = [json.loads(payload) for topic, payload, _, _ in messages if topic == "alice/telemetry"]
    return [message["values"] for message in found]


def told(messages):
    """The channels of each `info` among them."""
    return [json.loads(payload)["channels"] for topic, payload, _, _ in messages if topic == "alice/info"]


def asked(device, now):
    (ack,) = device.receive("alice/cmd", json.dumps({"experiment_id": f"x{now}"}).encode(), False, now)
    return json.loads(ack[1])["values"]


class Climate:
    """A part with two values, which can be unplugged."""

    def __init__(self):
        self.reads, self.plugged_in, self.made = 0, True, 0

    def make(self):
        self.made += 1
        if not self.plugged_in:
            raise OSError(5)

    def read(self):
        self.reads += 1
        if not self.plugged_in:
            raise OSError(5)
        return {"temperature": 20 + self.reads, "humidity": 40.5}


def test_b4_one_read_gives_several_channels_and_an_answer_gives_the_last_of_them():
    device, climate = make(interval=500), Climate()
    device.sensor(climate.read, {"temperature": "°C", "humidity": "%"}, every=2000)
    assert channels(device) == {
        "temperature": {"unit": "°C", "every": 2000},
        "humidity": {"unit": "%", "every": 2000},
    }
    assert sampled(device.tick(0)) == [{"temperature": 21, "humidity": 40.5}]
    assert asked(device, 10) == {"temperature": 21, "humidity": 40.5}
    assert device.receive("alice/onboard_led", b"read", False, 20)[0][1] == "21.0"
    samples = [sampled(device.tick(now)) for now in (501, 1001, 1504, 2003)]
    assert [each[0]["temperature"] for each in samples] == [21, 21, 21, 22]
    assert climate.reads == 2, "the least time between two reads is that of the samples' even grid"


def test_b4_a_simple_channel_is_read_for_every_answer():
    device, climate = make(), Climate()
    device.channel("light", lambda: climate.read()["temperature"], unit="lx")
    device.tick(0)
    assert [asked(device, now)["light"] for now in (1, 2)] == [22, 23]


def test_b4_a_sensor_takes_the_chips_place_as_a_channel_does():
    device, climate = make(), Climate()
    chip = []
    device.channel("temperature", lambda: chip.append(1) or 99, unit="Cel")
    device.sensor(climate.read, {"temperature": "Cel", "humidity": "%"})
    assert sampled(device.tick(0)) == [{"temperature": 21, "humidity": 40.5}]
    assert (climate.reads, chip) == (1, [])


@pytest.mark.parametrize(
    ("channels", "every", "said"),
    [
        (["humidity"], 0, "needs its channels with their units"),
        ({}, 0, "needs its channels with their units"),
        ({"humidity": "%"}, -1, "0 to 3600000 milliseconds"),
        ({"humidity": "%"}, 0.5, "0 to 3600000 milliseconds"),
        ({"a<b": "%"}, 0, "must not contain"),
    ],
)
def test_b4_what_no_panel_could_show_is_refused_in_words(channels, every, said):
    device = make()
    with pytest.raises(ValueError, match=said):
        device.sensor(dict, channels, every=every)
    assert json.loads(device.connected(0)[0][1])["channels"] == {}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (OSError(5), "OSError: 5"),
        (NameError("name 'adc' isn't defined"), "NameError: name 'adc' isn't defined"),
        (float("inf"), "ValueError: no finite number: inf"),
        (ValueError(), "ValueError"),
        (ValueError("é" * 200), "ValueError: " + "é" * 54),
        (ValueError("two\nlines"), "ValueError: two lines"),
        (ValueError("\ud800"), "ValueError"),
    ],
)
def test_b3_a_channel_that_fails_is_declared_with_its_reason(answer, error):
    def read():
        if isinstance(answer, Exception):
            raise answer
        return answer

    device = make()
    device.channel("light", read, unit="lx")
    device.tick(0)
    assert channels(device) == {"light": {"unit": "lx", "error": error}}
    assert len(error.encode()) <= 120


def test_b3_info_is_told_anew_when_a_channel_fails_and_when_it_works_again():
    climate, problems = Climate(), []
    device = make(report=lambda name, problem: problems.append((name, repr(problem))))
    device.sensor(climate.read, {"temperature": "°C", "humidity": "%"})
    device.connected(0)
    well = {"temperature": {"unit": "°C"}, "humidity": {"unit": "%"}}
    ill = {name: {**about, "error": "OSError: 5"} for name, about in well.items()}
    assert told(device.tick(0)) == []
    climate.plugged_in = False
    assert told(device.tick(1000)) == [ill]
    assert told(device.tick(2000)) == [], "it has been told"
    climate.plugged_in = True
    assert told(device.tick(3000)) == [well]
    climate.plugged_in = False
    device.tick(4000)
    ((names, problem),) = problems
    assert (set(names.split(", ")), problem) == ({"temperature", "humidity"}, "OSError(5)"), "reported once"


def test_b3_one_value_of_several_may_fail_alone():
    device = make()
    device.sensor(lambda: {"temperature": 20}, {"temperature": "°C", "humidity": "%"})
    assert sampled(device.tick(0)) == [{"temperature": 20}]
    about = channels(device)
    assert "error" not in about["temperature"]
    assert about["humidity"]["error"].startswith("TypeError")


def test_b2_a_part_that_is_not_plugged_in_is_named_and_tried_again():
    climate, problems = Climate(), []
    climate.plugged_in = False

    def weather(board):
        climate.make()
        board.sensor(climate.read, {"temperature": "°C", "humidity": "%"})

    device = make(report=lambda name, problem: problems.append((name, repr(problem))))
    device.channel("light", lambda: 1, unit="lx")
    device.add(weather)
    device.connected(0)
    ill = {"light": {"unit": "lx"}, "weather": {"unit": "", "error": "OSError: 5"}}
    assert told(device.tick(0)) == []
    assert told(device.tick(250)) == [ill]
    device.tick(TRY_AGAIN)
    assert problems == [("weather", "OSError(5)")], "once, however often it is tried"
    climate.plugged_in = True
    assert device.next_tick <= 2 * TRY_AGAIN
    (about,) = told(device.tick(2 * TRY_AGAIN))
    assert about == {"light": {"unit": "lx"}, "temperature": {"unit": "°C"}, "humidity": {"unit": "%"}}
    assert asked(device, 2 * TRY_AGAIN + 1) == {"light": 1, "temperature": 22, "humidity": 40.5}
    assert climate.made == 3


def test_b2_a_part_that_has_the_name_of_a_channel_is_named_as_well():
    """As a thermometer that is to take the chip's place: the chip's value is no proof that it is there."""

    def temperature(board):
        raise OSError(19)

    device = make()
    device.channel("temperature", lambda: 21, unit="Cel")
    device.add(temperature)
    device.tick(0)
    missing = {"unit": "", "error": "OSError: 19"}
    assert channels(device, 250) == {"temperature": {"unit": "Cel"}, "temperature()": missing}


def test_b2_a_driver_that_calls_exit_stops_no_board():
    """Many an example ends so when it does not find its sensor."""

    def weather(board):
        sys.exit("no sensor found")

    device = make()
    device.channel("light", lambda: sys.exit("gone"), unit="lx")
    device.control("servo", lambda value: sys.exit("no servo"))
    device.add(weather)
    device.tick(0)
    about = channels(device, 250)
    assert about["weather"]["error"] == "SystemExit: no sensor found"
    assert about["light"]["error"] == "SystemExit: gone"
    command = json.dumps({"experiment_id": "x", "set": {"servo": 1}}).encode()
    ack = json.loads(device.receive("alice/cmd", command, False, 300)[0][1])
    assert (ack["ok"], ack["error"]) == (False, "set: no servo")


class Wordless(Exception):
    def __str__(self):
        raise RuntimeError("no words")


@pytest.mark.parametrize(
    ("problem", "error"),
    [
        (ValueError("too hot"), "set: too hot"),
        (ValueError(), "set: ValueError"),
        (ValueError(" \n"), "set: ValueError"),
        (ValueError("two\nlines"), "set: two lines"),
        (ValueError("\ud800"), "set: ValueError"),
        (ValueError("é" * 5000), "set: " + "é" * 60),
        (Wordless(), "set: Wordless"),
    ],
)
def test_w8_whatever_a_controls_driver_raises_is_an_answer(problem, error):
    def broken(value):
        raise problem

    device = make()
    device.control("servo", broken)
    command = json.dumps({"experiment_id": "x", "set": {"servo": 1}}).encode()
    ack = json.loads(device.receive("alice/cmd", command, False, 0)[0][1])
    assert (ack["ok"], ack["error"]) == (False, error)


def test_b2_a_part_that_is_unplugged_and_plugged_in_again_is_set_up_anew():
    climate = Climate()

    def weather(board):
        climate.make()
        board.sensor(climate.read, {"temperature": "°C", "humidity": "%"})

    device = make()
    device.add(weather)
    device.tick(0)
    climate.plugged_in = False
    device.tick(1000)
    device.connected(1500)
    assert told(device.tick(1000 + TRY_AGAIN)) == [], "it fails as before"
    climate.plugged_in = True
    (about,) = told(device.tick(1000 + 2 * TRY_AGAIN))
    assert about == {"temperature": {"unit": "°C"}, "humidity": {"unit": "%"}}
    assert climate.made == 3
    for now in range(1000 + 2 * TRY_AGAIN, 1000 + 5 * TRY_AGAIN, 1000):
        device.tick(now)
    assert climate.made == 3, "what works is left alone"


def test_b5_a_channel_that_comes_late_makes_the_ring_shorter_and_keeps_the_latest_samples():
    device = make(memory=9 * 17 * 100)  # 17 bytes a sample: one channel, of CPython's width
    device.channel("a", lambda: 1)
    for now in range(0, 1_000_000, 1000):
        device.tick(now)
    assert oldest(device, 999_500) == 1000 - 900
    device.channel("b", lambda: 2)
    device.tick(1_000_000)
    assert oldest(device, 1_000_500) == 1001 - 9 * 17 * 100 // 25


def oldest(device, now):
    device.receive("alice/cmd", b'{"experiment_id":"x%d","since":{"seq":0}}' % now, False, now)
    messages = []
    while device.next_tick == 0:
        messages += device.tick(now)
    numbers = [json.loads(payload) for topic, payload, _, _ in messages if topic == "alice/telemetry"]
    ack = json.loads(messages[-1][1])
    assert numbers[0]["seq"] == ack["oldest"]
    return ack["oldest"]


@pytest.mark.micropython
def test_b2_main_runs_though_a_driver_raises_and_finds_the_sensor_that_comes_late(room):
    main = (FIRMWARE / "main.py").read_text()
    code = (
        "    import os\n"
        "    if 'plugged_in' not in os.listdir():\n"
        "        raise OSError(5)\n"
        "    board.channel('light', lambda: 7, unit='lx')\n"
    )
    assert main.count("    pass\n") == 1
    main = main.replace("    pass\n", code)
    line = main[: main.index("raise OSError")].count("\n") + 1

    def prepare(folder):
        (folder / "main.py").write_text(main)
        (folder / "hurry.py").write_text("from pico import sensors\nsensors.TRY_AGAIN = 300\nimport main\n")

    broker = room.broker()
    notebook = room.notebook(broker, "loose")
    board = room.board(broker, "loose", run="hurry", prepare=prepare, INTERVAL=100)
    bench = WireBench(notebook, None)
    info = bench.wait("/info", lambda info: "extras" in info["channels"])
    assert info["channels"]["extras"]["error"].startswith("OSError: [Errno 5]")
    board.says("Sensor: extras does not work, and is tried again:")
    board.says(f'main.py", line {line}, in extras')
    (board.folder / "plugged_in").touch()
    bench.wait("/info", lambda info: "light" in info["channels"] and "extras" not in info["channels"])
    assert 7 in flat(
        bench.wait("/telemetry", lambda message: "light" in message["values"])["values"]["light"]
    )
    assert len([each for each in board.lines if "Sensor: extras" in each]) == 1
    notebook.close()


def flat(values):
    return values if isinstance(values, list) else [values]


@pytest.mark.micropython
def test_b3_a_channel_that_raises_is_on_the_console_once_with_its_line(room):
    program = (
        "import my_secrets\n"
        "from pico.board import Board\n"
        "board = Board(my_secrets)\n"
        "board.channel('light', lambda: adc.read(), unit='lx')\n"
        "board.run()\n"
    )
    broker = room.broker()
    notebook = room.notebook(broker, "typo")
    prepare = lambda folder: (folder / "typo.py").write_text(program)  # noqa: E731
    board = room.board(broker, "typo", run="typo", prepare=prepare, INTERVAL=100)
    bench = WireBench(notebook, None)
    error = "NameError: name 'adc' isn't defined"
    bench.wait("/info", lambda info: info["channels"]["light"].get("error") == error)
    for _ in range(3):
        bench.wait("/telemetry")
    text = "\n".join(board.lines)
    assert re.search(r'Sensor: light does not work.*\n(.*\n)+  File ".*typo.py", line 4', text), text
    assert text.count(error) == 1
    notebook.close()
