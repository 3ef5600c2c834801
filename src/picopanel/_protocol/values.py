"""Numbers in texts, as boards and their makers write them. Pure."""

from __future__ import annotations

import re

_LONGEST = 64  # characters
_NUMBER = re.compile(
    r"([-+]?\d{1,15}(?:[.,]\d{1,15})?(?:[eE][-+]?\d{1,2})?)\s*([^\s\d]{0,8}(?:/[^\s\d]{1,7})?)"
)
_WORDS = {"on": 1.0, "off": 0.0, "true": 1.0, "false": 0.0, "open": 1.0, "closed": 0.0, "yes": 1.0, "no": 0.0}
_UNSEEN = re.compile(r'[\x00-\x1f\x7f-\xa0\u2000-\u206f\ud800-\udfff<>&"]')


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
