"""One line of a recording: a reading or an event. Pure; docs/recording.md has the whole format."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from ..._errors import InvalidPayload
from ..._protocol.checks import (
    LATEST,
    a_mapping,
    a_name,
    a_number,
    a_text,
    a_token,
    an_integer,
    refuse_constant,
)
from ..store import EVENT, NO_CLOCK, UNTOLD, Origin, Rows

START = '{"picopanel":"recording","version":1,'
"""How every recording begins."""

LONGEST = 65_536
"""Bytes of a line."""

_MOST_KEYS = 24


class NotJson(InvalidPayload):
    """No whole JSON: at the end of a file, what a crash has left."""


class ReadingLine(NamedTuple):
    """What the line of a reading says."""

    origin: Origin
    unit: str
    time: float
    value: float
    lag: int
    stamp: int


class EventLine(NamedTuple):
    """What the line of an event says."""

    time: float
    event: dict[str, Any]


def header(device_id: str) -> bytes:
    """Return the first line."""
    return f"{START}{_json({'id': device_id})[1:]}\n".encode()


def parse_header(line: bytes) -> str:
    """Return the device's ID that the first line names."""
    device_id = _object(line).get("id")
    if not isinstance(device_id, str):
        raise InvalidPayload("no device ID")
    return device_id


def lines(rows: Rows, units: Mapping[str, str]) -> Iterator[bytes]:
    """Return the rows' lines; one that is too long to be read back is left out."""
    events = dict(rows.events)
    columns = zip(rows.times, rows.values, rows.lags, rows.stamps, rows.origins, strict=True)
    for row, (time, value, lag, stamp, number) in enumerate(columns, rows.first):
        if number == EVENT:
            line = _event(time, events[row]) if row in events else ""
        else:
            known = f',"lag":{lag}' if lag else ""
            known += f',"board_time":{stamp}' if stamp != NO_CLOCK else ""
            tail = _tail(rows.table[number], units.get(rows.table[number].channel, ""))
            line = f'{{"time":{time!r},"value":{value!r}{known},{tail}\n'
        written = line.encode("utf-8", "replace")
        if len(written) <= LONGEST:
            yield written


def parse_line(line: bytes) -> ReadingLine | EventLine:
    """Return what a line says.

    Raises:
        InvalidPayload: With what is wrong with it.
    """
    try:
        data = _object(line)
        time = data.pop("time")
        if not 0 <= a_number(time) <= LATEST:
            raise InvalidPayload("a time that is none")
        return EventLine(float(time), _parse_event(data)) if "event" in data else _parse_reading(time, data)
    except KeyError as error:
        raise InvalidPayload(f"no {error}") from None
    except OverflowError:
        raise InvalidPayload("a number that is too large") from None


def _event(time: float, event: Mapping[str, Any]) -> str:
    facts = {name: value for name, value in event.items() if name not in ("kind", "time", "event")}
    return _json({"time": time, "event": event["kind"], **facts}) + "\n"


@lru_cache(256)
def _tail(origin: Origin, unit: str) -> str:
    facts = {"channel": origin.channel, "unit": unit, "virtual": origin.virtual}
    known = {"led": origin.led, "boot": origin.boot, "interval": origin.interval}
    return _json(facts | {name: value for name, value in known.items() if value is not None})[1:]


def _parse_reading(time: float, data: dict[str, Any]) -> ReadingLine:
    facts = [data.get(name) for name in ("channel", "unit", "boot", "interval", "led", "virtual")]
    origin, unit = _origin(*map(_plain, facts))
    lag, stamp = data.get("lag", 0), data.get("board_time")
    if type(lag) is not int or not -(2**31) <= lag < 2**31:
        raise InvalidPayload("a lag that is no whole number of milliseconds")
    stamp = NO_CLOCK if stamp is None else an_integer(stamp, LATEST)
    return ReadingLine(origin, unit, float(time), a_number(data["value"]), lag, stamp)


@lru_cache(256, typed=True)
def _origin(channel: Any, unit: Any, boot: Any, interval: Any, led: Any, virtual: Any) -> tuple[Origin, str]:
    if not (isinstance(channel, str) and isinstance(virtual, bool) and isinstance(led, (bool, type(None)))):
        raise InvalidPayload("neither a reading nor an event")
    origin = Origin(
        channel if channel == UNTOLD else a_name(channel),
        None if boot is None else a_token(boot),
        None if interval is None else an_integer(interval),
        led,
        virtual,
    )
    return origin, a_text("" if unit is None else unit)


def _plain(value: Any) -> Any:
    if isinstance(value, (dict, list)):
        raise InvalidPayload("neither a reading nor an event")
    return value


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= LATEST


_COMMAND: dict[str, Callable[[object], bool]] = {"id": _is_text, "command": _is_text}
_FACTS: dict[str, dict[str, Callable[[object], bool]]] = {
    "sent": _COMMAND,
    "answered": _COMMAND | {"latency": _is_number, "certain": lambda value: isinstance(value, bool)},
    "unanswered": _COMMAND | {"after": _is_number},
    "refused": _COMMAND | {"reason": _is_text},
    "boot": {"boot": _is_text},
    "gap": {"count": _is_number},
    "notice": {"text": _is_text},
    "mark": {"text": _is_text},
}
"""What those who read an event of a kind rely on. Kinds that nobody knows are kept as they are."""


def _parse_event(data: dict[str, Any]) -> dict[str, Any]:
    kind = a_token(data.pop("event"))
    facts = _FACTS.get(kind, {})
    if not all(name in data and fits(data[name]) for name, fits in facts.items()):
        raise InvalidPayload(f"an event {kind!r} without what belongs to it")
    if kind not in _FACTS and "id" in data:
        raise InvalidPayload(f"an event {kind!r} that is not a command's and has an id")
    return {"kind": kind, **data}


def _object(line: bytes) -> dict[str, Any]:
    try:
        data = _decoder.decode(line.decode())
    except InvalidPayload:
        raise
    except (ValueError, RecursionError):
        raise NotJson("not JSON") from None
    return a_mapping(data, _MOST_KEYS)


def _finite(digits: str) -> float:
    return a_number(float(digits))


_decoder = json.JSONDecoder(parse_constant=refuse_constant, parse_float=_finite)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
