"""What passed over MQTT: kept, bounded, and told to a page whose drawer is open."""

from __future__ import annotations

from typing import Any

import pytest

from picopanel import Message
from picopanel._device.device import Device
from picopanel._device.messages import LONGEST
from picopanel._link import LinkStatus
from picopanel._page.news import MESSAGES_GAP, MOST_MESSAGES, PanelNews, Told

from .hand import CONTRACT, Hand, HandLink


@pytest.fixture
def device(hand: Hand, link: HandLink) -> Device:
    """A board of the course layer, its subscription answered."""
    device = Device("alice", link, clock=hand.clock)
    link.connect()
    hand.seconds += 1.5
    return device


def facts(message: Message) -> tuple[object, ...]:
    return message.direction, message.topic, message.payload, message.asked, message.granted, message.retained


def after_subscribing(device: Device) -> list[tuple[object, ...]]:
    return [facts(message) for message in device.messages() if message.direction != "subscribe"]


def test_a_subscription_tells_what_was_asked_and_what_the_broker_grants(
    device: Device, link: HandLink
) -> None:
    link.connect(refused=frozenset({"alice/cmd"}))
    lines = {message.topic: message for message in device.messages()}
    assert facts(lines["alice/onboard_temp"]) == ("subscribe", "alice/onboard_temp", "", 1, 1, False)
    assert facts(lines["alice/telemetry"])[3:] == (0, 0, False)
    assert lines["alice/cmd"].granted is None, "the broker refuses it"
    assert "subscribe alice/cmd, QoS 0 asked, refused" in repr(lines["alice/cmd"])


def test_a_command_its_echo_and_its_answer_with_their_qos(device: Device, link: HandLink) -> None:
    link.deliver("alice/onboard_led", "on", retained=True)
    device.start("toggle")
    link.deliver("alice/onboard_led", "toggle")
    link.deliver("alice/onboard_temp", "23.4")
    assert after_subscribing(device) == [
        ("in", "alice/onboard_led", "on", 1, 1, True),
        ("out", "alice/onboard_led", "toggle", 2, 2, False),
        ("in", "alice/onboard_led", "toggle", 1, 1, False),
        ("in", "alice/onboard_temp", "23.4", 1, 1, False),
    ]
    assert repr(device.messages()[-1]).endswith("alice/onboard_temp → 23.4, QoS 1")


def test_a_broker_that_can_do_less_lowers_the_qos(device: Device, link: HandLink) -> None:
    link.max_qos = 1
    device.start("on")
    assert after_subscribing(device) == [("out", "alice/onboard_led", "on", 2, 1, False)]


def test_what_could_not_be_sent_is_not_listed(device: Device, link: HandLink) -> None:
    link.status = LinkStatus("lost")
    device.start("on")
    assert after_subscribing(device) == []


def test_the_newest_thousand_are_kept_and_their_numbers_go_on(device: Device, link: HandLink) -> None:
    before = device.known.messages.end
    for n in range(1005):
        link.deliver("alice/onboard_temp", str(n))
    assert [message.payload for message in device.messages()] == [str(n) for n in range(5, 1005)]
    log = device.known.messages
    assert (log.end, log.since(0)[0]) == (before + 1005, before + 5)
    assert [message.payload for message in log.since(log.end - 2)[1]] == ["1003", "1004"]
    assert log.since(log.end + 7) == (log.end, []), "a number that is not there yet brings nothing"


def test_a_long_payload_is_cut_and_says_its_true_size(device: Device, link: HandLink) -> None:
    link.deliver("alice/telemetry", b"x" * 70_000)
    link.deliver("alice/telemetry", b"\xff\x00\xe2\x80\xae")
    long, foul = device.messages()[-2:]
    assert (long.payload, long.size) == ("x" * LONGEST, 70_000)
    assert (foul.payload, foul.size) == ("\\xff\x00\u202e", 5)
    assert "\x00" not in repr(foul), "in a terminal it could do harm"
    assert "\u202e" not in repr(foul)


def asked(device: Device, since: object) -> tuple[dict[str, Any] | None, Told]:
    """Return the messages' part of an answer, and what the page has been told then."""
    messages, told = PanelNews(device).answer({"type": "ask", "since": 0, "messages": since})
    return messages[0][0].get("messages"), told


def test_a_page_is_told_of_messages_only_while_its_drawer_is_open(
    device: Device, link: HandLink, hand: Hand
) -> None:
    news = PanelNews(device)
    closed, told = asked(device, None)
    link.deliver("alice/onboard_temp", "23.4")
    pushed, told = news.since(told)
    assert (closed, [message.get("messages") for message, _ in pushed]) == (None, [None])
    opened, told = asked(device, 0)
    assert opened is not None and opened["first"] == 0
    assert len(opened["rows"]) == len(device.messages()), "a drawer that opens gets all there is"
    link.deliver("alice/onboard_temp", "23.5")
    pushed, told = news.since(told)
    assert "messages" not in pushed[0][0], "at most a few a second"
    hand.seconds += MESSAGES_GAP
    ((pushed, _),), told = news.since(told)
    assert [row[3] for row in pushed["messages"]["rows"]] == ["23.5"], "though nothing else is new"
    hand.seconds += MESSAGES_GAP
    assert news.since(told) == ([], told)


def test_a_drawer_that_opens_is_told_that_there_are_none(hand: Hand) -> None:
    assert asked(Device("bob", HandLink(), clock=hand.clock), 0)[0] == {"since": 0, "first": 0, "rows": []}


def test_messages_too_fast_to_be_listed_are_left_out_and_counted(device: Device, link: HandLink) -> None:
    start = device.known.messages.end
    for n in range(500):
        link.deliver("alice/onboard_temp", str(n))
    part, _ = asked(device, start)
    assert part is not None
    assert (part["since"], part["first"]) == (start, start + 500 - MOST_MESSAGES), "so many are left out"
    assert [row[3] for row in part["rows"]] == [str(n) for n in range(500 - MOST_MESSAGES, 500)]


@pytest.mark.parametrize("number", ["1", None, 1.5, -1, [], {}])
def test_a_page_that_asks_for_nonsense_closes_the_drawer(device: Device, number: object) -> None:
    assert asked(device, number)[0] is None


def test_the_rows_are_the_contracts(hand: Hand, link: HandLink) -> None:
    example = CONTRACT["messages"]
    device = Device("alice", link, clock=hand.clock)
    hand.seconds = (example["rows"][0][0] - 1_795_330_000_000) / 1000
    device.known.messages.subscribed({"alice/onboard_temp": 1}, {"alice/onboard_temp": 1}, hand.unix)
    device.known.messages.sent("alice/onboard_led", b"toggle", 2, 2, hand.unix)
    link.receiver.on_message("alice/onboard_temp", b"23.4", False, qos=1)
    link.receiver.on_message("alice/status", b"offline", True, qos=1)
    assert asked(device, 0)[0] == example
