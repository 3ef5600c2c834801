"""A description as a text: TOML of its tables, as `parse_description` takes them. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any


def as_toml(tables: Mapping[str, Any], remarks: Iterable[str] = ()) -> str:
    """Return a description's tables as the text of its file; remarks stand above its messages.

    Example:
        >>> print(as_toml({"name": "Fan", "controls": {"speed": {"type": "range"}}}))
        name = "Fan"
        <BLANKLINE>
        [controls.speed]
        type = "range"
        <BLANKLINE>
    """
    return "\n".join([*_written(tables, remarks), ""])


def _written(tables: Mapping[str, Any], remarks: Iterable[str]) -> Iterator[str]:
    yield from _entries({name: each for name, each in tables.items() if not isinstance(each, (dict, list))})
    yield from (f"# {remark}" for remark in remarks)
    for message in tables.get("messages", ()):
        yield from ("", "[[messages]]", *_entries(message))
        for kind in ("channels", "settings"):
            if message.get(kind):
                yield from ("", f"[messages.{kind}]", *_entries(message[kind], within=True))
    for kind in ("controls", "commands"):
        for name, table in tables.get(kind, {}).items():
            yield from ("", f"[{kind}.{_key(name)}]", *_entries(table))


def _entries(table: Mapping[str, Any], within: bool = False) -> Iterator[str]:
    for name, value in table.items():
        if within or name not in ("channels", "settings"):
            yield f"{_key(name)} = {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        inside = ", ".join(f"{_key(name)} = {_value(each)}" for name, each in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return quoted(value) if isinstance(value, str) else json.dumps(value)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else quoted(name)


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")  # as TOML wants it
