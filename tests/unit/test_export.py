"""Files, frames and figures: time zones, units, marks, and device text that is only ever text."""

from __future__ import annotations

import csv
from datetime import datetime, timezone
from pathlib import Path

import pytest

from picopanel import InvalidArgument
from picopanel._store import Origin, Store
from picopanel._store.export import Export

START = 1_795_330_430_000.0


@pytest.fixture
def export() -> Export:
    store = Store()
    board = Origin("temperature", "ab12cd34", 200, True, True)
    store.append(board, [START, START + 200], [23.4, 23.5], [START + 250] * 2, [int(START), int(START) + 200])
    store.append_event(START + 300, {"kind": "sent", "id": "1", "command": "on", "click": None})
    answered = {"kind": "answered", "id": "1", "command": "<b>$on$</b>", "click": None, "latency": 83}
    store.append_event(START + 383, answered)
    store.append(Origin("light", "=1+1"), [START + 100], [7.0])
    return Export(store.since(0), "<i>ada</i>", {"temperature": "°C", "light": "=1+1"})


def test_a_frame_is_in_order_of_time_with_utc_and_elapsed(export: Export) -> None:
    frame = export.to_dataframe()
    assert list(frame["value"]) == [23.4, 7.0, 23.5]
    assert list(frame["elapsed_s"]) == [0.0, 0.1, 0.2]
    assert list(frame["channel"]) == ["temperature", "light", "temperature"]
    assert list(frame["virtual"]) == [True, False, True]
    for column in ("time", "arrival", "board_time"):
        assert str(frame[column].dt.tz) == str(timezone.utc)
    assert frame["time"][0].timestamp() == START / 1000
    assert frame["arrival"][0].timestamp() == START / 1000 + 0.25
    assert frame["board_time"].isna().tolist() == [False, True, False]


def test_an_empty_frame_has_all_its_columns() -> None:
    assert list(Export(Store().since(0), "ada", {}).to_dataframe()) == [
        "time",
        "elapsed_s",
        "channel",
        "value",
        "unit",
        "led",
        "virtual",
        "replay",
        "derived",
        "boot",
        "arrival",
        "board_time",
        "mark",
    ]


def test_a_file_is_plain_csv_and_no_spreadsheet_formula(export: Export, tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    export.to_csv(str(path))
    rows = list(csv.DictReader(path.open(encoding="utf-8")))
    assert rows[0]["time"] == "2026-11-22T06:53:50.000+00:00"
    assert (rows[0]["value"], rows[0]["unit"], rows[0]["virtual"], rows[0]["led"]) == (
        "23.4",
        "°C",
        "true",
        "on",
    )
    assert rows[1]["unit"] == rows[1]["boot"] == "'=1+1"
    assert rows[1]["board_time"] == ""


def test_a_figure_has_units_marks_and_no_foreign_markup(export: Export) -> None:
    figure = export.figure()
    names = [trace.name for trace in figure.data]
    assert "temperature (°C), virtual" in names
    assert figure.layout.title.text == "&lt;i&gt;ada&lt;/i&gt; (virtual)"
    marks = figure.data[-1]
    assert list(marks.hovertext) == ["on: sent", "&lt;b&gt;&#36;on&#36;&lt;/b&gt;: answered after 83 ms"]
    assert list(marks.marker.symbol) == ["triangle-up-open", "triangle-up"]


def test_a_figure_in_elapsed_seconds_or_not_is_said_by_true_or_false(export: Export) -> None:
    with pytest.raises(InvalidArgument, match="elapsed must be True or False"):
        export.figure(elapsed="no")  # type: ignore[arg-type]


def test_a_figure_in_elapsed_seconds_is_as_the_course_plots(export: Export) -> None:
    figure = export.figure(elapsed=True)
    temperature = next(trace for trace in figure.data if trace.name.startswith("temperature"))
    assert list(temperature.x) == [0.0, 0.2]
    assert figure.layout.xaxis.title.text == "elapsed (s)"


def test_a_figure_of_a_window_has_what_lies_in_it_both_ends_included(export: Export) -> None:
    figure = export.figure("2026-11-22T06:53:50.100+00:00", "2026-11-22T06:53:50.200+00:00")
    drawn = {trace.name.split(" ")[0]: list(trace.y) for trace in figure.data[:2]}
    assert drawn == {"temperature": [23.5], "light": [7.0]}
    assert not figure.data[-1].x, "no command was then"
    since = export.figure(start=datetime.fromtimestamp((START + 200) / 1000, timezone.utc))
    assert next(trace.name for trace in since.data).startswith("temperature")
    assert len(since.data) == 2, "one line, and the commands"
    assert len(since.data[-1].x) == 2
    with pytest.raises(InvalidArgument, match="A time is a datetime"):
        export.figure("yesterday")
