"""`make bench`: runs the benchmarks and prints one table.

python -m benchmarks [kernel] [broker] [page] [lab]
"""

import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from . import alone, broker, kernel, page, side_by_side
from .table import Row, print_table, tell

PARTS: dict[str, Callable[[Path], Iterable[Row]]] = {
    "kernel": lambda folder: kernel.rows(),
    "broker": broker.rows,
    "page": lambda folder: page.rows(),
    "lab": lambda folder: _lab(folder),
}


def _lab(folder: Path) -> Iterator[Row]:
    with side_by_side.desk(folder) as desk:
        yield from side_by_side.rows(desk)
        yield from alone.rows(desk)


def main(names: list[str]) -> None:
    found: list[Row] = []
    try:
        with tempfile.TemporaryDirectory() as folder:
            for name in names or PARTS:
                own = Path(folder) / name
                own.mkdir()
                for row in PARTS[name](own):
                    tell(f"   {row.what}: {row.figure}")
                    found.append(row)
    finally:  # what has been measured is shown, whatever stopped the rest
        print_table(found)


if __name__ == "__main__":
    main(sys.argv[1:])
