"""Samples: each exactly once, placed by the board's clock, what is missing counted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from picopanel._device.samples import Boot, Samples

Ranges = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=25)


@given(ranges=Ranges)
def test_every_sample_is_new_exactly_once(ranges: list[tuple[int, int]]) -> None:
    boot, come = Boot(), set()
    for first, count in ranges:
        wanted = set(range(first, first + count)) - come
        new = [sample for start, end in boot.add(first, first + count) for sample in range(start, end)]
        assert sorted(wanted) == new
        come |= wanted
    if come:
        holes = sorted(set(range(min(come), max(come))) - come)
        assert boot.missing == len(holes)
        assert [sample for start, end in boot.holes for sample in range(start, end)] == holes
        assert (boot.first, boot.end) == (min(come), max(come) + 1)


def test_a_stream_full_of_holes_is_remembered_in_few_ranges() -> None:
    boot = Boot()
    for seq in range(0, 2000, 2):
        boot.add(seq, seq + 1)
    assert len(boot.holes) < 64
    assert (boot.first, boot.end) == (0, 1999), "of those that are too many, the oldest"
    assert boot.holes[-1] == (1997, 1998)


def test_a_sample_is_placed_by_the_smallest_delay_seen() -> None:
    samples = Samples()
    boot, _ = samples.boot("a", 10_500.0, 400.0)
    assert boot.time.place(0, 400.0) == 10_500.0
    samples.boot("a", 11_450.0, 1400.0)
    samples.boot("a", 99_999.0, 2400.0)
    assert boot.time.place(2, 2400.0) == 12_450.0, "a late message does not move its sample"
    assert samples.now(12_450.0) == ("a", None), "a sample may be an old one"
    samples.answered("a", 12_450.0, 2400.0)
    assert samples.now(12_450.0) == ("a", 2400)


def test_a_boot_that_was_followed_and_speaks_again_is_noticed() -> None:
    samples = Samples()
    assert samples.boot("a", 0.0, 0.0)[1] is False
    assert samples.boot("b", 0.0, 0.0)[1] is False
    assert samples.boot("a", 0.0, 0.0)[1] is True
    assert samples.current == "b"
