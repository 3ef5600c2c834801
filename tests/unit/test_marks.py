"""A teacher's marks: in the log, in frames, files and figures, and only ever text."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pandas
import pytest

import picopanel
from picopanel import InvalidArgument, NotARecording, PanelClosed, Pico
from picopanel._device.device import Device
from picopanel._page.conversation import Conversation
from picopanel._store import Origin, Store
from picopanel._store.export import Export
from picopanel._store.files import open_file, read_file
from picopanel._store.limit import Limit
from picopanel._store.marks import as_changed
from picopanel._store.recording import header, lines

from .hand import Hand, HandLink

START = 1_795_330_430_000.0


@pytest.fixture
def store() -> Store:
    store = Store()
    temperature = Origin("temperature")
    store.append(temperature, [START, START + 1000], [23.0, 23.1])
    store.append_event(START + 1500, {"kind": "mark", "text": "=heater <b>on</b>"})
    store.append(temperature, [START + 2000, START + 3000], [24.0, 25.0])
    store.append_event(START + 2500, {"kind": "mark", "text": "window"})
    return store


def test_readings_carry_the_last_mark_before_them(store: Store) -> None:
    frame = Export(store.since(0), "ada", {}).to_dataframe()
    assert frame["mark"].fillna("-").tolist() == ["-", "-", "=heater <b>on</b>", "window"]
    assert frame.groupby("mark")["value"].mean().to_dict() == {"=heater <b>on</b>": 24.0, "window": 25.0}


def test_a_file_has_them_and_no_spreadsheet_formula(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    Export(store.since(0), "ada", {}).to_csv(str(path))
    with path.open(encoding="utf-8") as file:
        assert [row["mark"] for row in csv.DictReader(file)] == ["", "", "'=heater <b>on</b>", "window"]


@pytest.mark.parametrize("elapsed", [False, True])
def test_a_figure_has_a_line_and_a_label_for_each(store: Store, elapsed: bool) -> None:
    figure = Export(store.since(0), "ada", {}).figure(elapsed=elapsed)
    assert [note.text for note in figure.layout.annotations] == ["=heater &lt;b&gt;on&lt;/b&gt;", "window"]
    assert {line.yref for line in figure.layout.shapes} == {"paper"}
    if elapsed:
        assert [line.x0 for line in figure.layout.shapes] == [1.5, 2.5]


def test_a_figure_has_the_limits(store: Store) -> None:
    limits = [Limit("temperature", 20, 30)]
    figure = Export(store.since(0), "ada", {"temperature": "°C"}, limits).figure()
    dashed = [line.y0 for line in figure.layout.shapes if line.yref == "y"]
    assert dashed == [20, 30]
    texts = [note.text for note in figure.layout.annotations]
    assert texts[-2:] == ["temperature low 20 °C", "temperature high 30 °C"]


def test_a_mark_is_an_event_of_the_log() -> None:
    with Pico.demo("marked") as pico:
        pico.mark("  heater on ")
        events = [event for _, event in pico._device.store.since(0).events]
        marks = [event for event in events if event["kind"] == "mark"]
        assert [(it["text"], it["change"]) for it in marks] == [("heater on", 0)]
    with pytest.raises(PanelClosed):
        pico.mark("too late")


def test_a_page_that_marks_a_closed_panel_is_told_and_no_command_was_refused() -> None:
    device = Device("ada", HandLink(), clock=Hand().clock)
    page = Conversation(device, lambda *_: None)
    device.close()
    with pytest.raises(PanelClosed):
        page.handle({"type": "mark", "click": "m1", "mark": "a", "text": "too late"})
    assert device.store.since(0).events == ()


def test_a_mark_moves_to_the_time_that_it_tells_however_soon() -> None:
    with Pico.demo("moved") as pico:
        for _ in range(20):  # a time is told as a table has it, to the millisecond: half of them lie ahead
            mark = pico.mark("here")
            mark.move(mark.time)


@pytest.mark.parametrize("text", ["", "  ", "x" * 201])
def test_a_mark_is_a_few_words(text: str) -> None:
    with Pico.demo("marked") as pico, pytest.raises(ValueError, match="1 to 200"):
        pico.mark(text)


@pytest.mark.parametrize(
    ("at", "placed"),
    [
        (-5_000, -5_000),
        (-700_000, -700_000),
        (5_000, 0),
        (-9e99, 0),
        (float("nan"), 0),
        ("soon", 0),
        (None, 0),
    ],
)
def test_a_page_marks_the_moment_of_its_key_if_that_can_be(at: object, placed: float) -> None:
    hand, link = Hand(), HandLink()
    device = Device("ada", link, clock=hand.clock)
    page = Conversation(device, lambda *_: None)
    if isinstance(at, (int, float)):
        at = hand.unix + at
    message = {"type": "mark", "click": "m1", "mark": "a", "text": "<b>on</b>" + "x" * 300, "at": at}
    page.handle(message)
    page.handle(message)
    rows = device.store.since(0)
    assert [event["text"] for _, event in rows.events] == ["<b>on</b>" + "x" * 191], "once, and cut"
    assert rows.times[0] - hand.unix == placed
    device.close()


@pytest.fixture
def changed() -> Iterator[tuple[Device, Hand]]:
    """A board with a reading a second and three marks: one moved, one renamed, one taken away."""
    hand = Hand()
    device = Device("ada", HandLink(), clock=hand.clock)
    device.store.append(Origin("temperature"), [hand.unix - 1000 * n for n in (4, 3, 2, 1)], [1.0, 2, 3, 4])
    moved, renamed, gone = (device.marks.set(text) for text in ("moved", "before", "gone"))
    device.marks.change(moved, at=hand.unix - 3000)
    device.marks.change(renamed, at=hand.unix - 2000)
    device.marks.change(renamed, "after")
    device.marks.take_away(gone)
    yield device, hand
    device.close()


CHANGED = ["-", "moved", "after", "after"]
"""What the readings of that board carry."""


def test_a_change_counts_for_what_was_read_before_it(changed: tuple[Device, Hand], tmp_path: Path) -> None:
    device, hand = changed
    assert [(time - hand.unix, it["text"]) for time, it in device.marks.all] == [
        (-3000, "moved"),
        (-2000, "after"),
    ]
    export = device.export
    assert export.to_dataframe()["mark"].fillna("-").tolist() == CHANGED
    text = export.to_csv(None)
    assert text is not None
    assert [row["mark"] or "-" for row in csv.DictReader(text.splitlines())] == CHANGED
    figure = export.figure(elapsed=True)
    assert [line.x0 for line in figure.layout.shapes] == [1, 2]
    assert [note.text for note in figure.layout.annotations] == ["moved", "after"]
    recorded = Conversation(device, lambda *_: None).snapshot().recorded
    assert [it["text"] for it in recorded["marks"]] == ["moved", "after"]


def test_a_figure_of_a_stretch_has_no_mark_that_was_moved_out_of_it(changed: tuple[Device, Hand]) -> None:
    device, hand = changed
    moment = datetime.fromtimestamp(hand.unix / 1000 - 1, timezone.utc)
    assert device.export.figure(moment).layout.annotations == ()


@pytest.mark.parametrize("name", ["run.jsonl", "run.parquet"])
def test_a_recording_brings_them_back_as_they_were_changed(
    changed: tuple[Device, Hand], tmp_path: Path, name: str
) -> None:
    device, hand = changed
    path = tmp_path / name
    tape = open_file(path, "ada", 1000)
    first, last = device.store.since(0, 6), device.store.since(6)
    for rows in (first, last):  # the file has what was changed later before it hears of that
        tape.append(b"".join(lines(rows, {})))
        tape.close()
    assert picopanel.read_recording(path)["mark"].fillna("-").tolist() == CHANGED
    if name.endswith("parquet"):
        assert pandas.read_parquet(path)["mark"].fillna("-").tolist() == CHANGED, "for other tools, too"
    again = Device("bob", HandLink(), clock=hand.clock)
    again.store.extend(read_file(path, 1000).store.since(0))
    assert [it["text"] for _, it in again.marks.all] == ["moved", "after"]
    again.marks.change(again.marks.all[0][1]["mark"], "once more")
    assert [it["text"] for _, it in again.marks.all] == ["once more", "after"]
    again.close()


def test_marks_of_before_they_had_names_can_be_changed_and_stay_so(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    old = b'{"time":1000.5,"event":"mark","text":"%b"}\n'
    path.write_bytes(header("ada") + old % b"one" + old % b"two")
    device = Device("ada", HandLink(), clock=Hand().clock)
    device.store.extend(read_file(path, 1000).store.since(0))
    names = [it["mark"] for _, it in device.marks.all]
    assert len({*names}) == 2
    device.marks.take_away(names[0])
    with path.open("ab") as file:
        file.writelines(lines(device.store.since(2), {}))
    events = read_file(path, 1000).store.events("mark")
    assert [it["text"] for _, it in as_changed(events)] == ["two"]
    device.close()


def test_a_user_holds_a_mark_and_finds_those_of_others() -> None:
    with Pico.demo("marked") as pico:
        reading = next(pico.readings())
        heater = pico.mark("heater on", at=reading.time)
        assert heater.text == "heater on"
        assert abs(heater.time - reading.time) < timedelta(milliseconds=1)
        table = pico.to_dataframe()
        first = table["time"][table["mark"] == "heater on"].min()
        assert abs(first - reading.time) < timedelta(milliseconds=1), "the reading of that time carries it"
        heater.rename("heater at 40 °C")
        heater.move(reading.time.isoformat())
        [same] = pico.marks
        assert same.text == "heater at 40 °C"
        assert "at 40" in repr(same)
        same.remove()
        assert (heater.text, pico.marks, repr(heater)) == ("", (), "<mark: taken away>")
        heater.rename("back")
        assert [it.text for it in pico.marks] == ["back"]
        later = datetime.now(timezone.utc) + timedelta(hours=1)
        for refused in (lambda: pico.mark("x", at=later), lambda: heater.move(later)):
            with pytest.raises(InvalidArgument, match="has not come yet"):
                refused()
        with pytest.raises(InvalidArgument, match="A time is a datetime"):
            pico.mark("x", at="noon")
        with pytest.raises(InvalidArgument, match="1 to 200"):
            heater.rename(" ")
        pico.clear()
        with pytest.raises(InvalidArgument, match="is gone"):
            heater.rename("too late")
        assert repr([heater]) == "[<mark: gone>]"
    with pytest.raises(PanelClosed):
        Pico.mark(pico, "x")


def test_a_page_sets_changes_and_takes_away_under_a_name_of_its_own(changed: tuple[Device, Hand]) -> None:
    device, hand = changed
    page = Conversation(device, lambda *_: None)

    def says(click: str, text: str, name: object = "page", at: float = 0) -> list[str]:
        message = {"type": "mark", "click": click, "mark": name, "text": text, "at": hand.unix + at}
        page.handle(message)
        page.handle(message)
        return [it["text"] for time, it in device.marks.all]

    before = says("1", "first", at=-3500)
    assert before == ["first", "moved", "after"]
    assert says("2", "second", at=-500) == ["moved", "after", "second"]
    assert says("3", "") == ["moved", "after"]
    assert says("4", "back") == ["moved", "after", "back"]
    for nth, strange in enumerate([None, 7, [], "", "é", "x" * 65]):
        assert says(f"s{nth}", "strange", strange) == ["moved", "after", "back"]
    page.handle({"type": "mark", "click": "5", "mark": "page"})  # without words it is taken away
    assert says("6", "", "nowhere") == ["moved", "after"]


@pytest.mark.parametrize(
    "wrong", ['"mark":7', '"mark":""', '"mark":"\\u00e9"', '"change":-1', '"change":0.5', '"change":true']
)
def test_a_recording_with_a_mark_that_is_none_is_refused(tmp_path: Path, wrong: str) -> None:
    path = tmp_path / "run.jsonl"
    path.write_bytes(header("ada") + f'{{"time":1,"event":"mark","text":"x",{wrong}}}\n'.encode())
    with pytest.raises(NotARecording, match="line 2"):
        read_file(path, 1000)
