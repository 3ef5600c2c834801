"""The code blocks of the README and of docs/, and what their first lines ask for.

```python                          is run, after the page's earlier ones, in one namespace
```python on-the-board             is run in MicroPython, with stand-ins for the parts: tests/firmware
```bash                            is run line by line; `make` only as far as its dry run
```bash until-ctrl-c               is interrupted once it has printed something
```bash not-run: it needs a board  is not run, for a reason that the page gives
```output                          is what the block before it prints, but for the numbers
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
NOT_RUN = "not-run:"
ON_THE_BOARD = "on-the-board"


@dataclass(frozen=True)
class Block:
    page: Path
    line: int
    language: str
    note: str
    code: str
    output: str | None = None

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def runs(self) -> bool:
        return self.language in ("python", "bash") and not self.note.startswith((NOT_RUN, ON_THE_BOARD))


def blocks(page: Path) -> list[Block]:
    """Return a page's code blocks in order; those that are not fenced have no language."""
    tokens = MarkdownIt("commonmark").parse(page.read_text(encoding="utf-8"))
    found = [token for token in tokens if token.type in ("fence", "code_block")]
    result: list[Block] = []
    for token, after in zip_longest(found, found[1:]):
        language, _, note = token.info.partition(" ")
        output = after.content if after is not None and after.info == "output" else None
        assert token.map is not None
        result.append(Block(page, token.map[0] + 1, language, note.strip(), token.content, output))
    return result


EVERY = [block for page in PAGES for block in blocks(page)]
