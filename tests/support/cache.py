"""What tests fetch or make once and keep in `.cache/`; one test process at a time makes it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

CACHE = Path(__file__).parents[2] / ".cache"


@contextmanager
def made_once(name: str, doing: str) -> Iterator[Path | None]:
    """Yield `.cache/name` to make it there, said aloud with `doing`; or None if it has been made before.

    What is left by a making that failed is made again.
    """
    folder = CACHE / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = folder.with_name(f"{folder.name}.made")
    with FileLock(folder.with_name(f"{folder.name}.lock")):
        if made.exists():
            yield None
        else:
            print(f"\n== .cache/{name}: {doing}, once", file=sys.__stderr__, flush=True)
            yield folder
            made.touch()
