"""What a million readings cost to take away: as a frame, as a file, as a figure."""

import random
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import pandas

from picopanel import read_recording
from picopanel._store import Origin, Store, parquet
from picopanel._store.export import Export
from picopanel._store.recording import Recording, header, lines

from .table import Row, tell

READINGS = 1_000_000
MOMENTS = ("time", "arrival", "board_time")


def rows(folder: Path) -> Iterator[Row]:
    tell("a million readings")
    store, units = _filled(), {"temperature": "°C"}
    export = Export(store.since(0), "ada", units)
    frame = export.to_dataframe()
    ours, peer = _best(export.to_dataframe, 5), _best(lambda: _by_pandas(frame), 5)
    figure = f"{ours:.2f} s ({ours / peer:.2f} of pandas' own)"
    good = ours <= 0.6 or ours <= 1.5 * peer
    yield Row("`to_dataframe()` of 1,000,000 readings", figure, "0.6 s or 1.5", good)
    share = _peak(export.to_dataframe) / frame.memory_usage().sum()
    yield Row("the same, peak of memory, of the frame's own", f"{share:.2f}", "2.5", share <= 2.5)
    ours = _best(lambda: export.to_csv(folder / "ours.csv"), 1)
    peer = _best(lambda: frame.to_csv(folder / "pandas.csv", index=False), 1)
    yield Row("`to_csv()`, of `DataFrame.to_csv`", f"{ours / peer:.2f} ({ours:.1f} s)", "1", ours <= peer)
    seconds, size = _best(export.figure, 3), len(export.figure().to_json()) / 1e6
    good = seconds <= 2 and size <= 3
    yield Row("`figure()`", f"{seconds:.1f} s, {size:.1f} MB", "2 s, 3 MB", good)
    run = folder / "run.jsonl"
    with run.open("wb") as file:
        file.write(header("ada"))
        file.writelines(lines(export.rows, export.units))
    ours, peer = _best(lambda: read_recording(run), 2), _best(lambda: pandas.read_json(run, lines=True), 2)
    figure = f"{ours / peer:.2f} ({ours:.1f} of {peer:.1f} s)"
    yield Row("`read_recording()`, of `pandas.read_json(lines=True)`", figure, "1", ours <= peer)
    whole = folder / "run.parquet"
    parquet.add(whole, Recording("ada", store, units))
    again = _best(lambda: read_recording(whole), 2)
    share = whole.stat().st_size / run.stat().st_size
    figure = f"{again / ours:.2f} ({again:.1f} s), {share:.2f} of its bytes"
    yield Row("the same of Parquet, of its own of lines", figure, "less", again < ours)


def _filled() -> Store:
    store, chance = Store(READINGS), random.Random(7)
    for first in range(0, READINGS, 500):
        origin = Origin("temperature", "pab12cd34", 100, first % 3000 < 900)
        times = [1.795e12 + 100 * (first + nth) + 0.04 for nth in range(500)]
        values = [23 + chance.gauss(0, 0.1) for _ in times]
        store.append(origin, times, values, [time + 12 for time in times], [int(time) for time in times])
    return store


def _by_pandas(frame: pandas.DataFrame) -> pandas.DataFrame:
    """Return the frame, made by pandas of columns that are ready."""
    words = ("channel", "unit", "led", "boot", "mark")
    ready: dict[str, Any] = {name: frame[name].to_numpy(object) for name in words}
    ready |= {name: frame[name].to_numpy() for name in ("elapsed_s", "value", "virtual", "replay")}
    ready |= {name: frame[name].to_numpy("datetime64[ms]").astype("float64") for name in MOMENTS}
    made = pandas.DataFrame(ready).astype({"led": "boolean", "mark": "string"})
    for name in MOMENTS:
        made[name] = pandas.to_datetime(made[name], unit="ms", utc=True).dt.round("ms")
    return made


def _best(call: Callable[[], object], times: int) -> float:
    costs = []
    for _ in range(times):
        start = perf_counter()
        call()
        costs.append(perf_counter() - start)
    return min(costs)


def _peak(call: Callable[[], object]) -> int:
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
