"""Draws docs/pictures/rooms.svg from the import rules and from docs/architecture.md.

The layers are those of `pyproject.toml`, what a room does is the first sentence of its docstring,
and the numbers are the steps of the page's two paths that name one of its files.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "architecture.md"
DRAWING = ROOT / "docs" / "pictures" / "rooms.svg"
ROOMS = "src/picopanel/"

WIDTH, MARGIN, GAP = 960, 10, 8
TITLE, LINE, DOT = 20, 15, 9
FONT = 12
LETTER = 6.3
"""Width of a letter of the text, on average."""

STYLE = """
  text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #57606c }
  .name { font-weight: 600; font-size: 13px; fill: #1b1f24 }
  rect { fill: #fff; stroke: #dde1e6 }
  .outside { fill: #f0f2f5 } .ground { stroke: none }
  .reading { fill: #c51a4a; stroke: none } .click { fill: #1a7f37; stroke: none }
  .step { font-size: 11px; font-weight: 600; fill: #fff; text-anchor: middle }
  @media (prefers-color-scheme: dark) {
    text { fill: #a3acb8 } .name { fill: #e8eaed }
    rect { fill: #16191d; stroke: #333a43 } .outside { fill: #262c33 } .ground { stroke: none }
    .reading { fill: #d6336c } .click { fill: #2e8b47 } .step { fill: #fff }
  }
"""

GROUND = '<rect class="ground" width="100%" height="100%" rx="12"/>'

Room = tuple[str, str]
"""Its folder, and what it does."""


def layers() -> list[list[Room]]:
    """Return the rooms, from the page down to the board."""
    rules = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    found = re.search(r"^layers = (\[.*?^\])", rules, re.M | re.S)
    assert found, "pyproject.toml has no layers"
    rows = [re.findall(r"\w+", layer) for layer in ast.literal_eval(found[1])]
    package = [[(f"{ROOMS}{name}/", job(name)) for name in row] for row in rows]
    page = [("js/src/", "The page: what is drawn and clicked, in the browser.")]
    board = [("firmware/", "The board: what it measures and does. The virtual one, too.")]
    return [page, *package, board]


def job(room: str) -> str:
    """Return the first paragraph of a room's docstring."""
    source = (ROOT / ROOMS / room / "__init__.py").read_text(encoding="utf-8")
    text = ast.get_docstring(ast.parse(source)) or ""
    return text.split("\n\n")[0].replace("\n", " ").replace("`", "")


def steps(kind: str) -> Iterator[tuple[int, str]]:
    """Return the files that each step of the page's path names."""
    heading = re.search(rf"^## A {kind}, .*?(?=^## )", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert heading, f"docs/architecture.md has no path of a {kind}"
    for number, text in re.findall(r"^(\d+)\. (.*)$", heading[0], re.M):
        for file in re.findall(r"`([\w/]+/[\w./]+)`", text):
            yield int(number), file


def passing(folder: str) -> list[tuple[str, int]]:
    """Return the steps that lead through a room, as kind and number."""
    return [
        (kind, number)
        for kind in ("reading", "click")
        for number in sorted({number for number, file in steps(kind) if file.startswith(folder)})
    ]


def box(room: Room, x: float, y: float, width: float, height: float) -> Iterator[str]:
    """Draw one room."""
    folder, does = room
    name = folder.removeprefix(ROOMS).rstrip("/")
    kind = "" if folder.startswith(ROOMS) else ' class="outside"'
    yield f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="6"{kind}/>'
    yield f'<text x="{x + 10:g}" y="{y + TITLE:g}" class="name">{name}</text>'
    for n, line in enumerate(lines(does, width)):
        yield f'<text x="{x + 10:g}" y="{y + TITLE + (n + 1) * LINE:g}">{escape(line)}</text>'
    for n, (kind, number) in enumerate(reversed(passing(folder))):
        middle = x + width - 10 - DOT - n * (2 * DOT + 4)
        yield f'<circle class="{kind}" cx="{middle:g}" cy="{y + 16:g}" r="{DOT}"/>'
        yield f'<text class="step" x="{middle:g}" y="{y + 20:g}">{number}</text>'


def lines(text: str, width: float) -> list[str]:
    """Break a text to a box's width."""
    return textwrap.wrap(text, int((width - 20) / LETTER))


def drawing() -> str:
    """Return the whole drawing."""
    y: float = MARGIN
    parts: list[str] = []
    for row in layers():
        width = (WIDTH - 2 * MARGIN - GAP * (len(row) - 1)) / len(row)
        height = TITLE + LINE * max(len(lines(does, width)) for _, does in row) + 9
        for n, room in enumerate(row):
            parts += box(room, MARGIN + n * (width + GAP), y, width, height)
        y += height + GAP
    for kind, x in (("reading", MARGIN + DOT), ("click", MARGIN + 150)):
        parts.append(f'<circle class="{kind}" cx="{x}" cy="{y + 10:g}" r="{DOT}"/>')
        parts.append(f'<text x="{x + 15}" y="{y + 14:g}">a {kind}\'s steps</text>')
    size = f'viewBox="0 0 {WIDTH} {y + 28:g}" width="{WIDTH}" height="{y + 28:g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n<style>{STYLE}</style>{GROUND}'
    return "\n".join([head, *parts, "</svg>\n"])


if __name__ == "__main__":
    DRAWING.write_text(drawing(), encoding="utf-8")
