"""Payloads: those that come in, every one of them untrusted, and commands that go out.

A `parse_*` function returns a fact or raises `InvalidPayload` with a reason fit to be shown; it
raises nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from math import isfinite
from typing import Any, TypeGuard, TypeVar

from .._errors import InvalidPayload
from .._errors.arguments import is_unicode

COURSE_COMMANDS = ("on", "off", "toggle")

LARGEST_EXACT = 2**53  # beyond this a number is no longer exact in a page
LATEST = 9_000_000_000_000  # ms of Unix time, in the year 2255: pandas' nanoseconds end in 2262
SHORTEST_INTERVAL, LONGEST_INTERVAL = 50, 3_600_000  # ms between samples, as in firmware/pico/samples.py
MOST_NAMES = 64  # channels of one board in all its time, which may have got others

_TOKEN = re.compile(r"[ -~]{1,64}")
# What firmware/pico/sensors.py refuses on the board: a board that may call a sensor so is understood here.
_NAME = re.compile(r'(?![ =+@-])[^\x00-\x1f\x7f-\xa0\u2000-\u206f\ud800-\udfff<>&"]{1,32}')
_LONGEST_READING, _LONGEST_JSON = 1024, 65536
_LONGEST_UP = 1_000_000_000_000  # ms since boot, 31 years: one that lies displaces its samples by no more
_MOST_CHANNELS = 32  # as in firmware/pico/sensors.py
_UNIT_LABELS = {"Cel": "°C", "%RH": "%"}

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Control:
    """Something that a board lets itself be told: a switch, a range, a colour, a choice or a button."""

    name: str
    type: str
    min: float = 0
    max: float = 100
    step: float = 1
    options: tuple[str, ...] = ()  # of a choice
    unit: str = ""  # of a range, as people write it


@dataclass(frozen=True, slots=True)
class Info:
    """What a board says of itself."""

    protocol: int = 0  # 0 if it names none, as many things have an info
    boot: str = ""
    board: str = ""
    firmware: str = ""
    virtual: bool = False
    interval: int = 0
    units: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)  # why a channel fails, in the board's words
    every: Mapping[str, int] = field(default_factory=dict)  # the least ms between two reads of a channel
    controls: tuple[Control, ...] = ()


@dataclass(frozen=True, slots=True)
class Telemetry:
    """Samples `seq` to `seq + count - 1` of one boot, `dt` ms apart; empty if every sensor failed."""

    boot: str
    seq: int
    up: int
    ts: int | None
    dt: int
    led: bool | None
    count: int
    values: Mapping[str, list[float]]


@dataclass(frozen=True, slots=True)
class Ack:
    """A board's answer to a command."""

    experiment_id: str
    ok: bool
    boot: str
    up: int
    error: str | None
    led: bool | None
    values: Mapping[str, float]


def unit_label(unit: str) -> str:
    """Return a unit as people write it: `Cel` (SenML's name) is `°C`."""
    return _UNIT_LABELS.get(unit, unit)


def parse_reading(payload: bytes) -> float:
    """Return the bare number of `{id}/onboard_temp`, in whatever unit the course uses there."""
    if len(payload) > _LONGEST_READING:
        raise InvalidPayload("a reading of over 1 KiB")
    try:
        value = float(payload)
    except ValueError:
        raise InvalidPayload("a reading that is not a number") from None
    # float() takes '1_000' and ' 1 ', which no board sends and json.loads refuses.
    if not isfinite(value) or b"_" in payload:
        raise InvalidPayload("a reading that is not a finite number")
    return value


def parse_status(payload: bytes) -> bool:
    return _word(payload, {b"online": True, b"offline": False}, "status")


def parse_led_state(payload: bytes) -> bool:
    return _word(payload, {b"on": True, b"off": False}, "LED state")


def _json(what: str) -> Callable[[Callable[[dict[str, Any]], _T]], Callable[[bytes], _T]]:
    """Have a function that takes an object's members take the payload, and refuse all but strict JSON."""

    def of_payload(build: Callable[[dict[str, Any]], _T]) -> Callable[[bytes], _T]:
        @wraps(build)
        def parse(payload: bytes) -> _T:
            data = any_json(payload, what)
            try:
                if not isinstance(data, dict):
                    raise InvalidPayload("not a JSON object")
                return build(data)
            except InvalidPayload as error:
                raise InvalidPayload(f"{what}: {error}") from None
            except KeyError as error:
                raise InvalidPayload(f"{what} without {error}") from None
            except (ValueError, OverflowError):
                raise InvalidPayload(f"{what} that is not strict JSON") from None

        return parse

    return of_payload


def any_json(payload: bytes, what: str) -> Any:
    """Return what strict JSON holds, be it an object or not; `what` names it in a refusal."""
    if len(payload) > _LONGEST_JSON:
        raise InvalidPayload(f"{what} of over {_LONGEST_JSON // 1024} KiB")
    try:
        return _decoder.decode(payload.decode())
    except InvalidPayload as error:
        raise InvalidPayload(f"{what}: {error}") from None
    except (ValueError, OverflowError, RecursionError):
        raise InvalidPayload(f"{what} that is not strict JSON") from None


def refuse_constant(name: str) -> float:
    """For JSON's `parse_constant`: NaN and Infinity are Python's own."""
    raise InvalidPayload(f"{name} is not a finite number")


_decoder = json.JSONDecoder(parse_constant=refuse_constant)


@_json("info")
def parse_info(data: dict[str, Any]) -> Info:
    channels = _declared(data.get("channels", {}), _MOST_CHANNELS)
    controls = _declared(data.get("controls", {}), 16)
    return Info(
        protocol=an_integer(data.get("protocol", 0)),
        boot=a_token(data["boot"]),
        board=a_text(data.get("board", "")),
        firmware=a_text(data.get("firmware", "")),
        virtual=data.get("virtual") is True,
        interval=max(an_integer(data.get("interval", 2000)), SHORTEST_INTERVAL),
        units={name: a_text(channel.get("unit", "")) for name, channel in channels.items()},
        errors=_given(channels, "error", a_text),
        every=_given(channels, "every", lambda ms: an_integer(ms, LONGEST_INTERVAL)),
        controls=tuple(_control(name, control) for name, control in controls.items()),
    )


@_json("telemetry")
def parse_telemetry(data: dict[str, Any]) -> Telemetry:
    """Return the samples of `{id}/telemetry`; single values come as lists of one."""
    values = a_mapping(data["values"], _MOST_CHANNELS)
    batch = "dt" in data
    columns = {a_name(name): _numbers(it) if batch else [a_number(it)] for name, it in values.items()}
    counts = {len(column) for column in columns.values()} if values or batch else {1}
    if len(counts) != 1 or counts == {0}:
        raise InvalidPayload("arrays of different lengths")
    count = counts.pop()
    dt = an_integer(data["dt"], LONGEST_INTERVAL) if batch else 0
    latest_start = LATEST - (count - 1) * dt
    return Telemetry(
        boot=a_token(data["boot"]),
        seq=an_integer(data["seq"]),
        up=an_integer(data["up"], _LONGEST_UP),
        ts=None if data.get("ts") is None else an_integer(data["ts"], latest_start),
        dt=dt,
        led=_led(data.get("led")),
        count=count,
        values=columns,
    )


@_json("ack")
def parse_ack(data: dict[str, Any]) -> Ack:
    ok = data["ok"]
    if not isinstance(ok, bool):
        raise InvalidPayload("'ok' is neither true nor false")
    values = a_mapping(data.get("values", {}), _MOST_CHANNELS)
    return Ack(
        experiment_id=a_token(data["experiment_id"]),
        ok=ok,
        boot=a_token(data["boot"]),
        up=an_integer(data["up"], _LONGEST_UP),
        error=a_text(data["error"]) if "error" in data else None,
        led=_led(data.get("led")),
        values={a_name(name): a_number(value) for name, value in values.items()},
    )


@_json("a command")
def parse_command(data: dict[str, Any]) -> tuple[str, str, dict[str, float | str | bool]]:
    """Return a command's identity, what its LED part is called, if it has one, and what it sets."""
    led = "blink" if "blink" in data else data.get("led")
    given = a_mapping(data.get("set", {}), _MOST_CHANNELS)
    setting = {a_name(name): _value(value) for name, value in given.items()}
    return a_token(data.get("experiment_id")), a_token(led) if led else "", setting


def _value(value: Any) -> float | str | bool:
    if isinstance(value, str):
        return a_text(value)
    if not isinstance(value, bool):
        a_number(value)
    return value  # type: ignore[no-any-return]


def format_command(
    experiment_id: str, *, boot: str | None = None, until: int | None = None, **action: object
) -> bytes:
    """Return a payload for `{id}/cmd`.

    Args:
        experiment_id: 1 to 64 ASCII characters; a board acts once on each.
        boot: The board's, once known.
        until: The board's `up`, in ms, after which the command has expired.
        action: `led`, `blink`, `set`, `interval`, `read` or `since`.

    Example:
        >>> format_command("1f2e3d4c", led="on")
        b'{"experiment_id":"1f2e3d4c","led":"on"}'
    """
    message = {"experiment_id": experiment_id, "boot": boot, "until": until, **action}
    given = {name: value for name, value in message.items() if value is not None}
    return json.dumps(given, separators=(",", ":")).encode()


def in_unicode(value: _T) -> _T:
    """Return what JSON can hold, with a ? for each half of a character in its texts: no page takes one.

    Python's texts can hold half a surrogate, out of JSON, a page or the name of a file.
    """
    text = json.dumps(value, ensure_ascii=False)
    if is_unicode(text):
        return value
    mended: _T = json.loads(text.encode("utf-8", "replace"))
    return mended


def a_mapping(value: object, most: int) -> dict[str, Any]:
    if not isinstance(value, dict) or len(value) > most:
        raise InvalidPayload(f"not an object of at most {most} entries")
    return value


def is_number(value: object) -> TypeGuard[float]:
    """Whether it is one in JSON or TOML, where true and false are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def a_number(value: object) -> float:
    if not is_number(value):
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


def _numbers(value: object) -> list[float]:
    if not isinstance(value, list):
        raise InvalidPayload("a batch without an array")
    # The whole batch at once: this is the hot path of fast boards.
    if set(map(type, value)) <= {int, float}:
        numbers = list(map(float, value))
        if all(map(isfinite, numbers)):
            return numbers
    raise InvalidPayload("a value that is not a finite number")


def _led(value: object) -> bool | None:
    return {"on": True, "off": False}.get(value) if isinstance(value, str) else None


def _word(payload: bytes, words: Mapping[bytes, bool], what: str) -> bool:
    if payload not in words:
        raise InvalidPayload(f"{what} that is neither {b' nor '.join(words).decode()}")
    return words[payload]


def _declared(things: object, most: int) -> dict[str, dict[str, Any]]:
    return {a_name(name): a_mapping(thing, 16) for name, thing in a_mapping(things, most).items()}


def _given(channels: Mapping[str, dict[str, Any]], key: str, check: Callable[[object], _T]) -> dict[str, _T]:
    """Return what some channels have under a key; null is nothing."""
    return {name: check(it[key]) for name, it in channels.items() if it.get(key) is not None}


def _control(name: str, data: dict[str, Any]) -> Control:
    kind = data.get("type")
    if kind not in ("switch", "range", "color"):
        raise InvalidPayload("a control of an unknown type")
    limits: dict[str, Any] = {key: a_number(data[key]) for key in ("min", "max", "step") if key in data}
    return Control(name, kind, **limits, unit=unit_label(a_text(data.get("unit", ""))))
