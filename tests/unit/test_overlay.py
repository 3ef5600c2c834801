"""Recordings laid over one another: moved to one time, told apart by name; the board is the first one's."""

from __future__ import annotations

from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

from picopanel import InvalidArgument, NotARecording, Pico
from picopanel._store import Origin, Rows, Store
from picopanel._store.export import Readings
from picopanel._store.overlay import lay_over
from picopanel._store.recording import Recording, header, lines

MINUTE = 60_000.0


def run(start: float, command: float, values: list[float], *, led: bool = False) -> Recording:
    """A reading a second, a command so many ms after the first, and a mark a second later."""
    given: dict[str, Any] = {"id": "1", "command": "on", "click": None}
    events = {
        command: {"kind": "sent", **given},
        command + 40: {"kind": "answered", **given, "latency": 40.0, "certain": True, "led": True},
        command + 1000: {"kind": "mark", "text": "lamp on", "mark": "m"},
        command + 1001: {"kind": "offline"},
    }
    readings = {1000.0 * at: value for at, value in enumerate(values)}
    store = Store()
    for time, what in sorted([*events.items(), *readings.items()], key=itemgetter(0)):
        if isinstance(what, dict):
            store.append_event(start + time, what)
        else:
            store.append(Origin("temperature", "b", 1000, led), [start + time], [what])
    return Recording("ada", store, {"temperature": "°C"})


def times(rows: Rows, channel: str) -> list[float]:
    numbers = {number for number, origin in rows.table.items() if origin.channel == channel}
    return [time for time, number in zip(rows.times, rows.origins, strict=True) if number in numbers]


@pytest.mark.parametrize(("align", "first"), [("start", 0.0), ("command", 1500.0), ("lamp on", 1500.0)])
def test_what_is_to_be_at_one_time_is(align: str, first: float) -> None:
    under, over = run(0.0, 3500.0, [1.0] * 10), run(99 * MINUTE, 2000.0, [2.0] * 10)
    both = lay_over(under, over, "run1", "run2", align)
    rows = both.store.since(0)
    assert times(rows, "temperature") == [1000.0 * at for at in range(10)]
    assert times(rows, "run2: temperature") == pytest.approx([first + 1000 * at for at in range(10)])
    assert both.units == {"temperature": "°C", "run2: temperature": "°C"}
    said = [event.get("command") or event.get("text") for _, event in rows.events]
    assert sorted(filter(None, said)) == ["lamp on", "on", "on", "run2: lamp on", "run2: on", "run2: on"]
    ids = {event["id"] for _, event in rows.events if event["kind"] == "answered"}
    assert len(ids) == 2, "each answer finds its own command"
    assert len(Readings.of(rows).marks) == 2
    arrivals = [time + lag for time, lag in zip(rows.times, rows.lags, strict=True)]
    assert arrivals == sorted(arrivals)


def test_of_another_boards_state_nothing_is_told() -> None:
    both = lay_over(run(0.0, 3500.0, [1.0] * 10), run(0.0, 2000.0, [2.0] * 10), "run1", "run2", "start")
    events = [event for _, event in both.store.since(0).events]
    assert [event["kind"] for event in events].count("offline") == 1
    assert [event["kind"] for event in events].count("start") == 1, (
        "the other's line breaks where it was away"
    )
    assert ["led" in event for event in events if event["kind"] == "answered"].count(True) == 1


def test_a_mark_that_was_taken_away_does_not_come_back_when_it_is_laid_over_another() -> None:
    over = run(5000.0, 2000.0, [2.0] * 4)
    over.store.append_event(9000.0, {"kind": "mark", "mark": "m", "text": "", "change": 1})
    both = lay_over(run(0.0, 2000.0, [1.0] * 4), over, "one", "two", "start")
    assert [text for _, text in Readings.of(both.store.since(0)).marks] == ["lamp on"]


def test_a_third_lies_over_both() -> None:
    both = lay_over(run(0.0, 3000.0, [1.0] * 10), run(5.0, 2000.0, [2.0] * 10), "run1", "run2", "command")
    three = lay_over(both, run(7.0, 1000.0, [3.0] * 10), "run1", "run3", "command")
    assert three.laid is not None
    assert three.laid.channels == {"run2: temperature", "run3: temperature"}
    assert (three.laid.start, three.laid.end) == (0.0, 9000.0)
    assert times(three.store.since(0), "run3: temperature")[0] == 2000.0


def test_what_has_nothing_to_align_at_is_refused() -> None:
    empty = Store()
    empty.append(Origin("temperature", "b", 1000), [0.0], [1.0])
    bare, with_mark = Recording("ada", empty), run(0.0, 2000.0, [1.0] * 4)
    with pytest.raises(InvalidArgument, match="run2 has no command"):
        lay_over(with_mark, bare, "run1", "run2", "command")
    with pytest.raises(InvalidArgument, match=r"run1 has no mark 'lamp of'.* Did you mean 'lamp on'"):
        lay_over(with_mark, with_mark, "run1", "run2", "lamp of")
    many = Recording("ada", empty, {str(nth): "" for nth in range(64)})
    with pytest.raises(InvalidArgument, match="more than 64 channels"):
        lay_over(many, with_mark, "run1", "run2", "start")


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    made = [tmp_path / "run1.jsonl", tmp_path / "run2.jsonl"]
    for path, recording in zip(
        made, [run(MINUTE, 3000.0, [1.0] * 10), run(9 * MINUTE, 8000.0, [2.0] * 40, led=True)], strict=True
    ):
        path.write_bytes(header("ada") + b"".join(lines(recording.store.since(0), recording.units)))
    return made


def test_both_are_in_the_table_and_the_board_is_the_first_ones(files: list[Path]) -> None:
    with Pico.replay(files[0], over=files[1], align="command") as show:
        show.player.pause()
        show.player.seek(2.5)
        assert (show.status, show.led) == ("online", None), "the other's LED was on already"
        show.player.seek(show.player.length)
        assert show.status == "online", "it has come to its end, and is not silent"
        frame = show.to_dataframe()
        assert frame.groupby("channel").value.mean().to_dict() == {
            "temperature": 1.0,
            "run2: temperature": 2.0,
        }
        assert frame["replay"].all()
        assert [line.name for line in show.figure().data][:2] == [
            "temperature (°C)",
            "run2: temperature (°C)",
        ]
        assert [it.text for it in show.player.moments] == ["on", "run2: on", "lamp on", "run2: lamp on"]


def test_the_same_file_may_lie_over_itself_and_an_empty_one_may_not(files: list[Path]) -> None:
    with Pico.replay(files[0], over=[files[0], files[0]]) as show:
        assert show.channels == ("temperature", "run1: temperature", "run1 2: temperature")
    files[1].write_bytes(b"")
    with pytest.raises(NotARecording, match=r"run2\.jsonl"):
        Pico.replay(files[0], over=files[1])
