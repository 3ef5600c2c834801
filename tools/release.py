"""Holds a release's tag against the version and the changelog: `python tools/release.py v1.2.3`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main(tag: str) -> str | None:
    """Return what is not as it should be."""
    version = _found(r'__version__ = "(.*)"', "src/picopanel/_version.py")
    if tag != f"v{version}":
        return f"The tag is {tag}, and the version {version}: tag the commit that sets the version."
    heading = _found(r"^## (.*)", "CHANGELOG.md")
    if not re.fullmatch(rf"{re.escape(version)} \(\d{{4}}-\d\d-\d\d\)", heading):
        return f"The changelog begins with {heading!r}: it must be {version} with the date, as (2026-01-31)."
    return None


def _found(pattern: str, file: str) -> str:
    (found, *_) = re.findall(pattern, (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
    return str(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
