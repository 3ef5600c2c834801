"""What is said of a board that speaks the course layer, or of an ID that nobody has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from picopanel._device.device import Device
from picopanel._errors import CommandRefused

from .hand import Hand, HandLink
from .test_device import kinds, pico_board


@pytest.fixture
def device(hand: Hand, link: HandLink) -> Iterator[Device]:
    device = Device("ada", link, clock=hand.clock)
    yield device
    device.close()


def said(device: Device) -> str:
    diagnosis = device.diagnosis()
    return f"{diagnosis.trouble} {diagnosis.next}"


@pytest.mark.parametrize(
    ("came", "shown"),
    [
        (b"None", "'None'"),
        (b"23,4", "'23,4'"),
        (b"23.4 \xc2\xb0C", "'23.4 °C'"),
        (b"\xff\n", r"'\\xff\n'"),
        (b"nan", "'nan'"),
        ("\u202e4".encode(), r"'\u202e4'"),
        (b"x" * 5000, "'xxxxxxxxxxxxxxxxxxxxxxxx'…"),
        (b"", "''"),
    ],
)
def test_w5_an_answer_that_is_no_number_is_an_answer_and_what_came_is_shown(
    device: Device, link: HandLink, hand: Hand, came: bytes, shown: str
) -> None:
    link.connect()
    hand.seconds += 1.1
    command = device.start("on")
    hand.seconds += 0.5
    link.deliver("ada/onboard_temp", came)
    assert f"It answers, but not with a number: {shown}." in said(device)
    assert command.reply is not None
    assert (command.reply.temperature, command.reply.led, dict(command.reply.values)) == (None, True, {})
    assert [lamp.word for lamp in device.diagnosis().lamps] == ["connected", "online", "no number", "on"]
    link.deliver("ada/onboard_temp", "23.4")
    assert device.diagnosis().trouble is None, "and all is well with the next number"


def test_w5_somebodys_old_word_is_no_answer(device: Device, link: HandLink, hand: Hand) -> None:
    link.connect()
    hand.seconds += 1.1
    link.deliver("ada/onboard_temp", "None", retained=True)
    assert "not with a number" not in said(device)


def test_w6_an_id_with_two_spellings_is_told_of(hand: Hand) -> None:
    for spelling, form in (("Zo\u00eb", "one character"), ("Zoe\u0308", "a letter and its accent")):
        link = HandLink()
        device = Device(spelling, link, clock=hand.clock)
        link.connect()
        hand.seconds += 13
        told = f"The 'ë' in it can be spelt in two ways that look the same; here it is {form}"
        assert "Nobody has been heard under this ID yet." in said(device)
        assert told in said(device)
        device.start("read", 1)
        link.deliver(f"{spelling}/onboard_led", "read")
        hand.seconds += 2
        device._tick()
        assert "Nobody answers under this ID." in said(device)
        assert told in said(device)
        device.close()


def test_w8_a_refusal_is_an_answer(device: Device, link: HandLink, hand: Hand) -> None:
    pico_board(link)
    for _ in range(2):
        device.start("on", 1)
        hand.seconds += 1.5
        device._tick()
    assert "2 commands in a row were not answered." in said(device)
    command = device.start_set({"brightness": 3})
    ack = {"experiment_id": command.id, "ok": False, "boot": "ab12cd34", "up": 1}
    link.deliver("ada/ack", ack | {"error": "set: not a value of this control"})
    assert "not answered" not in said(device)


def test_w8_a_refusal_is_one_sentence_and_the_page_names_the_command_once(
    device: Device, link: HandLink
) -> None:
    pico_board(link)
    command = device.start_set({"brightness": 3})
    ack = {"experiment_id": command.id, "ok": False, "boot": "ab12cd34", "up": 1}
    link.deliver("ada/ack", ack | {"error": "set: not a value of this control"})
    assert isinstance(command.error, CommandRefused)
    assert str(command.error) == "The board declined 'brightness=3': not a value of this control"
    (_, event) = device.store.since(0).events[-1]
    assert event["reason"] == "not a value of this control"


@pytest.mark.parametrize("error", [{}, {"error": ""}, {"error": "set: "}])
def test_w8_a_refusal_without_words_says_so(device: Device, link: HandLink, error: dict[str, str]) -> None:
    pico_board(link)
    command = device.start_set({"brightness": 3})
    link.deliver("ada/ack", {"experiment_id": command.id, "ok": False, "boot": "ab12cd34", "up": 1} | error)
    assert str(command.error) == "The board declined 'brightness=3': no reason given"


def test_p17_an_id_that_nobody_has_is_said_after_some_seconds(
    device: Device, link: HandLink, hand: Hand
) -> None:
    link.connect()
    hand.seconds += 2
    assert device.diagnosis().trouble is None, "a board may be about to speak"
    assert not device.diagnosis().nobody
    hand.seconds += 11
    assert device.diagnosis().nobody, "a board may have to be set up"
    assert "Nobody has been heard under this ID yet." in said(device)
    assert "COURSE_ID = 'ada'" in said(device)
    assert "speaks only when asked" in said(device), "a course board that was not asked is not accused"
    assert not [lamp for lamp in device.diagnosis().lamps if lamp.level in ("bad", "warn")]
    assert device.diagnosis().blocked is None


@pytest.mark.parametrize("topic", ["onboard_temp", "ack", "telemetry", "info", "onboard_led/state"])
def test_p17_whoever_has_said_anything_was_heard(
    device: Device, link: HandLink, hand: Hand, topic: str
) -> None:
    link.connect()
    words = {
        "onboard_temp": "23.4",
        "ack": '{"experiment_id":"a","ok":true,"boot":"b","up":1}',
        "telemetry": '{"boot":"b","seq":0,"up":1,"values":{}}',
        "info": '{"protocol":1,"boot":"b"}',
        "onboard_led/state": "off",
    }
    link.deliver(f"ada/{topic}", words[topic])
    hand.seconds += 60
    assert "Nobody has been heard" not in said(device)


def test_p17_nobody_is_missed_before_the_broker_has_let_us_listen(device: Device, hand: Hand) -> None:
    hand.seconds += 60
    assert "Nobody" not in said(device)
    assert kinds(device) == []


@pytest.mark.parametrize("word", ["online", "offline"])
@pytest.mark.parametrize("retained", [True, False])
def test_h1_a_lone_status_is_anybodys_and_makes_no_board(
    device: Device, link: HandLink, hand: Hand, word: str, retained: bool
) -> None:
    link.connect()
    link.deliver("ada/status", word, retained=retained)
    hand.seconds += 13
    assert (device.mode, device.status) == ("course", "unknown")
    assert "Nobody has been heard under this ID yet." in said(device)
    assert device.known.attendance.first is None
    assert kinds(device) == []


@pytest.mark.parametrize("info_first", [True, False])
def test_h1_a_status_with_an_info_makes_one_in_either_order(
    device: Device, link: HandLink, info_first: bool
) -> None:
    link.connect()
    both = [("ada/info", '{"protocol":1,"boot":"b"}'), ("ada/status", "online")]
    for topic, word in both if info_first else both[::-1]:
        link.deliver(topic, word, retained=True)
    assert (device.mode, device.status) == ("pico", "online")
    assert device.known.attendance.first is not None
