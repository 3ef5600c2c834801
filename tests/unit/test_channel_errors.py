"""A channel without a value: the board says why, and the panel says it in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from picopanel._device.device import Device
from picopanel._errors import InvalidPayload
from picopanel._page.news import panel_state
from picopanel._protocol.payloads import parse_info

from .hand import Hand, HandLink

TWO = {"temperature": {"unit": "Cel"}, "light": {"unit": "lx"}}


@pytest.fixture
def device(hand: Hand, link: HandLink) -> Iterator[Device]:
    device = Device("ada", link, clock=hand.clock)
    link.connect()
    link.deliver("ada/status", "online", retained=True)
    yield device
    device.close()


def introduce(link: HandLink, interval: int = 2000, **channels: Any) -> None:
    link.deliver("ada/info", {"protocol": 1, "boot": "ab12cd34", "interval": interval, "channels": channels})


def sample(link: HandLink, seq: int, **values: float) -> None:
    link.deliver("ada/telemetry", {"boot": "ab12cd34", "seq": seq, "up": 1000 + seq, "values": values})


def said(device: Device) -> str:
    diagnosis = device.diagnosis()
    return f"{diagnosis.trouble} {diagnosis.next}"


def lamps(device: Device) -> dict[str, str]:
    return {lamp.name: lamp.word for lamp in device.diagnosis().lamps}


def test_b3_the_panel_says_which_channel_has_no_value_and_why(device: Device, link: HandLink) -> None:
    introduce(link, temperature={"unit": "Cel"}, light={"unit": "lx", "error": "OSError: 5"})
    sample(link, 0, temperature=23.4)
    assert "Light has no value: its sensor does not answer the board (OSError: 5)." in said(device)
    assert "wires" in said(device)
    assert lamps(device)["Data"] == "incomplete"
    assert lamps(device)["Pico"] == "online"


def test_b3_a_slip_in_main_py_is_called_one_and_where_its_line_stands(device: Device, link: HandLink) -> None:
    introduce(link, light={"error": "NameError: name 'adc' isn't defined"}, sound={"error": "OSError: 5"})
    sample(link, 0)
    assert "Light and sound have no value; light: what measures it on the board failed" in said(device)
    assert "name 'adc' isn't defined" in said(device)
    assert "picopanel board logs" in said(device)


def test_b3_what_is_mended_is_said_no_more(device: Device, link: HandLink) -> None:
    introduce(link, temperature={"unit": "Cel"}, light={"unit": "lx", "error": "OSError: 5"})
    assert device.failing == {"light": "OSError: 5"}
    introduce(link, temperature={"unit": "Cel"}, light={"unit": "lx", "error": None})
    sample(link, 0, temperature=23.4, light=120)
    assert device.failing == {}
    assert device.diagnosis().trouble is None


def test_b3_a_board_that_has_gone_is_called_offline_first(device: Device, link: HandLink) -> None:
    introduce(link, light={"error": "OSError: 5"})
    link.deliver("ada/status", "offline")
    assert "offline" in said(device)


@pytest.mark.parametrize(
    "channel", ['"error":5', '"error":"\\ud800"', '"every":-1', '"every":"2"', '"every":1e9']
)
def test_b3_what_a_board_says_of_a_channel_is_a_strangers_word(channel: str) -> None:
    with pytest.raises(InvalidPayload):
        parse_info(f'{{"protocol":1,"boot":"a","channels":{{"light":{{{channel}}}}}}}'.encode())


def test_b3_an_endless_word_is_cut() -> None:
    (error,) = parse_info(
        b'{"protocol":1,"boot":"a","channels":{"light":{"error":"%s"}}}' % (b"x" * 1000)
    ).errors.values()
    assert len(error) <= 120


def test_b4_a_board_that_is_read_less_often_than_it_sends_is_not_called_silent(
    device: Device, link: HandLink, hand: Hand
) -> None:
    introduce(link, light={"every": 60_000}, sound={"every": 90_000})
    sample(link, 0, light=1)
    hand.seconds += 100
    assert lamps(device)["Pico"] == "online"
    assert lamps(device)["Data"] == "fresh"
    hand.seconds += 81
    assert lamps(device)["Pico"] == "silent"


def test_b4_samples_between_two_reads_that_hold_nothing_are_no_failure(
    device: Device, link: HandLink, hand: Hand
) -> None:
    introduce(link, light={"every": 60_000})
    sample(link, 0, light=1)
    hand.seconds += 2
    sample(link, 1)
    assert device.diagnosis().trouble is None
    hand.seconds += 179
    sample(link, 2)
    assert "sends no readings" in said(device)


def test_b4_the_page_is_told_how_often_a_channel_is_read(device: Device, link: HandLink) -> None:
    introduce(link, temperature={"unit": "Cel"}, light={"unit": "lx", "every": 60_000})
    assert panel_state(device)["channels"] == [
        {"name": "temperature", "unit": "°C"},
        {"name": "light", "unit": "lx", "every": 60_000},
    ]
