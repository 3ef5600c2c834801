"""What leaves PicoPanel, read by the tools that people have."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pandas
import pytest

from picopanel import Pico
from picopanel._firmware import FOLDER
from picopanel._store import Origin, Store
from picopanel._store.export import Export
from picopanel._store.recording import header, lines

MOMENTS = ["time", "arrival", "board_time"]
WORDS = dict.fromkeys(["channel", "unit", "boot", "mark"], "string")


@pytest.fixture
def store() -> Store:
    """A board of before, whose start is called as a number; its channel, its unit and a mark are, too."""
    store = Store()
    store.append(Origin("0042", "1234e567", 1000, None, True), [1e12], [23.4], [1e12 + 12], [10**12])
    store.append_event(1e12, {"kind": "mark", "text": "0x10"})
    return store


def export(store: Store) -> Export:
    return Export(store.since(0), "ada", {"0042": "°C"})


def test_f1_a_new_start_is_called_by_no_word_that_tools_take_for_a_number() -> None:
    with Pico.demo("words") as pico:
        next(pico.readings(n=1))
        (boot,) = set(pico.to_dataframe()["boot"])
    assert boot[0].isalpha()
    assert boot[0] not in "abcdefABCDEFinIN_"
    assert 'return "p" + hexlify(' in (FOLDER / "pico/hardware.py").read_text(), (
        "the board does as the virtual one"
    )


def test_f1_a_word_that_looks_like_a_number_stays_a_word_in_csv_and_json_lines(store: Store) -> None:
    text = export(store).to_csv(None)
    assert text is not None
    (row,) = pandas.read_csv(io.StringIO(text), dtype=WORDS, parse_dates=MOMENTS).to_dict("records")
    assert [row[name] for name in ("channel", "boot", "mark", "unit")] == ["0042", "1234e567", "0x10", "°C"]
    assert row["time"] == pandas.Timestamp(1e12, unit="ms", tz="UTC")
    written = header("ada") + b"".join(lines(store.since(0), {}))
    frame = pandas.read_json(io.BytesIO(written), lines=True, dtype=False)
    assert frame["boot"].dropna().tolist() == ["1234e567"]
    assert frame["channel"].dropna().tolist() == ["0042"]
    assert frame["text"].dropna().tolist() == ["0x10"]


def test_f2_a_file_with_its_mark_is_understood_by_excel_and_by_pandas(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "for-excel.csv"
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        export(store).to_csv(file)
    assert path.read_bytes().startswith(b"\xef\xbb\xbftime,"), "Excel takes this for UTF-8"
    frame = pandas.read_csv(path, dtype=WORDS)
    assert frame.columns[0] == "time"
    assert frame["unit"].tolist() == ["°C"]


def test_f3_a_frame_without_its_zones_goes_into_a_workbook(store: Store, tmp_path: Path) -> None:
    table = export(store).to_dataframe()
    with pytest.raises(ValueError, match="timezone"):
        table.to_excel(tmp_path / "run.xlsx", index=False)
    table[MOMENTS] = table[MOMENTS].apply(lambda column: column.dt.tz_localize(None))
    table.to_excel(tmp_path / "run.xlsx", index=False)
    heads, row = openpyxl.load_workbook(tmp_path / "run.xlsx").active.values
    assert dict(zip(heads, row, strict=True))["time"] == pandas.Timestamp(1e12, unit="ms").to_pydatetime()
