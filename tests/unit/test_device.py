"""One board over a link in the hand: both layers, what is sent, what is kept, what is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from picopanel import CommandRefused, InvalidCommand, NoAnswer, NotConnected, PanelClosed
from picopanel._device.course_layer import CourseLayer
from picopanel._device.device import Device
from picopanel._device.following import Follow
from picopanel._device.known import Known
from picopanel._device.outbox import Outbox
from picopanel._link import LinkStatus
from picopanel._page.conversation import Conversation
from picopanel._page.news import panel_state
from picopanel._protocol.ids import Topics
from picopanel._store import Store
from picopanel._store.export import Export, Readings

from .hand import CONTRACT, Hand, HandLink

INFO = next(iter(CONTRACT["wire"]["info"]["accepted"]))


@pytest.fixture
def device(hand: Hand, link: HandLink) -> Any:
    device = Device("ada", link, clock=hand.clock)
    yield device
    device.close()


def telemetry(seq: int, up: int, boot: str = "ab12cd34", **more: Any) -> dict[str, Any]:
    return {"boot": boot, "seq": seq, "up": up, "led": "off", "values": {"temperature": 20.0 + seq}, **more}


def pico_board(link: HandLink) -> None:
    link.connect()
    link.deliver("ada/info", INFO, retained=True)
    link.deliver("ada/status", "online", retained=True)


def dead_board(link: HandLink) -> None:
    """One of ours was there, and its last words are retained."""
    link.connect()
    link.deliver("ada/info", INFO, retained=True)
    link.deliver("ada/status", "offline", retained=True)


def course_board(link: HandLink, hand: Hand) -> None:
    link.connect()
    hand.seconds += 1.1


def values(device: Device) -> list[float]:
    return list(Readings.of(device.store.since(0)).values)


def asked_again(link: HandLink) -> int:
    """How often the board was asked for samples that did not come."""
    return sum(b"since" in payload for _, payload, _ in link.published)


def kinds(device: Device) -> list[str]:
    return [event["kind"] for _, event in device.store.since(0).events]


class TestPicoLayer:
    def test_a_command_carries_boot_and_until_and_its_ack_completes_it(
        self, device: Device, link: HandLink, hand: Hand
    ) -> None:
        pico_board(link)
        link.deliver("ada/telemetry", telemetry(0, 35_200))
        link.deliver("ada/ack", {"experiment_id": "another", "ok": True, "boot": "ab12cd34", "up": 35_200})
        command = device.start("on")
        sent = link.last_command()
        assert sent == {
            "experiment_id": command.id,
            "boot": "ab12cd34",
            "until": 45_200,
            "led": "on",
        }
        hand.seconds += 0.08
        ack = {"experiment_id": command.id, "ok": True, "boot": "ab12cd34", "up": 35_280, "led": "on"}
        link.deliver("ada/ack", ack | {"values": {"temperature": 23.4}})
        assert command.reply is not None
        assert (command.reply.temperature, command.reply.led) == (23.4, True)
        assert command.reply.latency == pytest.approx(0.08)
        assert command.reply.certain
        assert device.led is True
        assert kinds(device) == ["sent", "answered"]
        assert values(device) == [20.0], "an ack is no sample"

    def test_an_old_sample_does_not_tell_the_boards_time(
        self, device: Device, link: HandLink, hand: Hand
    ) -> None:
        """Another panel has asked for it; a command timed by it would be refused as expired."""
        pico_board(link)
        link.deliver("ada/telemetry", telemetry(0, 1000))
        device.start("on")
        assert link.last_command()["boot"] == "ab12cd34"
        assert "until" not in link.last_command()
        link.deliver("ada/ack", {"experiment_id": "another", "ok": True, "boot": "ab12cd34", "up": 90_000})
        device.start("on")
        assert link.last_command()["until"] == 100_000

    def test_a_command_that_the_board_declines_says_why(self, device: Device, link: HandLink) -> None:
        pico_board(link)
        command = device.start("on")
        link.deliver(
            "ada/ack", {"experiment_id": command.id, "ok": False, "boot": "x", "up": 1, "error": "expired"}
        )
        assert isinstance(command.error, CommandRefused)
        assert "expired" in str(command.error)

    def test_samples_come_once_in_their_place_and_holes_are_asked_for(
        self, device: Device, link: HandLink, hand: Hand
    ) -> None:
        pico_board(link)
        link.deliver("ada/telemetry", telemetry(0, 1000))
        hand.seconds += 0.2
        link.deliver("ada/telemetry", telemetry(1, 1200))
        link.deliver("ada/telemetry", telemetry(1, 1200))
        hand.seconds += 0.8
        link.deliver("ada/telemetry", telemetry(5, 2000))
        asked = link.last_command()
        assert asked["since"] == {"seq": 2}
        batch = telemetry(2, 1400, dt=200) | {"values": {"temperature": [22.0, 23.0, 24.0]}}
        link.deliver("ada/telemetry", batch)
        link.deliver(
            "ada/ack", {"experiment_id": asked["experiment_id"], "ok": True, "boot": "ab12cd34", "up": 2001}
        )
        assert values(device) == [20.0, 21.0, 22.0, 23.0, 24.0, 25.0]
        elapsed = Export(device.store.since(0), "ada", {}).to_dataframe()["elapsed_s"]
        assert [round(each, 3) for each in elapsed] == [0, 0.2, 0.4, 0.6, 0.8, 1.0]
        assert device.known.lost_samples == 0

    def test_what_the_ring_had_to_drop_is_counted(self, device: Device, link: HandLink, hand: Hand) -> None:
        pico_board(link)
        link.deliver("ada/telemetry", telemetry(0, 1000))
        link.deliver("ada/telemetry", telemetry(10, 3000))
        for _ in range(2):
            asked = link.last_command()
            assert asked["since"] == {"seq": 1}
            ack = {"experiment_id": asked["experiment_id"], "ok": True, "boot": "ab12cd34", "up": 3001}
            link.deliver("ada/ack", ack)
            assert device.known.lost_samples == 0
            hand.seconds += 1
            device._tick()
        assert device.known.lost_samples == 9
        assert kinds(device)[-1] == "gap"

    def test_a_sample_whose_sensors_have_all_failed_is_one_without_readings(
        self, device: Device, link: HandLink
    ) -> None:
        pico_board(link)
        link.deliver("ada/telemetry", telemetry(0, 1000))
        link.deliver("ada/telemetry", telemetry(1, 1200, led="on", values={}))
        assert device.diagnosis().trouble == "The Pico answers, but sends no readings."
        assert (device.led, device.status, device.known.refused_payloads) == (True, "online", 0)
        link.deliver("ada/telemetry", telemetry(2, 1400))
        assert values(device) == [20.0, 22.0]
        assert link.published == [], "nothing is missing, so nothing is asked for again"
        assert device.diagnosis().trouble is None

    def test_a_board_may_acknowledge_before_it_sends_again(
        self, device: Device, link: HandLink, hand: Hand
    ) -> None:
        pico_board(link)
        link.deliver("ada/telemetry", telemetry(0, 1000))
        hand.seconds += 1.8
        link.deliver("ada/telemetry", telemetry(9, 2800))
        asked = link.last_command()["experiment_id"]
        link.deliver("ada/ack", {"experiment_id": asked, "ok": True, "boot": "ab12cd34", "up": 2801})
        for seq in range(1, 9):
            hand.seconds += 0.9
            link.deliver("ada/telemetry", telemetry(seq, 1000 + 200 * seq))
            device._tick()
        assert values(device) == [20.0 + seq for seq in range(10)]
        assert device.known.lost_samples == 0, "nothing is given up as long as something comes"
        assert link.last_command()["experiment_id"] == asked, "nor asked for again"

    def test_what_is_still_coming_is_neither_asked_for_again_nor_given_up(
        self, device: Device, link: HandLink, hand: Hand
    ) -> None:
        pico_board(link)
        link.deliver("ada/telemetry", telemetry(8, 2600))
        for seq in range(8):
            hand.seconds += 6
            link.deliver("ada/telemetry", telemetry(seq, 1000 + 200 * seq))
            link.deliver("ada/telemetry", telemetry(9 + seq, 8600 + 6000 * seq))
            device._tick()
        assert asked_again(link) == 1
        assert sorted(values(device)) == [20.0 + seq for seq in range(17)]

    def test_samples_stay_in_order_when_the_first_was_read_late(
        self, device: Device, link: HandLink, hand: Hand
    ) -> None:
        pico_board(link)
        for seq, delay in enumerate((0.050, 0.020, 0.020, 0.020, 0.020, 0.020, 0.020, 0.020)):
            start, hand.seconds = hand.seconds, hand.seconds + delay
            link.deliver("ada/telemetry", telemetry(seq, 1000 + 5 * seq))
            hand.seconds = start + 0.005
        times = list(device.store.since(0).times)
        assert times == sorted(set(times)), "in the order in which they were taken"
        assert times[-1] - times[0] == pytest.approx(5), "the first stands 30 ms late, and the last is right"

    def test_when_the_computers_clock_is_set_back_samples_follow_it(
        self, device: Device, link: HandLink, hand: Hand
    ) -> None:
        pico_board(link)
        for seq, step in enumerate((0, -3600, 1)):
            hand.seconds += step
            link.deliver("ada/telemetry", telemetry(seq, 1000 + 1000 * seq))
        assert [time - hand.unix for time in device.store.since(0).times] == pytest.approx(
            [3599_000, -1000, 0]
        )

    def test_a_board_that_was_up_before_gives_what_it_remembers(self, device: Device, link: HandLink) -> None:
        pico_board(link)
        link.deliver("ada/telemetry", telemetry(500, 100_000))
        assert link.last_command()["since"] == {"seq": 0}
        batch = telemetry(498, 99_600, dt=200) | {"values": {"temperature": [1.0, 2.0]}}
        link.deliver("ada/telemetry", batch)
        asked = link.last_command()["experiment_id"]
        link.deliver("ada/ack", {"experiment_id": asked, "ok": True, "boot": "ab12cd34", "up": 100_001})
        assert values(device) == [1.0, 2.0, 520.0]
        assert device.known.lost_samples == 0, "nobody listened before, so nothing is lost"

    @pytest.mark.parametrize(("first", "lost"), [(0, 4), (500, 4)])
    def test_a_board_that_never_acknowledges_is_asked_twice(
        self, device: Device, link: HandLink, hand: Hand, first: int, lost: int
    ) -> None:
        pico_board(link)
        for seq in (first, *range(first + 5, first + 12)):
            link.deliver("ada/telemetry", telemetry(seq, 11_000 * seq))
            hand.seconds += 11
            device._tick()
        assert asked_again(link) == 2, "what is asked for in vain is given up"
        assert device.known.lost_samples == lost

    def test_what_the_network_has_held_back_for_long_is_not_given_up_when_it_comes(
        self, device: Device, link: HandLink, hand: Hand
    ) -> None:
        pico_board(link)
        for seq in (0, 8, 9):
            link.deliver("ada/telemetry", telemetry(seq, 1000 + 200 * seq))
            hand.seconds += 11
        assert asked_again(link) == 2, "in vain"
        link.deliver("ada/telemetry", telemetry(10, 34_000))
        for seq in range(1, 8):
            link.deliver("ada/telemetry", telemetry(seq, 1000 + 200 * seq))
        hand.seconds += 5
        device._tick()
        assert sorted(values(device)) == [20.0 + seq for seq in range(11)]
        assert device.known.lost_samples == 0

    def test_a_board_that_measures_nothing_is_not_said_to_answer_when_it_does_not(
        self, device: Device, link: HandLink, hand: Hand
    ) -> None:
        pico_board(link)
        link.deliver("ada/telemetry", telemetry(0, 1000, values={}))
        device.start("on", timeout=1)
        hand.seconds += 2
        link.deliver("ada/telemetry", telemetry(1, 3000, values={}))
        device._tick()
        assert device.diagnosis().trouble == "The last command was not answered."

    @pytest.mark.parametrize("timeout", [0, -1])
    def test_a_blink_needs_a_time_for_its_answer(
        self, device: Device, link: HandLink, timeout: float
    ) -> None:
        pico_board(link)
        with pytest.raises(ValueError, match="more than 0 seconds"):
            device.start_blink(0.1, 0.1, 1, timeout=timeout)
        assert link.published == []

    def test_offline_is_said_and_blocks(self, device: Device, link: HandLink) -> None:
        pico_board(link)
        link.deliver("ada/telemetry", telemetry(0, 1000))
        link.deliver("ada/status", "offline")
        assert device.status != "online"
        assert device.led is None
        command = device.start("on")
        assert isinstance(command.error, NotConnected)
        assert "The Pico is offline." in str(command.error)
        link.deliver("ada/status", "online")
        assert device.status == "online"
        assert kinds(device) == ["offline", "refused", "online"]

    def test_live_telemetry_outranks_a_retained_offline(self, device: Device, link: HandLink) -> None:
        dead_board(link)
        link.deliver("ada/telemetry", telemetry(0, 1000))
        assert device.mode == "pico"

    def test_p23_each_time_that_it_is_away_counts_once(
        self, device: Device, link: HandLink, hand: Hand
    ) -> None:
        """Said to be offline, heard again after a silence, or both; not when the link was away."""
        pico_board(link)
        link.deliver("ada/telemetry", telemetry(0, 1000))
        link.deliver("ada/status", "offline")
        link.deliver("ada/status", "offline")
        link.deliver("ada/status", "online")
        link.deliver("ada/telemetry", telemetry(1, 2000))
        assert device.known.attendance.away == 1
        hand.seconds += 30
        link.deliver("ada/telemetry", telemetry(2, 32000))
        assert device.known.attendance.away == 2
        hand.seconds += 30
        link.deliver("ada/status", "offline")
        link.deliver("ada/status", "online")
        link.deliver("ada/telemetry", telemetry(3, 62000))
        assert device.known.attendance.away == 3
        link.lose()
        hand.seconds += 30
        pico_board(link)
        link.deliver("ada/telemetry", telemetry(4, 92000))
        assert device.known.attendance.away == 3

    def test_silence_is_said_after_three_intervals_but_never_before_ten_seconds(
        self, device: Device, link: HandLink, hand: Hand
    ) -> None:
        pico_board(link)
        link.deliver("ada/telemetry", telemetry(0, 1000))
        hand.seconds += 9.9
        assert device.status == "online"
        hand.seconds += 0.2
        assert device.status == "silent"
        hand.seconds += 29.9
        assert device.diagnosis().trouble == "The Pico has been silent for 40 s."

    def test_an_old_boot_that_speaks_again_means_two_boards(self, device: Device, link: HandLink) -> None:
        pico_board(link)
        for boot in ("one", "two", "one"):
            link.deliver("ada/telemetry", telemetry(0, 1000, boot))
        assert device.diagnosis().trouble == "Two boards answer under this ID."

    def test_an_older_sample_does_not_undo_what_an_ack_said_of_the_led(
        self, device: Device, link: HandLink
    ) -> None:
        pico_board(link)
        link.deliver(
            "ada/ack", {"experiment_id": "x", "ok": True, "boot": "ab12cd34", "up": 2000, "led": "on"}
        )
        link.deliver("ada/telemetry", telemetry(0, 1900))
        assert device.led is True


class RefusesOnce(Store):
    """A log that has no room for the first reading."""

    full = True

    def append(self, *row: Any) -> None:
        if self.full:
            self.full = False
            raise MemoryError
        super().append(*row)


def test_a_reading_that_could_not_be_kept_does_not_stand_in_the_way_of_the_next(
    hand: Hand, link: HandLink
) -> None:
    known = Known(Topics("ada"), RefusesOnce(), hand.clock)
    outbox = Outbox(known, link)
    course = CourseLayer(known, outbox)
    with pytest.raises(MemoryError):
        course.take("ada/onboard_temp", [("ada/onboard_temp", b"20.0", False, hand.unix, 1)])
    course.take("ada/onboard_temp", [("ada/onboard_temp", b"21.0", False, hand.unix, 1)])
    assert list(known.store.since(0).values) == [21.0]


def test_a_clock_of_no_year_at_all_spoils_no_export(device: Device, link: HandLink, tmp_path: Path) -> None:
    pico_board(link)
    link.deliver("ada/telemetry", telemetry(0, 1000, ts=2**53))
    link.deliver("ada/telemetry", telemetry(1, 2000, ts=9_000_000_000_000))
    device.export.to_csv(str(tmp_path / "run.csv"))
    assert device.export.to_dataframe()["board_time"].dt.year.tolist() == [2255]


def test_readings_begin_when_they_are_asked_for(device: Device, link: HandLink, hand: Hand) -> None:
    course_board(link, hand)
    link.deliver("ada/onboard_temp", "20.0")
    hand.seconds += 1
    follow = Follow(device, None, None)
    hand.seconds += 1
    link.deliver("ada/onboard_temp", "21.0")
    assert [reading.value for reading in follow.take() or ()] == [21.0]


class TestFirstConnection:
    """A first command waits for it, and is told what stands in its way."""

    def test_it_names_what_keeps_it_from_connecting(self, device: Device, link: HandLink) -> None:
        command = device.start("toggle")
        link.lose("unknown-host")
        assert str(command.error) == "'toggle' was not sent. The broker's name is not known."

    def test_it_gives_up_after_five_seconds(self, device: Device, hand: Hand) -> None:
        command = device.start("toggle")
        hand.seconds += 5.1
        device._tick()
        assert str(command.error) == "'toggle' was not sent. There is no connection yet."


class TestCourseLayer:
    def test_the_layer_is_decided_a_second_after_the_suback(
        self, device: Device, link: HandLink, hand: Hand
    ) -> None:
        link.connect()
        command = device.start("toggle")
        assert link.published == []
        hand.seconds += 1.1
        device._tick()
        assert link.published == [("ada/onboard_led", b"toggle", 2)]
        link.deliver("ada/onboard_temp", "23.4")
        assert command.reply is not None
        assert (command.reply.temperature, command.reply.led) == (23.4, None)
        assert values(device) == [23.4]

    def test_an_info_that_does_not_name_the_protocol_makes_no_board_of_ours(
        self, device: Device, link: HandLink, hand: Hand
    ) -> None:
        course_board(link, hand)
        link.deliver("ada/info", '{"boot":"a","seq":-1}')
        assert device.mode == "course"
        link.deliver("ada/info", '{"boot":"a","protocol":1}')
        assert device.mode == "pico"

    def test_commands_wait_for_one_another(self, device: Device, link: HandLink, hand: Hand) -> None:
        course_board(link, hand)
        device.start("on")
        second = device.start("toggle")
        assert len(link.published) == 1, "one own command is outstanding at a time"
        link.deliver("ada/onboard_temp", "20.0")
        assert len(link.published) == 2
        link.deliver("ada/onboard_temp", "21.0")
        assert second.reply is not None
        assert (second.reply.temperature, second.reply.led) == (21.0, False)

    def test_behind_an_unanswered_command_the_next_one_gets_its_turn(
        self, device: Device, link: HandLink, hand: Hand
    ) -> None:
        course_board(link, hand)
        device.start("on")
        hand.seconds += 5
        second = device.start("off")
        hand.seconds += 5.1
        device._tick()
        assert [payload for _, payload, _ in link.published] == [b"on", b"off"]
        hand.seconds += 10.1
        device._tick()
        assert isinstance(second.error, NoAnswer)

    def test_a_blinking_whose_off_is_not_answered_has_failed(
        self, device: Device, link: HandLink, hand: Hand
    ) -> None:
        course_board(link, hand)
        blink = device.start_blink(0.5, 0.5, 3)
        link.deliver("ada/onboard_temp", "20.0")
        hand.advance(0.5)
        assert [payload for _, payload, _ in link.published] == [b"on", b"off"]
        hand.seconds += 10.1
        device._tick()
        assert blink.over.is_set()
        assert isinstance(blink.error, NoAnswer)

    def test_what_has_waited_for_its_turn_too_long_is_never_sent(
        self, device: Device, link: HandLink, hand: Hand
    ) -> None:
        """Ten clicks at a dead board would else go out for a hundred seconds, to whoever comes."""
        course_board(link, hand)
        device.start("on")
        clicks = [device.start("toggle", timeout=2) for _ in range(9)]
        hand.seconds += 2
        device._tick()
        assert {type(click.error) for click in clicks} == {NotConnected}
        assert len(link.published) == 1

    def test_every_number_is_a_reading_whoever_asked(
        self, device: Device, link: HandLink, hand: Hand
    ) -> None:
        course_board(link, hand)
        link.deliver("ada/onboard_temp", "20.5")
        link.deliver("ada/onboard_temp", "-7e3")
        link.deliver("ada/onboard_temp", "warm")
        assert values(device) == [20.5, -7000.0]
        assert device.known.refused_payloads == 1

    def test_no_answer_is_a_timeout_that_says_what_to_check(
        self, device: Device, link: HandLink, hand: Hand
    ) -> None:
        course_board(link, hand)
        command = device.start("on", timeout=10)
        hand.seconds += 10
        device._tick()
        assert isinstance(command.error, NoAnswer)
        assert isinstance(command.error, TimeoutError)
        assert "powered" in str(command.error)
        assert kinds(device) == ["sent", "unanswered"]
        link.deliver("ada/onboard_temp", "20.0")
        late = device.start("on")
        link.deliver("ada/onboard_temp", "21.0")
        assert late.reply is not None
        assert not late.reply.certain, "the overdue answer may have been this one"

    def test_a_command_without_an_answer_may_have_switched_the_led(
        self, device: Device, link: HandLink, hand: Hand
    ) -> None:
        course_board(link, hand)
        device.start("off")
        link.deliver("ada/onboard_temp", "20.0")
        for command, led in (("read", False), ("toggle", None)):
            device.start(command, timeout=10)
            hand.seconds += 10
            device._tick()
            assert device.led is led, command

    def test_a_dead_boards_retained_info_does_not_blind_us_to_an_old_board(
        self, device: Device, link: HandLink, hand: Hand
    ) -> None:
        dead_board(link)
        link.deliver("ada/onboard_led/state", "on", retained=True)
        hand.seconds += 1.1
        assert device.mode == "course"
        assert device.led is None
        command = device.start("on")
        link.deliver("ada/onboard_temp", "23.4")
        assert command.reply is not None
        assert device.led is True
        assert device.diagnosis().trouble is None

    def test_what_is_sent_at_once_to_an_old_board_waits_though_a_dead_one_was_here(
        self, device: Device, link: HandLink, hand: Hand
    ) -> None:
        """For a second nobody can know: it was refused, "Looking for the board."."""
        dead_board(link)
        command = device.start("on")
        assert (command.error, link.published) == (None, [])
        hand.seconds += 1.1
        device._tick()
        assert link.published == [("ada/onboard_led", b"on", 2)]

    def test_a_number_does_not_unlearn_an_led_that_the_board_itself_tells(
        self, device: Device, link: HandLink
    ) -> None:
        pico_board(link)
        link.deliver("ada/onboard_led/state", "on")
        link.deliver("ada/onboard_temp", "20.0")
        assert device.led is True, "a repeated answer of the course layer says nothing of the LED"

    def test_a_command_that_cannot_be_sent_does_not_push_aside_one_under_way(
        self, device: Device, link: HandLink, hand: Hand
    ) -> None:
        course_board(link, hand)
        under_way = device.start("on")
        link.deliver("ada/info", INFO, retained=True)
        link.deliver("ada/status", "online")
        link.status = LinkStatus("lost", "closed")  # the device has not been told yet
        assert isinstance(device.start("off").error, NotConnected)
        hand.seconds += 10.1
        device._tick()
        assert isinstance(under_way.error, NoAnswer), "it ends like every other"

    def test_a_retained_number_is_of_no_known_time_and_so_no_reading(
        self, device: Device, link: HandLink
    ) -> None:
        link.connect()
        link.deliver("ada/onboard_temp", "19.0", retained=True)
        assert (values(device), device.temperature) == ([], None)


class TestTheLink:
    def test_a_command_while_disconnected_is_refused_at_once(self, device: Device, link: HandLink) -> None:
        pico_board(link)
        link.lose("silent")
        command = device.start("on")
        assert isinstance(command.error, NotConnected)
        assert link.published == []
        assert "went dead" in str(command.error)

    def test_what_is_under_way_when_the_link_breaks_is_not_called_refused(
        self, device: Device, link: HandLink
    ) -> None:
        pico_board(link)
        command = device.start("on")
        link.lose()
        assert isinstance(command.error, NoAnswer), "whoever repeats what was not sent would toggle twice"
        assert "may have carried it out" in str(command.error)
        assert kinds(device)[-1] == "unanswered"

    def test_a_blink_that_cannot_be_sent_is_noted_once(self, device: Device, link: HandLink) -> None:
        pico_board(link)
        link.lose()
        page = Conversation(device, lambda *_: None)
        page.handle({"type": "click", "click": "c", "command": "blink"})
        assert kinds(device).count("refused") == 1

    def test_a_listener_that_raises_ends_nothing(self, device: Device, link: HandLink) -> None:
        def broken() -> None:
            raise OSError("a defect")

        heard: list[str] = []
        device.listeners.insert(0, broken)
        device.listeners.append(lambda: heard.append("news"))
        pico_board(link)
        heard.clear()
        link.deliver("ada/telemetry", telemetry(0, 1000))
        assert values(device) == [20.0]
        assert heard, "the other listeners are told"
        assert [notice for notice in device.known.notices if "bug" in notice], "and the user, too"

    def test_nothing_in_flight_survives_a_reconnect(self, device: Device, link: HandLink) -> None:
        pico_board(link)
        command = device.start("toggle")
        link.lose()
        assert isinstance(command.error, NoAnswer)
        pico_board(link)
        toggles = [payload for _, payload, _ in link.published if b"toggle" in payload]
        assert len(toggles) == 1, "sent once and never again"

    def test_a_reconnect_asks_for_what_was_missed(self, device: Device, link: HandLink) -> None:
        pico_board(link)
        link.deliver("ada/telemetry", telemetry(0, 1000))
        link.lose()
        pico_board(link)
        assert link.last_command()["since"] == {"seq": 1}

    def test_topics_that_the_broker_refuses_are_said(self, device: Device, link: HandLink) -> None:
        link.connect(refused=frozenset({"ada/telemetry"}))
        assert device.diagnosis().trouble == "The broker does not let this user listen to the board."
        assert device.diagnosis().lamps[0].word == "no permission"

    def test_a_command_that_never_comes_back_means_no_permission(
        self, device: Device, link: HandLink, hand: Hand
    ) -> None:
        pico_board(link)
        device.start("on")
        hand.seconds += 3.5
        assert "delivers them to nobody" in str(device.diagnosis().trouble)
        link.deliver("ada/cmd", link.published[-1][1])
        assert "delivers them to nobody" not in str(device.diagnosis().trouble)

    def test_a_newer_device_of_the_same_id_closes_this_one(
        self, device: Device, link: HandLink, hand: Hand
    ) -> None:
        newer = Device("ada", link, clock=hand.clock)
        assert "newer panel" in str(device.closed)
        with pytest.raises(PanelClosed):
            device.start("on")
        newer.close()

    @pytest.mark.parametrize("bad", ["blink", "ON", "", "x" * 1000])
    def test_unknown_commands_are_refused_with_the_known_ones(self, device: Device, bad: str) -> None:
        with pytest.raises(InvalidCommand, match="'toggle'"):
            device.start(bad)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(data=st.data())
def test_no_message_whatsoever_meets_a_bug(device: Device, link: HandLink, data: st.DataObject) -> None:
    if device.known.presence.info is None:
        pico_board(link)
    topic = data.draw(st.sampled_from(sorted(link.topics)))
    examples = [p for case in CONTRACT["wire"].values() for p in [*case["accepted"], *case["refused"]]]
    payload = data.draw(st.binary(max_size=60) | st.sampled_from(examples).map(str.encode))
    link.deliver(topic, payload, data.draw(st.booleans()))
    device.diagnosis()
    assert not [n for n in device.known.notices if "bug" in n], f"{topic} {payload!r}"


def test_the_state_for_the_page_is_json_and_names_layer_channels_and_units(
    device: Device, link: HandLink
) -> None:
    pico_board(link)
    state = json.loads(json.dumps(panel_state(device)))
    assert state["mode"] == "pico"
    assert state["channels"] == [{"name": "temperature", "unit": "°C"}]


@pytest.mark.parametrize(
    ("count", "refused", "lost"),
    [
        (1, "1 message made no sense; the last was a reading that is not a number.", "1 sample was lost"),
        (2, "2 messages made no sense; the last was a reading that is not a number.", "2 samples were lost"),
    ],
)
def test_what_went_wrong_is_counted_in_good_grammar(
    device: Device, link: HandLink, count: int, refused: str, lost: str
) -> None:
    for _ in range(count):
        link.deliver("ada/onboard_temp", "warm")
    device.known.lost_samples = count
    notices = panel_state(device)["notices"]
    assert notices == [refused, f"{lost} for good while the board was away."]
