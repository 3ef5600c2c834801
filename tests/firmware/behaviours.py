"""What a board does, said once. Each behaviour runs against the logic and against real firmware.

A behaviour gets a bench: `send` publishes to the board, `wait` returns the next message on a
topic, `command` sends a command and returns its ack. It must leave the LED off.
"""

import itertools

_numbers = itertools.count()


def command(bench, **fields):
    """Send one command and return its ack."""
    name = fields.setdefault("experiment_id", f"c{next(_numbers)}")
    bench.send_json("/cmd", fields)
    return bench.wait("/ack", lambda ack: ack["experiment_id"] == name)


def the_course_gets_one_number_for_every_message(bench):
    for word in ("on", "off", "toggle", "toggle", "read", "", "ON", b"\xff\xfe", "x" * 2000):
        bench.send("/onboard_led", word)
        assert bench.wait("/onboard_temp") == "23.4", f"after {word!r}"
    assert command(bench)["led"] == "off"


def an_unknown_word_changes_nothing(bench):
    bench.send("/onboard_led", "on")
    bench.wait("/onboard_temp")
    bench.send("/onboard_led", " off")
    bench.wait("/onboard_temp")
    assert command(bench)["led"] == "on"
    assert command(bench, led="off")["led"] == "off"


def the_led_obeys_and_the_ack_tells(bench):
    assert command(bench, led="on")["led"] == "on"
    assert command(bench, led="toggle")["led"] == "off"
    ack = command(bench, read=True)
    assert ack["ok"] is True
    assert abs(ack["values"]["temperature"] - 23.4) < 0.05


def the_course_changes_the_published_state(bench):
    bench.forget()
    bench.send("/onboard_led", "on")
    assert bench.wait("/onboard_led/state") == "on"
    bench.send("/onboard_led", "off")
    assert bench.wait("/onboard_led/state") == "off"


def a_command_delivered_twice_acts_once(bench):
    command(bench, led="off")
    assert command(bench, experiment_id="twice", led="toggle")["led"] == "on"
    again = command(bench, experiment_id="twice", led="toggle")
    assert (again["ok"], again["led"]) == (True, "on")
    command(bench, led="off")


def a_command_that_is_too_late_is_refused(bench):
    command(bench, led="off")
    for fields in ({"until": 1}, {"boot": "another"}):
        ack = command(bench, led="on", **fields)
        assert (ack["ok"], ack["error"], ack["led"]) == (False, "expired", "off")
    ack = command(bench, led="on", boot=ack["boot"], until=ack["up"] + 60_000)
    assert (ack["ok"], ack["led"]) == (True, "on")
    command(bench, led="off")


def a_blink_is_acknowledged_at_its_start_and_leaves_the_led_off(bench):
    bench.forget()
    ack = command(bench, blink={"n": 2, "on": 600, "off": 600})
    assert (ack["ok"], ack["led"]) == (True, "on")
    assert [bench.wait("/onboard_led/state") for _ in range(4)] == ["on", "off", "on", "off"]


def any_led_ends_a_blink(bench):
    command(bench, blink={"on": 600, "off": 600})
    assert command(bench, led="off")["led"] == "off"
    bench.forget()
    bench.wait("/telemetry", lambda sample: sample["led"] == "off")
    bench.wait("/telemetry", lambda sample: sample["led"] == "off")
    assert bench.seen("/onboard_led/state")[1:] == []


def a_fast_interval_comes_in_batches(bench):
    assert command(bench, interval=100)["ok"]
    assert bench.wait("/info", lambda info: info["interval"] == 100)
    batch = bench.wait("/telemetry", lambda message: "dt" in message)
    assert batch["dt"] == 100
    assert len(batch["values"]["temperature"]) == 3
    following = bench.wait("/telemetry", lambda message: message["seq"] > batch["seq"])
    assert following["seq"] == batch["seq"] + 3
    assert following["up"] >= batch["up"] + 300
    command(bench, interval=500)


def samples_are_sent_again(bench):
    first = bench.wait("/telemetry")
    following = bench.wait("/telemetry")
    bench.forget()
    ack = command(bench, since={"seq": first["seq"]})
    assert ack["ok"]
    assert ack["oldest"] <= first["seq"]
    numbers = set()
    for message in bench.seen("/telemetry"):
        values = message["values"]["temperature"]
        count = len(values) if isinstance(values, list) else 1
        numbers.update(range(message["seq"], message["seq"] + count))
    assert {first["seq"], following["seq"]} <= numbers


def what_makes_no_sense_is_refused_in_words(bench):
    for fields in (
        {"led": "blue"},
        {"interval": 49},
        {"interval": 3_600_001},
        {"interval": 100.5},
        {"blink": {"n": 0}},
        {"blink": 5},
        {"set": {"nothing": 1}},
        {"since": {"seq": -1}},
        {"until": "soon"},
        {"set": {"led": 7}},
    ):
        ack = command(bench, **fields)
        assert ack["ok"] is False, fields
        assert ack["error"], fields


def nothing_in_a_message_stops_the_board(bench):
    for payload in (
        b"\xff",
        "",
        "{",
        "null",
        "[]",
        "{}",
        '{"experiment_id":7}',
        "[" * 3000,
        '{"experiment_id":""}',
        '{"experiment_id":"\u00e9"}',
        '{"led":"on"}',
        "9" * 3000,
        '{"experiment_id":"' + "x" * 65 + '"}',
        "x" * 5000,
        b"\x00" * 20_000,
    ):
        bench.send("/cmd", payload)
    assert command(bench)["led"] == "off"


def retained_commands_are_ignored(bench):
    bench.send("/onboard_led", "on", retain=True)
    bench.send("/cmd", '{"experiment_id":"kept","led":"on"}', retain=True)
    command(bench, led="off")
    bench.come_back()
    assert command(bench)["led"] == "off"
    assert bench.seen("/onboard_temp") == []
    bench.unretain()


def a_burst_of_fifty_is_answered_fifty_times(bench):
    bench.forget()
    for _ in range(50):
        bench.send("/onboard_led", "toggle")
    for _ in range(50):
        bench.wait("/onboard_temp")
    assert command(bench)["led"] == "off"
    assert len(bench.seen("/onboard_temp")) == 50
    assert len(bench.seen("/onboard_led/state")) < 50, "state is published at most four times a second"


def a_false_offline_is_corrected(bench):
    bench.forget()
    bench.send("/status", "offline", retain=True)
    assert bench.wait("/status", lambda word: word == "online")


ALL = [
    value
    for value in list(globals().values())
    if callable(value) and value.__module__ == __name__ and value is not command
]
