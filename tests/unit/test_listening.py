"""Listening without a description: what is a number, how it is called, what is left out or written down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from picopanel import InvalidArgument, InvalidCommand, Pico
from picopanel._device.device import Device
from picopanel._device.listening import called, check_filter
from picopanel._page.news import panel_state
from picopanel._protocol.boards import read_description
from picopanel._protocol.ids import check_device_id
from picopanel._protocol.values import number_in

from .hand import Hand, HandLink


@pytest.fixture
def device(hand: Hand, link: HandLink) -> Iterator[Device]:
    device = Device("home/all", link, clock=hand.clock, listens="home/#")
    link.connect()
    assert link.topics == {"home/#": 0}
    yield device
    device.close()


def last(device: Device) -> dict[str, float]:
    return {name: value for name, (_, value) in device.known.last.items()}


def test_numbers_anywhere_are_channels_named_by_where_they_stand(device: Device, link: HandLink) -> None:
    message = {
        "temperature": 21.5,
        "door": "OPEN",
        "sub": [{"v": "23,4 °C"}],
        "time": 1795330430,
        "word": "warm",
    }
    link.deliver("home/kitchen", message)
    link.deliver("home/kitchen/power", "5 W")
    link.deliver("home/bath", {"temperature": 19})
    link.deliver("home/bath/light", "on")
    assert last(device) == {
        "temperature": 21.5,
        "door": 1,
        "sub[0].v": 23.4,
        "power": 5,
        "bath/temperature": 19,
        "light": 1,
    }
    assert device.known.units["sub[0].v"] == "°C"
    assert device.known.units["power"] == "W"
    assert device.status == "online"
    assert panel_state(device)["mode"] == "described"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("23.4", (23.4, "")),
        (" -3 ", (-3, "")),
        ("1e3", (1000, "")),
        ("23,4", (23.4, "")),
        ("23.4 °C", (23.4, "°C")),
        ("7km/h", (7, "km/h")),
        ("OFF", (0, "")),
        ("true", (1, "")),
        ("1.2.3", None),
        ("192.168.1.7", None),
        ("2026-11-29", None),
        ("12:30", None),
        ("1_000", None),
        ("nan", None),
        ("", None),
        ("warm", None),
        ("5 minutes ago or so", None),
    ],
)
def test_what_is_a_number_and_what_is_none(text: str, found: Any) -> None:
    assert number_in(text) == found


def test_old_values_and_nonsense_are_no_readings(device: Device, link: HandLink) -> None:
    link.deliver("home/a", "20.5", retained=True)
    link.deliver("home/a", b"\xff\xfe")
    link.deliver("home/b", "{}")
    assert device.store.end == 0
    assert device.status == "online"
    assert device.channels == ("a",)
    assert device.known.refused_payloads == 2


def test_names_and_floods_are_bounded(device: Device, link: HandLink) -> None:
    for nth in range(200):
        link.deliver(f"home/{nth}/<b>\u202e{'x' * 60}", {f"v{at}" * 9: at for at in range(90)})
    assert len(device.channels) == 64
    assert all(len(name) <= 32 and "<" not in name for name in device.channels)
    assert len(set(device.channels)) == 64
    assert device.known.notices == ["More than 64 values come on home/#: the others are left out."]


def test_nothing_is_commanded(device: Device, link: HandLink) -> None:
    for command in (device.start("on"), device.start("read"), device.start_set({"x": 1})):
        assert isinstance(command.error, InvalidCommand)
    assert link.published == []


def test_what_is_written_down_reads_the_same(device: Device, link: HandLink, hand: Hand) -> None:
    messages = [
        ("home/kitchen", json.dumps({"t": 21.5, "a.b": {"c": "7 %"}, 'q"': 1})),
        ("home/door", "open"),
        ("home/power", "5,5 W"),
    ]
    for topic, payload in messages:
        link.deliver(topic, payload)
    board = read_description(device.as_description(), "heard.toml")
    assert board.units == {"t": "", "a.b.c": "%", "door": "", "power": "W"}
    other = HandLink()
    again = Device("x", other, clock=hand.clock, board=board)
    other.connect()
    for topic, payload in messages:
        other.deliver(topic, payload)
    assert last(again) == last(device)
    assert again.known.refused_payloads == 0
    again.close()


def test_a_beginning_says_what_else_was_heard_and_how_often(
    device: Device, link: HandLink, hand: Hand
) -> None:
    """From two who began with one: of a will nothing was told, and a rare value was to come each time."""
    for message in ({"t": 21.5, "battery": 87}, {"t": 21.6}):
        link.deliver("home/gateway/A4C1", message)
        hand.advance(2.4)
    link.deliver("home/gateway/A4C1", {"t": 21.7})
    link.deliver("home/gateway/LWT", "online")
    link.deliver("home/gateway/\nx = 1", "gone")
    text = device.as_description()
    assert read_description(text, "heard.toml").messages[0].optional
    assert "# every = 3  # seconds" in text
    assert '# home/gateway/LWT said "online". Does it tell whether the board is there?' in text
    assert "\nx = 1" not in text, "nobody else writes in it"


def test_a_flood_of_topics_without_a_number_is_bounded(device: Device, link: HandLink) -> None:
    for nth in range(200):
        link.deliver(f"home/{nth}", "warm " * 12)
    assert device.as_description().count('said "warm') == 16


def test_who_does_not_listen_has_nothing_to_write_down() -> None:
    with Pico.demo("known") as pico, pytest.raises(InvalidArgument, match="needs no description"):
        pico.as_description()


@pytest.mark.parametrize("wrong", ["", "a/#/b", "a+", "a#", "$SYS/#", "a\nb", "x" * 201, 7, None])
def test_what_is_no_filter_is_refused(wrong: object) -> None:
    with pytest.raises(InvalidArgument, match="home/#"):
        check_filter(wrong)


@pytest.mark.parametrize("topics", ["#", "+", "a/+/#", "/a/", "é" * 100, "a b/#", "x"])
def test_a_filter_has_a_name_that_an_id_can_be(topics: str) -> None:
    assert check_device_id(called(check_filter(topics)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ).map(lambda data: json.dumps(data).encode())
)
def test_whatever_comes_is_heard_or_refused(device: Device, link: HandLink, payload: bytes) -> None:
    link.deliver("home/x", payload)
    assert all(each.startswith("More than 64") for each in device.known.notices), "no defect of ours"
    read_description(device.as_description(), "heard.toml") if device.channels else None


def test_the_drawer_is_told_what_was_found_in_what(device: Device, link: HandLink) -> None:
    link.deliver("home/kitchen", {"t": 21.5, "sub": {"h": "40 %"}})
    link.deliver("home/light", "on")
    state = panel_state(device)
    assert state["measured"] == ["home/kitchen", "home/light"]
    assert state["meanings"] == {
        "home/kitchen": "reading: Numbers were found in it: t and sub.h in %.",
        "home/light": "reading: Numbers were found in it: light.",
    }
