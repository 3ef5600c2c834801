"""The wire: topics, payloads in, payloads out. Pure functions and frozen facts.

Every payload is untrusted. A `parse_*` function returns a fact or raises `InvalidPayload`
with a reason fit to be shown; it raises nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, TypeVar

from ._errors import InvalidDeviceID, InvalidPayload

COURSE_LIMIT = 1024
COMMAND_LIMIT = 4096
TELEMETRY_LIMIT = 65536
LARGEST = 2**53
"""Beyond this a number is no longer exact in a page."""

COURSE_COMMANDS = ("on", "off", "toggle")
INTERVAL_RANGE = (50, 3_600_000)
UNIT_LABELS = {"Cel": "°C", "%RH": "%", "K": "K"}

_FORBIDDEN = re.compile(r"[+#\x00-\x1f\x7f-\x9f]")
_PLACEHOLDER = re.compile(r"<.*>")
_TOKEN = re.compile(r"[\x21-\x7e]{1,64}")
_NAME = re.compile(r"\w[\w .-]{0,63}")

_T = TypeVar("_T")


def check_device_id(device_id: object) -> str:
    """Return the ID if it can be part of a topic.

    Raises:
        InvalidDeviceID: With the reason and the mend.
    """
    if not isinstance(device_id, str) or not device_id:
        raise InvalidDeviceID("The device ID must be a text such as 'alice-07'.")
    shown = ascii(device_id) if len(device_id) < 80 else ascii(device_id[:60]) + "..."
    try:
        size = len(device_id.encode())
    except UnicodeEncodeError:
        raise InvalidDeviceID(f"{shown} is not valid Unicode text. Use letters and digits.") from None
    if _PLACEHOLDER.search(device_id):
        raise InvalidDeviceID(
            f"{shown} is the placeholder, not an ID. Everybody who leaves it unedited shares one "
            "board: put your own course ID there, without the brackets."
        )
    if size > 60:
        raise InvalidDeviceID(f"The device ID {shown} is {size} bytes long; 60 is the most.")
    if _FORBIDDEN.search(device_id):
        raise InvalidDeviceID(
            f"The device ID {shown} holds '+', '#' or a control character. "
            "MQTT reads '+' and '#' as wildcards, and you would hear everybody's board."
        )
    if device_id[0] in "$/" or device_id[-1] == "/":
        raise InvalidDeviceID(f"The device ID {shown} must not start with '$' or '/', nor end with '/'.")
    return device_id


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one board."""

    device_id: str
    onboard_led: str = field(init=False)
    onboard_temp: str = field(init=False)
    status: str = field(init=False)
    info: str = field(init=False)
    led_state: str = field(init=False)
    telemetry: str = field(init=False)
    cmd: str = field(init=False)
    ack: str = field(init=False)

    def __post_init__(self) -> None:
        for name, last in _LAST_LEVELS.items():
            object.__setattr__(self, name, f"{self.device_id}/{last}")


_LAST_LEVELS = {
    "onboard_led": "onboard_led",
    "onboard_temp": "onboard_temp",
    "status": "status",
    "info": "info",
    "led_state": "onboard_led/state",
    "telemetry": "telemetry",
    "cmd": "cmd",
    "ack": "ack",
}


@dataclass(frozen=True, slots=True)
class Control:
    """Something that a board lets itself be told: a switch, a range or a colour."""

    name: str
    type: str
    min: float = 0
    max: float = 100
    step: float = 1


@dataclass(frozen=True, slots=True)
class Info:
    """What a board says of itself."""

    boot: str
    board: str
    firmware: str
    virtual: bool
    interval: int
    units: Mapping[str, str]
    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True)
class Telemetry:
    """Samples `seq` to `seq + n - 1` of one boot, `dt` milliseconds apart."""

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
    return UNIT_LABELS.get(unit, unit)


def parse_reading(payload: bytes) -> float:
    """Return the bare number of `{id}/onboard_temp`, in whatever unit the course uses there."""
    try:
        value = float(payload) if len(payload) <= COURSE_LIMIT else None
    except ValueError:
        raise InvalidPayload("a reading that is not a number") from None
    if value is None:
        raise InvalidPayload("a reading of over 1 KiB")
    # float() takes '1_000' and ' 1 ', which no board sends and json.loads refuses.
    if not isfinite(value) or b"_" in payload:
        raise InvalidPayload("a reading that is not a finite number")
    return value


def parse_status(payload: bytes) -> bool:
    """Return whether `{id}/status` says online."""
    return _word(payload, {b"online": True, b"offline": False}, "status")


def parse_led_state(payload: bytes) -> bool:
    """Return whether `{id}/onboard_led/state` says on."""
    return _word(payload, {b"on": True, b"off": False}, "LED state")


def parse_info(payload: bytes) -> Info:
    """Return what `{id}/info` says of the board."""

    def build(data: dict[str, Any]) -> Info:
        channels = _mapping(data.get("channels", {}), 32)
        controls = _mapping(data.get("controls", {}), 16)
        interval = _integer(data.get("interval", 2000))
        return Info(
            boot=_token(data["boot"]),
            board=_text(data.get("board", "")),
            firmware=_text(data.get("firmware", "")),
            virtual=data.get("virtual") is True,
            interval=max(interval, INTERVAL_RANGE[0]),
            units={_name(n): _text(_mapping(c, 16).get("unit", "")) for n, c in channels.items()},
            controls=tuple(_control(_name(n), _mapping(c, 16)) for n, c in controls.items()),
        )

    return _parse(payload, COMMAND_LIMIT, "info", build)


def parse_telemetry(payload: bytes) -> Telemetry:
    """Return the samples of `{id}/telemetry`; single values come as lists of one."""

    def build(data: dict[str, Any]) -> Telemetry:
        values = _mapping(data["values"], 32)
        batch = "dt" in data
        columns = {
            _name(name): _numbers(value) if batch else [_number(value)] for name, value in values.items()
        }
        counts = {len(column) for column in columns.values()}
        if len(counts) != 1 or counts == {0}:
            raise InvalidPayload("arrays of different lengths")
        return Telemetry(
            boot=_token(data["boot"]),
            seq=_integer(data["seq"]),
            up=_integer(data["up"]),
            ts=None if data.get("ts") is None else _integer(data["ts"]),
            dt=_integer(data["dt"]) if batch else 0,
            led=_led(data.get("led")),
            count=counts.pop(),
            values=columns,
        )

    return _parse(payload, TELEMETRY_LIMIT, "telemetry", build)


def parse_ack(payload: bytes) -> Ack:
    """Return the answer on `{id}/ack`."""

    def build(data: dict[str, Any]) -> Ack:
        ok = data["ok"]
        if not isinstance(ok, bool):
            raise InvalidPayload("'ok' is neither true nor false")
        return Ack(
            experiment_id=_token(data["experiment_id"]),
            ok=ok,
            boot=_token(data["boot"]),
            up=_integer(data["up"]),
            error=_text(data["error"]) if "error" in data else None,
            led=_led(data.get("led")),
            values={_name(n): _number(v) for n, v in _mapping(data.get("values", {}), 32).items()},
        )

    return _parse(payload, TELEMETRY_LIMIT, "ack", build)


def format_command(
    experiment_id: str, *, boot: str | None = None, until: int | None = None, **action: object
) -> bytes:
    """Return a payload for `{id}/cmd`.

    Args:
        experiment_id: 1 to 64 ASCII characters; a board acts once on each.
        boot: The board's boot, once known.
        until: The board's `up`, in ms, after which the command has expired.
        action: `led`, `blink`, `set`, `interval`, `read` or `since`, as PicoPanel's wire has them.

    Example:
        >>> format_command("1f2e3d4c", led="on")
        b'{"experiment_id":"1f2e3d4c","led":"on"}'
    """
    known = {"boot": boot, "until": until}
    message = {"experiment_id": experiment_id}
    message |= {name: value for name, value in known.items() if value is not None}  # type: ignore[misc]
    return json.dumps(message | action, separators=(",", ":")).encode()


def _parse(payload: bytes, limit: int, what: str, build: Callable[[dict[str, Any]], _T]) -> _T:
    if len(payload) > limit:
        raise InvalidPayload(f"{what} of over {limit // 1024} KiB")
    try:
        data = _decoder.decode(payload.decode())
        if not isinstance(data, dict):
            raise InvalidPayload("not a JSON object")
        return build(data)
    except InvalidPayload as error:
        raise InvalidPayload(f"{what}: {error}") from None
    except KeyError as error:
        raise InvalidPayload(f"{what} without {error}") from None
    except (ValueError, OverflowError, RecursionError):
        raise InvalidPayload(f"{what} that is not strict JSON") from None


def _refuse_constant(name: str) -> float:
    raise InvalidPayload(f"{name} is not a finite number")


_decoder = json.JSONDecoder(parse_constant=_refuse_constant)


def _word(payload: bytes, words: Mapping[bytes, bool], what: str) -> bool:
    if payload not in words:
        raise InvalidPayload(f"{what} that is neither {b' nor '.join(words).decode()}")
    return words[payload]


def _mapping(value: object, most: int) -> dict[str, Any]:
    if not isinstance(value, dict) or len(value) > most:
        raise InvalidPayload(f"not an object of at most {most} entries")
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidPayload("a value that is not a number")
    number = float(value)
    if not isfinite(number):
        raise InvalidPayload("a value that is not finite")
    return number


def _numbers(value: object) -> list[float]:
    if not isinstance(value, list):
        raise InvalidPayload("a batch without an array")
    # The whole batch at once: this is the hot path of fast boards.
    if set(map(type, value)) <= {int, float}:
        numbers = list(map(float, value))
        if all(map(isfinite, numbers)):
            return numbers
    raise InvalidPayload("a value that is not a finite number")


def _integer(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
        raise InvalidPayload("a number that is not a whole one from 0 to 2^53")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise InvalidPayload("a text that is not a text")
    return value[:120]


def _token(value: object) -> str:
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise InvalidPayload("a name that is not 1 to 64 ASCII characters")
    return value


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise InvalidPayload("a channel's name that is not made of letters, digits, '_', '-', '.'")
    return value


def _led(value: object) -> bool | None:
    return {"on": True, "off": False}.get(value) if isinstance(value, str) else None


def _control(name: str, data: dict[str, Any]) -> Control:
    kind = data.get("type")
    if kind not in ("switch", "range", "color"):
        raise InvalidPayload("a control of an unknown type")
    limits = {key: _number(data[key]) for key in ("min", "max", "step") if key in data}
    return Control(name, kind, **limits)
