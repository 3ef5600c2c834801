"""What lies between two times, in Python; `js/test/data/stretch.test.ts` has the same for the page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from picopanel import InvalidArgument, Pico
from picopanel._page.conversation import Conversation
from picopanel._runtime import loop
from picopanel._store import Origin

START = 1_795_330_430_000.04
VALUES = [20.0, 23.0, 22.0, 27.0, 5.0]
SECONDS = [0, 1, 2, 3, 8]


@pytest.fixture
def pico() -> Iterator[Pico]:
    """One whose readings are these."""
    with Pico.demo("between") as pico:
        store = pico._device.store

        def fill() -> None:
            store.clear()
            store.append(Origin("light"), [START + 1000 * second for second in SECONDS], VALUES)

        pico._device.link.detach(pico._device._inbox)  # type: ignore[union-attr]
        loop.ask(fill)
        yield pico


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(1_795_330_430 + seconds, timezone.utc)


def test_the_numbers_of_a_stretch_its_ends_included(pico: Pico) -> None:
    found = pico.between(at(0), at(3))
    row: Any = found.numbers.loc["light"]
    assert (row.n, row.difference, row.seconds) == (4, 7, 3)
    assert (row["mean"], row["median"], row.least, row.most) == (23, 22.5, 20, 27)
    assert row.deviation == pytest.approx((26 / 3) ** 0.5)
    assert row.slope == pytest.approx(2)
    assert (row.least_at, row.most_at) == (at(0), at(3))
    assert list(found.frame.value) == VALUES[:4]
    assert (found.start, found.end) == (at(0), at(3))
    assert repr(found).startswith("<3 s, 4 readings>")


def test_the_other_way_round_and_in_another_zone_it_is_the_same(pico: Pico) -> None:
    zone = timezone(timedelta(hours=5))
    assert list(pico.between(at(3).astimezone(zone), at(1)).frame.value) == VALUES[1:4]


def test_where_nothing_lies_there_is_an_empty_table(pico: Pico) -> None:
    found = pico.between(at(4), at(5))
    assert (len(found.frame), len(found.numbers)) == (0, 0)


def test_one_reading_has_neither_deviation_nor_slope(pico: Pico) -> None:
    row: Any = pico.between(at(0.5), at(1.5)).numbers.loc["light"]
    assert (row.n, str(row.deviation), str(row.slope)) == (1, "nan", "nan")
    two: Any = pico.between(at(0.5), at(2.5)).numbers.loc["light"]
    assert (two.n, two.slope) == (2, pytest.approx(-1)), "two have both"


def test_without_times_the_pages_cursors_are_meant(pico: Pico) -> None:
    with pytest.raises(InvalidArgument, match=r"press \*Measure\* at the chart"):
        pico.between()
    talk = loop.ask(Conversation, pico._device, lambda message, buffers: None)
    loop.ask(talk.handle, {"type": "cursors", "at": [START + 3000, START]})
    assert pico.cursors is not None
    assert [round((it - at(0)).total_seconds(), 3) for it in pico.cursors] == [0, 3]
    assert len(pico.between().frame) == 4
    with pytest.raises(InvalidArgument, match="Give two times"):
        pico.between(at(1))  # its other end is not where a cursor stands
    for nonsense in (None, [1], ["a", 2], [float("nan"), 1], [True, 5], [-1, 1e20], {"a": 1}):
        loop.ask(talk.handle, {"type": "cursors", "at": nonsense})
        assert pico.cursors is None
    loop.ask(talk.end)


def test_what_is_no_time_is_refused(pico: Pico) -> None:
    with pytest.raises(InvalidArgument, match="A time is a datetime"):
        pico.between(1, 2)  # type: ignore[arg-type]
