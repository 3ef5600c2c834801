"""The board's time in ours: it never turns back, whatever comes late or again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picopanel._device.board_time import BoardTime

BEGAN = 1_795_330_000_000.0


@given(
    samples=st.lists(st.tuples(st.floats(0, 900), st.booleans()), min_size=1, max_size=200),
    spacing=st.sampled_from([1, 5, 1000]),
)
def test_later_samples_stand_later_whichever_way_they_come(
    samples: list[tuple[float, bool]], spacing: int
) -> None:
    time, placed = BoardTime(), dict[int, float]()
    come = [(spacing * nth, late) for nth, (late, lost) in enumerate(samples) if not lost]
    again = [(spacing * nth, 100_000.0) for nth, (_, lost) in enumerate(samples) if lost]
    for up, late in (*come, *again):
        time.heard(BEGAN + up + late, up)
        (placed[up],) = time.place_all(up, 0, 1)
    in_order = [placed[up] for up in sorted(placed)]
    assert in_order == sorted(set(in_order)), "no two at once, and none before its time"


def test_a_quick_message_moves_only_what_comes_after_it() -> None:
    time = BoardTime()
    time.heard(BEGAN + 300, 0)
    assert time.place_all(0, 0, 1) == [BEGAN + 300]
    time.heard(BEGAN + 1020, 1000)
    assert time.place_all(1000, 0, 1) == [BEGAN + 1020]
    assert time.place_all(0, 0, 1) == [BEGAN + 300], "what stands stays"
    assert time.place_all(100, 100, 4) == pytest.approx([BEGAN + at for at in (300, 300, 320, 420)], abs=0.3)


def test_it_remembers_a_board_whose_clock_is_fast_in_little() -> None:
    time = BoardTime()
    for up in range(0, 2000):
        time.heard(BEGAN + 0.99 * up, up)
        (placed,) = time.place_all(up, 0, 1)
        assert placed == pytest.approx(BEGAN + 0.99 * up, abs=0.01)
    assert len(time._steps) <= 64
    assert time.place(0) <= BEGAN, "its oldest steps are forgotten, and no time turns infinite"
