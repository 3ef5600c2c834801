"""A recording read back. Its content is untrusted: bounded, strict, and refused as a whole."""

from __future__ import annotations

import os
from codecs import BOM_UTF8
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from ..._errors import InvalidDeviceID, InvalidPayload, NotARecording, RecordingFailed
from ..._protocol import check_device_id
from ..._protocol.checks import MOST_NAMES
from ..store import Store
from .lines import LONGEST, START, EventLine, NotJson, ReadingLine, parse_header, parse_line

_START = START.encode()
_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
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
    first = file.readline(LONGEST + 1)
    head = first.removeprefix(BOM_UTF8)
    size, ended = len(first), first.endswith(b"\n")
    try:
        if not head.startswith(_START):
            raise NotJson("it does not begin like one")
        device_id = check_device_id(parse_header(head))
    except (InvalidPayload, InvalidDeviceID) as error:
        if isinstance(error, NotJson) and not ended and _may_be_torn(head, file):
            return Recording("", Store(capacity))
        raise NotARecording(name, str(error)) from None
    lines = _Lines(Store(capacity))
    for number, line in enumerate(iter(lambda: file.readline(LONGEST + 1), b""), 2):
        whole = line.endswith(b"\n")
        try:
            lines.take(line)
        except InvalidPayload as error:
            if isinstance(error, NotJson) and not whole and len(line) <= LONGEST:
                break  # the torn last line of a crash
            raise NotARecording(name, f"line {number} is no line of one: {error}") from None
        size, ended = size + len(line), whole
    lines.flush()
    return Recording(device_id, lines.store, lines.units, size, ended)


def _may_be_torn(head: bytes, file: BinaryIO) -> bool:
    """Whether a file without a whole line is empty, or a beginning that a crash cut off."""
    rest = os.fstat(file.fileno()).st_size - file.tell()
    return not rest and len(head) <= LONGEST and (_START.startswith(head) or head.startswith(_START))


class _Lines:
    """Gathers lines of one origin before they go into the store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.units: dict[str, str] = {}
        self._run: list[ReadingLine] = []

    def take(self, line: bytes) -> None:
        if len(line) > LONGEST:
            raise InvalidPayload("it is too long")
        if line.isspace():  # of an editor, or of a hand
            return
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
