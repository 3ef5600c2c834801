"""The board's time in ours: it never turns back, whatever comes late or again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picopanel._device.samples import BoardTime

BEGAN = 1_795_330_000_000.0


@given(
    samples=st.lists(st.tuples(st.floats(0, 900), st.booleans()), min_size=1, max_size=200),
    spacing=st.sampled_from([1, 5, 1000]),
)
def test_later_samples_stand_later_whichever_way_they_come(
    samples: list[tuple[float, bool]], spacing: int
) -> None:
    time, placed = BoardTime(), dict[int, float]()
    come = [(nth, late) for nth, (late, lost) in enumerate(samples) if not lost]
    again = [(nth, 100_000.0) for nth, (_, lost) in enumerate(samples) if lost]
    for seq, late in (*come, *again):
        up = spacing * seq
        time.heard(BEGAN + up + late, up, seq)
        (placed[up],) = time.place_all(seq, up, 0, 1)
    in_order = [placed[up] for up in sorted(placed)]
    assert in_order == sorted(set(in_order)), "no two at once, and none before its time"


def test_a_quick_message_moves_only_what_comes_after_it() -> None:
    time = BoardTime()
    time.heard(BEGAN + 300, 0)
    assert time.place_all(0, 0, 0, 1) == [BEGAN + 300]
    time.heard(BEGAN + 1020, 1000)
    assert time.place_all(10, 1000, 0, 1) == [BEGAN + 1020]
    assert time.place_all(0, 0, 0, 1) == [BEGAN + 300], "what stands stays"
    assert time.place_all(1, 100, 100, 4) == pytest.approx(
        [BEGAN + at for at in (300, 300, 320, 420)], abs=0.3
    )


def test_it_remembers_a_board_whose_clock_is_fast_in_little() -> None:
    time = BoardTime()
    for up in range(0, 2000):
        time.heard(BEGAN + 0.99 * up, up)
        (placed,) = time.place_all(up, up, 0, 1)
        assert placed == pytest.approx(BEGAN + 0.99 * up, abs=0.01)
    assert len(time._steps) <= 64
    assert time.place(0, 0) <= BEGAN, "its oldest steps are forgotten, and no time turns infinite"


def driven(
    events: list[tuple[str, float]], board_ppm: float, our_ppm: float, interval: float
) -> Iterator[tuple[float, float, float, float]]:
    """Play a board and a computer whose clocks drift and are set, and say how each sample was placed.

    Gives, for each sample: true seconds, seconds since a clock was set, where it was placed, and where
    our clock stood when it was taken.
    """
    time, truth, seq, up_ahead, ahead, set_at = BoardTime(), 0.0, 0, 0.0, 0.0, -1e9
    for kind, amount in events:
        if kind == "board":
            up_ahead, set_at = up_ahead + amount, truth
        elif kind == "computer":
            ahead, set_at = ahead + amount, truth
            time.clock_was_set(amount)
        else:
            for _ in range(round(amount / interval)):
                truth += interval
                up = 1e9 + truth * (1000 + board_ppm / 1000) + up_ahead
                here = BEGAN + truth * (1000 + our_ppm / 1000) + ahead
                time.heard(here + 20 + seq % 7 * 30, up, seq)  # the network takes 20 to 200 ms
                (placed,) = time.place_all(seq, up, 0, 1)
                yield truth, truth - set_at, placed, here
                seq += 1


SET = st.one_of(
    st.tuples(st.sampled_from(["board", "computer"]), st.floats(-3.6e6, 3.6e6)),
    st.tuples(st.just("go on"), st.floats(20, 3000)),
)


@given(
    events=st.lists(SET, max_size=12),
    board_ppm=st.floats(-100, 100),
    our_ppm=st.floats(-100, 100),
    interval=st.sampled_from([1.0, 2.0, 5.0]),
)
def test_t2_t3_whichever_clock_drifts_or_is_set_ten_seconds_later_all_is_in_its_place(
    events: list[tuple[str, float]], board_ppm: float, our_ppm: float, interval: float
) -> None:
    former, former_set = float("-inf"), 0.0
    for truth, since, placed, here in driven([*events, ("go on", 60)], board_ppm, our_ppm, interval):
        if since >= 10:
            assert abs(placed - here) < 1000, "within a second of the truth"
        if since >= 10 and truth - since == former_set:
            assert placed > former, "in order"
        former, former_set = placed, truth - since


def test_t3_a_board_that_is_slow_for_a_week_stands_where_it_is() -> None:
    week = [placed - here for _, _, placed, here in driven([("go on", 7 * 86400)], -30, 0, 60)]
    assert max(map(abs, week)) < 300, "18 s would be missing"


def test_t3_what_the_network_holds_back_is_no_clock_that_was_set() -> None:
    time = BoardTime()
    time.heard(BEGAN, 0, 0)
    assert time.place_all(0, 0, 0, 1) == [BEGAN]
    for seq in range(1, 60):  # half a minute of nothing, then all of it at once
        time.heard(BEGAN + 30_000 + seq, 500 * seq, seq)
        assert time.place_all(seq, 500 * seq, 0, 1) == [BEGAN + 500 * seq]


def test_t2_a_sample_that_comes_again_stands_between_its_neighbours_on_either_side_of_a_set_clock() -> None:
    time = BoardTime()
    for seq in (0, 1, 3):
        time.heard(BEGAN + 1000 * seq, 1000 * seq, seq)
        time.place_all(seq, 1000 * seq, 0, 1)
    time.clock_was_set(3_600_000)
    for seq in (4, 6):
        time.heard(BEGAN + 3_600_000 + 1000 * seq, 1000 * seq, seq)
        time.place_all(seq, 1000 * seq, 0, 1)
    assert time.place_all(2, 2000, 0, 1) == [BEGAN + 2000], "with those beside it, by the clock of then"
    assert time.place_all(5, 5000, 0, 1) == [BEGAN + 3_605_000]
