"""Derived channels: the right value at each reading, whatever comes late, goes away or raises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import picopanel
from picopanel import InvalidArgument, Pico
from picopanel._device.device import Device
from picopanel._page.news import panel_state
from picopanel._runtime import loop
from picopanel._store import Origin, Store
from picopanel._store.derive import Derived, Reckoner

from ..support.waiting import eventually
from .hand import Hand, HandLink

CHANNELS = {name: {"unit": unit} for name, unit in {"temperature": "Cel", "humidity": "%RH"}.items()}
INFO = {"boot": "b1", "interval": 1000, "channels": CHANNELS}


class Station:
    """A board whose readings a test delivers by hand, in the loop as a link does."""

    def __init__(self, hand: Hand, link: HandLink, capacity: int = 1000) -> None:
        self.hand, self.link = hand, link
        self.device = loop.ask(Device, "ada", link, clock=hand.clock, capacity=capacity)
        loop.ask(link.connect)
        self.hears("info", INFO)
        loop.ask(link.deliver, "ada/status", "online", retained=True)
        self.pico = Pico(_device=self.device)

    def hears(self, topic: str, payload: dict[str, Any]) -> None:
        loop.ask(self.link.deliver, f"ada/{topic}", payload)

    def measures(self, seq: int, dt: int = 0, **values: Any) -> None:
        self.hand.seconds = max(self.hand.seconds, 1000 + seq)
        sample = {"boot": "b1", "seq": seq, "up": seq * 1000, "ts": None, "led": "off", "values": values}
        self.hears("telemetry", {**sample, "dt": dt} if dt else sample)

    def advance(self, seconds: float) -> None:
        loop.ask(self.hand.advance, seconds)

    def values(self, channel: str) -> list[float]:
        frame = self.pico.to_dataframe()
        return [round(it, 6) for it in frame[frame.channel == channel].value]

    def come(self, channel: str, values: list[float]) -> None:
        eventually(lambda: self.values(channel) == values, f"{channel} has its values")


@pytest.fixture
def station(hand: Hand, link: HandLink) -> Iterator[Station]:
    made = Station(hand, link)
    yield made
    made.pico.close()


def total(one: float, other: float) -> float:
    return one + other


def test_all_readings_so_far_and_each_that_comes(station: Station) -> None:
    station.measures(0, temperature=20, humidity=50)
    channel = station.pico.derive("sum", total, "temperature", "humidity", unit="x")
    assert (channel.value, channel.unit, repr(channel)) == (70, "x", "<sum: 70 x, derived>")
    station.measures(1, temperature=21, humidity=50)
    station.come("sum", [70, 71])
    frame = station.pico.to_dataframe()
    assert frame[frame.derived].channel.unique().tolist() == ["sum"]
    times = {name: rows.time.tolist() for name, rows in frame.groupby("channel")}
    assert times["sum"] == times["temperature"]
    assert station.pico.derived == {"sum": ("temperature", "humidity")}
    told = {it["name"]: it.get("derived") for it in loop.ask(panel_state, station.device)["channels"]}
    assert told == {"temperature": None, "humidity": None, "sum": ["temperature", "humidity"]}


def test_the_first_channel_sets_the_pace_and_the_others_hold_until_they_are_old(station: Station) -> None:
    station.pico.derive("sum", total, "temperature", "humidity")
    station.measures(0, temperature=20)  # of the other there is nothing yet
    station.measures(1, humidity=50)
    station.measures(2, temperature=21)
    station.measures(3, temperature=22)
    station.measures(12, temperature=23)  # 11 s later the panel would call it old
    station.measures(13, humidity=60)
    station.measures(14, temperature=24)
    station.come("sum", [71, 72, 84])


def test_a_batch_of_readings_has_a_value_at_each(station: Station) -> None:
    station.pico.derive("sum", total, "temperature", "humidity")
    for seq in range(0, 200, 50):
        some = [float(it) for it in range(seq, seq + 50)]
        station.measures(seq, dt=5, temperature=some, humidity=[1000 * it for it in some])
    station.come("sum", [1001.0 * it for it in range(200)])


@pytest.mark.parametrize("word", ["mean", "rate", "integral"])
def test_what_comes_late_has_its_place(station: Station, word: str) -> None:
    station.pico.derive("late", word, "temperature", seconds=3)
    heights = [20.0, 21, 23, 22, 25, 24]
    for seq in (0, 1, 4, 5):
        station.measures(seq, temperature=heights[seq])
    for seq in (2, 3):
        station.measures(seq, temperature=heights[seq])
    eventually(lambda: len(station.values("late")) >= 3, "it has begun")
    station.pico.derive("in order", word, "temperature", seconds=3)
    wanted = station.values("in order")
    eventually(lambda: station.advance(1) or station.values("late") == wanted, "it is reckoned anew")
    station.measures(6, temperature=26)
    eventually(lambda: len(station.values("late")) == len(wanted) + 1, "and goes on")
    assert station.values("late")[:-1] == wanted


def test_where_only_a_part_came_late_the_rest_stays_as_it_was(station: Station) -> None:
    station.pico.derive("double", lambda it: 2 * it, "temperature")
    for seq in (0, 1, 3, 4):
        station.measures(seq, temperature=10 + seq)
    station.come("double", [20, 22, 26, 28])
    station.measures(2, temperature=12)
    eventually(
        lambda: station.advance(1) or station.values("double") == [20, 22, 24, 26, 28], "all are there"
    )
    rows = station.device.store.since(0)
    (since,) = [event["since"] for _, event in rows.events if event["kind"] == "withdrawn"]
    assert since == rows.times[rows.values.index(12.0)]


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (lambda it: it / 0, "raised ZeroDivisionError: float division by zero"),
        (lambda it: "warm", "raised TypeError: must be real number, not str"),
        (lambda it, other: it, "raised TypeError"),
    ],
)
def test_an_error_is_shown_once_and_ends_nothing(
    station: Station, function: Callable[..., Any], says: str
) -> None:
    station.pico.derive("bad", function, "temperature")
    station.pico.derive("good", abs, "temperature")
    for seq in range(3):
        station.measures(seq, temperature=-seq)
    station.come("good", [0, 1, 2])
    assert station.values("bad") == []
    notices = loop.ask(lambda: station.device.known.notices)
    assert len(notices) == 1
    assert notices[0].startswith(f"Your function for 'bad' {says}")


def test_no_value_is_no_reading(station: Station) -> None:
    answers = {0: None, 1: float("nan"), 2: float("inf"), 3: 7}
    station.pico.derive("some", lambda it: answers[it], "temperature")
    for seq in range(4):
        station.measures(seq, temperature=seq)
    station.come("some", [7])
    assert loop.ask(lambda: station.device.known.notices) == []


def test_a_second_call_replaces_it_and_what_is_derived_from_it_follows(station: Station) -> None:
    for seq in range(3):
        station.measures(seq, temperature=seq)
    station.pico.derive("one", lambda it: it + 1, "temperature", unit="m")
    station.pico.derive("other", lambda it: 10 * it, "one")
    assert station.values("other") == [10, 20, 30]
    station.pico.derive("one", lambda it: it + 2, "temperature", unit="km")
    assert station.values("one") == [2, 3, 4]
    assert station.pico["one"].unit == "km"
    eventually(lambda: station.advance(1) or station.values("other") == [20, 30, 40], "it follows")
    station.measures(3, temperature=3)
    station.come("other", [20, 30, 40, 50])


def test_taken_away_it_leaves_nothing(station: Station) -> None:
    station.measures(0, temperature=20)
    for name in ("one", "other"):
        station.pico.derive(name, abs, "temperature")
    station.pico.remove_derived("one")
    assert station.pico.channels == ("temperature", "humidity", "other")
    assert station.values("one") == []
    station.pico.remove_derived()
    station.measures(1, temperature=21)
    assert not station.pico.derived
    assert station.values("other") == []
    with pytest.raises(InvalidArgument, match="'one' is not derived"):
        station.pico.remove_derived("one")


def test_two_threads_may_take_all_away(station: Station) -> None:
    def work(name: str) -> None:
        for _ in range(200):
            station.pico.derive(name, abs, "temperature")
            station.pico.remove_derived()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, "abcd"))


def test_a_board_that_begins_to_measure_it_itself_has_the_name(station: Station) -> None:
    station.pico.derive("light", abs, "temperature")
    station.measures(0, temperature=20)
    station.come("light", [20])
    station.measures(1, temperature=21, light=300)
    station.come("light", [300])
    assert not station.pico.derived
    assert "measures 'light' itself" in station.device.known.notices[-1]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (("temperature", abs, "humidity"), "has a channel 'temperature' itself"),
        (("x", abs), "names of the channels"),
        (("x", abs, "x"), "cannot be derived from itself"),
        (("x", "men", "temperature"), "Did you mean 'mean'"),
        (("x", "difference", "temperature"), "'difference' takes 2"),
        (("<b>", abs, "temperature"), "channel must be 1 to 32 characters"),
        (("x", 3, "temperature"), "must be callable"),
    ],
)
def test_what_cannot_be_is_said(station: Station, call: tuple[Any, ...], says: str) -> None:
    with pytest.raises(InvalidArgument, match=says):
        station.pico.derive(*call)


def test_no_circle_and_a_warning_for_what_may_come(station: Station) -> None:
    with pytest.warns(UserWarning, match="There is no channel 'b' yet"):
        station.pico.derive("a", abs, "b")
    with pytest.raises(InvalidArgument, match="cannot be derived from itself, by way of 'a'"):
        station.pico.derive("b", abs, "a")


def test_cleared_it_begins_anew(station: Station) -> None:
    station.pico.derive("area", "integral", "temperature")
    station.measures(0, temperature=10)
    station.measures(1, temperature=10)
    station.come("area", [0, 10])
    station.pico.clear()
    station.measures(2, temperature=10)
    station.measures(3, temperature=10)
    station.come("area", [0, 10])


def test_a_limit_watches_what_comes_not_what_was_derived_of_the_past(station: Station) -> None:
    crossed: list[float] = []
    with pytest.warns(UserWarning, match="watches nothing"):
        station.pico.limit("double", high=50, call=lambda reading: crossed.append(reading.value))
    station.measures(0, temperature=40)
    station.measures(1, temperature=20)
    station.pico.derive("double", lambda it: 2 * it, "temperature")
    station.measures(2, temperature=30)
    eventually(lambda: crossed == [60], "only the last is told")


def test_a_clock_that_was_set_back_is_no_reason_to_begin_anew(station: Station) -> None:
    station.pico.derive("double", lambda it: 2 * it, "temperature")
    station.measures(0, temperature=1)
    station.come("double", [2])
    station.hand.ahead = -3_600_000
    for seq in (1, 2):
        station.measures(seq, temperature=seq + 1)
    eventually(lambda: sorted(station.values("double")) == [2, 4, 6], "they come")
    station.advance(5)
    assert not [event for _, event in station.device.store.since(0).events if event["kind"] == "withdrawn"]


def test_of_a_log_that_is_full_only_a_tenth_makes_room(hand: Hand, link: HandLink) -> None:
    station = Station(hand, link, capacity=1000)
    for seq in range(0, 1000, 100):
        station.measures(seq, dt=5, temperature=[1.0] * 100)
    for _ in range(3):
        station.pico.derive("double", lambda it: 2 * it, "temperature")
    assert len(station.values("double")) == 100
    assert len(station.values("temperature")) >= 600
    station.pico.close()


def test_derived_by_an_observer_it_waits_for_nobody(station: Station) -> None:
    station.pico.observe(lambda change: station.pico.derive("copy", abs, "temperature"), "temperature")
    station.measures(0, temperature=20)
    station.advance(1)
    station.come("copy", [20])


@pytest.mark.parametrize("name", ["run.jsonl", "run.parquet"])
def test_a_recording_has_what_counts_and_says_that_it_is_derived(
    station: Station, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    with station.pico.record(path):
        station.pico.derive("sum", lambda it: -1, "temperature")
        station.measures(0, temperature=20)
        station.come("sum", [-1])
        station.pico.derive("sum", abs, "temperature", unit="x")
        station.pico.derive("gone", abs, "temperature")
        station.measures(1, temperature=21)
        station.come("sum", [20, 21])
        station.pico.remove_derived("gone")
    with station.pico.record(path):  # once more, so that a Parquet file is added to
        station.measures(2, temperature=22)
        station.come("sum", [20, 21, 22])
        station.pico.derive("sum", lambda it: it + 1, "temperature", unit="x")
    frame = picopanel.read_recording(path)
    assert frame[frame.derived].channel.tolist() == ["sum"] * 3
    assert frame[frame.channel == "sum"].value.tolist() == [21, 22, 23]
    assert frame[frame.channel == "temperature"].value.tolist() == [20, 21, 22]
    assert frame[frame.derived].unit.unique().tolist() == ["x"]


def test_a_replay_plays_it_marked_as_both_and_derives_others(station: Station, tmp_path: Path) -> None:
    with station.pico.record(tmp_path / "run.jsonl"):
        station.pico.derive("double", lambda it: 2 * it, "temperature")
        station.measures(0, temperature=20)
        station.come("double", [40])
    with Pico.replay(tmp_path / "run.jsonl", speed=1000) as show:
        with pytest.raises(InvalidArgument, match="The recording has a channel 'double' itself"):
            show.derive("double", abs, "temperature")
        show.derive("triple", lambda it: 3 * it, "temperature")
        eventually(lambda: show["triple"].value == 60, "it is derived of what is played")
        frame = show.to_dataframe()
        assert dict(zip(frame.channel, frame.derived, strict=True)) == {
            "temperature": False,
            "double": True,
            "triple": True,
        }
        assert frame.replay.all()


@pytest.mark.parametrize("recorded", [True, False])
def test_a_past_that_comes_back_is_derived_once(hand: Hand, tmp_path: Path, recorded: bool) -> None:
    path = tmp_path / "run.jsonl"
    former = Station(hand, HandLink())
    with former.pico.record(path):
        if recorded:
            former.pico.derive("double", lambda it: 2 * it, "temperature")
        former.measures(0, temperature=20)
        former.measures(1, temperature=21)
        former.come("double", [40, 42] if recorded else [])
    former.pico.close()
    size = path.stat().st_size
    later = Station(hand, HandLink())
    later.pico.derive("double", lambda it: 2 * it, "temperature")
    with later.pico.record(path):
        later.measures(2, temperature=22)
        later.come("double", [40, 42, 44])
        later.advance(5)
        assert later.values("double") == [40, 42, 44]
    later.pico.close()
    withdrawn = b"withdrawn" in path.read_bytes()[size:]
    assert not withdrawn


readings = st.lists(
    st.tuples(st.integers(1, 5000), st.floats(-1e6, 1e6)), min_size=1, max_size=60
)  # after so many ms, a value


def reckoned(function: Any, steps: list[tuple[int, float]], cuts: set[int], seconds: float) -> list[float]:
    """Return what comes of readings that are given in several parts."""
    store, time = Store(), 1e12
    reckoner = Reckoner(Derived("it", function, ("a",), "", seconds), print)
    values: list[float] = []
    seen = 0
    for nth, (after, value) in enumerate(steps):
        time += after
        store.append(Origin("a", "b", 5000), [time], [value])
        if nth in cuts or nth == len(steps) - 1:
            for found in reckoner.go_through(store.since(seen), {"a": 1e9}, 0):
                values += found.values
            seen = store.end
    return values


@given(readings, st.sets(st.integers(0, 59)), st.sampled_from([0.5, 3, 60]))
def test_the_mean_is_that_of_the_last_seconds(
    steps: list[tuple[int, float]], cuts: set[int], seconds: float
) -> None:
    times, at = [], 0
    for after, _ in steps:
        at += after
        times.append(at)
    wanted = []
    for nth, time in enumerate(times):
        some = [v for t, (_, v) in zip(times[: nth + 1], steps, strict=False) if t > time - 1000 * seconds]
        wanted.append(sum(some) / len(some))
    assert reckoned("mean", steps, cuts, seconds) == pytest.approx(wanted, abs=1e-6)


@given(
    st.floats(-100, 100), st.lists(st.integers(1, 5000), min_size=2, max_size=60), st.sets(st.integers(0, 59))
)
def test_the_rate_of_a_straight_line_is_its_slope(slope: float, gaps: list[int], cuts: set[int]) -> None:
    at, steps = 0, []
    for after in gaps:
        at += after
        steps.append((after, slope * at / 1000))
    rates = reckoned("rate", steps, cuts, 3)
    assert rates == pytest.approx([slope] * (len(gaps) - 1), abs=1e-4)


def test_over_a_silence_and_a_start_of_the_board_nothing_is_added() -> None:
    store = Store()
    for time, boot in ((0, "b"), (1000, "b"), (60_000, "b"), (61_000, "b"), (62_000, "c"), (63_000, "c")):
        store.append(Origin("power", boot, 1000), [1e12 + time], [5.0])
    reckoner = Reckoner(Derived("energy", "integral", ("power",)), print)
    (found,) = reckoner.go_through(store.since(0), {"power": 1e9}, 0)
    assert found.values == [0, 5, 5, 10, 10, 15]


def test_a_recording_that_withdraws_again_and_again_is_read_in_one_go(tmp_path: Path) -> None:
    reading = '{"time":%d,"value":1,"channel":"x","unit":"","virtual":false,"derived":true}\n'
    cut = '{"time":%d,"event":"withdrawn","channel":"x","since":%d}\n'
    lines = ['{"picopanel":"recording","version":1,"id":"ada"}\n']
    for nth in range(2000):
        lines += [reading % (1_000_000 + nth), cut % (1_000_000 + nth, 1_000_000 + nth)]
    lines.append(reading % 5)
    path = tmp_path / "run.jsonl"
    path.write_text("".join(lines))
    assert picopanel.read_recording(path).time.map(lambda it: it.timestamp() * 1000).tolist() == [5]
