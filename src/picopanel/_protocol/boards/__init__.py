"""The descriptions that come along, one file each, and how one is found by its name or its file."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any

from ..._errors import InvalidArgument, InvalidDescription, arguments
from ..._errors.arguments import nearest
from ..description import HEADERS, TABLES, Description, parse_description

HOME_ASSISTANT = "home-assistant"
"""What stands as `board=` for one that announces itself there: its broker tells how it speaks."""

_HERE = Path(__file__).parent
_LARGEST = 65_536  # bytes

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]#]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*((?:\"[^\"]*\"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:\"[^\"]*\"|'[^']*'|[\w-]+))*)\s*=")
_BARE = re.compile(r".*=\s*([^\s\"'\[{#][^\"'\[{#,}]*)")
_PART = re.compile(r"\"([^\"]*)\"|'([^']*)'|([\w-]+)")


def names() -> list[str]:
    """Return the names of the descriptions that come along."""
    return sorted(file.stem for file in _HERE.glob("*.toml"))


def find_board(board: object) -> Description:
    """Return a description by the name of one that comes along, or by the path of a file.

    Raises:
        InvalidArgument: There is neither.
        InvalidDescription: The file is no description.

    Example:
        >>> find_board("sdl-demo").name
        'Light mixing'
    """
    if isinstance(board, Description):
        return board
    known = names()
    if isinstance(board, str) and board in known:
        return _read(_HERE / f"{board}.toml")
    if board == HOME_ASSISTANT:
        raise InvalidArgument(
            "What a board announces to Home Assistant is asked of its broker, by its name: "
            'PicoPanel("kitchen", board="home-assistant", broker=...). as_description() then gives a file.'
        )
    if board != "":
        path = arguments.file_path("board", board)
        if path.suffix == ".toml":
            return _read(path)
        if path.name and os.path.isfile(beside := path.with_name(path.name + ".toml")):
            raise InvalidArgument(f'{str(board)[:64]!a} is a file here: board="{beside}".')
    raise InvalidArgument(
        f"There is no description named {str(board)[:64]!a}. {nearest(board, [*known, HOME_ASSISTANT])} One "
        'of your own is a file: board="my-board.toml".'
    )


def _read(path: Path) -> Description:
    try:
        with open(path, "rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        why = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror
        said = f"it cannot be read: {why}. Looked for {os.fspath(path.absolute())!r}"
        raise InvalidDescription(path.name, None, f"{said}; the kernel's folder is {os.getcwd()!r}") from None
    if len(data) > _LARGEST:
        raise InvalidDescription(path.name, None, f"it is longer than {_LARGEST // 1024} KiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidDescription(path.name, None, "it is not UTF-8: save it as that") from None
    return read_description(text, path.name)


@lru_cache(64)  # a panel that is opened again is one of the same board
def read_description(text: str, called: str) -> Description:
    """Return what a text describes; `called` is its file, for errors."""
    # Only when a description is asked for, as few panels do.
    toml: Any = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        tables = toml.loads(text)
    except (ValueError, RecursionError) as error:  # which names the line
        found = re.search(r"(.*) \(at line (\d+)", str(error))
        line = int(found[2]) if found else None
        said = found[1] if found else str(error)[:200]
        raise InvalidDescription(called, *(_header_wrong(text) or _not_toml(text, line, said))) from None
    return parse_description(tables, called, partial(_line_of, text), text)


def _header_wrong(text: str) -> tuple[int, str] | None:
    """Return the line of a header that no description has: TOML itself complains of a later one."""
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            first, *rest = _parts(header[2]) or [""]
            if first not in TABLES:
                return number, f"{first[:64]!a} is not known here. {nearest(first, TABLES)}"
            if (first == "messages" and not rest) != (header[1] == "[["):
                return number, f"here {HEADERS[first]} is needed"
    return None


def _not_toml(text: str, line: int | None, said: str) -> tuple[int | None, str]:
    bare = _BARE.match(text.splitlines()[line - 1]) if line is not None else None
    hint = f'; texts stand in quotation marks: "{bare[1].strip()[:32]}"' if bare else ""
    return line, f"it is no TOML: {said}{hint}"


def _line_of(text: str, where: Sequence[str | int]) -> int | None:
    """Return the line where the last of the keys stands that can be found."""
    best, depth = None, 0
    for number, keys in _keys(text):
        common = min(len(keys), len(where))
        if list(where[:common]) == keys[:common] and common > depth:
            best, depth = number, common
    return best


def _keys(text: str) -> Iterator[tuple[int, list[str | int]]]:
    """Yield the number of each line that names something, and the keys that lead to it."""
    table: list[str | int] = []
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            first, *rest = _parts(header[2]) or [""]
            if header[1] == "[[":
                counts[first] = counts.get(first, -1) + 1
            table = [first, counts[first], *rest] if first in counts else [first, *rest]
            yield number, table
        elif key := _KEY.match(line):
            yield number, [*table, *_parts(key[1])]


def _parts(key: str) -> list[str]:
    return [a or b or c for a, b, c in _PART.findall(key)]
