"""Where clocks are changed: time goes on in figure, picture and file, and each hour says which it is."""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from itertools import pairwise
from pathlib import Path

import pytest

from picopanel._page.snapshot import picture
from picopanel._page.snapshot import series as series_of
from picopanel._store import Origin, Store
from picopanel._store.export import Export
from picopanel._store.zone import changes, clocks, local, zone_name

MINUTES = 120
CHANGES = {
    "Europe/Berlin": [("2026-10-25T01:00", "CEST, UTC+02:00"), ("2026-03-29T01:00", "CET, UTC+01:00")],
    "America/St_Johns": [("2026-11-01T04:30", "NDT, UTC-02:30"), ("2026-03-08T05:30", "NST, UTC-03:30")],
    "Asia/Kathmandu": [("1985-12-31T18:30", "UTC+05:30")],
    "Pacific/Apia": [("2011-12-30T10:00", "UTC-10:00"), ("2012-03-31T14:00", "UTC+14:00")],
}
PLACES = [(zone, *change) for zone, changes in CHANGES.items() for change in changes]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Moves the computer to a zone."""

    if not hasattr(time, "tzset"):
        pytest.skip("a program cannot choose its zone")

    def move(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


def around(moment: str) -> list[float]:
    """Return times every ten seconds, from an hour before a change to an hour after."""
    middle = datetime.fromisoformat(moment).replace(tzinfo=timezone.utc).timestamp() * 1000
    return [middle + second * 1000 for second in range(-60 * MINUTES // 2, 60 * MINUTES // 2 + 1, 10)]


def filled(moment: str) -> Store:
    store, times = Store(), around(moment)
    store.append(Origin("temperature", "a", 10_000), times, [float(nth) for nth in range(len(times))])
    return store


@pytest.mark.parametrize(("zone", "moment", "name"), PLACES)
def test_t1_in_a_figure_time_goes_on_and_the_axis_names_its_zone(
    at, zone: str, moment: str, name: str
) -> None:
    at(zone)
    assert changes(around(moment)[0], around(moment)[-1]), "clocks are changed there and then"
    figure = Export(filled(moment).since(0), "ada", {}).figure()
    line = figure.data[0]
    # Plotly draws the wall time, whatever stands behind it.
    walls = [datetime.fromisoformat(each.isoformat()[:19]) for each in line.x]
    steps = {(later - earlier).total_seconds() for earlier, later in pairwise(walls)}
    assert steps == {10.0}, "the line stands still, jumps or runs backwards"
    assert figure.layout.xaxis.title.text == f"time ({name} throughout)"


@pytest.mark.parametrize(("zone", "moment", "name"), PLACES)
def test_t1_a_still_picture_says_at_both_ends_which_hour_it_is(at, zone: str, moment: str, name: str) -> None:
    at(zone)
    series = series_of(filled(moment).since(0))
    drawn = picture(series, {})
    xs = [float(x) for x in re.findall(r"([\d.]+),[\d.]+", drawn.split('points="')[1].split('"')[0])]
    assert xs == sorted(xs)
    first, last = (local(series["temperature"][0][end]) for end in (0, -1))
    assert f">{first:%H:%M:%S %Z}<" in drawn
    assert f">{last:%H:%M:%S %Z}<" in drawn
    assert first.strftime("%Z") != last.strftime("%Z")


def test_t1_the_last_value_in_the_hour_that_comes_twice_says_which(at) -> None:
    at("Europe/Berlin")
    one, other = (
        clocks([datetime(2026, 10, 25, hour, 30, tzinfo=timezone.utc).timestamp() * 1000]) for hour in (0, 1)
    )
    assert (one, other) == (["02:30:00 CEST"], ["02:30:00 CET"])
    assert clocks([datetime(2026, 10, 25, 9, tzinfo=timezone.utc).timestamp() * 1000]) == ["10:00:00"]


def test_t1_where_no_clock_is_changed_the_axis_names_its_zone_alone(at) -> None:
    names = {}
    for zone in ("Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia", "UTC"):
        at(zone)
        names[zone] = Export(filled("2026-07-01T12:00").since(0), "ada", {}).figure().layout.xaxis.title.text
    assert names == {
        "Europe/Berlin": "time (CEST, UTC+02:00)",
        "America/St_Johns": "time (NDT, UTC-02:30)",
        "Asia/Kathmandu": "time (UTC+05:45)",
        "Pacific/Apia": "time (UTC+13:00)",
        "UTC": "time (UTC)",
    }


@pytest.mark.parametrize(("zone", "moment", "name"), PLACES)
def test_t1_a_file_is_in_utc_wherever_it_is_written(
    at, tmp_path: Path, zone: str, moment: str, name: str
) -> None:
    at(zone)
    Export(filled(moment).since(0), "ada", {}).to_csv(tmp_path / "run.csv")
    rows = list(csv.DictReader((tmp_path / "run.csv").open(encoding="utf-8")))
    assert [datetime.fromisoformat(row["time"]).timestamp() * 1000 for row in rows] == around(moment)
    assert all(row["time"].endswith("+00:00") for row in rows)


def test_t1_a_zone_is_named_with_its_distance_from_utc(at) -> None:
    at("Europe/Berlin")
    assert zone_name(local(1_795_330_430_000)) == "CET, UTC+01:00"
