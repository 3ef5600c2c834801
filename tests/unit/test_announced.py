"""What is announced to Home Assistant, as a description: templates, names, what is left out, and floods."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picopanel import InvalidArgument, NotConnected, Pico
from picopanel._device.device import Device
from picopanel._page.news import panel_state
from picopanel._protocol.announced import announced_board, announced_devices
from picopanel._protocol.boards import find_board, read_description
from picopanel._runtime import loop

from .hand import Hand, HandLink

DEVICE = {"ids": ["x1"], "name": "kitchen"}


def messages(*things: tuple[str, dict[str, Any]]) -> dict[str, bytes]:
    return {
        f"homeassistant/{component}/node/thing{nth}/config": json.dumps({"dev": DEVICE, **config}).encode()
        for nth, (component, config) in enumerate(things)
    }


def sensor(template: object, **more: Any) -> dict[str, Any]:
    return {"name": "t", "stat_t": "a/b", "unit_of_meas": "K", "val_tpl": template, **more}


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("{{ value_json.temperature }}", ("temperature",)),
        ("{{value_json.a.b.c}}", ("a", "b", "c")),
        ("{{ value_json['ENERGY'].Power }}", ("ENERGY", "Power")),
        ('{{ value_json["a b"][0].x }}', ("a b", 0, "x")),
        ("{{ value_json.x | float | round(1) }}", ("x",)),
        ("{{ value_json.x|float(0)|round(2) }}", ("x",)),
        ("{{ value_json.x | is_defined }}", ("x",)),
        ("{{ value_json.get('x') }}", ("x",)),
        ("{{ value }}", ()),
        ("{{ value | float }}", ()),
        (None, ()),
        ("{% set v = value_json['values'].get(\"t\") %}{{ v[-1] if v is sequence else v }}", ("values", "t")),
    ],
)
def test_a_template_that_says_where_a_value_stands_is_understood(
    template: str | None, path: tuple[str | int, ...]
) -> None:
    board, left_out = announced_board("kitchen", messages(("sensor", sensor(template))))
    assert [each.path for each in board.messages[0].channels] == [path]
    assert board.units == {"t": "K"}
    assert left_out == []


@pytest.mark.parametrize(
    "template",
    [
        "{{ value_json.x * 1.8 + 32 }}",
        "{{ value_json.x if value_json.x else 0 }}",
        "{{ states('sensor.x') }}",
        "{{ value_json.x | regex_replace('a', 'b') }}",
        "{{ value_json.x | float(value_json.y | int) }}",
        "{{ ''.__class__.__mro__ }}",
        "{% for x in value_json %}{{ x }}{% endfor %}",
        "{{ value_json.x }}{{ value_json.y }}",
        "{{ value.x }}",
        "x",
        7,
        "{{ value" + " | float" * 60 + "!",  # a pattern with two ways for a space would take for ever
        "{{ value | float" + " " * 50_000 + "x",
    ],
)
def test_any_other_is_quoted_and_never_run(template: object) -> None:
    found = messages(("sensor", sensor(template)), ("sensor", sensor("{{ value_json.ok }}", name="ok")))
    board, left_out = announced_board("kitchen", found)
    assert board.units == {"ok": "K"}
    (said,) = left_out
    assert said.startswith(
        "sensor 't': no template is run here, and this is more than where a value stands: "
    )
    assert str(template)[:30] in said
    assert f"# Left out: {said}" in board.text, "the file says it as well"


LEFT_OUT = [
    ("sensor", {"name": "text", "stat_t": "a"}, "a text, by Home Assistant's rules"),
    ("sensor", {"name": "at", "stat_t": "a", "dev_cla": "timestamp", "unit_of_meas": "s"}, "a text, by Home"),
    ("sensor", {"name": "none", "unit_of_meas": "K"}, "it has no state_topic"),
    ("sensor", {"name": "wild", "stat_t": "a/#", "unit_of_meas": "K"}, "wildcards"),
    ("switch", {"name": "mute"}, "it has no command_topic"),
    ("number", {"name": "n", "cmd_t": "a", "min": 5, "max": 5}, "min must be less than max"),
    ("number", {"name": "n", "cmd_t": "a", "cmd_tpl": "{{ value * 2 }}"}, "no template is run here"),
    (
        "select",
        {"name": "mode", "cmd_t": "a", "ops": ["low"]},
        "it must be a list of 2 to 32 texts, none twice",
    ),
    ("button", {"name": "go"}, "it has no command_topic"),
    ("light", {"name": "l", "cmd_t": "a", "schema": "template"}, "a light of schema 'template'"),
    ("climate", {"name": "heat"}, "a component that has no counterpart here"),
]


@pytest.mark.parametrize(("component", "config", "why"), LEFT_OUT)
def test_what_is_not_understood_is_left_out_and_said(
    component: str, config: dict[str, Any], why: str
) -> None:
    found = messages(("sensor", sensor("{{ value_json.ok }}")), (component, config))
    board, (said,) = announced_board("kitchen", found)
    assert board.units == {"t": "K"}
    assert said.startswith(f"{component} {config['name']!r}: ")
    assert why in said
    with pytest.raises(InvalidArgument, match="Nothing of what 'kitchen' announces is understood"):
        announced_board("kitchen", messages((component, config)))


def test_names_topics_and_words_are_those_that_were_announced() -> None:
    base = {"~": "home/k", "avty_t": "~/up", "pl_avail": "yes", "pl_not_avail": "no"}
    board, _ = announced_board(
        "KITCHEN",
        messages(
            ("sensor", base | {"name": "kitchen Air", "stat_t": "~/t", "unit_of_meas": "°C", "exp_aft": 30}),
            ("sensor", base | {"name": "Air", "stat_t": "~/u", "unit_of_meas": "%"}),
            ("binary_sensor", base | {"name": "Door", "stat_t": "~/d", "pl_on": "open", "pl_off": "shut"}),
            ("switch", base | {"name": "Heat lamp!", "cmd_t": "~/h/set", "stat_t": "~/h", "pl_on": 1,
                               "pl_off": 0, "stat_on": "on", "stat_off": "off", "qos": 2}),
            ("number", base | {"name": "id", "cmd_t": "set/~", "max": 5, "cmd_tpl": '{"v": {{ value }}}',
                               "unit_of_meas": "Cel"}),
        ),
    )  # fmt: skip
    assert [each.unit for each in board.controls if each.type == "range"] == ["°C"]
    assert list(board.units) == ["Air", "Air 2", "Door"]
    assert board.every == 10
    assert {each.topic for each in board.messages} == {f"home/k/{it}" for it in ("up", "t", "u", "d", "h")}
    assert {(say.name, say.topic, say.qos, say.answered) for say in board.commands} == {
        ("Heat_lamp", "home/k/h/set", 2, True),
        ("id_2", "set/home/k", 1, False),
    }


def test_it_is_heard_and_told_by_those_words(hand: Hand) -> None:
    link = HandLink()
    config = {"name": "Heat", "cmd_t": "h/set", "stat_t": "h", "pl_on": 1, "pl_off": 0, "stat_on": "hot"}
    door = {"name": "Door", "stat_t": "d", "pl_on": "open", "pl_off": "shut"}
    whole = {"name": "n", "cmd_t": "n/set", "cmd_tpl": '{"v": {{ value }}}'}
    board, _ = announced_board(
        "kitchen", messages(("switch", config), ("binary_sensor", door), ("number", whole))
    )
    device = Device("kitchen", link, clock=hand.clock, board=board)
    link.connect()
    command = device.start_set({"Heat": True})
    assert link.published[-1][:2] == ("h/set", b"1")
    link.deliver("h", "0")
    assert command.reply is None
    link.deliver("h", "hot")
    assert command.reply is not None
    for word in ("open", "ajar", "shut"):
        link.deliver("d", word)
    assert [*device.store.since(0).values][-2:] == [1, 0], "a word that it does not have is no value"
    muted = device.start_set({"n": 5.0})
    assert link.published[-1][1] == b'{"v": 5}'
    assert muted.reply is not None
    assert not muted.reply.answered
    device.close()


def test_of_a_batch_the_newest_and_of_two_that_tell_of_presence_both(hand: Hand) -> None:
    link = HandLink()
    both = {"avty": [{"t": "gateway"}, {"t": "board"}]}
    board, _ = announced_board("kitchen", messages(("sensor", sensor("{{ value_json.t }}") | both)))
    device = Device("kitchen", link, clock=hand.clock, board=board)
    link.connect()
    link.deliver("a/b", '{"t": [1, 2, 3]}')
    assert device.last("t") == 3
    link.deliver("gateway", "online")
    link.deliver("board", "offline")
    assert device.status == "offline"
    link.deliver("gateway", "online")
    assert device.status == "offline", "the gateway is there, and that is not asked"
    link.deliver("board", "online")
    assert device.status == "online"
    device.close()


def test_a_state_topic_that_is_the_command_topic_is_no_answer() -> None:
    board, _ = announced_board(
        "kitchen", messages(("switch", {"name": "s", "cmd_t": "a/set", "stat_t": "a/set"}))
    )
    assert board.messages == ()
    assert [say.answered for say in board.commands] == [False]


def test_a_unit_that_is_too_long_is_left_out_and_the_values_are_kept() -> None:
    long = "parts per million by volume"
    number = {"name": "level", "cmd_t": "a/set", "stat_t": "a/l", "unit_of_meas": long}
    board, left_out = announced_board(
        "kitchen", messages(("sensor", sensor(None, unit_of_meas=long)), ("number", number))
    )
    assert board.units == {"t": ""}
    assert [(each.name, each.unit) for each in board.controls] == [("level", "")]
    why = f"its unit '{long}' alone, which is over 16 characters"
    assert left_out == [f"sensor 't': {why}", f"number 'level': {why}"]
    assert f"# Left out: sensor 't': {why}" in board.text


def test_what_is_announced_under_a_word_of_set_has_another_name() -> None:
    board, left_out = announced_board(
        "kitchen", messages(("number", {"name": "timeout", "cmd_t": "a/set"}), ("sensor", sensor(None)))
    )
    assert [*board.settings] == ["timeout_2"]
    assert left_out == []


def test_a_device_is_found_by_its_name_its_identifier_or_its_node() -> None:
    found = messages(("sensor", sensor(None)))
    for name in ("kitchen", "Kitchen", "x1", "node"):
        assert announced_board(name, found)[0].name == "kitchen"
    with pytest.raises(InvalidArgument, match=r"No device is announced as 'bath'\. There are: 'kitchen'\.$"):
        announced_board("bath", found)
    twin = {
        "homeassistant/sensor/n2/t/config": json.dumps({"dev": {"ids": "x2", "name": "kitchen"}}).encode()
    }
    with pytest.raises(InvalidArgument, match="2 devices are announced as 'kitchen'"):
        announced_board("kitchen", found | twin)
    assert announced_devices({"homeassistant/sensor/n/t/config": b"", "other": b"{}"}) == []


def test_what_was_taken_back_from_a_whole_device_is_none() -> None:
    config = {
        "dev": DEVICE,
        "stat_t": "a",
        "cmps": {"x": {"p": "sensor"}, "y": {"p": "sensor", "unit_of_meas": "K"}},
    }
    board, _ = announced_board("kitchen", {"homeassistant/device/k/config": json.dumps(config).encode()})
    assert list(board.units) == ["y"]


@pytest.mark.parametrize(
    "template", ["", "{{ value" + " | int" * 60 + "!", "{{ value" + " " * 50_000 + "x", 7]
)
def test_a_command_that_is_more_than_where_its_value_stands_is_left_out(template: object) -> None:
    found = messages(("number", {"name": "n", "cmd_t": "a", "cmd_tpl": template}), ("sensor", sensor(None)))
    board, (said,) = announced_board("kitchen", found)
    assert not board.controls
    assert said.startswith("number 'n': no template is run here")


def test_a_flood_is_bounded() -> None:
    many = [("sensor", sensor(None, name=f"n{nth}", stat_t=f"a/{nth}")) for nth in range(300)]
    board, left_out = announced_board("kitchen", messages(*many))
    assert len(board.units) == 32
    assert len(left_out) == 168
    assert len(board.text) < 16_384


def test_an_expiry_that_no_float_holds_is_a_long_one() -> None:
    board, _ = announced_board("kitchen", messages(("sensor", sensor(None, exp_aft=10**400))))
    assert board.every == 86_400


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KEYS = (
    "~", "name", "stat_t", "cmd_t", "val_tpl", "cmd_tpl", "unit_of_meas", "dev_cla", "exp_aft", "avty",
    "avty_t", "pl_on", "pl_off", "min", "max", "ops", "qos", "schema", "bri_scl", "bri_cmd_t", "cmps",
    "supported_color_modes",
)  # fmt: skip


@given(
    st.sampled_from(("sensor", "binary_sensor", "switch", "light", "number", "select", "text", "device")),
    st.dictionaries(st.sampled_from(KEYS), anything | st.sampled_from(("a/b", "c/d", "{{ value_json.x }}"))),
    anything,
)
def test_whatever_is_announced_makes_a_description_or_is_refused(
    component: str, config: dict[str, Any], device: object
) -> None:
    thing = json.dumps(config | {"dev": device}).encode()
    named = messages(
        (component, config), ("sensor", sensor("{{ value_json.ok }}", name="ok", stat_t="ok/ok"))
    )
    found = {"homeassistant/" + component + "/odd/config": thing} | named
    announced_devices(found)
    try:
        board, _ = announced_board("x1", found)
    except InvalidArgument:
        return
    assert read_description(board.text, "announcement") is board


@given(st.text(max_size=60), st.text(max_size=20))
def test_odd_names_and_topics_do_no_harm(name: str, topic: str) -> None:
    config = {"name": name, "cmd_t": topic, "stat_t": topic + "/s", "unit_of_meas": name[:3], "val_tpl": None}
    try:
        announced_board("kitchen", messages(("switch", config), ("sensor", config), ("sensor", sensor(None))))
    except InvalidArgument as error:
        pytest.fail(str(error))


def test_a_choice_and_a_button_are_told_and_heard(hand: Hand) -> None:
    link = HandLink()
    mode = {"name": "Mode", "cmd_t": "m/set", "stat_t": "m", "ops": ["eco", "boost", "off 😀"]}
    board, left_out = announced_board(
        "kitchen", messages(("select", mode), ("button", {"name": "Restart", "cmd_t": "r", "pl_prs": "go"}))
    )
    assert left_out == []
    device = Device("kitchen", link, clock=hand.clock, board=board)
    link.connect()
    command = device.start_set({"Mode": "off 😀"})
    assert link.published[-1][:2] == ("m/set", "off 😀".encode())
    link.deliver("m", "eco")
    assert command.reply is None
    assert device.known.settings == {"Mode": "eco"}
    link.deliver("m", "off 😀")
    assert command.reply is not None
    link.deliver("m", "unheard of")
    assert device.known.settings == {}, "nobody knows what that is"
    pressed = device.start_set({"Restart": True})
    assert link.published[-1][:2] == ("r", b"go")
    assert pressed.reply is not None
    assert not pressed.reply.answered
    for wrong, said in (
        ({"Mode": "x"}, "Mode must be one of 'eco', 'boost'"),
        ({"Restart": False}, "is a button"),
    ):
        refused = device.start_set(wrong)
        assert said in str(refused.error)
    controls = {it["name"]: it for it in panel_state(device)["controls"]}
    assert controls["Mode"]["options"] == ("eco", "boost", "off 😀")
    device.close()


def test_where_nothing_is_heard_while_a_cell_waits_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "hears_while_it_waits", lambda: False)
    with pytest.raises(NotConnected, match="hears nothing while a cell waits"):
        Pico("kitchen", broker="mqtt://localhost", board="home-assistant")


def test_it_is_asked_of_a_broker_alone() -> None:
    with pytest.raises(InvalidArgument, match="is asked of its broker, by its name"):
        find_board("home-assistant")
