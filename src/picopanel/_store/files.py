"""A recording's file by its name: lines, or Parquet where it ends with `.parquet`."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from .._errors import NotARecording, RecordingFailed
from .appender import Appender
from .recording import Recording, read

if TYPE_CHECKING:
    from .parquet import Opened

_MOST_LINES = 32 * 2**20  # bytes, about 200,000 readings
_OF_PARQUET = 10  # times as many bytes has a reading as a line, about


def read_file(path: Path, capacity: int) -> Recording:
    """Return what a file holds.

    Raises:
        NotARecording: The file is of something else, or damaged.
        RecordingFailed: There is no such file, or it cannot be read.
    """
    try:
        return _read_parquet(path, capacity) if _is_parquet(path) else _read(path, capacity)
    except FileNotFoundError:
        raise RecordingFailed(f"There is no recording {path.name!r} in {path.resolve().parent}.") from None
    except OSError as error:
        raise RecordingFailed(f"{path.name or path} cannot be read: {error.strerror or error}.") from None


def open_file(path: Path, device_id: str, capacity: int) -> Tape:
    """Open a file to record to."""
    return (ParquetAppender if _is_parquet(path) else Appender)(path, device_id, capacity)


class ParquetAppender:
    """As `Appender`, but into Parquet, whose files cannot grow.

    What comes is appended as lines to a file beside it. They are added to the Parquet file when they have
    become as many as it has, and at the end. A crash leaves them: they are read with it, and gone on with.
    """

    def __init__(self, path: Path, device_id: str, capacity: int) -> None:
        self.path, self._device_id = path, device_id
        self._lines: Appender | None
        self._lines, self.past = self._open(capacity)
        self._most = max(_MOST_LINES, _OF_PARQUET * _size(path))

    @property
    def size(self) -> int:
        return _size(self.path) + (self._lines.size if self._lines else 0)

    def append(self, lines: bytes) -> None:
        if self._lines is None:
            self._lines, _ = self._open(1)
        self._lines.append(lines)
        if self._lines.size > self._most:
            self._add(self._lines)
            self._most = max(2 * self._most, _OF_PARQUET * _size(self.path))

    def close(self) -> None:
        if self._lines is not None:
            self._add(self._lines)

    def _open(self, capacity: int) -> tuple[Appender, Recording]:
        """Open the file of lines, and return what was there before."""
        from . import parquet

        found, opened = None, parquet.look(self.path)
        if opened is not None:
            if (owner := opened.events.device_id) != self._device_id:
                raise NotARecording(self.path.name, f"it is one of {owner!r}, not of {self._device_id!r}")
            _beside(self.path, opened.parts).unlink(missing_ok=True)  # added already, when a crash came
            found = parquet.load(self.path, opened, capacity)
        lines = Appender(_lines_of(self.path, opened), self._device_id, capacity)
        return lines, _joined(found, lines.past)

    def _add(self, lines: Appender) -> None:
        from . import parquet

        lines.close()
        with suppress(OSError, NotARecording):  # no room, it may be: they are read as well, and added later
            parquet.add(self.path, _read(lines.path, sys.maxsize))
            self._lines = None
            lines.path.unlink()


Tape = Appender | ParquetAppender


def _read(path: Path, capacity: int) -> Recording:
    with path.open("rb") as file:
        return read(file, path.name, capacity)


def _read_parquet(path: Path, capacity: int) -> Recording:
    from . import parquet

    opened = parquet.look(path)
    lines = _lines_of(path, opened)
    if opened is None:
        return _read(lines, capacity)
    found = parquet.load(path, opened, capacity)
    return _joined(found, _read(lines, capacity)) if lines.exists() else found


def _joined(found: Recording | None, more: Recording) -> Recording:
    if found is None:
        return more
    for channel, since in more.withdrawn.items():
        found.store.withdraw(channel, (found.store.end, since))
    found.store.extend(more.store.since(0))
    found.units.update(more.units)
    found.board = more.board or found.board
    found.size += more.size
    return found


def _lines_of(path: Path, opened: Opened | None) -> Path:
    """Return where the lines are, or may go, that a Parquet file lacks."""
    return _beside(path, opened.parts + 1 if opened else 1)


def _beside(path: Path, part: int) -> Path:
    return path.with_name(f"{path.name}.{part}.jsonl")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() == ".parquet"
