"""The board's logic alone, in no time at all."""

import json

import behaviours
import pytest
from bench import LogicBench
from harness import HERE
from hypothesis import given
from hypothesis import strategies as st
from pico.device import PicoDevice

# The same that the Python and the TypeScript tests take: one truth about what an ID and a name are.
CONTRACT = json.loads((HERE.parent / "contract.json").read_text("utf-8"))
IDS, NAMES, EXPERIMENTS = (CONTRACT[rule] for rule in ("device_ids", "names", "experiment_ids"))


def make(**options):
    device = PicoDevice("alice", boot="b1", **{"interval": 1000, **options})
    device.channel("temperature", lambda: 23.42, unit="Cel")
    return device


def ask(device, now=100, **fields):
    """The messages that answer a command."""
    payload = json.dumps({"experiment_id": "x", **fields}).encode()
    return device.receive("alice/cmd", payload, False, now)


def telemetry(messages):
    return [json.loads(payload) for topic, payload, _, _ in messages if topic == "alice/telemetry"]


def run(device, until, start=0, step=10):
    return [message for now in range(start, until, step) for message in device.tick(now)]


@pytest.mark.parametrize("behaviour", behaviours.ALL, ids=lambda b: b.__name__)
def test_behaviour(behaviour):
    """The board's logic does what the protocol says."""
    behaviour(LogicBench(make(interval=500)))


@pytest.mark.parametrize("device_id", IDS["refused"] + ["x" * 61, "é" * 31, "#", "a\x85b", "<me>"])
def test_an_id_that_cannot_work_is_refused(device_id):
    with pytest.raises(ValueError, match="The course ID"):
        PicoDevice(device_id, boot="b1")


@pytest.mark.parametrize("device_id", IDS["accepted"] + ["x" * 60, "é" * 30, "a<b"])
def test_an_id_that_can_work_is_taken(device_id):
    assert PicoDevice(device_id, boot="b1").topics[0] == (device_id + "/onboard_led", 1)


@pytest.mark.parametrize("name", NAMES["accepted"])
def test_a_sensor_and_an_actuator_can_be_called(name):
    device = make()
    device.channel(name, lambda: 1)
    device.control(name, print)
    info = json.loads(device.connected(0)[0][1])
    assert name in info["channels"]
    assert name in info["controls"]


@pytest.mark.parametrize("name", NAMES["refused"] + ["a\ud800", None, 7])
def test_a_name_that_the_panel_would_refuse_is_refused_here(name):
    device = make()
    for add in (device.channel, device.control):
        with pytest.raises(ValueError, match=r"needs a name|must not"):
            add(name, print)


def test_there_are_no_more_sensors_and_actuators_than_the_panel_takes():
    device = make()
    for number in range(31):
        device.channel(f"c{number}", lambda: 1)
    for number in range(15):
        device.control(f"c{number}", print)
    with pytest.raises(ValueError, match="c31 is one too many: a board has at most 32"):
        device.channel("c31", lambda: 1)
    with pytest.raises(ValueError, match="c15 is one too many: a board has at most 16"):
        device.control("c15", print)
    device.channel("temperature", lambda: 1, unit="Cel")  # takes the place of the former one
    device.control("led", print, type="switch")


@pytest.mark.parametrize("unit", [None, 5, "x" * 33])
def test_a_unit_that_the_panel_would_refuse_is_refused_here(unit):
    with pytest.raises(ValueError, match="A unit is a text"):
        make().channel("light", lambda: 1, unit=unit)


@pytest.mark.parametrize(
    "limits", [{"min": "0"}, {"max": float("inf")}, {"min": float("nan")}, {"step": 0}, {"min": 5, "max": 5}]
)
def test_a_range_is_made_of_numbers(limits):
    with pytest.raises(ValueError, match="A range needs numbers"):
        make().control("brightness", print, **limits)


def test_a_control_is_of_a_known_type():
    with pytest.raises(ValueError, match='a "range", a "color" or a "switch"'):
        make().control("servo", print, type="laser")


@pytest.mark.parametrize("name", EXPERIMENTS["accepted"])
def test_a_command_is_answered_by_its_name(name):
    assert json.loads(ask(make(), experiment_id=name)[0][1])["experiment_id"] == name


@pytest.mark.parametrize("name", EXPERIMENTS["refused"])
def test_a_command_without_a_proper_name_is_refused(name):
    device = make()
    assert (ask(device, experiment_id=name, led="on"), device.led, device.refused) == ([], False, 1)


def test_info_and_led_are_published_before_online():
    info, state, status = make(board="Pico W").connected(0)
    assert json.loads(info[1]) == {
        "protocol": 1,
        "firmware": "0.2.0",
        "board": "Pico W",
        "micropython": "",
        "mqtt_as": "",
        "boot": "b1",
        "reset": "power",
        "virtual": False,
        "interval": 1000,
        "channels": {"temperature": {"unit": "Cel"}},
        "controls": {"led": {"type": "switch"}},
    }
    assert (info[0], *info[2:]) == ("alice/info", 1, True)
    assert state == ("alice/onboard_led/state", "off", 1, True)
    assert status == ("alice/status", "online", 1, True)


def test_its_will_and_its_farewell_are_the_same():
    device = make()
    device.connected(0)
    assert device.stopping() == [device.will] == [("alice/status", "offline", 1, True)]
    assert device.receive("alice/status", b"offline", False, 6) == [], "it has left"


def test_telemetry_is_what_the_protocol_says():
    device = make()
    device.rssi = -61
    device.set_time(1795330430100, 50)
    ((topic, payload, qos, retain),) = device.tick(0)
    assert (topic, qos, retain) == ("alice/telemetry", 0, False)
    assert json.loads(payload) == {
        "boot": "b1",
        "seq": 0,
        "up": 0,
        "ts": 1795330430050,
        "led": "off",
        "rssi": -61,
        "values": {"temperature": 23.42},
    }


def test_time_is_null_until_it_is_known():
    assert telemetry(make().tick(0))[0]["ts"] is None


def test_samples_keep_to_their_grid_when_ticks_come_a_little_late():
    device = make()
    ups = [sample["up"] for now in (3, 1040, 2007, 3099) for sample in telemetry(device.tick(now))]
    assert ups == [0, 1000, 2000, 3000]


def test_a_gap_or_a_new_interval_or_the_led_starts_a_new_message():
    device = make(interval=50)
    run(device, 200)
    ask(device, now=200, led="on")
    run(device, 400, start=200)
    ask(device, now=400, experiment_id="y", interval=100)
    run(device, 600, start=400)
    run(device, 1300, start=1000)  # 400 ms asleep
    ask(device, now=1300, experiment_id="z", since={"seq": 0})
    runs = telemetry(run(device, 1310, start=1300, step=1))
    described = [(r["up"], r.get("dt"), len(r["values"]["temperature"]), r["led"]) for r in runs[:4]]
    assert described == [(0, 50, 4, "off"), (200, 50, 4, "on"), (400, 100, 2, "on"), (1000, 100, 4, "on")]


def test_a_sensor_that_fails_leaves_its_value_out():
    device = make()
    answers = iter([1.0, 2.0, float("nan"), OSError("loose"), 3.0, 4.0])

    def read():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    device.channel("light", read, unit="lx")
    ups = range(0, 6000, 1000)
    samples = [telemetry(device.tick(now))[0]["values"].get("light") for now in ups]
    assert samples == [1.0, 2.0, None, None, 3.0, 4.0]
    ask(device, now=6000, since={"seq": 0})
    runs = telemetry(run(device, 5600, start=5500, step=1))
    assert [r["values"].get("light") for r in runs] == [[1.0, 2.0], None, [3.0, 4.0]]


def test_samples_of_which_every_sensor_failed_are_told_one_by_one():
    device = PicoDevice("alice", boot="b1", interval=50)
    device.channel("light", lambda: 1 / 0, unit="lx")
    runs = telemetry(run(device, 500))
    assert [(each["seq"], each.get("dt"), each["values"]) for each in runs] == [
        (number, None, {}) for number in range(len(runs))
    ]
    assert len(runs) > 1


def test_the_ring_keeps_the_latest_and_says_how_far_back_it_goes():
    device = make(keep=10)
    run(device, 30_000, step=1000)
    ask(device, now=30_000, since={"seq": 3})
    messages = run(device, 29_600, start=29_500, step=5)
    (batch,) = telemetry(messages)
    assert (batch["seq"], len(batch["values"]["temperature"])) == (20, 10)
    ack = json.loads(messages[-1][1])
    assert (messages[-1][0], ack["ok"], ack["oldest"]) == ("alice/ack", True, 20)


def test_a_refill_comes_in_messages_under_4_kib_one_a_tick():
    device = make(keep=2000)
    for name in "abc":
        device.channel(name * 30, lambda: 1.2345678901234567e-105 if name else 0, unit="")
    run(device, 2_000_000, step=1000)
    assert ask(device, now=2_000_000, since={"seq": 0}) == []
    seen = 0
    while device.next_tick == 0:
        messages = device.tick(1_999_500)
        assert len(messages) == 1
        assert len(messages[0][1]) < 4096
        seen += len(telemetry(messages))
    assert seen > 10
    assert messages[0][0] == "alice/ack"


@pytest.mark.parametrize("room", [40, 5, 1])
def test_a_refill_finds_room_in_smaller_messages(room):
    """A list of 125 values found no room in a memory that TLS had taken, and the board began anew."""
    device = make(keep=200)
    whole = device._telemetry

    def short_of_memory(run):
        values = run["values"]["temperature"]
        if isinstance(values, list) and len(values) > room:
            raise MemoryError
        return whole(run)

    run(device, 200_000, step=1000)
    device._telemetry = short_of_memory
    ask(device, now=200_000, since={"seq": 0})
    seen = []
    while device.next_tick == 0:
        for sample in telemetry(device.tick(199_500)):
            count = len(values) if isinstance(values := sample["values"]["temperature"], list) else 1
            seen += range(sample["seq"], sample["seq"] + count)
    assert seen == [*range(200)], "each once"


def test_what_can_wait_waits_while_the_network_is_busy():
    device = make()
    device.connected(0)
    device.tick(0)
    ask(device, now=10, led="on", since={"seq": 0})
    assert device.tick(900, busy=True) == []
    assert [topic for topic, *_ in device.tick(901)] == ["alice/telemetry", "alice/onboard_led/state"]


def test_the_last_64_commands_are_remembered():
    device = make()
    for number in range(65):
        ask(device, experiment_id=f"c{number}", led="toggle")
    assert device.led
    ask(device, experiment_id="c1", led="toggle")
    assert device.led, "one of the last 64"
    ask(device, experiment_id="c0", led="toggle")
    assert not device.led, "forgotten, so it acts again"


def test_controls_are_told_checked_and_set():
    device, got = make(), []
    device.control("brightness", got.append, min=0, max=100, step=5)
    device.control("colour", got.append, type="color")
    device.control("fan", got.append, type="switch")
    info = json.loads(device.connected(0)[0][1])
    assert info["controls"]["brightness"] == {"type": "range", "min": 0, "max": 100, "step": 5}
    for number, value in enumerate([{"brightness": 40}, {"colour": "#ff8800"}, {"fan": True}, {"led": True}]):
        assert json.loads(ask(device, experiment_id=f"g{number}", set=value)[0][1])["ok"], value
    assert got == [40, "#ff8800", True]
    assert device.led
    for number, value in enumerate(
        [{"brightness": 101}, {"brightness": True}, {"colour": "red"}, {"fan": 1}]
    ):
        assert not json.loads(ask(device, experiment_id=f"b{number}", set=value)[0][1])["ok"], value
    assert got == [40, "#ff8800", True]


def test_a_control_that_breaks_is_told_in_the_ack():
    device = make()

    def broken(value):
        raise OSError("no servo there")

    device.control("servo", broken)
    ack = json.loads(ask(device, set={"servo": 5})[0][1])
    assert (ack["ok"], ack["error"]) == (False, "set: no servo there")


def test_an_old_reading_answers_the_course_when_the_sensor_fails():
    device = make()
    values = [20.04]
    device.channel("temperature", lambda: values.pop(), unit="Cel")
    answers = [device.receive("alice/onboard_led", b"read", False, now)[0][1] for now in (1, 2)]
    assert answers == ["20.0", "20.0"]


def test_the_led_set_by_a_button_is_published():
    device = make()
    device.connected(0)
    device.tick(0)
    device.led = True
    assert device.next_tick == 250
    assert device.tick(300) == [("alice/onboard_led/state", "on", 1, True)]


def test_a_blink_loses_no_count_when_ticks_are_late():
    device = make(interval=3_600_000)
    device.tick(0)
    ask(device, now=10, blink={"n": 1000, "on": 10, "off": 10})
    device.tick(20_005)
    assert not device.led
    assert device.next_tick == 3_600_000


def test_a_year_later_every_time_is_still_exact():
    device, year = make(), 365 * 86_400_000
    device.set_time(1795330430100 + year, year)
    (sample,) = telemetry(device.tick(year + 1))
    assert (sample["up"], sample["ts"]) == (year + 1, 1795330430101 + year)


@given(
    topic=st.sampled_from(["alice/onboard_led", "alice/cmd", "alice/status", "other"]),
    payload=st.binary(max_size=200),
    retained=st.booleans(),
)
def test_no_bytes_can_raise(topic, payload, retained):
    device = make()
    device.connected(0)
    for answer in device.receive(topic, payload, retained, 5):
        assert len(answer) == 4


WORDS = st.text("aé☃\0\ud800", max_size=5)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | WORDS
JSON = (
    LEAVES
    | st.lists(LEAVES, max_size=3)
    | st.dictionaries(st.sampled_from(["n", "on", "off", "seq", "led", "other"]), LEAVES)
)
KEYS = ["boot", "until", "led", "blink", "set", "interval", "read", "since", "unknown"]


@given(fields=st.dictionaries(st.sampled_from(KEYS), JSON))
def test_no_command_can_raise_and_every_named_one_is_answered(fields):
    device = make()
    device.connected(0)
    fields["experiment_id"] = "x"
    answers = device.receive("alice/cmd", json.dumps(fields).encode(), False, 5)
    answers += [message for now in range(5, 40) for message in device.tick(now)]
    assert "alice/ack" in [topic for topic, *_ in answers]
    assert device.refused == 0
