"""A recording read back. Its content is untrusted: bounded, strict, and refused as a whole."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from .._errors import InvalidDeviceID, InvalidPayload, NotARecording, RecordingFailed
from .._protocol import check_device_id
from .._protocol.checks import MOST_NAMES
from .._store import Store
from .lines import LONGEST, START, EventLine, ReadingLine, parse_header, parse_line

_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Recording:
    """What a file holds.

    Attributes:
        device_id: The board's ID; empty if the file is.
        store: Its rows; where the file has more than the store may hold, the newest.
        units: Each channel's unit.
        size: Bytes up to the end of the last whole line; a crash may leave a torn one after it.
    """

    device_id: str
    store: Store
    units: dict[str, str] = field(default_factory=dict)
    size: int = 0


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
    first = file.readline(LONGEST + 1)
    if not first.endswith(b"\n"):
        if _may_be_torn(first, file):
            return Recording("", Store(capacity))
        raise NotARecording(name, "it does not begin like one")
    try:
        if not first.startswith(START.encode()):
            raise InvalidPayload("it does not begin like one")
        device_id = check_device_id(parse_header(first))
    except (InvalidPayload, InvalidDeviceID) as error:
        raise NotARecording(name, str(error)) from None
    lines = _Lines(Store(capacity))
    size = len(first)
    for number, line in enumerate(iter(lambda: file.readline(LONGEST + 1), b""), 2):
        if not line.endswith(b"\n") and len(line) <= LONGEST:
            break  # the torn last line of a crash
        try:
            lines.take(line)
        except InvalidPayload as error:
            raise NotARecording(name, f"line {number} is no line of one: {error}") from None
        size += len(line)
    lines.flush()
    return Recording(device_id, lines.store, lines.units, size)


def _may_be_torn(first: bytes, file: BinaryIO) -> bool:
    """Whether a file without a whole line is empty, or a beginning that a crash cut off."""
    start = START.encode()
    whole = len(first) == os.fstat(file.fileno()).st_size <= LONGEST
    return whole and (start.startswith(first) or first.startswith(start))


class _Lines:
    """Gathers lines of one origin before they go into the store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.units: dict[str, str] = {}
        self._run: list[ReadingLine] = []

    def take(self, line: bytes) -> None:
        if len(line) > LONGEST:
            raise InvalidPayload("it is too long")
        parsed = parse_line(line)
        if isinstance(parsed, EventLine):
            self.flush()
            self.store.append_event(parsed.time, parsed.event)
            return
        self._learn(parsed.origin.channel, parsed.unit)
        if self._run and (parsed.origin is not self._run[0].origin or len(self._run) >= _AT_ONCE):
            self.flush()
        self._run.append(parsed)

    def flush(self) -> None:
        if not self._run:
            return
        times = [line.time for line in self._run]
        arrivals = [line.time + line.lag for line in self._run]
        stamps = [line.stamp for line in self._run]
        self.store.append(self._run[0].origin, times, [line.value for line in self._run], arrivals, stamps)
        self._run.clear()

    def _learn(self, channel: str, unit: str) -> None:
        if unit or channel not in self.units:
            self.units[channel] = unit
        if len(self.units) > MOST_NAMES:
            raise InvalidPayload(f"more than {MOST_NAMES} channels")
