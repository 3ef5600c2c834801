"""A store's rows in a file that people and pandas can read: one line of JSON a row (docs/recording.md).

What is read is untrusted: bounded, strict, and refused as a whole.
"""

from __future__ import annotations

import json
import os
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from .._errors import InvalidDeviceID, InvalidPayload, NotARecording, RecordingFailed
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

START = '{"picopanel":"recording","version":1,'
"""How every recording begins."""

_START = START.encode()
_LONGEST = 65_536  # bytes of a line
_MOST_KEYS = 24
_AT_ONCE = 256


class _NotJson(InvalidPayload):
    """No whole JSON: at the end of a file, what a crash has left."""


class _Line(NamedTuple):
    """A reading, or an event, which has no origin."""

    time: float
    origin: Origin | None = None
    event: Mapping[str, Any] = {}
    unit: str = ""
    value: float = 0.0
    lag: int = 0
    stamp: int = NO_CLOCK


@dataclass(slots=True)
class Recording:
    """What a file holds.

    Attributes:
        device_id: The board's ID; empty if the file is.
        store: Its rows; where the file has more than the store may hold, the newest.
        units: Each channel's unit.
        size: Bytes up to the end of the last whole line; a crash may leave a torn one after it.
        ended: Whether that line has its line feed.
    """

    device_id: str
    store: Store
    units: dict[str, str] = field(default_factory=dict)
    size: int = 0
    ended: bool = True


def read_file(path: Path, capacity: int) -> Recording:
    """Return what a file holds.

    Raises:
        NotARecording: The file is of something else, or damaged.
        RecordingFailed: There is no such file, or it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return read(file, path.name, capacity)
    except FileNotFoundError:
        raise RecordingFailed(f"There is no recording {path.name!r} in {path.resolve().parent}.") from None
    except OSError as error:
        raise RecordingFailed(f"{path.name} cannot be read: {error.strerror}.") from None


def read(file: BinaryIO, name: str, capacity: int) -> Recording:
    """Return what an open file holds, from its beginning."""
    found = Recording("", Store(capacity))
    first = file.readline(_LONGEST + 1)
    head = first.removeprefix(BOM_UTF8)
    try:
        found.device_id = _parse_header(head)
    except (InvalidPayload, InvalidDeviceID) as error:
        if isinstance(error, _NotJson) and not first.endswith(b"\n") and _may_be_torn(head, file):
            return found
        raise NotARecording(name, str(error)) from None
    found.size, found.ended = len(first), first.endswith(b"\n")
    for origin, run in groupby(_lines_read(file, name, found), attrgetter("origin")):
        while some := list(islice(run, _AT_ONCE)):
            _keep(found.store, origin, some)
    return found


def _parse_header(line: bytes) -> str:
    if not line.startswith(_START):
        raise _NotJson("it does not begin like one")
    device_id = _object(line).get("id")
    if not isinstance(device_id, str):
        raise InvalidPayload("no device ID")
    return check_device_id(device_id)


def _may_be_torn(head: bytes, file: BinaryIO) -> bool:
    """Whether a file without a whole line is empty, or a beginning that a crash cut off."""
    rest = os.fstat(file.fileno()).st_size - file.tell()
    return not rest and len(head) <= _LONGEST and (_START.startswith(head) or head.startswith(_START))


def _lines_read(file: BinaryIO, name: str, found: Recording) -> Iterator[_Line]:
    """Yield what the lines behind the first say; the units and the size go into what is found."""
    for number, text in enumerate(iter(partial(file.readline, _LONGEST + 1), b""), 2):
        whole = text.endswith(b"\n")
        try:
            if len(text) > _LONGEST:
                raise InvalidPayload("it is too long")
            line = None if text.isspace() else _parse_line(text)  # blank ones are an editor's, or a hand's
            if line is not None and line.origin is not None:
                _learn(found.units, line.origin.channel, line.unit)
        except InvalidPayload as error:
            if isinstance(error, _NotJson) and not whole and len(text) <= _LONGEST:
                return  # the torn last line of a crash
            raise NotARecording(name, f"line {number} is no line of one: {error}") from None
        found.size, found.ended = found.size + len(text), whole
        if line is not None:
            yield line


def _learn(units: dict[str, str], channel: str, unit: str) -> None:
    if unit or channel not in units:
        units[channel] = unit
    if len(units) > MOST_NAMES:
        raise InvalidPayload(f"more than {MOST_NAMES} channels")


def _keep(store: Store, origin: Origin | None, lines: list[_Line]) -> None:
    """Put lines of one origin into a store."""
    if origin is None:
        for line in lines:
            store.append_event(line.time, line.event)
        return
    arrivals = [line.time + line.lag for line in lines]
    stamps = [line.stamp for line in lines]
    store.append(origin, [line.time for line in lines], [line.value for line in lines], arrivals, stamps)


def _parse_line(line: bytes) -> _Line:
    try:
        data = _object(line)
        time = data.pop("time")
        if not 0 <= a_number(time) <= LATEST:
            raise InvalidPayload("a time that is none")
        if "event" in data:
            return _Line(float(time), event=_parse_event(data))
        return _parse_reading(float(time), data)
    except KeyError as error:
        raise InvalidPayload(f"no {error}") from None
    except OverflowError:
        raise InvalidPayload("a number that is too large") from None


def _parse_reading(time: float, data: dict[str, Any]) -> _Line:
    facts = [data.get(name) for name in ("channel", "unit", "boot", "interval", "led", "virtual")]
    try:
        origin, unit = _origin(*facts)
    except TypeError:  # an object or an array, which is in no cache
        raise InvalidPayload("neither a reading nor an event") from None
    lag, stamp = data.get("lag", 0), data.get("board_time")
    if type(lag) is not int or not -(2**31) <= lag < 2**31:
        raise InvalidPayload("a lag that is no whole number of milliseconds")
    stamp = NO_CLOCK if stamp is None else an_integer(stamp, LATEST)
    return _Line(time, origin, {}, unit, a_number(data["value"]), lag, stamp)


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
    return _json(facts | {name: value for name, value in known.items() if value is not None})[1:]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
