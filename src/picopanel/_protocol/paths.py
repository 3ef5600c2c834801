"""Where in a message something stands, and how a message is made of values; both out of a description. Pure.

A path such as `ENERGY.Power`, `sensors[0].value` or `params."switch:0".output` is names and numbers, no more.
A template is text or JSON with `{name}` in it; nothing in it is run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .._errors import InvalidPayload

Path = tuple[str | int, ...]

WHOLE: Path = ()
MISSING = object()
"""What stands at a path that a message does not have."""

LONGEST = 4096  # bytes of a payload that is made
_DEEPEST = 8
_STEP = re.compile(r'(?:^|\.)(?:"([^"]{1,64})"|([^."\[\]]{1,64}))|\[(\d{1,4})\]')
_PLACE = re.compile(r"\{(\w{1,64})\}")


def parse_path(text: object) -> Path:
    """Return the steps of a path; `.` is the whole message.

    Example:
        >>> parse_path('sensors[0]."switch:0".value')
        ('sensors', 0, 'switch:0', 'value')
    """
    if not isinstance(text, str) or not text:
        raise ValueError("a path is a text such as 'temperature' or 'sensors[0].value'")
    if text == ".":
        return WHOLE
    steps, at = list[str | int](), 0
    while at < len(text):
        found = _STEP.match(text, at)
        if found is None or len(steps) >= _DEEPEST:
            raise ValueError(
                f"{text[:80]!a} is no path: names with dots between and numbers in [ ], at most {_DEEPEST}; "
                'a name with a dot or a bracket in it stands in "quotation marks"'
            )
        quoted, plain, number = found.groups()
        steps.append(int(number) if number else quoted or plain)
        at = found.end()
    return tuple(steps)


def path_text(path: Path) -> str:
    """Return a path as a description has it; the reverse of `parse_path`.

    Example:
        >>> path_text(("sensors", 0, "switch:0", "a.b"))
        'sensors[0].switch:0."a.b"'
    """
    steps = [
        f"[{step}]" if isinstance(step, int) else f'."{step}"' if re.search(r"[.\[\]]", step) else f".{step}"
        for step in path
    ]
    return "".join(steps).removeprefix(".") or "."


def told(path: Path) -> str:
    """Return a path as a sentence has it."""
    return path_text(path) if path else "the message"


def value_at(path: Path, data: Any) -> Any:
    """Return what stands there, or `MISSING`."""
    for step in path:
        if isinstance(step, int):
            if not isinstance(data, list) or step >= len(data):
                return MISSING
        elif not isinstance(data, dict) or step not in data:
            return MISSING
        data = data[step]
    return data


def places(template: Any) -> Iterator[str]:
    """Yield the names that stand in `{}` in a template."""
    if isinstance(template, str):
        yield from _PLACE.findall(template)
    elif isinstance(template, dict):
        for value in template.values():
            yield from places(value)
    elif isinstance(template, list):
        for value in template:
            yield from places(value)


def fill(template: Any, values: Mapping[str, Any]) -> Any:
    """Return a template with its names replaced; a text that is one name alone becomes the value itself.

    Example:
        >>> fill({"R": "{R}", "of": "{id}/x"}, {"R": 5, "id": "ada"})
        {'R': 5, 'of': 'ada/x'}
    """
    if isinstance(template, str):
        alone = _PLACE.fullmatch(template)
        if alone:
            return values[alone[1]]
        return _PLACE.sub(lambda place: as_text(values[place[1]]), template)
    if isinstance(template, dict):
        return {name: fill(value, values) for name, value in template.items()}
    if isinstance(template, list):
        return [fill(value, values) for value in template]
    return template


def as_text(value: Any) -> str:
    """Return a value as a bare payload has it, and as JSON has it: 40, 0.5, true, on."""
    return value if isinstance(value, str) else json.dumps(value)


def payload_of(template: Any, values: Mapping[str, Any]) -> bytes:
    """Return the payload that a template makes: JSON of a table, else the text."""
    filled = fill(template, values)
    text = (
        json.dumps(filled, separators=(",", ":"), allow_nan=False)
        if isinstance(template, dict)
        else as_text(filled)
    )
    payload = text.encode()
    if len(payload) > LONGEST:
        raise InvalidPayload(f"a command of over {LONGEST} bytes")
    return payload
