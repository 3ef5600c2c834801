"""What is recorded: the latest readings, thinned so that no extreme is lost, and nothing that is secret."""

import json

from hypothesis import given
from hypothesis import strategies as st

from picopanel._page.snapshot import MOST_BYTES, MOST_POINTS, PanelSnapshot, extremes, series
from picopanel._store import Origin, Store

STATE = {"id": "alice-07", "virtual": False, "led": True, "notices": ["for the one who is there"]}
VALUES = st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=1, max_size=300)


@given(st.one_of(VALUES, VALUES.map(lambda values: values * 20)), st.integers(8, 30))
def test_thinning_keeps_ends_and_extremes_within_its_budget(values, most):
    kept = extremes(values, most)
    known = [value for value in values if value is not None]
    shown = [values[n] for n in kept if values[n] is not None]
    assert kept == sorted(set(kept))
    assert len(kept) <= most
    if known:
        assert (min(shown), max(shown)) == (min(known), max(known))


def store_of(*channels, rows=20_000):
    store = Store()
    for channel in channels:
        origin = Origin(channel, "ab12cd34", 1000)
        store.append(origin, [1.795e12 + 1000.123 * n for n in range(rows)], [n / 7 for n in range(rows)])
    return store


def test_a_recording_is_bounded_however_much_there_is():
    for channels in (["temperature"], ["a", "b", "c"], [f"channel {n}" for n in range(20)]):
        recorded = PanelSnapshot(STATE, store_of(*channels).since(0), {}, 1.8e12).recorded
        assert sum(len(series["times"]) for series in recorded["series"]) <= MOST_POINTS
        assert len(json.dumps(recorded)) <= MOST_BYTES
        assert recorded["state"]["notices"] == []


def test_a_silence_is_recorded_as_one():
    store = Store()
    store.append(Origin("temperature", "ab12cd34", 1000), [0.0, 1000.0, 9000.0], [1.0, 2.0, 3.0])
    assert series(store.since(0)) == {"temperature": ([0, 1000, 1001, 9000], [1.0, 2.0, None, 3.0])}


def test_nothing_joins_what_a_board_measured_before_and_after_a_new_start():
    store = Store()
    for nth, boot in enumerate(("ab12cd34", "ef56ab78")):
        store.append(Origin("temperature", boot, 1000), [nth * 1000.0], [20.0 + nth])
    assert series(store.since(0)) == {"temperature": ([0, 1, 1000], [20.0, None, 21.0])}


def test_a_board_without_an_interval_was_silent_where_its_events_say_so():
    store = Store()
    store.append(Origin("temperature"), [0.0, 9000.0], [1.0, 2.0])
    store.append_event(15_000.0, {"kind": "offline"})
    store.append(Origin("temperature"), [18_000.0], [3.0])
    assert series(store.since(0)) == {"temperature": ([0, 9000, 9001, 18_000], [1.0, 2.0, None, 3.0])}


def test_two_readings_of_one_time_have_their_places_whatever_their_intervals():
    store = Store()
    for interval in (1000, None):
        store.append(Origin("temperature", interval=interval), [0.0], [1.0])
    assert series(store.since(0)) == {"temperature": ([0, 0], [1.0, 1.0])}


def test_less_than_a_second_is_no_silence_however_fast_the_board():
    store = Store()
    store.append(Origin("temperature", "ab12cd34", 50), [0.0, 900.0, 1901.0], [1.0, 2.0, 3.0])
    assert series(store.since(0)) == {"temperature": ([0, 900, 901, 1901], [1.0, 2.0, None, 3.0])}
