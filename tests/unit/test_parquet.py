"""A recording as a Parquet file: the same rows as lines have, read by others, and untrusted."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet as pq

import picopanel
from picopanel import NotARecording, Pico, RecordingFailed
from picopanel._store import Origin, Store, files, parquet
from picopanel._store.export import Export
from picopanel._store.files import ParquetAppender, open_file, read_file
from picopanel._store.recording import Recording, header, lines
from picopanel._store.store import NO_CLOCK, Rows

from ..support.programs import Program

UNITS = {"temperature": "°C", "light": ""}
ORIGINS = [
    Origin("temperature", "b1", 250, True, True),
    Origin("temperature", "b1", 250, False, True),
    Origin("light", None, None, None, False),
]
TIMES = st.floats(1e12, 2e12)


@st.composite
def stores(draw: st.DrawFn) -> Store:
    store = Store()
    for _ in range(draw(st.integers(0, 5))):
        times = draw(st.lists(TIMES, max_size=4))
        if draw(st.booleans()):
            for time in times:
                store.append_event(time, {"kind": "mark", "mark": "a", "text": draw(st.text(max_size=5))})
        elif times:
            late = [time + draw(st.integers(0, 10**6)) for time in times]
            stamps = [draw(st.sampled_from([NO_CLOCK, int(time)])) for time in times]
            store.append(
                draw(st.sampled_from(ORIGINS)), times, [*map(float, range(len(times)))], late, stamps
            )
    return store


def seen(rows: Rows) -> list[tuple[Any, ...]]:
    """Return what a row tells, in order of time; µs are as fine as a file has them."""
    table = {**rows.table, 0: None}
    columns = (rows.times, rows.values, rows.lags, rows.stamps, rows.origins)
    events = dict(rows.events)
    found = [
        (round(time * 1000), value, lag, stamp, table[number], events.get(row))
        for row, (time, value, lag, stamp, number) in enumerate(zip(*columns, strict=True), rows.first)
    ]
    return sorted(found, key=repr)


@settings(max_examples=40)
@given(stores(), stores())
def test_what_is_added_comes_out_again(
    tmp_path_factory: pytest.TempPathFactory, one: Store, two: Store
) -> None:
    path = tmp_path_factory.mktemp("run") / "run.parquet"
    parquet.add(path, Recording("ada", one, UNITS))
    parquet.add(path, Recording("ada", two, UNITS))
    found = read_file(path, sys.maxsize)
    assert found.device_id == "ada"
    assert seen(found.store.since(0)) == sorted(seen(one.since(0)) + seen(two.since(0)), key=repr)


def test_others_read_the_columns_of_a_frame_with_the_last_mark_throughout(tmp_path: Path) -> None:
    path, store = tmp_path / "run.parquet", Store()
    store.append(ORIGINS[0], [1e12, 1e12 + 500], [20.0, 21.0])
    store.append_event(1e12 + 400, {"kind": "mark", "text": "lamp"})
    parquet.add(path, Recording("ada", store, UNITS))
    more = Store()
    more.append(ORIGINS[2], [1e12 + 1000], [7.0], [1e12 + 1250], [10**12 + 990])
    parquet.add(path, Recording("ada", more, UNITS))
    store.extend(more.since(0))
    ours = Export(store.since(0), "ada", UNITS).to_dataframe()
    pd.testing.assert_frame_equal(picopanel.read_recording(path), ours)
    theirs = pd.read_parquet(path)
    assert theirs.pop("interval").tolist()[:2] == [250, 250]
    assert list(theirs.mark.fillna("")) == ["", "lamp", "lamp"]
    assert list(theirs.elapsed_s) == [0, 0.5, 1]
    pd.testing.assert_frame_equal(theirs[ours.columns].astype(ours.dtypes), ours)


def a_file(path: Path, change: Callable[[pa.Table], pa.Table] = lambda it: it, **metadata: str) -> None:
    store = Store()
    store.append(ORIGINS[0], [1e12, 1e12 + 500], [20.0, 21.0])
    path.unlink(missing_ok=True)
    parquet.add(path, Recording("ada", store, UNITS))
    table = change(pq.read_table(path))
    known = {
        **pq.ParquetFile(path).metadata.metadata,
        **{name.encode(): it.encode() for name, it in metadata.items()},
    }
    pq.write_table(table.replace_schema_metadata(known), path)


def put(name: str, *values: object) -> Callable[[pa.Table], pa.Table]:
    def change(table: pa.Table) -> pa.Table:
        at, field = table.schema.get_field_index(name), table.schema.field(name)
        return table.set_column(at, field, pa.array(values).cast(field.type))

    return change


def nothing_in(name: str) -> Callable[[pa.Table], pa.Table]:
    """Nothing where something must be: the schema still promises it."""

    def change(table: pa.Table) -> pa.Table:
        at = table.schema.get_field_index(name)
        field = table.schema.field(name).with_nullable(True)
        return table.set_column(at, field, pa.nulls(len(table), field.type))

    return change


DAMAGES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "no Parquet": ("no whole Parquet file", lambda path: path.write_bytes(header("ada"))),
    "cut": ("no whole Parquet file", lambda path: path.write_bytes(path.read_bytes()[:-20])),
    "empty": ("no whole Parquet file", lambda path: path.write_bytes(b"")),
    "another table": ("its columns", lambda path: pd.DataFrame({"a": [1]}).to_parquet(path)),
    "no ID": (
        "no device ID",
        lambda path: a_file(path, picopanel='{"picopanel":"recording","version":1,"id":7}'),
    ),
    "wild events": ("line 2", lambda path: a_file(path, picopanel=header("ada").decode() + '{"time":1}\n')),
    "no parts": ("how many parts", lambda path: a_file(path, picopanel_parts="-1")),
    "a day before time": ("a time", lambda path: a_file(path, put("time", -5, 0))),
    "a century late": ("a time", lambda path: a_file(path, put("arrival", 2**60, 2**60))),
    "no number": ("a value", lambda path: a_file(path, put("value", 1.0, float("nan")))),
    "no channel": ("name", lambda path: a_file(path, put("channel", "a\nb", "c"))),
    "nothing there": ("columns", lambda path: a_file(path, nothing_in("value"))),
    "no interval": ("interval|integer|number", lambda path: a_file(path, put("interval", -9, 250))),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_no_recording_is_refused_and_left_as_it_is(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "run.parquet"
    a_file(path)
    says, do = DAMAGES[damage]
    do(path)
    before = path.read_bytes()
    for use in (lambda: read_file(path, 100), lambda: open_file(path, "ada", 100)):
        with pytest.raises(NotARecording, match=says):
            use()
    assert path.read_bytes() == before
    assert [*tmp_path.iterdir()] == [path], "nothing is left beside it"


def test_a_small_file_of_a_thousand_million_rows_is_not_unpacked(tmp_path: Path) -> None:
    path, many = tmp_path / "run.parquet", 3_000_000
    a_file(path, lambda table: table.take(pa.array([0] * many, pa.int8())))
    assert path.stat().st_size < many
    with pytest.raises(NotARecording, match="more rows than bytes"):
        read_file(path, 100)


def test_a_file_from_before_channels_could_be_derived_is_read_and_added_to(tmp_path: Path) -> None:
    path = tmp_path / "run.parquet"
    a_file(path, lambda table: table.drop_columns("derived"))
    before = picopanel.read_recording(path)
    assert not before.derived.any()
    more = Store()
    more.append(Origin("dew point", derived=True), [1e12 + 1000], [5.0])
    parquet.add(path, Recording("ada", more, UNITS))
    after = picopanel.read_recording(path)
    pd.testing.assert_frame_equal(after[: len(before)], before)
    assert after[len(before) :].derived.all()
    parquet.add(path, Recording("ada", Store(), UNITS, withdrawn={"dew point": 0.0}))
    pd.testing.assert_frame_equal(picopanel.read_recording(path), before)


def test_another_boards_file_is_refused(tmp_path: Path) -> None:
    a_file(tmp_path / "run.parquet")
    with pytest.raises(NotARecording, match="'ada', not of 'bob'"):
        open_file(tmp_path / "run.parquet", "bob", 100)


def reading(value: float) -> bytes:
    store = Store()
    store.append(ORIGINS[0], [1e12 + value], [value])
    return b"".join(lines(store.since(0), UNITS))


def values(path: Path) -> list[float]:
    return list(read_file(path, 1000).store.since(0).values)


def test_lines_are_added_when_they_are_many_and_nothing_is_there_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_MOST_LINES", 1000)
    monkeypatch.setattr(files, "_OF_PARQUET", 0)
    path = tmp_path / "run.parquet"
    appender = ParquetAppender(path, "ada", 100)
    for value in range(30):
        appender.append(reading(value))
        assert values(path) == [*range(value + 1)], "it can be read while it grows"
    opened = parquet.look(path)
    assert opened is not None and opened.parts >= 2
    appender.close()
    assert values(path) == [*range(30)]
    assert [*tmp_path.iterdir()] == [path]


def test_a_disk_without_room_for_both_keeps_the_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.parquet"
    appender = ParquetAppender(path, "ada", 100)
    appender.append(reading(1))
    with monkeypatch.context() as disk:

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        disk.setattr(parquet.os, "replace", full)
        appender.close()
    assert [it.name for it in tmp_path.iterdir()] == ["run.parquet.1.jsonl"]
    assert values(path) == [1]
    again = ParquetAppender(path, "ada", 100)
    assert list(again.past.store.since(0).values) == [1]
    again.append(reading(2))
    again.close()
    assert (values(path), [*tmp_path.iterdir()]) == ([1, 2], [path])


def test_a_crash_after_lines_were_added_doubles_none(tmp_path: Path) -> None:
    path = tmp_path / "run.parquet"
    appender = ParquetAppender(path, "ada", 100)
    appender.append(reading(1))
    left = (tmp_path / "run.parquet.1.jsonl").read_bytes()
    appender.close()
    (tmp_path / "run.parquet.1.jsonl").write_bytes(left)  # as if it had not come to its end
    assert values(path) == [1]
    ParquetAppender(path, "ada", 100).close()
    assert (values(path), [*tmp_path.iterdir()]) == ([1], [path])


KILLED = """
import os, signal, sys
from picopanel import Pico

pico = Pico.demo("ada")
pico.record(sys.argv[1])
pico.mark("killed soon")
list(pico.readings(seconds=1.2))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_programs_rows_are_read_gone_on_with_and_played(tmp_path: Path, run: Any) -> None:
    path = tmp_path / "run.parquet"
    program: Program = run("-c", KILLED, str(path))
    assert program.finish() == -signal.SIGKILL, program.lines
    kept = picopanel.read_recording(path)
    assert len(kept) >= 1
    with Pico.demo("ada") as pico:
        with pico.record(path):
            assert pico.to_dataframe().time.iloc[0] == kept.time.iloc[0], "the past is back"
            pico.on()
        whole = picopanel.read_recording(path)
        pd.testing.assert_frame_equal(whole[: len(kept)], kept)
    assert [*tmp_path.iterdir()] == [path]
    with Pico.replay(path, speed=1000) as show:
        assert [reading.value for reading in show.readings()] == list(whole.value)


def test_without_pyarrow_a_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with (
        Pico.demo("ada") as pico,
        pytest.raises(ModuleNotFoundError, match=r'%pip install "picopanel\[parquet\]"'),
    ):
        pico.record(tmp_path / "run.parquet")
    assert not [*tmp_path.iterdir()]


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecordingFailed, match=r"no recording 'run\.parquet'"):
        read_file(tmp_path / "run.parquet", 100)
