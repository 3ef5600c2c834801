"""The wire, held to the contract file."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from picopanel._firmware.pico.device import PicoDevice

from picopanel._errors import InvalidDeviceID, InvalidPayload
from picopanel._protocol import payloads as protocol
from picopanel._protocol.ids import check_device_id

from .hand import CONTRACT

PARSERS = {
    "onboard_temp": protocol.parse_reading,
    "status": protocol.parse_status,
    "onboard_led/state": protocol.parse_led_state,
    "telemetry": protocol.parse_telemetry,
    "ack": protocol.parse_ack,
    "info": protocol.parse_info,
}
ACCEPTED = [(t, p, e) for t, cases in CONTRACT["wire"].items() for p, e in cases["accepted"].items()]
REFUSED = [(t, p) for t, cases in CONTRACT["wire"].items() for p in cases["refused"]]


@pytest.mark.parametrize(("topic", "payload", "expected"), ACCEPTED)
def test_what_the_contract_accepts_is_read_as_it_says(topic: str, payload: str, expected: Any) -> None:
    fact = PARSERS[topic](payload.encode())
    if isinstance(expected, dict):
        fact = {name: value for name, value in asdict(fact).items() if name in expected}
    assert fact == expected


@pytest.mark.parametrize(("topic", "payload"), REFUSED)
def test_what_the_contract_refuses_is_refused_with_a_reason(topic: str, payload: str) -> None:
    with pytest.raises(InvalidPayload, match=r"\w+ \w+"):
        PARSERS[topic](payload.encode())


@pytest.mark.parametrize("topic", PARSERS)
@given(payload=st.binary(max_size=300))
def test_random_bytes_are_read_or_refused_and_raise_nothing_else(topic: str, payload: bytes) -> None:
    try:
        PARSERS[topic](payload)
    except InvalidPayload as error:
        assert str(error)


@pytest.mark.parametrize("topic", ["telemetry", "ack", "info"])
@given(data=st.data())
def test_mutated_payloads_are_read_or_refused(topic: str, data: st.DataObject) -> None:
    cases = list(CONTRACT["wire"][topic]["accepted"])
    message = json.loads(data.draw(st.sampled_from(cases)))
    anything = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=5,
    )
    message[data.draw(st.sampled_from(list(message)))] = data.draw(anything)
    try:
        PARSERS[topic](json.dumps(message).encode())
    except InvalidPayload as error:
        assert topic in str(error)


@pytest.mark.parametrize("payload", [b"[" * 60_000, b'{"a":' * 9_000, b'{"boot":' + b"9" * 60_000 + b"}"])
def test_deep_and_huge_json_is_refused(payload: bytes) -> None:
    with pytest.raises(InvalidPayload):
        protocol.parse_telemetry(payload)


def test_sizes_are_limited() -> None:
    with pytest.raises(InvalidPayload, match="1 KiB"):
        protocol.parse_reading(b"1" * 1025)
    with pytest.raises(InvalidPayload, match="64 KiB"):
        protocol.parse_telemetry(b" " * 65537)


@pytest.mark.parametrize("device_id", CONTRACT["device_ids"]["accepted"])
def test_good_ids_are_taken_as_they_are(device_id: str) -> None:
    assert check_device_id(device_id) == device_id


@pytest.mark.parametrize("device_id", [*CONTRACT["device_ids"]["refused"], None, 7, "\ud800"])
def test_bad_ids_are_refused_with_the_reason(device_id: object) -> None:
    with pytest.raises(InvalidDeviceID, match=r"\w{4,}"):
        check_device_id(device_id)


def info_of(name: str) -> bytes:
    described = {"channels": {name: {"unit": "x"}}, "controls": {name: {"type": "switch"}}}
    return json.dumps({"boot": "a", **described}).encode()


@pytest.mark.parametrize("name", CONTRACT["names"]["accepted"])
def test_a_sensor_may_be_called_what_its_board_may_call_it(name: str) -> None:
    info = protocol.parse_info(info_of(name))
    assert (list(info.units), info.controls[0].name) == ([name], name)


def test_a_range_has_the_unit_that_its_board_tells() -> None:
    told = {"type": "range", "max": 90}
    controls = {"lid": {**told, "unit": "Cel"}, "angle": told}
    info = protocol.parse_info(json.dumps({"boot": "a", "controls": controls}).encode())
    assert [(it.name, it.unit) for it in info.controls] == [("lid", "°C"), ("angle", "")]
    with pytest.raises(InvalidPayload, match="a text that is not a text"):
        protocol.parse_info(json.dumps({"boot": "a", "controls": {"lid": {**told, "unit": 7}}}).encode())


@pytest.mark.parametrize("name", [*CONTRACT["names"]["refused"], "a\ud800"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(InvalidPayload, match="a name that is not 1 to 32"):
        protocol.parse_info(info_of(name))


def test_the_largest_board_that_can_be_made_is_read() -> None:
    board = PicoDevice("alice", boot="b1")
    for number in range(32):
        board.channel(f"{number:02}" + "\U0001f321" * 30, float, unit="\U0001f321" * 32)
    for number in range(15):  # beside the LED
        board.control(f"{number:02}" + "\U0001f321" * 30, print, min=-1.2345678901e37, max=3.3e38)
    info = protocol.parse_info(board.connected(0)[0][1].encode())
    assert (len(info.units), len(info.controls)) == (32, 16)


def ack_of(experiment_id: str) -> bytes:
    return json.dumps({"experiment_id": experiment_id, "ok": True, "boot": "a", "up": 1}).encode()


@pytest.mark.parametrize("experiment_id", CONTRACT["experiment_ids"]["accepted"])
def test_an_answer_names_its_command_as_the_board_may(experiment_id: str) -> None:
    assert protocol.parse_ack(ack_of(experiment_id)).experiment_id == experiment_id


@pytest.mark.parametrize("experiment_id", CONTRACT["experiment_ids"]["refused"])
def test_what_names_no_command_is_refused(experiment_id: str) -> None:
    with pytest.raises(InvalidPayload, match="1 to 64 printable ASCII"):
        protocol.parse_ack(ack_of(experiment_id))


def test_commands_are_written_as_the_contract_has_them() -> None:
    known: dict[str, Any] = {"boot": "ab12cd34", "until": 45200}
    written = {
        "led": protocol.format_command("1f2e3d4c", **known, led="on"),
        "blink": protocol.format_command("1f2e3d4c", **known, blink={"n": 5, "on": 500, "off": 500}),
        "since": protocol.format_command("1f2e3d4c", since={"seq": 12}),
    }
    assert {name: payload.decode() for name, payload in written.items()} == CONTRACT["commands"]
