"""A recording of a described board plays as that board: channels, controls, presence; not as the course's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from picopanel import NotARecording, NotConnected, Pico, PicoPanel, read_recording
from picopanel._device.device import Device
from picopanel._page.news import PanelNews, panel_state
from picopanel._protocol.boards import find_board
from picopanel._runtime import loop

from ..support.waiting import eventually
from .hand import Hand, HandLink


def recorded(path: Path) -> None:
    with Pico.demo("mixer", board="sdl-demo") as mixer, mixer.record(path):
        mixer.set(R=10, G=80, B=0)
        mixer.set(R=5)


@pytest.mark.parametrize("name", ["run.jsonl", "run.parquet"])
def test_light_mixing_plays_as_light_mixing(tmp_path: Path, name: str) -> None:
    recorded(tmp_path / name)
    with PicoPanel.replay(tmp_path / name) as show:
        show.player.pause()
        show.player.seek(show.player.length)
        state = loop.ask(panel_state, show._device)
        assert (state["mode"], state["board"], state["virtual"]) == ("described", "Light mixing", True)
        assert {it["name"]: it["value"] for it in state["controls"]} == {"R": 5, "G": 80, "B": 0}
        assert "LED" not in [lamp["name"] for lamp in state["lamps"]]
        assert {it["name"]: it["unit"] for it in state["channels"]}["onboard_temperature"] == "K"
        assert show.as_description() == find_board("sdl-demo").text
        assert show.status == "online"
        show.player.seek(0)
        values = [it["value"] for it in loop.ask(panel_state, show._device)["controls"]]
        assert values == [None, None, None], "as it was known there"
        with pytest.raises(NotConnected, match="takes no commands"):
            show.set(R=1)


def test_what_was_sent_without_an_answer_is_what_was_sent(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    with Pico.demo("fan", board="fan") as fan, fan.record(path):
        fan.set(speed=60)
        eventually(lambda: len(fan.to_dataframe()) > 3, "it measures")
    with Pico.replay(path) as show:
        show.player.pause()
        show.player.seek(show.player.length)
        (control,) = loop.ask(panel_state, show._device)["controls"]
        assert (control["value"], control["sent"]) == (None, 60)
        assert show.channels == ("rpm",)


def test_a_recording_that_is_gone_on_with_tells_of_its_board_once(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    recorded(path)
    recorded(path)
    kinds = [json.loads(line).get("event") for line in path.read_text("utf-8").splitlines()]
    assert kinds.count("board") == 1
    assert len(read_recording(path)) > 0


def test_what_was_listened_to_plays_as_that(tmp_path: Path, hand: Hand) -> None:
    path = tmp_path / "run.jsonl"
    link = HandLink()
    device = loop.ask(lambda: Device("home", link, clock=hand.clock, listens="home/#"))
    loop.ask(link.connect)
    start = loop.ask(device.record, path)
    assert loop.wait(start.done, 10)
    loop.ask(link.deliver, "home/kitchen", '{"t": "21.5 °C"}')
    loop.ask(device.close)
    assert loop.wait(device.recorder.settled, 10)
    with Pico.replay(path) as show:
        show.player.seek(show.player.length)
        assert (show._device.mode, show._device.has_led) == ("described", False)
        assert show["t"].unit == "°C"


def test_a_page_is_not_told_what_is_for_recordings(hand: Hand) -> None:
    link = HandLink()
    device = Device("ada", link, clock=hand.clock, board=find_board("sdl-demo"))
    link.connect()
    device.known.note("board", description="x")
    device.known.learn_settings({"R": 1}, confirmed=True)
    device.known.learn_settings({"R": 1}, confirmed=True)
    kinds = [event["kind"] for _, event in device.store.since(0).events]
    assert kinds == ["board", "set"], "what is as it was is no event"
    messages, _ = PanelNews(device).since(PanelNews.untold)
    assert [message["rows"]["events"] for message, _ in messages] == [[]]
    device.close()


@pytest.mark.parametrize(
    "told",
    [
        '{"description": "nonsense"}',
        '{"description": "", "listens": 7}',
        '{"description": "", "listens": "a#"}',
    ],
)
def test_what_describes_no_board_is_refused(tmp_path: Path, told: str) -> None:
    path = tmp_path / "run.jsonl"
    recorded(path)
    lines = path.read_text("utf-8").splitlines()
    changed = [
        json.dumps({"time": json.loads(line)["time"], "event": "board", **json.loads(told)})
        if '"event":"board"' in line
        else line
        for line in lines
    ]
    path.write_text("\n".join(changed) + "\n", encoding="utf-8")
    with pytest.raises(NotARecording, match="what describes its board cannot be used here") as refused:
        Pico.replay(path)
    assert ".." not in str(refused.value).replace("...", "")


@pytest.mark.parametrize(
    "event",
    ['"event":"board"', '"event":"set","values":[],"confirmed":true', '"event":"board","description":3'],
)
def test_events_without_what_belongs_to_them_are_refused(tmp_path: Path, event: str) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(
        '{"picopanel":"recording","version":1,"id":"a"}\n{"time":1,' + event + "}\n", encoding="utf-8"
    )
    with pytest.raises(NotARecording, match="without what belongs to it"):
        Pico.replay(path)
