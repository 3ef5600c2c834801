"""A recording is played through the same rooms: the same from start to end, however fast."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picopanel import NotARecording, NotConnected, Pico, RecordingFailed
from picopanel._device.device import Device
from picopanel._device.replay import Player
from picopanel._page.conversation import Conversation
from picopanel._page.news import SPEEDS, panel_state
from picopanel._store import NO_CLOCK, Origin, Rows, Store
from picopanel._store.export import Readings
from picopanel._store.files import read_file
from picopanel._store.recording import BUNDLED, Recording

from .hand import Hand
from .test_recording import filled, logs, plain

numbers = itertools.count()


class Show:
    """A recording that plays on a clock in the hand."""

    def __init__(self, recording: Recording, speed: float = 1) -> None:
        self.hand = Hand()
        self.player = Player(recording, next(numbers), speed, self.hand.clock)
        self.device = Device(recording.device_id, self.player)
        self.page = Conversation(self.device, lambda *_: None)

    def run(self, milliseconds: float) -> None:
        """Play in one step for so long, then pause."""
        self.player.resume()
        self.hand.seconds += milliseconds / 1000
        self.player.step()
        self.player.pause()

    def to_the_end(self, step: float = 400) -> None:
        self.run(step)
        while not self.player.ended:
            self.run(step)

    @property
    def state(self) -> dict[str, Any]:
        return panel_state(self.device)


@pytest.fixture
def bundled() -> Iterator[Show]:
    show = Show(read_file(BUNDLED, 10_000))
    yield show
    show.device.close()


def marked(rows: Rows) -> list[Any]:
    """Rows as values, the origins marked as a replay's are."""
    return [
        (*row[:-1], replace(row[-1], replay=True)) if isinstance(row[-1], Origin) else row
        for row in plain(rows)
    ]


@settings(max_examples=25, deadline=None)
@given(log=logs.filter(bool), speed=st.floats(1, 1000), steps=st.lists(st.floats(0, 400), max_size=10))
def test_the_log_ends_the_same_however_fast(log: list[Any], speed: float, steps: list[float]) -> None:
    recording = Recording("ada", filled(log))
    show = Show(recording, speed)
    for step in steps:
        show.run(step)
    show.player.speed = 1000
    show.to_the_end()
    assert plain(show.device.store.since(0)) == marked(recording.store.since(0))
    show.device.close()


def test_the_lesson_that_comes_along_is_marked_for_what_it_is(bundled: Show) -> None:
    bundled.run(5000)
    assert bundled.state["virtual"] is True
    assert bundled.state["replay"] == {
        "speed": 1,
        "speeds": SPEEDS,
        "paused": True,
        "ended": False,
        "until": bundled.player.until,
    }
    frame = bundled.device.export.to_dataframe()
    assert len(frame)
    assert (frame["virtual"] & frame["replay"]).all()
    figure = bundled.device.export.figure()
    assert figure.layout.title.text == "lesson (virtual, replay)"


def test_it_tells_of_the_board_what_was_known_then(bundled: Show) -> None:
    bundled.player.speed = 10
    seen = set()
    while not bundled.player.ended:
        bundled.run(100)
        state = bundled.state
        seen.add((bundled.device.status, bundled.device.led, state["trouble"]))
    assert ("online", True, None) in seen
    assert ("online", False, None) in seen
    silent = [trouble for status, _, trouble in seen if status == "silent"]
    assert any("silent" in trouble for trouble in silent), "the Wi-Fi was away for 22 s"
    assert (bundled.device.mode, bundled.device.known.lost_samples) == ("pico", 0)
    assert 20 < (bundled.device.temperature or 0) < 35
    assert bundled.device.known.last["temperature"][0] > bundled.player.until - 2000


def test_a_thousand_times_as_fast_no_silence_is_invented(bundled: Show) -> None:
    bundled.player.speed = 1000
    bundled.run(300)
    assert bundled.device.status == "online"


def test_a_replay_pauses_resumes_and_plays_again_to_the_same_log(bundled: Show) -> None:
    player = bundled.player
    bundled.run(400)
    before = bundled.device.store.end
    assert player.paused
    bundled.hand.advance(60)
    assert bundled.device.store.end == before
    player.speed = 1000
    bundled.to_the_end()
    assert player.ended
    assert not player.paused, "there is nothing to resume"
    whole = plain(bundled.device.store.since(0))
    bundled.run(0)
    assert len(plain(bundled.device.store.since(0))) < 10, "it begins again, with an empty chart"
    bundled.to_the_end()
    assert plain(bundled.device.store.since(0)) == whole


def test_a_recording_that_is_shorter_than_a_step_is_played_again() -> None:
    store = Store()
    store.append(Origin("light", "b", 1000), [0.0, 1000.0, 2000.0], [1.0, 2.0, 3.0])
    show = Show(Recording("ada", store), speed=1000)
    for played in (1, 2):
        show.run(40)
        assert show.player.ended
        assert list(Readings.of(show.device.store.since(0)).values) == [1, 2, 3]
        assert show.device.store.end >= 3 * played, "its rows have come once more"
    show.device.close()


class Interrupted(Store):
    """A store that something else happens to while it is read."""

    meanwhile: Callable[[], object] | None = None

    def since(self, seq: int, limit: int | None = None) -> Rows:
        if self.meanwhile:
            self.meanwhile()
        return super().since(seq, limit)


def test_a_replay_may_be_closed_while_it_plays() -> None:
    store = Interrupted()
    store.append(Origin("light", "b", 1000), [0.0, 1000.0], [1.0, 2.0])
    show = Show(Recording("ada", store))
    store.meanwhile = show.device.close
    show.run(400)
    assert show.device.closed


def test_an_answer_that_does_not_tell_the_led_leaves_it_as_it_was() -> None:
    store = Store()
    store.append(Origin("temperature", "b", 1000, True), [0.0], [20.1])
    answer = {"kind": "answered", "id": "1", "command": "read", "latency": 5, "certain": True}
    store.append_event(1.0, answer)
    store.append(Origin("temperature"), [2.0], [20.2])
    show = Show(Recording("ada", store))
    show.run(100)
    assert (show.device.led, show.device.temperature) == (True, 20.2)
    show.device.close()


def test_a_computer_that_slept_goes_on_where_it_was(bundled: Show) -> None:
    bundled.run(3_600_000)
    assert len(Readings.of(bundled.device.store.since(0)).times) < 5


def test_a_night_between_two_runs_is_not_sat_through() -> None:
    store = Store()
    for start in (0.0, 9e7):
        store.append(Origin("light", "b", 1000), [start + at for at in (0, 1000, 2000)], [1.0, 2.0, 3.0])
    show = Show(Recording("ada", store), speed=1000)
    show.run(30)
    assert len(Readings.of(show.device.store.since(0)).times) == 6
    assert show.player.until == 9e7 + 2000
    show.device.close()


def test_samples_that_came_late_come_late_again() -> None:
    store = Store()
    origin = Origin("light", "b", 1000)
    store.append(origin, [0.0, 1000.0], [1.0, 2.0])
    store.append(origin, [5000.0], [6.0])
    store.append(origin, [2000.0], [3.0], [5040.0], [NO_CLOCK])
    show = Show(Recording("ada", store))
    show.player.speed = 10
    show.run(450)
    assert list(Readings.of(show.device.store.since(0)).values) == [1, 2]
    show.run(400)
    assert list(Readings.of(show.device.store.since(0)).values) == [1, 2, 3, 6]
    show.device.close()


def test_a_course_boards_recording_plays_on_the_course_layer() -> None:
    store = Store()
    store.append(Origin("temperature"), [0.0, 4000.0], [20.1, 20.2])
    answer = {"kind": "answered", "id": "1", "command": "on", "latency": 5, "certain": True, "led": True}
    store.append_event(4001.0, answer)
    show = Show(Recording("ada", store), speed=100)
    show.run(100)
    assert (show.device.mode, show.device.status, show.device.led) == ("course", "online", True)
    show.device.close()


def test_it_takes_no_commands_and_says_why(bundled: Show) -> None:
    bundled.run(400)
    before = bundled.device.store.end
    for command in (lambda: bundled.device.start("on"), lambda: bundled.device.start_blink(1, 1, 1)):
        with pytest.raises(NotConnected, match="recording"):
            command()
    assert "recording" in bundled.state["blocked"]
    assert bundled.device.store.end == before


def test_a_recording_is_not_recorded_again(bundled: Show, tmp_path: Path) -> None:
    with pytest.raises(RecordingFailed, match="on file already"):
        bundled.device.record(tmp_path / "copy.jsonl")


@pytest.mark.parametrize("speed", [0, 0.5, 1001, float("nan"), "fast", True, None])
def test_a_speed_that_is_none_is_refused(bundled: Show, speed: Any) -> None:
    with pytest.raises(ValueError, match="1 to 1000"):
        bundled.player.speed = speed
    assert bundled.player.speed == 1


def test_the_page_pauses_resumes_and_chooses_the_speed(bundled: Show) -> None:
    bundled.page.handle({"type": "play", "paused": False, "speed": 10})
    assert (bundled.player.paused, bundled.player.speed) == (False, 10)
    bundled.page.handle({"type": "play", "paused": True})
    assert bundled.state["replay"]["paused"] is True
    for nonsense in ({"speed": 3}, {"speed": True}, {"speed": [1]}, {"paused": "no"}, {"speed": None}):
        bundled.page.handle({"type": "play", **nonsense})
    assert (bundled.player.paused, bundled.player.speed) == (True, 10)


def test_a_script_plays_a_file_and_is_told_of_one_that_is_not_there(tmp_path: Path) -> None:
    with Pico.replay(BUNDLED, speed=1000) as pico:
        player = pico.player
        readings = list(pico.readings(n=100))
        assert {reading.virtual for reading in readings} == {True}
        with pytest.raises(NotConnected, match="board"):
            pico.doctor()
        pico.player.pause()
        assert player.paused or player.ended
    with pytest.raises(RecordingFailed, match=r"no recording 'none\.jsonl'"):
        Pico.replay(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").touch()
    with pytest.raises(NotARecording, match="nothing yet"):
        Pico.replay(tmp_path / "empty.jsonl")
    with Pico.demo("live") as live, pytest.raises(AttributeError, match="Only a replay"):
        live.player.pause()


def test_a_newer_replay_of_the_same_file_takes_over() -> None:
    first = Pico.replay()
    second = Pico.replay()
    assert first._device.closed
    assert not second._device.closed
    second.close()
