"""A board that Home Assistant finds by itself: what it tells, held to Home Assistant's own rules.

The rules are those of home-assistant/core 2024.3.3, `homeassistant/components`: `mqtt/discovery.py` (topics),
`mqtt/abbreviations.py`, the `DISCOVERY_SCHEMA` of `mqtt/sensor.py`, `number.py`, `select.py`, `text.py` and
`light/schema_basic.py`, and `DEVICE_CLASS_UNITS` in `sensor/const.py`. These messages have been given to that
version's own schemas and templates once, by hand, and were taken; its 35 MB are not fetched for each test.
"""

import json
import re
from pathlib import Path

import pytest
from harness import FIRMWARE
from pico import announce
from pico.device import PicoDevice

TOPIC = re.compile(
    r"homeassistant/(sensor|number|select|text|light)/([a-zA-Z0-9_-]+)/([a-zA-Z0-9_-]+)/config"
)
SHORT = {
    "avty_t": "availability_topic",
    "cmd_t": "command_topic",
    "cmd_tpl": "command_template",
    "dev": "device",
    "dev_cla": "device_class",
    "exp_aft": "expire_after",
    "o": "origin",
    "ops": "options",
    "pl_off": "payload_off",
    "pl_on": "payload_on",
    "ptrn": "pattern",
    "stat_cla": "state_class",
    "stat_t": "state_topic",
    "uniq_id": "unique_id",
    "unit_of_meas": "unit_of_measurement",
    "val_tpl": "value_template",
}
ANY = {"name": str, "unique_id": str, "availability_topic": str, "device": dict, "origin": dict}
COMMANDED = {"command_topic": str, "qos": int}
NUMBER = (int, float)
NEEDED = {
    "sensor": ANY | {"state_topic": str, "value_template": str, "state_class": str, "expire_after": int},
    "light": ANY | COMMANDED | {"state_topic": str, "payload_on": str, "payload_off": str},
    "number": ANY | COMMANDED | {"command_template": str, "min": NUMBER, "max": NUMBER, "step": NUMBER},
    "select": ANY | COMMANDED | {"command_template": str, "options": list},
    "text": ANY | COMMANDED | {"command_template": str, "min": int, "max": int, "pattern": str},
}  # fmt: skip
MAY = {"sensor": {"device_class": str, "unit_of_measurement": str}}
UNITS = {
    "temperature": {"°C", "°F", "K"},
    "humidity": {"%"},
    "illuminance": {"lx"},
    "pressure": {"Pa", "hPa", "kPa", "bar", "cbar", "mbar", "mmHg", "inHg", "psi"},
    "voltage": {"V", "mV"},
    "current": {"A", "mA"},
    "power": {"W", "kW"},
    "frequency": {"Hz", "kHz", "MHz", "GHz"},
    "distance": {"km", "m", "cm", "mm", "mi", "yd", "in"},
    "weight": {"kg", "g", "mg", "µg", "oz", "lb", "st"},
    "speed": {"ft/s", "in/d", "in/h", "km/h", "kn", "m/s", "mph", "mm/d"},
}


def make(device_id="alice", **options):
    device = PicoDevice(
        device_id, boot="b1", board="Pico W", **{"announce": True, "interval": 2000, **options}
    )
    device.channel("temperature", lambda: 23.4, unit="Cel")
    return device


def announced(device, until=200, start=0):
    """Connect, and return what is told by topic; a message a tick."""
    messages, each = device.connected(start), []
    for now in range(start + 1, start + until):
        each.append([it for it in device.tick(now) if it[0].startswith("homeassistant/")])
    assert all(len(some) <= 1 for some in each), "a board has memory for one at a time"
    assert [topic for topic, *_ in messages] == [
        f"{device.id}/{it}" for it in ("info", "onboard_led/state", "status")
    ]
    found = [it for some in each for it in some]
    assert all((qos, retained) == (1, True) for _, _, qos, retained in found)
    return {topic: payload for topic, payload, _, _ in found}


def held_to_the_rules(topic, payload):
    """Return a message as Home Assistant reads it, or fail where it would refuse it."""
    matched = TOPIC.fullmatch(topic)
    assert matched, f"no discovery topic: {topic}"
    config = {SHORT.get(key, key): value for key, value in json.loads(payload).items()}
    base, component = config.pop("~"), matched[1]
    for key, value in config.items():
        if key.endswith("topic"):
            assert value[0] == "~" and value.count("~") == 1
            config[key] = base + value[1:]
            assert not re.search(r"[+#\0]", config[key])
    needed, may = NEEDED[component], MAY.get(component, {})
    assert needed.keys() <= config.keys() <= needed.keys() | may.keys(), "no key that it does not know"
    for key, value in config.items():
        assert isinstance(value, (needed | may)[key]) and not isinstance(value, bool), key
    assert config["device"].keys() <= {"ids", "name", "mdl", "sw", "hw", "mf"} and config["device"]["ids"]
    assert config["origin"].keys() <= {"name", "sw", "url"} and config["origin"]["name"]
    assert config.get("qos", 0) in (0, 1, 2)
    if component == "sensor":
        assert config["state_class"] in ("measurement", "total", "total_increasing")
        kind = config.get("device_class")
        assert kind is None or config.get("unit_of_measurement") in UNITS[kind]
        assert config["expire_after"] > 0
    if component == "number":
        assert config["min"] < config["max"] and config["step"] >= 0.001
    return config


def test_all_that_a_board_has_is_told_by_home_assistants_rules():
    device = make()
    for name, unit in {
        "humidity": "%",
        "light": "lx",
        "air": "hPa",
        "CO2 (ppm)": "ppm",
        "n": "",
        "rh": "%RH",
    }.items():
        device.channel(name, lambda: 1, unit=unit)
    device.control("lamp", print, min=0, max=10, step=0.5)
    device.control("fan", print, type="switch")
    device.control("color", print, type="color")
    found = {topic: held_to_the_rules(topic, payload) for topic, payload in announced(device).items()}
    short = {topic.removeprefix("homeassistant/").removesuffix("/config"): it for topic, it in found.items()}
    assert [topic.replace("/alice", "") for topic in short] == [
        "light/led", "number/lamp", "select/fan", "text/color", "sensor/temperature", "sensor/humidity",
        "sensor/light", "sensor/air", f"sensor/{announce.word('CO2 (ppm)')}", "sensor/n", "sensor/rh",
    ]  # fmt: skip
    kinds = {it["name"]: (it.get("device_class"), it.get("unit_of_measurement")) for it in short.values()}
    assert kinds["temperature"] == ("temperature", "°C")
    assert kinds["humidity"] == kinds["rh"] == ("humidity", "%")
    assert kinds["CO2 (ppm)"] == (None, "ppm"), "parts per million of what the unit does not say"
    assert kinds["n"] == (None, None)
    led = short["light/alice/led"]
    assert (led["command_topic"], led["state_topic"]) == ("alice/onboard_led", "alice/onboard_led/state")
    assert {it["availability_topic"] for it in short.values()} == {"alice/status"}
    assert len({(topic.split("/")[0], it["unique_id"]) for topic, it in short.items()}) == len(short)
    assert len({it["device"]["ids"][0] for it in short.values()}) == 1, "it is one device there"


@pytest.mark.parametrize("unit", announce.CLASSES)
def test_a_class_is_told_with_a_unit_that_it_takes(unit):
    device = make()
    device.channel("x", lambda: 1, unit=unit)
    (config,) = [held_to_the_rules(*it) for it in announced(device).items() if it[0].endswith("/x/config")]
    assert config["device_class"] == announce.CLASSES[unit]


@pytest.mark.parametrize("device_id", ["größe/1 x", "a b", "class/07", "x~", "{{ 1 }}", "\\"])
def test_any_id_and_any_name_make_topics_that_are_taken_and_are_told_apart(device_id):
    names = ["a b", "a_b", "a-b", "Größe", "Grösse", "{% x %}", "{{ }}", "back\\slash", "it's"]
    device = make(device_id)
    for name in names:
        device.channel(name, lambda: 1)
    found = announced(device)
    assert len(found) == len(names) + 2
    for topic, payload in found.items():
        held_to_the_rules(topic, payload)


def test_what_is_told_of_a_value_is_the_newest_of_a_batch_and_a_command_has_a_name_of_its_own():
    device = make()
    device.control("lamp", print)
    found = announced(device)
    sensor = json.loads(found["homeassistant/sensor/alice/temperature/config"])
    assert sensor["val_tpl"] == (
        "{% set v = value_json['values'].get(\"temperature\") %}{{ v[-1] if v is sequence else v }}"
    )
    number = json.loads(found["homeassistant/number/alice/lamp/config"])
    assert number["cmd_tpl"] == (
        '{{ {"experiment_id": "ha-" ~ now().timestamp(), "set": {"lamp": value}} | to_json }}'
    )


def test_it_is_taken_back_with_empty_messages_on_the_same_topics():
    told, back = make(), make(announce=False)
    for device in (told, back):
        device.control("lamp", print)
    topics = list(announced(told))
    assert announced(back) == dict.fromkeys(topics, "")


def test_a_board_that_is_not_asked_to_tells_nothing():
    assert announced(make(announce=None)) == {}


def test_what_comes_later_is_told_and_an_interval_makes_a_value_last_as_long():
    device = make(interval=60_000)
    first = announced(device)
    assert json.loads(first["homeassistant/sensor/alice/temperature/config"])["exp_aft"] == 180
    device.channel("light", lambda: 1, unit="lx")
    told = [it[0] for now in range(300, 900) for it in device.tick(now)]
    assert "homeassistant/sensor/alice/light/config" in told
    before = len(told)
    told += [it[0] for now in range(900, 1500) for it in device.tick(now)]
    assert len(told) == before, "once"


def test_it_is_told_again_after_each_connection_and_waits_while_the_network_is_busy():
    device = make()
    announced(device)
    assert len(announced(device, start=1000)) == 2
    device.connected(5000)
    assert not [it for it in device.tick(5001, busy=True) if it[0].startswith("homeassistant/")]
    assert device.next_tick == 0
    assert [it for it in device.tick(5002) if it[0].startswith("homeassistant/")]


def test_a_board_that_does_not_want_it_does_not_load_it():
    """It is imported where it is used, and nowhere else."""
    source = (FIRMWARE / "pico/device.py").read_text("utf-8")
    assert re.findall(r"^(\s*)from \. import announce", source, re.MULTILINE) == [" " * 8, " " * 8]
    others = [
        it.name for it in Path(FIRMWARE / "pico").glob("*.py") if "import announce" in it.read_text("utf-8")
    ]
    assert others == ["device.py"]


@pytest.mark.micropython
def test_a_board_in_little_memory_tells_it_to_a_real_broker(room):
    broker = room.broker()
    ear = room.notebook(broker, "homeassistant")
    room.board(broker, "small", heap="180k", ANNOUNCE=True, INTERVAL=50)
    heard = dict(ear.next(30) for _ in range(2))
    read = [held_to_the_rules("homeassistant" + topic, payload) for topic, payload in heard.items()]
    assert {config["name"] for config in read} == {"led", "temperature"}
    ear.close()
    late = room.notebook(broker, "homeassistant")
    assert dict(late.next(10) for _ in range(2)) == heard, "the broker keeps it for who comes later"
    late.close()
