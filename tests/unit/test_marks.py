"""A teacher's marks: in the log, in frames, files and figures, and only ever text."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from picopanel import PanelClosed, Pico
from picopanel._device.device import Device
from picopanel._page.conversation import Conversation
from picopanel._store import Origin, Store
from picopanel._store.export import Export
from picopanel._store.limit import Limit

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
        assert marks == [{"kind": "mark", "text": "heater on"}]
    with pytest.raises(PanelClosed):
        pico.mark("too late")


def test_a_page_that_marks_a_closed_panel_is_told_and_no_command_was_refused() -> None:
    device = Device("ada", HandLink(), clock=Hand().clock)
    page = Conversation(device, lambda *_: None)
    device.close()
    with pytest.raises(PanelClosed):
        page.handle({"type": "mark", "click": "m1", "text": "too late"})
    assert device.store.since(0).events == ()


@pytest.mark.parametrize("text", ["", "  ", "x" * 201])
def test_a_mark_is_a_few_words(text: str) -> None:
    with Pico.demo("marked") as pico, pytest.raises(ValueError, match="1 to 200"):
        pico.mark(text)


@pytest.mark.parametrize(
    ("at", "placed"),
    [(-5_000, -5_000), (-700_000, 0), (5_000, 0), (float("nan"), 0), ("soon", 0), (None, 0)],
)
def test_a_page_marks_the_moment_of_its_key_if_that_can_be(at: object, placed: float) -> None:
    hand, link = Hand(), HandLink()
    device = Device("ada", link, clock=hand.clock)
    page = Conversation(device, lambda *_: None)
    if isinstance(at, int):
        at = hand.unix + at
    message = {"type": "mark", "click": "m1", "text": "<b>on</b>" + "x" * 300, "at": at}
    page.handle(message)
    page.handle(message)
    rows = device.store.since(0)
    assert [event["text"] for _, event in rows.events] == ["<b>on</b>" + "x" * 191], "once, and cut"
    assert rows.times[0] - hand.unix == placed
    device.close()
