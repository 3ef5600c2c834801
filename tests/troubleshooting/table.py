"""The rows of docs/troubleshooting.md."""

import re
from dataclasses import dataclass
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "troubleshooting.md"


@dataclass(frozen=True)
class Row:
    """A row's first three columns: symptom, what is said, and where or how often."""

    symptom: str
    second: str
    third: str

    @property
    def test(self) -> str:
        """The name of its test."""
        return "test_" + re.sub(r"\W+", "_", self.symptom.lower()).strip("_")


def matches(pattern: str, text: str | None) -> bool:
    """Whether a text is what the table says; "…" stands for anything, "–" for nothing."""
    if pattern == "–":
        return text is None
    parts = map(re.escape, pattern.split("…"))
    return text is not None and re.match(".*?".join(parts), text) is not None


def rows() -> dict[str, Row]:
    """Return all rows by the names of their tests."""
    lines = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    found = [Row(*row[:3]) for row in cells if row[0] != "symptom"]
    return {row.test: row for row in found}
