"""Limits: the lamp and its sentence, and one call for each crossing."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from picopanel import Pico, Reading
from picopanel._device.device import Device
from picopanel._page.news import panel_state
from picopanel._store.limit import Limit

from ..support.waiting import eventually
from .hand import Hand, HandLink

INFO = {"boot": "b1", "interval": 1000, "channels": {"temperature": {"unit": "Cel"}, "light": {"unit": "lx"}}}


class Station:
    """A handle on a board whose readings a test delivers by hand."""

    def __init__(self, hand: Hand, link: HandLink) -> None:
        self._hand, self._link, self._seq = hand, link, 0
        self.device = Device("ada", link, clock=hand.clock)
        link.connect()
        link.deliver("ada/info", INFO, retained=True)
        link.deliver("ada/status", "online", retained=True)
        self.pico = Pico(_device=self.device)

    def measures(self, *values: float, channel: str = "temperature") -> None:
        for value in values:
            self._hand.seconds += 1
            self.sample(self._seq, value, channel)
            self._seq += 1

    def sample(self, seq: int, value: float, channel: str = "temperature") -> None:
        sample = {"boot": "b1", "seq": seq, "up": seq * 1000, "ts": None, "led": "off"}
        self._link.deliver("ada/telemetry", sample | {"values": {channel: value}})


@pytest.fixture
def station(hand: Hand, link: HandLink) -> Iterator[Station]:
    made = Station(hand, link)
    yield made
    made.pico.close()


def data_lamp(device: Device) -> tuple[str, str]:
    lamp = next(lamp for lamp in device.diagnosis().lamps if lamp.name == "Data")
    return lamp.level, lamp.word


@pytest.mark.parametrize(
    ("values", "sides"),
    [
        ([29, 30, 30.1, 31, 29.9], ["within", "within", "above", "above", "within"]),
        ([21, 20, 19.9, 20], ["within", "within", "below", "within"]),
        ([31, 19], ["above", "below"]),
    ],
)
def test_a_limit_itself_is_within(values: list[float], sides: list[str]) -> None:
    limit, side, found = Limit("temperature", 20, 30), "within", []
    for value in values:
        side = limit.side(value, side)  # type: ignore[arg-type]
        found.append(side)
    assert found == sides


def test_with_a_margin_noise_around_a_limit_crosses_it_once() -> None:
    limit = Limit("temperature", high=30, margin=0.5)
    assert [limit.side(value, "above") for value in (29.9, 29.5, 29.4)] == ["above", "within", "within"]
    assert limit.side(29.9, "within") == "within"


@pytest.mark.parametrize(
    "limits",
    [{"low": 30, "high": 20}, {"low": 20, "high": 20}, {"high": float("nan")}, {"high": 1, "margin": -1}],
)
def test_limits_that_cannot_be_are_refused(station: Station, limits: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"low must be less|finite|margin"):
        station.pico.limit(**limits)  # type: ignore[arg-type]
    assert station.device.limits.all == ()


def test_beyond_a_limit_the_lamp_changes_with_a_sentence_and_back(station: Station) -> None:
    station.measures(29)
    station.pico.limit(high=30)
    assert data_lamp(station.device) == ("ok", "fresh")
    station.measures(30.4)
    assert data_lamp(station.device) == ("warn", "above 30 °C")
    assert station.device.diagnosis().trouble == "Temperature is above 30 °C."
    assert station.device.diagnosis().blocked is None
    station.measures(29.9)
    assert (data_lamp(station.device), station.device.diagnosis().trouble) == (("ok", "fresh"), None)


def test_what_is_wrong_with_the_board_comes_first(station: Station, hand: Hand) -> None:
    station.pico.limit(high=30)
    station.measures(31)
    hand.seconds += 60
    assert str(station.device.diagnosis().trouble).startswith("The Pico has been silent")
    assert data_lamp(station.device) == ("warn", "old")


def test_the_function_is_called_once_for_each_crossing_in_the_observers_thread(station: Station) -> None:
    calls: list[tuple[Reading, str]] = []
    station.pico.limit(low=20, high=30, call=lambda it: calls.append((it, threading.current_thread().name)))
    station.measures(29, 31, 32, 33, 29, 31, 15, 25)
    eventually(lambda: len(calls) == 3, "three crossings outwards are told", seen=lambda: calls)
    assert [reading.value for reading, _ in calls] == [31, 31, 15]
    assert {name for _, name in calls} == {"picopanel-observers"}
    assert calls[0][0].unit == "°C"


def test_a_reading_that_comes_late_crosses_nothing(station: Station) -> None:
    calls: list[float] = []
    station.pico.limit(high=30, call=lambda reading: calls.append(reading.value))
    station.sample(0, 20)
    station.sample(5, 20)
    station.sample(2, 99)
    station.sample(6, 31)
    eventually(lambda: calls == [31], "only what is new is looked at", seen=lambda: calls)


def test_channels_have_limits_of_their_own(station: Station) -> None:
    station.pico.limit(high=30)
    station.pico.limit("light", low=100)
    station.measures(7, channel="light")
    assert station.device.diagnosis().trouble == "Light is below 100 lx."
    state = panel_state(station.device)
    assert state["limits"] == [
        {"channel": "temperature", "low": None, "high": 30},
        {"channel": "light", "low": 100, "high": None},
    ]


def test_a_second_limit_replaces_and_an_empty_one_removes(station: Station) -> None:
    calls: list[float] = []
    station.pico.limit(high=30, call=lambda reading: calls.append(reading.value))
    station.measures(31)
    eventually(lambda: calls == [31], "the crossing is told")
    station.pico.limit(high=40)
    station.measures(35)
    assert station.device.diagnosis().trouble is None
    assert [limit.high for limit in station.device.limits.all] == [40]
    station.measures(41)
    station.pico.remove_limit()
    assert (station.device.limits.all, station.device.diagnosis().trouble) == ((), None)
    station.pico.limit("light", high=1, call=lambda reading: calls.append(reading.value))
    station.measures(5, channel="light")
    eventually(lambda: calls[-1] == 5, "a later call comes", seen=lambda: calls)
    assert calls == [31, 5], "the replaced limit's function is not called any more"


def test_an_exception_in_the_function_is_shown_and_ends_nothing(station: Station) -> None:
    def alarm(reading: Reading) -> None:
        raise RuntimeError("my mistake")

    station.pico.limit(high=30, call=alarm)
    station.measures(31, 29)
    eventually(
        lambda: any(
            "'alarm'" in notice and "my mistake" in notice for notice in station.device.known.notices
        ),
        "the exception becomes a notice",
        seen=lambda: station.device.known.notices,
    )
    station.measures(31)
    assert station.device.diagnosis().trouble == "Temperature is above 30 °C."


def test_the_function_may_call_verbs() -> None:
    with Pico.demo("thermostat") as pico:
        pico.on()
        pico.limit(low=100, call=lambda reading: pico.off())
        eventually(lambda: pico.led is False, "the crossing switched the LED off")
