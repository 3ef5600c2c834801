"""The log: `since(seq)` says the same to everybody, and memory is bounded."""

from __future__ import annotations

from time import get_clock_info, thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picopanel._store.store import EVENT, NO_CLOCK, UNTOLD_BOOT, Origin, Store

TEMPERATURE = Origin("temperature", "ab12cd34", 200)
Batches = st.lists(st.one_of(st.none(), st.integers(1, 30)), max_size=40)


def fill(store: Store, batches: list[int | None]) -> list[float]:
    """Append batches of readings (None: an event), and return the values that were appended."""
    values: list[float] = []
    for size in batches:
        if size is None:
            store.append_event(float(len(values)), {"kind": "notice", "text": str(len(values))})
            values.append(0.0)
        else:
            new = [float(len(values) + at) for at in range(size)]
            store.append(TEMPERATURE, new, new)
            values += new
    return values


@given(batches=Batches, seq=st.integers(-5, 500), limit=st.none() | st.integers(0, 50))
def test_since_gives_exactly_the_rows_asked_for(
    batches: list[int | None], seq: int, limit: int | None
) -> None:
    store = Store()
    values = fill(store, batches)
    rows = store.since(seq, limit)
    first = min(max(seq, 0), len(values))
    end = len(values) if limit is None else min(len(values), first + limit)
    assert (rows.first, rows.end, rows.floor) == (first, end, 0)
    assert list(rows.values) == values[first:end]
    assert all(rows.times[row - first] == int(event["text"]) for row, event in rows.events)


@given(batches=Batches, capacity=st.integers(1, 100))
def test_a_full_store_keeps_the_newest_and_its_numbers(batches: list[int | None], capacity: int) -> None:
    store = Store(capacity)
    values = fill(store, batches)
    rows = store.since(0)
    assert store.end == len(values), "a row keeps its number for ever"
    assert list(rows.values) == values[rows.floor :]
    assert len(rows.values) >= min(capacity, len(values))
    assert len(rows.values) <= capacity + max(capacity // 4, 1) + 30, "memory is bounded"
    assert all(row >= rows.floor for row, _ in rows.events)


def seconds_of_readings(events: int) -> float:
    """Return what 200 readings cost a full store of 40 000 rows, so many of them events."""
    store = Store(40_000)
    store.append_event(0.0, {"kind": "boot"})
    fill(store, [8192] * 5 + [None] * events)
    start = thread_time()
    fill(store, [1] * 200)
    return thread_time() - start


def test_a_reading_costs_a_full_store_no_more_where_much_has_happened() -> None:
    few, many = (min(seconds_of_readings(events) for _ in range(3)) for events in (10, 10_000))
    least = get_clock_info("thread_time").resolution
    assert many < 20 * max(few, least), f"{many} s among 10 000 events, {few} s among 10"


def test_clear_forgets_rows_and_goes_on_counting() -> None:
    store = Store()
    fill(store, [5, None])
    store.clear()
    assert (store.floor, store.end) == (6, 6)
    fill(store, [2])
    assert store.since(0).first == 6
    assert list(store.since(0).values) == [0.0, 1.0]


def test_a_reading_keeps_its_arrival_its_stamp_and_its_origin() -> None:
    store = Store()
    store.append(TEMPERATURE, (1000.0,), (23.4,), (1250.4,), (777,))
    store.append(Origin("light"), (1300.0,), (5.0,))
    rows = store.since(0)
    assert list(rows.lags) == [250, 0]
    assert list(rows.stamps) == [777, NO_CLOCK]
    assert [rows.table[number].channel for number in rows.origins] == ["temperature", "light"]
    assert EVENT not in rows.table


def test_a_clock_that_no_column_can_hold_leaves_no_part_of_a_row() -> None:
    store = Store()
    with pytest.raises(OverflowError):
        store.append(TEMPERATURE, [1.0, 2.0], [3.0, 4.0], stamps=[5, 2**63])
    store.append(TEMPERATURE, [6.0], [7.0], stamps=[8])
    rows = store.since(0)
    columns = (rows.times, rows.values, rows.lags, rows.stamps)
    assert [list(column) for column in columns] == [[6.0], [7.0], [0], [8]]


def test_a_board_that_lies_about_its_boots_does_not_make_the_store_grow() -> None:
    store = Store(100)
    for boot in range(10_000):
        store.append(Origin("temperature", str(boot)), (float(boot),), (1.0,))
    assert len(store._origins) < 5000
    assert store.since(store.end - 1).table


def test_a_store_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Store(0)


def test_a_row_costs_at_most_32_bytes() -> None:
    store = Store(200_000)
    values = [1.0] * 8192
    for _ in range(20):
        store.append(TEMPERATURE, values, values)
    size = sum(column.__sizeof__() for block in store._blocks for column in block.columns)
    assert size / store.end <= 32


def test_l10_a_channel_keeps_its_name_however_often_its_board_restarts() -> None:
    names = ("temperature", "light", "sound")
    store = Store()
    for wake in range(1500):
        for name in names:
            store.append(Origin(name, f"{wake:08x}"), [float(wake)], [0.0])
    rows = store.since(0)
    assert [rows.table[number].channel for number in rows.origins] == [*names] * 1500
    assert rows.table[rows.origins[0]].boot == "00000000"
    assert rows.table[rows.origins[-1]].boot == UNTOLD_BOOT, "so many are no longer told apart"


def test_l10_beyond_the_bound_boots_are_no_longer_told_apart_but_channels_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("picopanel._store.store._MOST_ORIGINS", 8)
    monkeypatch.setattr("picopanel._store.store._MOST_UNTOLD", 4)
    store = Store()
    for wake in range(100):
        for name in ("temperature", "light"):
            store.append(Origin(name, f"{wake:08x}", virtual=True), [float(wake)], [0.0])
    store.append(Origin("temperature"), [100.0], [0.0])
    rows = store.since(0)
    channels = [rows.table[number].channel for number in rows.origins]
    assert channels == [*["temperature", "light"] * 100, "temperature"]
    assert rows.table[rows.origins[199]] == Origin("light", UNTOLD_BOOT, virtual=True)
    assert rows.table[rows.origins[200]].boot is None, "a course board's stays one"
    for name in range(100):
        store.append(Origin(f"channel {name}", "ab12cd34"), [0.0], [0.0])
    assert len(store._origins) <= 8 + 4 + 2, "and memory is bounded"


def test_l7_what_rests_is_small_and_is_there_when_it_is_asked_for() -> None:
    store = Store(200_000)
    for nth in range(0, 100_000, 1000):
        store.append(Origin("temperature", "wake"), [float(nth + at) for at in range(1000)], [1.0] * 1000)
        store.append_event(float(nth), {"kind": "mark", "text": str(nth)})
    before, kept = store.since(0), sum(len(block.columns[0]) for block in store._blocks)
    store.rest()
    assert kept == 100_100
    assert not any(len(block.columns[0]) for block in store._blocks), "no row is in memory"
    assert (store.floor, store.end) == (0, 100_100)
    assert store.since(store.end).end == store.end
    assert not any(len(block.columns[0]) for block in store._blocks), (
        "and whoever has them all brings none back"
    )
    assert store.since(0) == before
    store.append(Origin("light"), [1.0], [2.0])
    store.rest()
    store.append(Origin("light"), [2.0], [3.0])
    assert store.since(100_100).values.tolist() == [2.0, 3.0]
    store.rest()
    store.clear()
    assert (store.floor, store.end) == (100_102, 100_102)


def test_the_changes_of_one_mark_are_found_and_go_with_their_rows() -> None:
    store = Store(capacity=16)
    for change in range(3):
        store.append_event(float(change), {"kind": "mark", "mark": "a", "text": "a", "change": change})
        store.append_event(float(change), {"kind": "mark", "text": "of old: without a name"})
        store.append_event(float(change), {"kind": "sent", "mark": "a"})
    assert [(time, event["change"]) for time, event in store.changes_of("a")] == [(0, 0), (1, 1), (2, 2)]
    assert store.changes_of("b") == []
    store.append(TEMPERATURE, [9.0] * 12, [0.0] * 12)
    assert [event["change"] for _, event in store.changes_of("a")] == [2]
    store.append(TEMPERATURE, [9.0] * 8, [0.0] * 8)
    assert store.changes_of("a") == []
    store.append_event(9.0, {"kind": "mark", "mark": "a", "text": "again"})
    store.clear()
    assert store.changes_of("a") == []
