"""The computer's clock is set while a board streams: soon all is as it should be."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from picopanel._device.device import Device
from picopanel._device.following import Follow
from picopanel._runtime.clock import Clock, ClockWatch

from .hand import Hand, HandLink
from .test_device import pico_board, telemetry

AN_HOUR = 3_600_000.0


@pytest.fixture
def device(hand: Hand, link: HandLink) -> Iterator[Device]:
    device = Device("ada", link, clock=hand.clock)
    pico_board(link)
    yield device
    device.close()


def stream(link: HandLink, hand: Hand, first: int, count: int) -> None:
    for seq in range(first, first + count):
        hand.seconds += 1
        link.deliver("ada/telemetry", telemetry(seq, 1000 * seq + 1000))


def data_lamp(device: Device) -> str:
    return next(lamp.word for lamp in device.diagnosis().lamps if lamp.name == "Data")


@pytest.mark.parametrize("by", [AN_HOUR, -AN_HOUR])
def test_t2_after_the_clock_was_set_data_is_fresh_and_stands_at_its_time(
    device: Device, hand: Hand, link: HandLink, by: float
) -> None:
    stream(link, hand, 0, 3)
    hand.ahead = by
    device._tick()
    assert data_lamp(device) == "fresh", "a second old, as before"
    stream(link, hand, 3, 3)
    assert data_lamp(device) == "fresh"
    assert device.store.since(0).times[-1] == hand.unix
    assert not any(device.store.since(0).lags), "no sample was late"
    hand.seconds += 11
    device._tick()
    assert data_lamp(device) == "old", "and what is old is called so"


@pytest.mark.parametrize("by", [AN_HOUR, -AN_HOUR])
def test_t2_readings_go_on_while_the_clock_is_set(
    device: Device, hand: Hand, link: HandLink, by: float
) -> None:
    stream(link, hand, 0, 2)

    def news() -> Iterator[None]:
        stream(link, hand, 2, 2)
        yield
        hand.ahead = by
        stream(link, hand, 4, 1)
        yield

    follow = Follow(device, None, None)
    values = [reading.value for _ in news() for reading in follow.take() or ()]
    assert values == [22.0, 23.0, 24.0]


def test_t2_what_was_measured_before_one_listened_is_left_out_though_the_clock_was_set(
    device: Device, hand: Hand, link: HandLink
) -> None:
    stream(link, hand, 0, 1)
    hand.seconds += 20
    hand.ahead = AN_HOUR
    device._tick()

    follow = Follow(device, None, None)
    link.deliver("ada/telemetry", telemetry(5, 6000))  # 15 s on its way
    link.deliver("ada/telemetry", telemetry(20, 21_000))
    assert [reading.value for reading in follow.take() or ()] == [40.0]


@pytest.mark.parametrize("by", [AN_HOUR, -AN_HOUR])
def test_t2_commands_expire_by_the_boards_time_though_the_clock_was_set(
    device: Device, hand: Hand, link: HandLink, by: float
) -> None:
    stream(link, hand, 0, 3)
    link.deliver("ada/ack", {"experiment_id": "another", "ok": True, "boot": "ab12cd34", "up": 3000})
    hand.ahead = by
    hand.seconds += 1
    device._tick()
    device.start("on")
    assert link.last_command()["until"] == 14_000, "without a word from the board meanwhile"
    stream(link, hand, 3, 1)
    device.start("on")
    assert link.last_command()["until"] == 15_000


def test_t2_what_waits_to_be_taken_in_while_the_clock_is_set_is_not_placed_by_the_former(
    device: Device, hand: Hand, link: HandLink
) -> None:
    stream(link, hand, 0, 2)
    hand.seconds += 1
    payload = b'{"boot":"ab12cd34","seq":2,"up":3000,"values":{"temperature":1}}'
    assert link.receiver is not None
    link.receiver.on_message("ada/telemetry", payload, False, more=True)
    hand.ahead = AN_HOUR
    device._tick()
    assert device.store.since(0).times[-1] == hand.unix
    stream(link, hand, 3, 1)
    assert device.store.since(0).times[-1] == hand.unix


def test_t3_a_board_that_counts_anew_in_one_boot_is_followed(
    device: Device, hand: Hand, link: HandLink
) -> None:
    stream(link, hand, 0, 3)
    for seq in range(3, 6):
        hand.seconds += 1
        link.deliver(
            "ada/telemetry", telemetry(seq, 1000 * seq - 3000) | {"led": "on" if seq == 5 else "off"}
        )
        assert device.store.since(0).times[-1] == hand.unix
    up = 1_000_000  # its ticks come round: `up` was never added up
    link.deliver("ada/telemetry", telemetry(6, up) | {"led": "off"})
    link.deliver("ada/telemetry", telemetry(7, 10) | {"led": "on"})
    assert device.led is True, "what it says of its LED is not taken for old"


def test_a_clock_that_is_led_along_or_read_slowly_was_not_set() -> None:
    monotonic, unix = iter([0.0, 0.0, 1.0, 1.0, 2.0, 2.5, 3.0, 3.0]), iter([0.0, 1000.5, 2400.0, 8000.0])
    watch = ClockWatch(Clock(lambda: next(monotonic), lambda: next(unix)))
    assert [watch.look() for _ in range(4)] == [0.0, 0.0, 0.0, 4999.5]
