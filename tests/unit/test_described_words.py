"""Words, settings and presence, in the very lines that newcomers wrote from docs/boards.md alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from picopanel import InvalidArgument, NoAnswer
from picopanel._device.device import Device
from picopanel._doctor import examine
from picopanel._link import Receiver
from picopanel._page.news import panel_state
from picopanel._protocol.boards import read_description

from .hand import Hand, HandLink

Open = Callable[[str], Device]


@pytest.fixture
def opened(hand: Hand, link: HandLink) -> Iterator[Open]:
    made: list[Device] = []

    def make(text: str) -> Device:
        made.append(Device("ada", link, clock=hand.clock, board=read_description(text, "thing.toml")))
        link.connect()
        return made[-1]

    yield make
    for each in made:
        each.close()


def message(lines: str, topic: str = "{id}/state") -> str:
    return f'[[messages]]\ntopic = "{topic}"\n{lines}\n'


NAMED = 'name = "Thing"\n'
BARE = ["1", "0", b"1.00", " 0\n"]
IN_JSON: list[object] = [{"on": 1}, {"on": 0}, {"on": "1"}, {"on": False}]


@pytest.mark.parametrize(
    ("lines", "payloads"),
    [
        ('format = "number"\npresence = { online = 1, offline = 0 }', BARE),
        ('format = "text"\npresence = { online = 1, offline = 0 }', BARE),
        ('format = "number"\npresence = { path = ".", online = "1", offline = "0" }', BARE),
        ('format = "number"\npresence = { online = true, offline = false }', BARE),
        ('presence = { path = "on", online = "1", offline = "0" }', IN_JSON),
        ('presence = { path = "on", online = 1, offline = 0 }', IN_JSON),
        ('presence = { path = "on", online = true, offline = false }', IN_JSON),
        ('format = "text"\npresence = { offline = "0" }', ["anything", "0", "1", "0"]),
        ('format = "text"\npresence = { online = 1 }', ["1", "anything", "1", "0"]),
    ],
)
def test_a_word_is_the_same_however_it_is_written(
    opened: Open, link: HandLink, lines: str, payloads: list[Any]
) -> None:
    device = opened(NAMED + message(lines))
    said = []
    for payload in payloads:
        link.deliver("ada/state", payload)
        said.append(device.status)
    assert said == ["online", "offline"] * 2
    assert device.diagnosis().trouble == "The board went offline."


@pytest.mark.parametrize(
    "words", ["on = 1, off = 0", 'on = "1", off = "0"', "off = 0", "on = true, off = false"]
)
@pytest.mark.parametrize("format_", ["number", "text", "json"])
def test_a_channels_words_are_the_same_however_they_are_written(
    opened: Open, link: HandLink, words: str, format_: str
) -> None:
    device = opened(NAMED + message(f'format = "{format_}"\nchannels.door = {{ path = ".", {words} }}'))
    seen = []
    for payload in ("1", "0", "1.0", "0.0"):
        link.deliver("ada/state", payload)
        seen.append(device.last("door"))
    assert seen == [1, 0, 1, 0]


LAMP = (
    NAMED
    + message('format = "number"\nsettings.led = { path = ".", off = 0 }\nanswer = {}', "{id}/g")
    + message('settings.led = "state"\nanswer = {}', "{id}/info")
    + """
[controls.led]
type = "switch"
on = "ON"
off = "OFF"
[commands.led]
topic = "{id}"
text = "{led}"
"""
)


def test_one_word_alone_leaves_the_rest_to_the_other(opened: Open, link: HandLink) -> None:
    device = opened(LAMP)
    for payload, led in (("128", True), ("0", False), ("255", True), ("0.0", False)):
        link.deliver("ada/g", payload)
        assert device.known.settings == {"led": led}
        assert device.led is led
    command = device.start("on")
    link.deliver("ada/g", "17")
    assert command.reply is not None


def test_a_word_that_nobody_knows_forgets_what_was_set(opened: Open, link: HandLink) -> None:
    device = opened(LAMP)
    link.deliver("ada/info", {"state": "OFF"})
    assert device.led is False
    link.deliver("ada/info", {"brightness": 3})
    assert device.led is False, "of what a message does not have, it says nothing"
    link.deliver("ada/info", {"state": "fading"})
    assert device.led is None
    assert device.known.settings == {}
    assert panel_state(device)["controls"][0]["value"] is None


COLOR = (
    NAMED
    + message('format = "text"\nsettings.color = "."\nanswer = {}', "{id}/c")
    + """
[controls.color]
type = "color"
[commands.color]
topic = "{id}/col"
text = "{color}"
"""
)


@pytest.mark.parametrize(
    ("said", "known"),
    [("#FF8800", "#ff8800"), ("ff8800", "#ff8800"), ("#FF8800FF", None), ("orange", None), ("", None)],
)
def test_a_colour_is_the_same_in_any_letters(
    opened: Open, link: HandLink, said: str, known: str | None
) -> None:
    device = opened(COLOR)
    command = device.start_set({"color": "#FF8800"})
    assert link.published == [("ada/col", b"#ff8800", 1)]
    link.deliver("ada/c", said)
    assert (command.reply is not None) is (known is not None)
    assert device.known.settings.get("color") == known


def test_what_is_no_colour_is_not_sent(opened: Open, link: HandLink) -> None:
    device = opened(COLOR)
    for wrong in ("blah", "#ff88", "#ff8800ff"):
        error = device.start_set({"color": wrong}).error
        assert isinstance(error, InvalidArgument)
        assert str(error) == f"color must be a colour such as \"#ff8800\", not '{wrong}'."
    assert link.published == []


LIMIT = (
    NAMED
    + message('format = "number"\nsettings.limit = "."\nanswer = {}', "{id}/limit")
    + """
[controls.limit]
type = "range"
step = 0.1
[commands.limit]
topic = "{id}/cmd/limit"
text = "{limit}"
"""
)


@pytest.mark.parametrize(
    ("wanted", "sent", "said", "answered"),
    [
        (60, b"60", "60.00", True),
        (56.3, b"56.3", "56.34", True),
        (56.3, b"56.3", "56.36", False),
        (33.333, b"33.333", "33.3", True),
        (0.30000000000000004, b"0.30000000000000004", "0.30", True),
        (99.99, b"99.99", "100.00", True),
    ],
)
def test_a_number_is_confirmed_within_half_its_step(
    opened: Open, link: HandLink, wanted: float, sent: bytes, said: str, answered: bool
) -> None:
    device = opened(LIMIT)
    command = device.start_set({"limit": wanted})
    assert link.published == [("ada/cmd/limit", sent, 1)]
    link.deliver("ada/limit", said)
    assert (command.reply is not None) is answered


GATEWAY = (
    NAMED
    + "every = 2\n"
    + message('channels.temperature = "tempc"', "home/gw/BTtoMQTT/{id}")
    + message('format = "text"\npresence = { online = "online", offline = "offline" }', "home/gw/LWT")
)


def test_a_gateway_alone_does_not_make_its_board_be_there(opened: Open, link: HandLink, hand: Hand) -> None:
    device = opened(GATEWAY)
    link.deliver("home/gw/LWT", "online", retained=True)
    assert device.status == "unknown"
    hand.seconds += 9
    assert device.diagnosis().trouble is None
    hand.seconds += 2
    assert device.diagnosis().trouble == (
        "Its gateway is there, and nothing has come on home/gw/BTtoMQTT/ada for 11 s."
    )
    assert "Is the ID right, 'ada'" in str(device.diagnosis().next)
    link.deliver("home/gw/BTtoMQTT/ada", json.dumps({"tempc": 21}))
    assert device.status == "online"
    link.deliver("home/gw/LWT", "online", retained=True)
    assert device.status == "online", "it takes nothing back either"


def test_a_gateway_that_is_gone_takes_its_board_along(opened: Open, link: HandLink) -> None:
    device = opened(GATEWAY)
    link.deliver("home/gw/BTtoMQTT/ada", {"tempc": 21})
    link.deliver("home/gw/LWT", "offline")
    assert device.status == "offline"
    link.deliver("home/gw/LWT", "online")
    assert device.status == "unknown", "that the gateway is back says nothing of the board"
    link.deliver("home/gw/BTtoMQTT/ada", {"tempc": 22})
    assert device.status == "online"


def test_a_board_that_is_there_and_says_another_is_not_asked_for_its_power(
    opened: Open, link: HandLink, hand: Hand
) -> None:
    device = opened(COLOR)
    command = device.start_set({"color": "#ff8800"})
    link.deliver("ada/col", "#ff8800")
    link.deliver("ada/c", "#112233")
    hand.seconds += 10.3
    device._tick()
    assert isinstance(command.error, NoAnswer)
    assert str(command.error) == (
        "No answer to 'color=#ff8800' within 10 s. The board is there (last heard 10.3 s ago on ada/c), "
        "and none of its messages said color = #ff8800; the last said #112233."
    )
    assert device.diagnosis().trouble == "The last command was not answered."
    assert str(device.diagnosis().next).startswith("The board is there (last heard 10.3 s ago on ada/c)")


def test_of_a_board_that_said_nothing_since_the_command_no_message_is_blamed(
    opened: Open, link: HandLink, hand: Hand
) -> None:
    device = opened(COLOR)
    link.deliver("ada/c", "#112233")
    hand.seconds += 5
    command = device.start_set({"color": "#ff8800"})
    hand.seconds += 10.3
    device._tick()
    assert str(command.error) == (
        "No answer to 'color=#ff8800' within 10 s. Nothing has come from the board since (last heard 15.3 s "
        "ago on ada/c). Is it powered, and on its network?"
    )


def test_the_doctor_says_of_a_silent_board_where_it_should_have_spoken(link: HandLink) -> None:
    class Connected(HandLink):
        def attach(self, topics: Mapping[str, int], receiver: Receiver) -> None:
            super().attach(topics, receiver)
            self.connect()

    board = read_description(f"{NAMED}every = 0.1\n" + message('channels.t = "t"'), "thing.toml")
    found = next(it for it in examine("ada", Connected(), board) if it.result == "failed")
    assert (found.step, found.text) == ("presence", "Nothing has come from the board yet.")
    assert found.next.startswith("It should speak on ada/state. Is it powered, is its ID 'ada', and is it")


def test_a_board_that_is_silent_when_nothing_changes_has_done_it_already(
    opened: Open, link: HandLink, hand: Hand
) -> None:
    device = opened(COLOR)
    link.deliver("ada/c", "#FF8800")
    command = device.start_set({"color": "#ff8800"})
    assert len(link.published) == 1, "it is told all the same"
    link.deliver("ada/col", "#ff8800")
    hand.seconds += 1.9
    device._tick()
    assert command.reply is None
    hand.seconds += 0.2
    device._tick()
    assert repr(command.reply) == "<color=#ff8800: it was so already; nothing new came, not certain>"
    assert command.reply is not None
    assert (command.reply.certain, command.reply.answered, command.reply.already) == (False, True, True)
    (event,) = [it for _, it in device.store.since(0).events if it["kind"] == "answered"]
    assert event["already"] is True
    assert device.diagnosis().trouble is None


PATHS = NAMED + message(
    """channels.temperature = "data.temp"
channels.door = { path = "door", on = "open", off = "shut" }
channels.rssi = "rssi"
"""
)


def test_a_path_that_finds_nothing_is_told_with_what_there_is(opened: Open, link: HandLink) -> None:
    device = opened(PATHS)
    for _ in range(2):
        link.deliver("ada/state", {"rssi": -60, "tempc": 21, "hum": 40, "door": "ajar", "name": "x"})
    assert device.known.notices == []
    link.deliver("ada/state", {"rssi": -60, "tempc": 21, "hum": 40, "door": "ajar", "name": "x"})
    assert device.known.notices == [
        "thing.toml, line 4: 'temperature' has not come: 3 messages on ada/state have nothing at "
        "'data.temp'; they have: rssi, tempc, hum.",
        "thing.toml, line 5: 'door' has not come: 3 messages on ada/state have 'ajar' at 'door', which is "
        "none of its words.",
    ]
    link.deliver("ada/state", {"data": {"temp": 3}})
    (left,) = device.known.notices
    assert "'door' has not come" in left, "what has come after all is no longer said to be missing"
    link.deliver("ada/state", {"door": "shut"})
    assert device.known.notices == []
    assert device.outbox.spoken is not None
    assert getattr(device.outbox.spoken, "not_come")() == {}  # noqa: B009 - a described board's own


def test_what_may_be_left_out_is_missed_where_a_name_is_near(opened: Open, link: HandLink) -> None:
    device = opened(NAMED + message('optional = true\nchannels.t = "temp"\nchannels.p = "pressure"'))
    for _ in range(3):
        link.deliver("ada/state", {"tempc": 21})
    (notice,) = device.known.notices
    assert notice.endswith("they have: tempc. Did you mean 'tempc'?")


def test_a_number_that_no_float_holds_is_no_word_and_no_value(hand: Hand, link: HandLink) -> None:
    """JSON has no largest number; this one was called a bug of ours."""
    board = """name = "b"
[[messages]]
topic = "{id}/s"
channels.t = "t"
settings = { led = "on", p = "p" }
answer = {}
presence = { path = "there", online = 1, offline = 0 }
[controls.led]
type = "switch"
on = 1
off = 0
[controls.p]
type = "range"
[commands.led]
topic = "{id}/led"
text = "{led}"
[commands.p]
topic = "{id}/p"
text = "{p}"
"""
    device = Device("x", link, clock=hand.clock, board=read_description(board, "b.toml"))
    link.connect()
    for path in ("t", "on", "p", "there"):
        link.deliver("x/s", f'{{"{path}": {"9" * 400}}}')
    link.deliver("x/s", {"t": 21.5, "on": 1, "p": 7, "there": 1})
    assert device.known.last["t"][1] == 21.5
    assert (device.known.last_led, device.known.settings["p"], device.status) == (True, 7, "online")
    assert not [it for it in device.known.notices if "bug" in it]
    device.close()
