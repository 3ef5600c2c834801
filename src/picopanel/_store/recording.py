"""A store's rows in a file that people and pandas can read: one line of JSON a row (docs/recording.md).

What is read is untrusted: bounded, strict, and refused as a whole.
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import groupby, islice
from math import isfinite
from operator import add, itemgetter
from pathlib import Path
from typing import Any, BinaryIO
from zlib import crc32

from .._errors import InvalidDeviceID, InvalidPayload, NotARecording
from .._protocol.ids import check_device_id
from .._protocol.payloads import (
    LATEST,
    MOST_NAMES,
    a_mapping,
    a_name,
    a_number,
    a_text,
    a_token,
    an_integer,
    refuse_constant,
)
from .store import EVENT, NO_CLOCK, UNTOLD, Origin, Rows, Store

BUNDLED = Path(__file__).with_name("bundled.jsonl")
"""A lesson with a virtual Pico, made by tools/bundled_recording.py."""

START = '{"picopanel":"recording","version":1,'  # how every recording begins

_START = START.encode()
_LONGEST = 65_536  # bytes of a line
_MOST_KEYS = 24
_AT_ONCE = 256

FACTS = ("channel", "unit", "boot", "interval", "led", "virtual", "derived")
"""What a reading's line has beside its numbers, as `_origin` takes it."""

_NUMBER = rb"-?(?:0|[1-9]\d{0,17})(?:\.\d{1,20})?(?:e[+-]?\d{1,3})?"
_AS_WRITTEN = re.compile(
    rb'\{"time":(%b),"value":(%b)(?:,"lag":(-?\d{1,9}))?(?:,"board_time":(\d{1,12}|[1-8]\d{12}))?,'
    rb'("channel":.*\})\n' % (_NUMBER, _NUMBER)
)
"""A reading's line as `lines` writes it; what follows its numbers is the same in thousands of them."""


class _NotJson(InvalidPayload):
    """No whole JSON: at the end of a file, what a crash has left."""


_Line = tuple[Any, ...]
"""A reading's origin, time, value, lag and stamp; or None, the time of an event and the event."""


@dataclass(frozen=True, slots=True)
class Laid:
    """Channels of other recordings that are laid over one, which itself came from `start` to `end` (ms)."""

    channels: frozenset[str]
    start: float
    end: float


@dataclass(slots=True)
class Recording:
    """What a file holds.

    Attributes:
        device_id: The board's ID; empty if the file is.
        store: Its rows; where the file has more than the store may hold, the newest.
        units: Each channel's unit.
        size: Bytes up to the end of the last whole line; a crash may leave a torn one after it.
        ended: Whether that line has its line feed.
        withdrawn: By channel, from which time on what was derived before this file no longer counts.
    """

    device_id: str
    store: Store
    units: dict[str, str] = field(default_factory=dict)
    size: int = 0
    ended: bool = True
    laid: Laid | None = None  # what of it is other recordings'
    withdrawn: dict[str, float] = field(default_factory=dict)
    board: Mapping[str, Any] = field(default_factory=dict)  # the last event that tells how it speaks


def read(file: BinaryIO, name: str, capacity: int) -> Recording:
    """Return what an open file holds, from its beginning."""
    found = Recording("", Store(capacity))
    withdrawn: _Withdrawn = defaultdict(list)
    for origin, run in groupby(_lines_read(file, name, found), itemgetter(0)):
        while some := list(islice(run, _AT_ONCE)):
            _keep(found, origin, some, withdrawn)
    for channel, cuts in withdrawn.items():
        found.store.withdraw(channel, *cuts)
        found.withdrawn[channel] = min(since for _, since in cuts)
    return found


_Withdrawn = defaultdict[str, list[tuple[int, float]]]
"""By channel: before which rows its derived readings no longer count, and from which time on."""


def _keep(found: Recording, origin: Origin | None, some: list[_Line], withdrawn: _Withdrawn) -> None:
    """Put lines of one origin into what is found."""
    store = found.store
    if origin is None:
        for _, time, event in some:
            if event["kind"] == "withdrawn":
                withdrawn[event["channel"]].append((store.end, event["since"]))
            found.board = event if event["kind"] == "board" else found.board
            store.append_event(time, event)
    else:
        _, times, values, lags, stamps = zip(*some, strict=True)
        store.append(origin, times, values, tuple(map(add, times, lags)), stamps)


def _lines_read(file: BinaryIO, name: str, found: Recording) -> Iterator[_Line]:
    """Yield the readings and events; the ID, the units and the size go into what is found."""
    for number, text in enumerate(iter(partial(file.readline, _LONGEST + 1), b""), 1):
        whole, line = text.endswith(b"\n"), None
        try:
            if number == 1:
                found.device_id = _parse_header(text.removeprefix(BOM_UTF8))
            elif len(text) > _LONGEST:
                raise InvalidPayload("it is too long")
            elif not text.isspace():  # blank ones are an editor's, or a hand's
                line = _as_written(text, found.units) or _parse_line(text, found.units)
        except (InvalidPayload, InvalidDeviceID) as error:
            if isinstance(error, _NotJson) and not whole and len(text) <= _LONGEST:
                return  # the torn last line of a crash
            where = f"line {number} is no line of one: " if number > 1 else ""
            raise NotARecording(name, f"{where}{error}") from None
        found.size, found.ended = found.size + len(text), whole
        if line is not None:
            yield line


def _parse_header(line: bytes) -> str:
    if not line.startswith(_START):
        raise (_NotJson if _START.startswith(line) else InvalidPayload)("it does not begin like one")
    device_id = _object(line).get("id")
    if not isinstance(device_id, str):
        raise InvalidPayload("no device ID")
    return check_device_id(device_id)


def _as_written(line: bytes, units: dict[str, str]) -> _Line | None:
    """Return what `_parse_line` does, in a third of its time, of most that `lines` writes; else None."""
    if (found := _AS_WRITTEN.fullmatch(line)) is None or (facts := _facts(found[5])) is None:
        return None
    time, value = float(found[1]), float(found[2])
    if not 0 <= time <= LATEST or not isfinite(value):
        return None
    lag, stamp = found[3], found[4]
    _take_unit(facts, units)
    return facts[0], time, value, int(lag) if lag else 0, int(stamp) if stamp else NO_CLOCK


@lru_cache(256)
def _facts(text: bytes) -> tuple[Origin, str] | None:
    """Return the origin and the unit that stand at the end of a line, and nothing else there; or None."""
    try:
        data = _object(b"{" + text)
        return _origin(*map(data.get, FACTS)) if data.keys() <= set(FACTS) else None
    except (InvalidPayload, TypeError):
        return None  # the line as a whole tells what is wrong


def _take_unit(facts: tuple[Origin, str], units: dict[str, str]) -> None:
    origin, unit = facts
    if unit or origin.channel not in units:
        units[origin.channel] = unit
    if len(units) > MOST_NAMES:
        raise InvalidPayload(f"more than {MOST_NAMES} channels")


def _parse_line(line: bytes, units: dict[str, str]) -> _Line:
    try:
        data = _object(line)
        time = a_number(data.pop("time"))
        if not 0 <= time <= LATEST:
            raise InvalidPayload("a time that is none")
        return _parse_event(time, data) if "event" in data else _parse_reading(time, data, units)
    except KeyError as error:
        raise InvalidPayload(f"no {error}") from None
    except OverflowError:
        raise InvalidPayload("a number that is too large") from None


def _parse_reading(time: float, data: dict[str, Any], units: dict[str, str]) -> _Line:
    try:
        origin = origin_of([data.get(fact) for fact in FACTS], units)
    except TypeError:  # an object or an array, which is in no cache
        raise InvalidPayload("neither a reading nor an event") from None
    lag, stamp = data.get("lag", 0), data.get("board_time")
    if type(lag) is not int or not -(2**31) <= lag < 2**31:
        raise InvalidPayload("a lag that is no whole number of milliseconds")
    stamp = NO_CLOCK if stamp is None else an_integer(stamp, LATEST)
    return origin, time, a_number(data["value"]), lag, stamp


def origin_of(facts: Sequence[Any], units: dict[str, str]) -> Origin:
    """Return the origin that `FACTS` tell, and put its unit among those that are known."""
    found = _origin(*facts)
    _take_unit(found, units)
    return found[0]


@lru_cache(256, typed=True)
def _origin(
    channel: Any, unit: Any, boot: Any, interval: Any, led: Any, virtual: Any, derived: Any
) -> tuple[Origin, str]:
    flags = isinstance(virtual, bool) and isinstance(led, bool | None) and isinstance(derived, bool | None)
    if not (isinstance(channel, str) and flags):
        raise InvalidPayload("neither a reading nor an event")
    origin = Origin(
        channel if channel == UNTOLD else a_name(channel),
        None if boot is None else a_token(boot),
        None if interval is None else an_integer(interval),
        led,
        virtual,
        derived=bool(derived),
    )
    return origin, a_text("" if unit is None else unit)


_COMMAND: dict[str, type] = {"id": str, "command": str}
_OF_EVENTS: dict[str, dict[str, type]] = {
    "sent": _COMMAND,
    "answered": _COMMAND | {"latency": float, "certain": bool},
    "unanswered": _COMMAND | {"after": float},
    "mute": _COMMAND,
    "refused": _COMMAND | {"reason": str},
    "boot": {"boot": str},
    "gap": {"count": float},
    "notice": {"text": str},
    "done": {"text": str},
    "mark": {"text": str},
    "experiment": {"run": str, "name": str, "state": str},
    "step": {"run": str, "step": float, "of": float, "place": str, "word": str, "does": str},
    "withdrawn": {"channel": str, "since": float},
    "board": {"description": str},
    "set": {"values": dict, "confirmed": bool},
}
"""What those who read an event of a kind rely on. Kinds that nobody knows are kept as they are."""


def _parse_event(time: float, data: dict[str, Any]) -> _Line:
    kind = a_token(data.pop("event"))
    facts = _OF_EVENTS.get(kind, {})
    if not all(name in data and _is(type_, data[name]) for name, type_ in facts.items()):
        raise InvalidPayload(f"an event {kind!r} without what belongs to it")
    if kind not in _OF_EVENTS and "id" in data:
        raise InvalidPayload(f"an event {kind!r} that is not a command's and has an id")
    if kind == "mark":
        # One of before 0.2 has no name: it gets the same each time that it is read.
        unnamed = crc32(f"{time!r} {data['text']}".encode("utf-8", "replace"))
        data["mark"] = a_token(data.get("mark", f"{unnamed:08x}"))
        an_integer(data.get("change", 0))
    return None, time, {"kind": kind, **data}


def _is(type_: type, value: Any) -> bool:
    if type_ is float:
        return type(value) in (int, float) and 0 <= value <= LATEST
    return isinstance(value, type_)


def _object(line: bytes) -> dict[str, Any]:
    try:
        data = _decoder.decode(line.decode())
    except InvalidPayload:
        raise
    except (ValueError, RecursionError):
        raise _NotJson("not JSON") from None
    return a_mapping(data, _MOST_KEYS)


_decoder = json.JSONDecoder(
    parse_constant=refuse_constant, parse_float=lambda digits: a_number(float(digits))
)


def header(device_id: str) -> bytes:
    """Return the first line."""
    return f"{START}{_json({'id': device_id})[1:]}\n".encode()


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
        if len(written) <= _LONGEST:
            yield written


def _event(time: float, event: Mapping[str, Any]) -> str:
    facts = {name: value for name, value in event.items() if name not in ("kind", "time", "event")}
    return _json({"time": time, "event": event["kind"], **facts}) + "\n"


@lru_cache(256)
def _tail(origin: Origin, unit: str) -> str:
    facts = {"channel": origin.channel, "unit": unit, "virtual": origin.virtual}
    known = {"led": origin.led, "boot": origin.boot, "interval": origin.interval}
    known["derived"] = origin.derived or None
    return _json(facts | {name: value for name, value in known.items() if value is not None})[1:]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
