"""A recording is played through the same rooms: the same from start to end, however fast."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picopanel import NotARecording, NotConnected, PanelClosed, Pico, RecordingFailed
from picopanel._device.device import Device
from picopanel._device.following import Follow
from picopanel._device.replay import Player
from picopanel._page.conversation import Conversation
from picopanel._page.news import SPEEDS, moments_of, panel_state
from picopanel._store import NO_CLOCK, Origin, Rows, Store
from picopanel._store.export import Readings
from picopanel._store.files import read_file
from picopanel._store.limit import Limit
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
        self.player.advance()
        if not self.device.closed:
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
        "length": bundled.player.length * 1000,
        "jumps": 0,
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


def told(show: Show) -> Any:
    """All that is known where it is, but that it was gone to."""
    state = show.state
    del state["replay"]["jumps"]
    device = show.device
    rows = device.store.since(0)
    return (
        plain(rows),
        state,
        device.known.last,
        device.status,
        device.led,
        show.player.position,
        show.player.time,
    )


@settings(max_examples=25, deadline=None)
@given(log=logs.filter(bool), places=st.lists(st.floats(0, 1), min_size=1, max_size=4))
def test_wherever_one_goes_all_is_as_if_it_had_been_played_up_to_there(
    log: list[Any], places: list[float]
) -> None:
    gone, played = (Show(Recording("ada", filled(log))) for _ in range(2))
    for show in (gone, played):
        show.player.pause()
    for share in places:
        gone.player.seek(share * gone.player.length)
    played.player.go(places[-1] * played.player.length * 1000)
    assert told(gone) == told(played)
    for show in (gone, played):
        show.device.close()


def test_a_jump_leads_to_what_playing_leads_to(bundled: Show) -> None:
    other = Show(read_file(BUNDLED, 10_000))
    for player in (bundled.player, other.player):
        player.pause()
    other.player.seek(other.player.length)
    for seconds in (10, 200, 349, 380, 425, 500):
        while bundled.player.position < seconds:
            bundled.run(400)
        other.player.seek(bundled.player.position)
        assert told(other) == told(bundled), f"after {seconds} s"
    other.device.close()


def test_what_came_later_is_not_there_after_a_jump_back(bundled: Show) -> None:
    player, device = bundled.player, bundled.device
    player.pause()
    player.seek("the Wi-Fi goes")
    later, end = player.time, device.store.end
    assert [it["text"] for _, it in device.store.since(0).events if it["kind"] == "mark"][-1] == (
        "the Wi-Fi goes"
    )
    player.seek("a finger on the chip")
    assert player.time < later
    rows = device.store.since(0)
    assert max(rows.times) <= player.time.timestamp() * 1000
    assert rows.first == device.store.floor == end, "a page that has the former rows takes these as new ones"
    assert player.paused


def test_it_steps_from_command_to_mark_and_back(bundled: Show) -> None:
    player = bundled.player
    bundled.run(0)
    moments = player.moments
    assert [player.step() for _ in moments] == list(moments)
    assert player.step() is None
    assert player.ended
    assert player.step(-1) == moments[-1]
    assert player.paused
    assert player.step(-2) == moments[-3]
    assert player.step(0) is None
    assert player.position == pytest.approx(moments[-3].position)
    player.seek(moments[1])
    assert player.step(-1) == moments[0]
    assert player.step(-1) is None
    assert player.position == 0
    marks = [it.text for it in moments if it.kind == "mark"]
    assert marks == ["a finger on the chip", "the Wi-Fi goes", "no answer this time", "lamp and finger"]
    assert [it.text for it in moments if it.failed] == ["on"]


def test_what_plays_plays_on_after_a_jump_and_what_has_ended_stands(bundled: Show) -> None:
    player = bundled.player
    player.seek(100)
    assert not player.paused
    player.seek(player.length)
    assert player.ended
    player.seek(50)
    assert (player.ended, player.paused) == (False, True)


def test_a_place_is_a_time_too(bundled: Show) -> None:
    player = bundled.player
    mark = next(it for it in player.moments if it.kind == "mark")
    for to in (mark.time, mark.time.isoformat(), mark):
        player.seek(0)
        player.seek(to)
        assert player.position == pytest.approx(mark.position, abs=0.01)
        assert player.time == mark.time


@pytest.mark.parametrize(
    ("to", "said"),
    [
        (-1, "from 0 to"),
        (1e6, "from 0 to"),
        (True, "must be a number"),
        (None, "must be a number"),
        ("the wifi goes", "Did you mean 'the Wi-Fi goes'"),
        ("2020-01-01T00:00:00+00:00", "no mark"),
        (datetime(2020, 1, 1, tzinfo=timezone.utc), "The recording goes from 2026"),
    ],
)
def test_a_place_that_is_not_there_is_refused(bundled: Show, to: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        bundled.player.seek(to)
    assert bundled.player.position == 0


def test_a_closed_replay_goes_nowhere(bundled: Show) -> None:
    player = bundled.player
    bundled.device.close()
    for call in (lambda: player.seek(10), player.pause, player.resume, lambda: setattr(player, "speed", 2)):
        with pytest.raises(PanelClosed):
            call()


def test_nobody_is_called_or_told_for_what_is_jumped_over(bundled: Show) -> None:
    called: list[Any] = []
    device, player = bundled.device, bundled.player
    player.pause()
    device.limits.set(Limit("temperature", high=28.0), called.append)
    follow = Follow(device, None, None)
    finger = next(it for it in player.moments if it.text == "a finger on the chip")
    player.seek(finger.position + 20)
    assert device.limits.beyond is not None, "the finger is on the chip"
    assert follow.take() == []
    player.seek(finger.position)
    assert device.limits.beyond is None
    assert (follow.take(), called) == ([], [])
    bundled.run(400)
    bundled.run(400)
    bundled.run(400)
    assert follow.take(), "what is played from here on is told"


def test_the_page_goes_to_places_and_steps_once_a_click(bundled: Show) -> None:
    player, page = bundled.player, bundled.page
    page.handle({"type": "play", "seek": 100_000})
    assert player.position == 100
    for nonsense in ("1", True, None, [], float("nan")):
        page.handle({"type": "play", "seek": nonsense, "step": nonsense})
    page.handle({"type": "play", "step": 1})
    assert player.position == 100
    page.handle({"type": "play", "seek": 1e300})
    assert player.ended
    page.handle({"type": "play", "seek": -5})
    for _ in range(2):
        page.handle({"type": "play", "step": 1, "click": "a"})
    assert player.position == player.moments[0].position
    page.handle({"type": "play", "step": -1, "click": "b"})
    assert player.position == 0


def test_a_page_is_told_what_there_is_to_go_to_and_of_much_some() -> None:
    store = Store()
    for at in range(1000):
        store.append_event(float(at), {"kind": "sent", "id": str(at), "command": "on", "click": None})
    store.append_event(
        1000.0, {"kind": "unanswered", "id": "999", "command": "on", "click": None, "after": 1}
    )
    store.append_event(2000.0, {"kind": "mark", "text": "the end"})
    show = Show(Recording("ada", store))
    moments = moments_of(show.device)
    assert len(moments) == 201
    assert moments[-1] == (2000.0, "mark", "the end")
    assert len(show.player.moments) == 1001
    assert show.player.moments[999].failed
    show.device.close()


def test_a_mark_that_was_changed_is_gone_to_where_it_stands() -> None:
    store = Store()
    store.append(Origin("light", "b", 60_000), [60_000.0 * at for at in range(10)], [1.0] * 10)
    for change, (at, text) in enumerate(((540_000.0, "cold"), (120_000.0, "warm"))):
        store.append_event(at, {"kind": "mark", "text": text, "mark": "m", "change": change})
    show = Show(Recording("ada", store))
    assert [(it.text, it.time.timestamp()) for it in show.player.moments] == [("warm", 120)]
    show.player.seek("warm")
    assert show.player.time.timestamp() == pytest.approx(120)
    show.device.close()
