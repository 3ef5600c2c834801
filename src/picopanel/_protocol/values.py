"""Numbers in texts and anywhere in JSON, as boards and their makers write them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .._errors.arguments import is_unicode
from .paths import Path

MOST_IN_ONE = 64  # values of one message
TOO_LARGE = 1e300  # a number of JSON may have thousands of digits, which no float holds
_DEEPEST = 8
_TIMES = ("time", "timestamp", "utc_timestamp", "ts", "last_seen", "date")  # a clock's number is no reading
_LONGEST = 64  # characters
_NUMBER = re.compile(
    r"([-+]?\d{1,15}(?:[.,]\d{1,15})?(?:[eE][-+]?\d{1,2})?)\s*([^\s\d]{0,8}(?:/[^\s\d]{1,7})?)"
)
_WORDS = {"on": 1.0, "off": 0.0, "true": 1.0, "false": 0.0, "open": 1.0, "closed": 0.0, "yes": 1.0, "no": 0.0}
_UNSEEN = re.compile(r'[\x00-\x1f\x7f-\xa0\u2000-\u206f\ud800-\udfff<>&"]')

Found = tuple[Path, float, str]  # where it stands, its value, its unit


def number_in(text: str) -> tuple[float, str] | None:
    """Return the number that a text is, and its unit; None where it is none. A comma is a decimal one.

    Example:
        >>> number_in("23,4 °C"), number_in("ON"), number_in("warm")
        ((23.4, '°C'), (1.0, ''), None)
    """
    bare = text.strip() if len(text) <= _LONGEST else ""
    if (word := bare.lower()) in _WORDS:
        return _WORDS[word], ""
    found = _NUMBER.fullmatch(bare)
    return (float(found[1].replace(",", ".")), seen(found[2], "")) if found else None


def seen(text: str, instead: str) -> str:
    """Return a text without the characters that no name has, with others in their places."""
    return _UNSEEN.sub(instead, text)


def numbers_within(data: Any, path: Path) -> Iterator[Found]:
    """Yield the numbers in a message, wherever they stand in it."""
    if isinstance(data, dict) and len(path) < _DEEPEST:
        for name, value in data.items():
            if name.lower() not in _TIMES and 0 < len(name) <= 64 and _is_name(name):
                yield from numbers_within(value, (*path, name))
    elif isinstance(data, list) and len(path) < _DEEPEST:
        for nth, value in enumerate(data[:MOST_IN_ONE]):
            yield from numbers_within(value, (*path, nth))
    elif isinstance(data, bool):
        yield path, float(data), ""
    elif isinstance(data, (int, float)):
        if abs(data) < TOO_LARGE:
            yield path, float(data), ""
    elif isinstance(data, str) and (number := number_in(data)) is not None:
        yield path, *number


def _is_name(text: str) -> bool:
    """Whether a path and a file can have it."""
    return '"' not in text and is_unicode(text)
