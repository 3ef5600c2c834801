"""Writes what `make browsers` has seen, `docs/hosts.json`, into the table of `docs/hosts.md`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[1] / "docs"
BEGIN, END = "<!-- begin of what make browsers writes -->\n", "<!-- end of what make browsers writes -->\n"
WORDS = {"works": "yes", "": "not tried"}
Results = dict[str, str]
"""What came of something: `works`, or `–` (it cannot be had there) or `fails`, with the reason."""
Data = dict[str, Any]
"""`versions` by name; what was `seen`, by host, browser and behaviour."""


class Notes:
    """Reasons, each with a number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def mark(self, reason: str) -> str:
        """Return the reason's number."""
        return f"<sup>{self._numbers.setdefault(reason, len(self._numbers) + 1)}</sup>"

    def __str__(self) -> str:
        return "".join(f"{number}. {reason}\n" for reason, number in self._numbers.items())


def table(data: Data) -> str:
    """Return versions, a row for each behaviour with a cell for each host, and the notes."""
    seen, versions, notes = data["seen"], data["versions"], Notes()
    names = dict.fromkeys(name for host in seen.values() for results in host.values() for name in results)
    browsers = dict.fromkeys(browser for host in seen.values() for browser in host)
    lines = [
        f"Seen in {', '.join(f'{it} {versions[it]}' for it in browsers)}.",
        "",
        "| | " + " | ".join(f"{it} {versions[it]}" for it in seen) + " |",
        "|---" * (len(seen) + 1) + "|",
    ]
    for name in names:
        cells = [
            cell({it: results.get(name, "") for it, results in host.items()}, notes) for host in seen.values()
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + f"\n\n{notes}"


def cell(results: Results, notes: Notes) -> str:
    """One word where three browsers agree; else each with its own."""
    words = {browser: word(result, notes) for browser, result in results.items()}
    if len(words) == 3 and len(set(words.values())) == 1:
        return words["WebKit"]
    same: dict[str, list[str]] = {}
    for browser, each in words.items():
        same.setdefault(each, []).append(browser)
    return "; ".join(f"{', '.join(browsers)}: {each}" for each, browsers in same.items())


def word(result: str, notes: Notes) -> str:
    """What came of one behaviour in one browser."""
    told, _, why = result.partition("; instead")[0].partition(": ")
    if told in WORDS:
        return WORDS[told]
    return ("**no**" if told == "fails" else "–") + notes.mark(why)


def written(page: str, data: Data) -> str:
    """Return the page with the table of these data."""
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    return f"{before}{BEGIN}\n{table(data)}\n{END}{after}"


if __name__ == "__main__":
    page = DOCS / "hosts.md"
    data = json.loads((DOCS / "hosts.json").read_text("utf-8"))
    page.write_text(written(page.read_text("utf-8"), data), "utf-8")
