"""Boards that a description tells of, each against its own program (tests/boards/course_modules.py)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from picopanel import (
    CommandRefused,
    InvalidArgument,
    InvalidCommand,
    NoAnswer,
    NotConnected,
    Pico,
    PicoPanel,
    PicoWall,
)
from picopanel._device.device import Device
from picopanel._page.news import panel_state
from picopanel._protocol.boards import find_board, names, read_description
from picopanel._store.export import Export, Readings
from picopanel._wall.tiles import facts

from ..boards import makers
from ..boards.course_modules import KINDS
from ..support.waiting import eventually
from .hand import Hand, HandLink


class World:
    """A device with a description, and an original at the other end of the link."""

    def __init__(self, kind: str, hand: Hand) -> None:
        self.hand, self.link = hand, HandLink()
        self.board: Any = (KINDS | makers.KINDS)[kind]("ada")
        self.device = Device("ada", self.link, clock=hand.clock, board=find_board(kind))
        self.link.connect()
        assert {topic for topic, _ in self.board.subscriptions} <= set(self.link.topics), "copies come back"

    def deliver(self, messages: list[tuple[str, str, int]]) -> None:
        for topic, payload, qos in messages:
            self.link.deliver(topic, payload, qos=qos)

    def answer(self) -> None:
        """Have the board take what was published last, and say what it says."""
        topic, payload, _ = self.link.published[-1]
        self.link.deliver(topic, payload)
        self.deliver(self.board.hear(topic, payload))

    def tick(self, seconds: float = 0.25) -> None:
        self.hand.seconds += seconds
        self.device._tick()

    @property
    def says(self) -> str:
        return " ".join(filter(None, (self.device.diagnosis().trouble, self.device.diagnosis().next)))

    @property
    def events(self) -> list[str]:
        kinds = [event["kind"] for _, event in self.device.store.since(0).events]
        return [kind for kind in kinds if kind != "set"]  # which is for recordings

    def column(self, channel: str) -> list[float]:
        rows = self.device.store.since(0)
        return [
            value
            for value, origin in zip(rows.values, rows.origins, strict=True)
            if origin and rows.table[origin].channel == channel
        ]


@pytest.fixture
def world(hand: Hand) -> Iterator[Callable[[str], World]]:
    made: list[World] = []

    def make(kind: str) -> World:
        made.append(World(kind, hand))
        return made[-1]

    yield make
    for each in made:
        each.device.close()


class TestLightMixing:
    def test_a_colour_is_one_command_and_the_spectrum_its_answer(self, world: Any, hand: Hand) -> None:
        it = world("sdl-demo")
        command = it.device.start_set({"R": 10.0, "G": 80, "B": 0})
        topic, payload, qos = it.link.published[-1]
        assert (topic, qos) == ("sdl-demo/picow/ada/GPIO/28", 2)
        told = json.loads(payload)
        assert told["_experiment_id"] == command.id
        assert told.keys() == {"R", "G", "B", "atime", "astep", "gain", "_session_id", "_experiment_id"}
        hand.seconds += 1.2
        it.answer()
        assert it.board.pixels == [bytes([10, 80, 0])], "whole numbers: the board takes no others"
        assert command.reply is not None
        assert command.reply.certain
        assert command.reply.values["ch510"] == 1441
        assert command.reply.latency == pytest.approx(1.2)
        assert repr(command.reply) == "<R=10.0, G=80, B=0: answered, after 1200 ms>"
        assert it.events == ["sent", "answered"]
        assert it.column("ch410") == [613]
        assert it.column("onboard_temperature") == [297.8537]
        assert it.device.known.units["onboard_temperature"] == "K"
        frame = Export(it.device.store.since(0), "ada", {}).to_dataframe()
        assert frame["board_time"].dt.year.unique().tolist() == [2022], (
            "the board's clock is beside, not instead"
        )

    def test_one_colour_alone_leaves_the_others_as_they_are(self, world: Any) -> None:
        it = world("sdl-demo")
        it.device.start_set({"G": 80})
        assert it.link.last_command()["R"] == 0, "as it begins"
        it.answer()
        it.device.start_set({"R": 5})
        it.answer()
        assert it.board.pixels == [bytes([0, 80, 0]), bytes([5, 80, 0])]
        assert it.device.known.settings == {"R": 5, "G": 80, "B": 0}
        it.device.start("read")
        it.answer()
        assert it.board.pixels[-1] == bytes([5, 80, 0])

    def test_somebody_elses_spectrum_is_a_reading_and_no_answer(self, world: Any) -> None:
        it = world("sdl-demo")
        command = it.device.start_set({"R": 10})
        other = {"R": 1, "G": 2, "B": 3, "_experiment_id": "another", "_session_id": "x"}
        it.deliver(it.board.hear("", json.dumps(other).encode()))
        assert command.reply is None
        assert it.column("ch410") == [613]
        it.answer()
        assert command.reply is not None

    def test_an_error_is_told_by_the_last_line_of_the_boards_own_words(self, world: Any) -> None:
        it = world("sdl-demo")
        it.board.all_channels = lambda: 1 / 0
        command = it.device.start_set({"R": 10})
        it.answer()
        assert isinstance(command.error, CommandRefused)
        assert command.error.reason == "ZeroDivisionError: division by zero"
        assert it.device.known.refused_payloads == 0
        assert it.device.outbox.unanswered == 0, "it has answered"

    def test_what_no_board_takes_is_not_sent(self, world: Any) -> None:
        it = world("sdl-demo")
        for wrong in ({"R": 256}, {"R": -1}, {"R": "red"}, {"R": True}, {"W": 1}):
            command = it.device.start_set(wrong)
            assert isinstance(command.error, InvalidArgument)
        assert "R must be a number from 0 to 255" in str(it.device.start_set({"R": 256}).error)
        assert isinstance(it.device.start("on").error, InvalidCommand)
        assert it.link.published == []

    def test_an_answer_that_does_not_come_is_missed_in_its_own_time(self, world: Any) -> None:
        it = world("sdl-demo")
        command = it.device.start_set({"R": 1})
        it.link.deliver(*it.link.published[-1][:2])
        it.tick(59)
        assert command.error is None
        it.tick(2)
        assert isinstance(command.error, NoAnswer)
        assert it.says.startswith("The last command was not answered.")
        assert it.device.known.settings == {}, "nothing was confirmed"

    def test_commands_need_not_wait_for_each_other(self, world: Any) -> None:
        it = world("sdl-demo")
        first, second = it.device.start_set({"R": 1}), it.device.start_set({"R": 2})
        assert len(it.link.published) == 2
        it.answer()
        assert (first.reply, second.reply is None) == (None, False)

    def test_what_makes_no_sense_is_counted_and_harms_nothing(self, world: Any) -> None:
        it = world("sdl-demo")
        topic = "sdl-demo/picow/ada/as7341/"
        nested = b"[" * 60_000
        for payload in (b"", b"{", b"\xff", nested, b'{"ch410": "warm"}', b'{"ch410": NaN}', b"x" * 70_000):
            it.link.deliver(topic, payload)
        it.link.deliver(topic, b'{"ch410": 1' + b"0" * 400 + b"}")
        assert it.device.known.refused_payloads == 8
        for payload in (b"[]", b"7", b"null", b'{"ch410": null, "ch440": {"a": 1}}'):
            it.link.deliver(topic, payload)
        assert it.device.known.refused_payloads == 9
        assert it.column("ch410") == []
        assert it.device.channels == tuple(find_board("sdl-demo").units)


def test_a_board_without_answers_is_sent_to_and_no_more_is_claimed(world: Any) -> None:
    it = world("digital-pipette")
    command = it.device.start_set({"position": 1.35})
    assert it.link.published == [("digital-pipette/picow/ada/L16-R", b'{"position":1.35}', 1)]
    it.answer()
    assert it.board.duties == [int(1.35 / 20 * 65535)]
    assert command.reply is not None
    assert (command.reply.answered, command.reply.certain, command.error) == (False, False, None)
    assert repr(command.reply) == "<position=1.35: sent; this board does not answer>"
    assert it.events == ["sent", "mute"]
    control = panel_state(it.device)["controls"][0]
    assert (control["value"], control["sent"]) == (None, 1.35), "sent is not confirmed"
    it.tick(100)
    assert it.says == "", "nothing is missed that never comes"
    assert [lamp.word for lamp in it.device.diagnosis().lamps] == ["connected", "not heard yet", "none yet"]


def test_what_cannot_be_sent_is_not_said_to_be_sent(hand: Hand) -> None:
    link = HandLink()
    device = Device("ada", link, clock=hand.clock, board=find_board("digital-pipette"))
    command = device.start_set({"position": 1.35})
    assert command.reply is None
    link.lose("unknown-host")
    assert isinstance(command.error, NotConnected)
    device.close()


def test_a_fan_streams_takes_whole_numbers_and_is_missed_when_it_stops(world: Any) -> None:
    it = world("fan")
    for _ in range(20):
        it.hand.seconds += 0.1
        it.deliver(it.board.tick())
    it.device.start_set({"speed": 80.0})
    it.answer()
    assert it.board.duty == 80
    it.deliver(it.board.tick())
    assert it.column("rpm") == [0] * 20 + [4800, 4800]
    assert it.device.status == "online"
    origins = {origin.interval for origin in it.device.store.since(0).table.values()}
    assert origins == {100}
    it.tick(9.9)
    assert it.device.status == "online"
    it.tick(0.3)
    assert it.device.status == "silent"
    assert it.says.startswith(
        "The board has been silent for 10 s. By its description something comes every 0.1 s"
    )


def test_a_batch_is_placed_sample_by_sample_before_it_came(world: Any, hand: Hand) -> None:
    it = world("magnetometer")
    it.deliver(it.board.tick())
    assert it.column("Z") == [38.25, 38.5, 38.75]
    rows = Readings.of(it.device.store.since(0))
    assert sorted({round(hand.unix - time) for time in rows.times}) == [0, 100, 200]
    it.link.deliver("magnetometer/picow/ada/sensor_data", json.dumps([{"X": 1}] * 4097))
    assert it.device.known.refused_payloads == 1


def test_a_completion_is_known_by_the_identity_of_its_command(world: Any) -> None:
    it = world("ot2")
    first = it.device.start_set({"R": 120, "Y": 50, "B": 80})
    first_sent = it.link.published[-1]
    second = it.device.start_set({"R": 200, "Y": 200})
    it.answer()
    assert second.reply is None, "the robot passes over what is too much, without a word"
    it.deliver(it.board.hear(first_sent[0], first_sent[1]))
    assert first.reply is not None
    assert first.reply.certain
    assert it.board.mixed == [(120, 50, 80, "A1")]
    it.tick(599)
    assert second.error is None, "a robot takes its time"
    it.tick(2)
    assert isinstance(second.error, NoAnswer)


ECHOES = """
name = "Plug"
[[messages]]
topic = "stat/{id}/RESULT"
settings = { power = "POWER", dim = "Dimmer" }
answer = {}
[[messages]]
topic = "tele/{id}/LWT"
format = "text"
presence = { online = "Online", offline = "Offline" }
[[messages]]
topic = "tele/{id}/SENSOR"
time = "Time"
clock = "iso"
channels.power = { path = "ENERGY.Power", unit = "W" }
channels.open = "Switch"
[controls.power]
type = "switch"
on = "ON"
off = "OFF"
[controls.dim]
type = "range"
[commands.power]
topic = "cmnd/{id}/POWER"
text = "{power}"
[commands.dim]
topic = "cmnd/{id}/Dimmer"
text = "{dim}"
"""


@pytest.fixture
def plug(hand: Hand, link: HandLink) -> Iterator[Device]:
    device = Device("ada", link, clock=hand.clock, board=read_description(ECHOES, "plug.toml"))
    link.connect()
    yield device
    device.close()


class TestEcho:
    """A board whose answers tell what is set now: it is so, but whoever has done it."""

    def test_it_confirms_what_stands_and_never_more(self, plug: Device, link: HandLink) -> None:
        command = plug.start_set({"power": True})
        assert link.published == [("cmnd/ada/POWER", b"ON", 1)]
        link.deliver("stat/ada/RESULT", {"POWER": "OFF"})
        assert command.reply is None, "not what was asked for"
        link.deliver("stat/ada/RESULT", {"Dimmer": 3})
        assert command.reply is None
        link.deliver("stat/ada/RESULT", {"POWER": "ON"})
        assert command.reply is not None
        assert not command.reply.certain
        assert plug.known.settings == {"power": True, "dim": 3}

    def test_commands_go_one_after_the_other(self, plug: Device, link: HandLink, hand: Hand) -> None:
        first, second = plug.start_set({"power": True}), plug.start_set({"dim": 40})
        assert len(link.published) == 1
        link.deliver("stat/ada/RESULT", {"POWER": "ON"})
        assert first.reply is not None
        assert link.published[-1] == ("cmnd/ada/Dimmer", b"40", 1)
        hand.seconds += 11
        plug._tick()
        assert isinstance(second.error, NoAnswer)

    def test_what_is_retained_is_a_state_and_no_reading(self, plug: Device, link: HandLink) -> None:
        link.deliver("tele/ada/SENSOR", {"ENERGY": {"Power": 5}}, retained=True)
        link.deliver("stat/ada/RESULT", {"POWER": "OFF"}, retained=True)
        assert plug.store.since(0).table == {}
        assert plug.known.settings == {"power": False}
        assert plug.status == "unknown"

    def test_its_will_tells_whether_it_is_there(self, plug: Device, link: HandLink) -> None:
        link.deliver("tele/ada/LWT", "Online", retained=True)
        assert plug.status == "online"
        link.deliver("tele/ada/LWT", "Offline")
        assert plug.diagnosis().trouble == "The board went offline."
        assert isinstance(plug.start_set({"power": True}).error, NotConnected)
        link.deliver("tele/ada/LWT", "Perhaps")
        assert plug.status == "unknown", "who says a word that nobody knows may be back"
        assert plug.known.refused_payloads == 0, "it is no reading"
        assert (
            plug.diagnosis().trouble
            == "Whether the board is there is not understood: 'Perhaps' on tele/ada/LWT."
        )
        assert plug.diagnosis().next == (
            "By its description it is 'Online' or 'Offline', written just so (plug.toml, line 10)."
        )
        link.deliver("tele/ada/SENSOR", {"ENERGY": {"Power": 5}, "Switch": True})
        assert plug.status == "online", "what speaks is there, whatever its will says"
        assert (plug.last("power"), plug.last("open")) == (5, 1)

    def test_two_controls_of_two_commands_are_not_one(self, plug: Device) -> None:
        command = plug.start_set({"power": True, "dim": 1})
        assert str(command.error) == "power, dim go with different commands: set one after the other."


@pytest.mark.parametrize("kind", names())
def test_nothing_is_said_that_is_only_a_picos(kind: str, hand: Hand) -> None:
    link = HandLink()
    device = Device("ada", link, clock=hand.clock, board=find_board(kind))
    link.connect()
    said = []
    for seconds in (0, 13, 20):
        hand.seconds += seconds
        state = panel_state(device)
        said.append(json.dumps({key: state[key] for key in ("lamps", "trouble", "next", "blocked")}))
    assert state["mode"] == "described"
    assert not state["nobody"], "no Pico is to be set up"
    assert {"Pico", "LED", "info", "telemetry", "COURSE_ID"}.isdisjoint(
        " ".join(said).replace('"', " ").split()
    )
    assert set(state["meanings"]) == set(link.topics)
    assert [each["name"] for each in state["channels"]] == list(find_board(kind).declared)
    device.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["X", "POWER", "ENERGY", "Power"]), inner)
        ),
    )
)
def test_whatever_a_stranger_sends_is_read_or_refused(plug: Device, link: HandLink, data: Any) -> None:
    for topic in link.topics:
        link.deliver(topic, json.dumps(data).encode())
    assert all("has not come" in each for each in plug.known.notices), "no defect of ours"


def test_the_same_description_is_the_same_board_and_another_is_another(hand: Hand, link: HandLink) -> None:
    first = Device("ada", link, clock=hand.clock, board=find_board("fan"))
    other = Device("ada", link, clock=hand.clock, board=find_board("magnetometer"))
    assert first.closed is None
    again = Device("ada", link, clock=hand.clock, board=find_board("fan"))
    assert first.closed is not None
    assert other.closed is None
    for device in (other, again):
        device.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_virtual_one_comes_along(kind: str) -> None:
    with Pico.demo("comes-along", board=kind) as pico:
        board = find_board(kind)
        if board.controls:
            control = board.controls[-1]
            reply = pico.set({control.name: control.min})
            assert reply is not None
            assert reply.answered == any(each.answered for each in board.commands)
        if board.units:
            eventually(
                lambda: pico._device.known.last.keys() == board.units.keys(), "all channels have a value"
            )
        assert pico._device.known.refused_payloads == 0


def test_a_virtual_light_mixer_declines_what_its_original_cannot_show() -> None:
    with Pico.demo("half", board="sdl-demo") as pico:
        with pytest.raises(CommandRefused, match="TypeError: can't convert float to int"):
            pico.set(R=0.5, G=0, B=0)
        assert pico.set(R=1.0, G=0, B=0).values.keys() == find_board("sdl-demo").units.keys()


def test_a_demo_of_another_kind_says_which_there_are() -> None:
    with pytest.raises(InvalidArgument, match=r"There is no virtual board for 'fans'\. Did you mean 'fan'"):
        PicoPanel.demo(board="fans")
    with pytest.raises(InvalidArgument, match="another kind of board has what it has"):
        PicoPanel.demo(board="fan", setup=lambda board: None)


@pytest.mark.parametrize(
    ("kind", "passed"),
    [
        ("fan", {"presence": "The board is heard.", "readings": "They come: rpm."}),
        ("sdl-demo", {"subscribe": "The broker lets us listen."}),
    ],
)
def test_the_doctor_listens_to_a_described_board_and_tells_it_nothing(
    kind: str, passed: dict[str, str]
) -> None:
    with Pico.demo("patient", board=kind) as pico:
        findings = pico.doctor()
        assert not findings.failed
        assert (
            passed.items() <= {each.step: each.text for each in findings if each.result == "passed"}.items()
        )
        assert [each for each in pico.messages() if each.direction == "out"] == []
        assert pico._device.known.attendance.commands == 0


def test_a_wall_takes_described_boards() -> None:
    with PicoWall(["ada", "bob"], broker="mqtt://127.0.0.1:9", board="fan") as wall:
        assert wall["ada"]._device.description is find_board("fan")
        tile = facts(wall["bob"]._device, wall.channel)
        assert (tile["led"], tile["unit"]) == (None, "")
        assert set(wall.blink(n=1, timeout=0.1).missing) == {"ada", "bob"}


@pytest.mark.parametrize(
    ("kind", "control", "certain", "readings"),
    [
        ("tasmota", "switch", False, {"power": 5, "voltage": 233, "current": 0.021, "today": 0.026}),
        ("shelly", "switch", True, {"power": 8.9, "voltage": 237.5, "energy": 6.532, "temperature": 23.5}),
        ("zigbee2mqtt", "state", False, {"linkquality": 87}),
        ("esphome", "relay", False, {"temperature": 21.5, "humidity": 47.2}),
    ],
)
def test_a_makers_board_is_switched_read_and_missed(
    world: Any, kind: str, control: str, certain: bool, readings: dict[str, float]
) -> None:
    """What it has told is shown, and no channel that it has not."""
    it = world(kind)
    it.deliver(it.board.born)
    assert it.device.status == "online"
    command = it.device.start_set({control: True})
    it.answer()
    assert command.reply is not None
    assert (command.reply.answered, command.reply.certain) == (True, certain)
    assert it.device.known.settings[control] is True
    it.deliver(it.board.tick())
    assert {name: value for name, (_, value) in it.device.known.last.items()} == readings
    assert set(it.device.channels) == set(readings)
    assert it.device.known.refused_payloads == 0
    off = it.device.start_set({control: False})
    it.answer()
    assert off.reply is not None
    it.deliver([it.board.will])
    assert it.device.diagnosis().trouble == "The board went offline."


def test_a_shelly_that_declines_says_why(world: Any) -> None:
    it = world("shelly")
    it.deliver(it.board.born)
    command = it.device.start_set({"switch": True})
    it.board.hear = lambda topic, payload: type(it.board).hear(
        it.board, topic, payload.replace(b"Switch.Set", b"Light.Set")
    )
    it.answer()
    assert isinstance(command.error, CommandRefused)
    assert command.error.reason == "No handler for Light.Set"


def test_a_lamp_is_dimmed_by_its_own_command(world: Any) -> None:
    it = world("zigbee2mqtt")
    command = it.device.start_set({"brightness": 100})
    assert it.link.published[-1] == ("zigbee2mqtt/ada/set", b'{"brightness":100}', 1)
    it.answer()
    assert command.reply is not None
    assert it.device.known.settings == {"state": False, "brightness": 100}


def test_a_broker_that_lets_nobody_listen_to_commands_keeps_no_panel_from_its_readings(hand: Hand) -> None:
    link = HandLink()
    board = makers.KINDS["esphome"]("ada")
    device = Device("ada", link, clock=hand.clock, board=find_board("esphome"))
    link.connect(refused=frozenset({"ada/switch/relay/command"}))
    (notice,) = device.known.notices
    assert notice.startswith("The broker does not let this user listen on ada/switch/relay/command, where")
    assert (device.diagnosis().trouble, device.diagnosis().blocked) == (None, None)
    link.deliver("ada/sensor/temperature/state", "21.5")
    assert device.last("temperature") == 21.5
    command = device.start_set({"relay": True}, timeout=30)
    hand.seconds += 5
    device._tick()
    assert device.diagnosis().trouble is None, "that nothing comes back is known already"
    for topic, payload, qos in board.hear(*link.published[-1][:2]):
        link.deliver(topic, payload, qos=qos)
    assert command.reply is not None
    link.lose()
    link.connect()
    device.start_set({"relay": False}, timeout=30)
    hand.seconds += 5
    assert device.diagnosis().trouble is not None, "now they may be heard, and are not"
    device.close()


def test_a_topic_with_readings_that_is_refused_is_a_trouble(hand: Hand) -> None:
    link = HandLink()
    device = Device("ada", link, clock=hand.clock, board=find_board("esphome"))
    link.connect(refused=frozenset({"ada/sensor/temperature/state"}))
    assert device.diagnosis().blocked is not None
    device.close()
