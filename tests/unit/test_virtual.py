"""The virtual Pico on a clock in the hand: the whole way from verb to chart rows, and its faults."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping

import pytest
from picopanel._firmware.pico.device import PicoDevice

from picopanel import InvalidArgument
from picopanel._device.command import Command
from picopanel._device.device import Device
from picopanel._device.inbox import Inbox
from picopanel._link.virtual import VirtualLink
from picopanel._link.virtual_board import Chip, VirtualBoard
from picopanel._runtime import loop
from picopanel._runtime.waiting import Event
from picopanel._store.export import Readings
from picopanel._wall.commands import Round

from .hand import Hand


class World:
    """A device on a virtual Pico; `run(seconds)` lets time pass."""

    def __init__(self, hand: Hand, **board: bool) -> None:
        self.hand = hand
        self.link = VirtualLink(VirtualBoard("ada", clock=hand.clock, seed=1, **board))
        self.device = Device("ada", self.link, clock=hand.clock)

    def run(self, seconds: float) -> None:
        self.hand.advance(seconds)

    def say(self, name: str) -> Command:
        command = self.device.start(name)
        self.run(0.2)
        return command

    def seqs(self) -> list[float]:
        return list(Readings.of(self.device.store.since(0)).times)


@pytest.fixture
def world(hand: Hand) -> Iterator[World]:
    world = World(hand)
    world.run(1.5)
    yield world
    world.device.close()


@pytest.fixture
def course(hand: Hand) -> Iterator[World]:
    world = World(hand, course=True)
    world.run(1.5)
    yield world
    world.device.close()


def test_a_virtual_pico_streams_four_readings_a_second_and_answers(world: World) -> None:
    assert (world.device.mode, world.device.status) == ("pico", "online")
    reply = world.say("on").reply
    assert reply is not None
    assert reply.led is True
    assert reply.latency == pytest.approx(0.04, abs=0.03)
    world.run(10)
    assert len(world.seqs()) in range(40, 50), "4 readings a second"
    assert world.device.export.to_dataframe()["virtual"].all()


def test_the_led_warms_the_chip() -> None:
    cold, warm = Chip(1), Chip(1)
    for second in range(60):
        off, on = cold.temperature(second, False), warm.temperature(second, True)
    assert 0.5 < on - off < 1.5


def test_a_finger_warms_it(world: World) -> None:
    before = world.device.temperature or 0
    world.link.faults.finger(10)
    world.run(10)
    assert (world.device.temperature or 0) > before + 2


def test_after_a_wifi_drop_no_sample_is_missing(world: World) -> None:
    world.link.faults.wifi_drop(5)
    world.run(4)
    command = world.device.start("toggle")
    world.run(20)
    assert command.error is not None, "a command during the drop is not carried out later"
    assert world.device.led is False
    times = world.seqs()
    assert max(later - sooner for sooner, later in itertools.pairwise(times)) < 300
    assert world.device.known.lost_samples == 0


def test_after_a_wifi_drop_no_old_blink_is_told(world: World) -> None:
    world.device.start_blink(0.1, 0.1, 50)
    world.run(1)
    world.link.faults.wifi_drop(5)
    world.run(4.9)
    told = world.device.known.messages.end
    world.run(0.2)
    _, came = world.device.known.messages.since(told)
    states = [message.payload for message in came if message.topic.endswith("/onboard_led/state")]
    assert 0 < len(states) < 4, f"the present state and at most two new ones: {states}"


def test_b6_its_clock_is_set_again_every_hour_as_a_boards_is(hand: Hand) -> None:
    board, began = VirtualBoard("ada", clock=hand.clock, interval=1000), hand.unix
    board.connected()
    hand.ahead = 5000  # the computer's clock is set forward by 5 s

    def shift(seconds: float) -> int:
        """Of the newest sample's time, so many seconds later."""
        hand.advance(seconds)
        (sample,) = [json.loads(text) for topic, text, *_ in board.tick() if topic == "ada/telemetry"]
        return int(sample["ts"] - sample["up"] - began)

    assert [shift(seconds) for seconds in (1, 3598, 1)] == [0, 0, 5000]


def test_a_long_drop_is_announced_by_the_will(world: World) -> None:
    world.link.faults.wifi_drop(60)
    world.run(31)
    assert world.device.status == "offline"
    assert world.device.diagnosis().trouble == "The Pico went offline."
    world.run(31)
    assert world.device.status == "online"


def test_a_lost_reply_is_no_answer_and_not_a_lie(world: World) -> None:
    world.link.faults.lose_replies(1)
    command = world.device.start("on", timeout=2)
    world.run(2.5)
    assert isinstance(command.error, TimeoutError)
    assert world.say("read").reply is not None


def test_a_link_that_is_as_fast_as_usual_again_is_so_at_once(world: World) -> None:
    world.link.faults.slow(20)
    world.say("on")
    world.run(2)
    world.link.faults.slow(0)
    world.run(0.5)
    reply = world.say("off").reply
    assert reply is not None
    assert reply.latency == pytest.approx(0.04, abs=0.03)


def test_a_slow_link_adds_its_delay_both_ways(world: World) -> None:
    world.link.faults.slow(0.7)
    command = world.device.start("on")
    world.run(2)
    assert command.reply is not None
    assert command.reply.latency == pytest.approx(1.4, abs=0.1)


def test_a_reboot_is_a_new_boot_with_the_led_off(world: World) -> None:
    world.say("on")
    world.link.faults.reboot()
    world.run(5)
    assert world.device.led is False
    assert world.device.export.to_dataframe()["boot"].nunique() == 2
    assert "Two boards" not in str(world.device.diagnosis().trouble)


def test_a_wall_s_blink_waits_no_longer_for_a_course_board_than_it_is_told(course: World) -> None:
    course.link.faults.wifi_drop(60)
    blinking = Round([("ada", course.device)], "blink", timeout=2)
    course.run(2.5)
    assert "within 2 s" in blinking.answers().missing["ada"]


def test_what_is_retained_never_comes_after_what_is_newer(world: World) -> None:
    heard: list[bytes] = []

    class Ear(Inbox):
        def on_message(self, topic: str, payload: bytes, *_: object, **__: object) -> None:
            heard.append(payload)

        def on_subscribed(self, refused: Mapping[str, int]) -> None:
            world.run(0.5)

    world.device.start("on")  # its news is under way while the other subscribes
    device = world.device
    world.link.attach(
        {"ada/onboard_led/state": 1},
        Ear(device.known, device.outbox, device.outbox.dialects.values(), lambda: None),
    )
    world.run(0.1)
    assert (heard[0], heard[-1]) == (b"on", b"on")


def test_a_sensor_that_waits_for_the_loop_is_told_that_it_cannot(hand: Hand) -> None:
    """It is called by the loop itself, which would wait for itself for ever."""

    def setup(board: PicoDevice) -> None:
        board.channel("light", lambda: loop.ask(loop.wait, Event(), 1))

    device = Device("ada", VirtualLink(VirtualBoard("ada", clock=hand.clock, setup=setup)), clock=hand.clock)
    loop.ask(hand.advance, 1.5)
    told = loop.ask(device.diagnosis).trouble
    device.close()
    assert str(told).startswith("Light has no value")
    assert "a virtual board's sensor, cannot wait for it" in str(told)


def test_the_course_board_answers_and_never_speaks_unasked(course: World) -> None:
    assert course.device.mode == "course"
    assert course.seqs() == []
    for expected, word in [(None, "toggle"), (True, "on"), (False, "toggle"), (False, "read")]:
        reply = course.say(word).reply
        assert reply is not None
        assert (reply.led, reply.certain) == (expected, True), word
    assert len(course.seqs()) == 4


def test_blink_runs_on_the_board_and_ends_dark(world: World) -> None:
    states = []
    over = world.device.start_blink(0.5, 0.5, 3).over
    for _ in range(40):
        world.run(0.1)
        states.append(world.device.led)
    edges = sum(a is False and b is True for a, b in zip([False, *states], states, strict=False))
    assert edges == 3
    assert states[-1] is False
    over.clear()


def test_a_panel_that_is_opened_again_hears_nothing_of_the_time_between(world: World) -> None:
    """A sample that was on its way would be taken for a new one, the board's clock for slow."""
    heard = len(world.seqs())
    while len(world.seqs()) == heard:
        world.run(0.01)
    world.run(0.235)  # the next one has just been sent
    world.device.close()
    world.hand.seconds += 60
    world.device = Device("ada", world.link, clock=world.hand.clock)
    world.run(0.01)
    command = world.say("on")
    assert command.error is None, "the board's clock was misjudged by the minute between"
    assert command.reply and command.reply.led


def test_what_is_broken_on_purpose_stands_on_the_chart_of_whoever_watches(world: World) -> None:
    faults = world.link.faults
    faults.wifi_drop(5)
    world.run(10)
    faults.lose_replies()
    faults.lose_replies(2)
    faults.slow(0.5)
    faults.slow(0)
    faults.finger(3)
    faults.reboot()
    done = world.device.store.events("done")
    assert [event["text"] for _, event in done] == [
        "Wi-Fi away for 5 s",
        "the next answer is lost",
        "the next 2 answers are lost",
        "messages take 0.5 s",
        "messages as fast as usual",
        "finger on the chip for 3 s",
        "restarted",
    ]
    assert done[1][0] - done[0][0] == 10_000
    figure = world.device.export.figure()
    commands = figure.data[-1]
    assert list(commands.marker.symbol) == ["diamond-open"] * 7
    assert commands.hovertext[0] == "Wi-Fi away for 5 s"
    with pytest.raises(InvalidArgument):
        faults.wifi_drop(-1)
    assert len(world.device.store.events("done")) == 7, "what is refused leaves none"
