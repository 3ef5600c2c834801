"""`make bench`: runs the benchmarks and prints one table.

python -m benchmarks [kernel] [broker] [page] [lab]
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from . import alone, broker, kernel, page, side_by_side
from .table import Row, print_table

PARTS: dict[str, Callable[[Path], list[Row]]] = {
    "kernel": lambda folder: kernel.rows(),
    "broker": broker.rows,
    "page": lambda folder: page.rows(),
    "lab": lambda folder: _lab(folder),
}


def _lab(folder: Path) -> list[Row]:
    with side_by_side.desk(folder) as desk:
        return side_by_side.rows(desk) + alone.rows(desk)


def main(names: list[str]) -> None:
    found: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in names or PARTS:
            own = Path(folder) / name
            own.mkdir()
            found += PARTS[name](own)
    print_table(found)


if __name__ == "__main__":
    main(sys.argv[1:])
