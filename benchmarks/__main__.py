"""`make bench`: runs the benchmarks and prints one table.

python -m benchmarks [--write] [kernel] [broker] [page] [export] [latency] [panel] [day] [wall_day] [wall]

`--write` also puts the table into `docs/performance.md`.
"""

import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from . import alone, broker, day, export, kernel, page, side_by_side, wall, wall_day
from .table import Row, table, tell, write

PARTS: dict[str, Callable[[Path], Iterable[Row]]] = {
    "kernel": lambda folder: kernel.rows(),
    "broker": broker.rows,
    "page": lambda folder: page.rows(),
    "export": export.rows,
    "latency": lambda folder: _at_a_desk(folder, side_by_side.rows),
    "panel": lambda folder: _at_a_desk(folder, alone.rows),
    "day": lambda folder: _at_a_desk(folder, day.rows),
    "wall_day": lambda folder: _at_a_desk(folder, wall_day.rows),
    "wall": lambda folder: _at_a_desk(folder, wall.rows),
}
LONGEST = 600
"""Seconds for a part; the longest takes a third of that where nothing is wrong."""


def _at_a_desk(folder: Path, measure: Callable[[side_by_side.Desk], Iterable[Row]]) -> Iterator[Row]:
    with side_by_side.desk(folder) as desk:
        yield from measure(desk)


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Raise `TimeoutError` when the block takes longer."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"not done after {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def run(name: str, folder: Path) -> Iterator[Row]:
    """Run a part. What stops it is a row of the table, and the other parts go on."""
    folder.mkdir()
    try:
        with at_most(LONGEST):
            for row in PARTS[name](folder):
                tell(f"   {row.what}: {row.figure}")
                yield row
    except Exception as error:
        traceback.print_exc()
        yield Row(f"the rest of `{name}`", f"{type(error).__name__}: {error}".split("\n")[0], "", False)


def main(arguments: list[str]) -> None:
    """Run the named parts, or all."""
    names = [name for name in arguments if name != "--write"] or list(PARTS)
    found: list[Row] = []
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            for name in names:
                found.extend(run(name, Path(folder) / name))
    finally:  # what has been measured is shown, whatever stopped the rest
        print(table(found))
    if "--write" in arguments:
        write(table(found))


if __name__ == "__main__":
    # Here the package runs from its sources; what pip installs is compiled already.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main(sys.argv[1:])
