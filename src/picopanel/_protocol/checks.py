"""Checks of single values. Each returns the value, or raises `InvalidPayload` with a reason."""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import Any, TypeVar

from .._errors import InvalidPayload
from .._errors.arguments import is_unicode

LARGEST_EXACT = 2**53  # beyond this a number is no longer exact in a page
LATEST = 9_000_000_000_000  # ms of Unix time, in the year 2255: pandas' nanoseconds end in 2262
SHORTEST_INTERVAL, LONGEST_INTERVAL = 50, 3_600_000  # ms between samples, as in firmware/pico/samples.py
MOST_NAMES = 64  # channels of one board in all its time, which may have got others

_TOKEN = re.compile(r"[ -~]{1,64}")
# What firmware/pico/sensors.py refuses on the board: a board that may call a sensor so is understood here.
_NAME = re.compile(r'(?![ =+@-])[^\x00-\x1f\x7f-\xa0\u2000-\u206f\ud800-\udfff<>&"]{1,32}')

T = TypeVar("T")


def in_unicode(value: T) -> T:
    """Return what JSON can hold, with a ? for each half of a character in its texts: no page takes one.

    Python's texts can hold half a surrogate, out of JSON, a page or the name of a file.
    """
    text = json.dumps(value, ensure_ascii=False)
    if is_unicode(text):
        return value
    mended: T = json.loads(text.encode("utf-8", "replace"))
    return mended


def a_mapping(value: object, most: int) -> dict[str, Any]:
    if not isinstance(value, dict) or len(value) > most:
        raise InvalidPayload(f"not an object of at most {most} entries")
    return value


def a_number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidPayload("a value that is not a number")
    number = float(value)
    if not isfinite(number):
        raise InvalidPayload("a value that is not finite")
    return number


def an_integer(value: object, most: int = LARGEST_EXACT) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise InvalidPayload(f"a number that is not a whole one from 0 to {most}")
    return value


def a_text(value: object) -> str:
    if not isinstance(value, str):
        raise InvalidPayload("a text that is not a text")
    if not is_unicode(value):  # JSON can spell half a character
        raise InvalidPayload("a text that is not Unicode")
    return value[:120]


def a_token(value: object) -> str:
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise InvalidPayload("a name that is not 1 to 64 printable ASCII characters")
    return value


def a_name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise InvalidPayload(
            "a name that is not 1 to 32 characters without '<', '>', '&', '\"' and unseen ones"
        )
    return value


def refuse_constant(name: str) -> float:
    """For JSON's `parse_constant`: NaN and Infinity are Python's own."""
    raise InvalidPayload(f"{name} is not a finite number")
