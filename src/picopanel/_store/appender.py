"""A file that lines are appended to: whatever breaks, whole lines stay whole."""

from __future__ import annotations

import errno
import os
from importlib import import_module
from io import FileIO
from pathlib import Path
from typing import Any

from .._errors import NotARecording, PicoPanelError, RecordingFailed
from .recording import Recording, header, read

_locks: Any = import_module("fcntl" if os.name == "posix" else "msvcrt")
_LOCKED = 2**31 - 1  # the byte that Windows locks: it keeps everybody from reading what is locked


class Appender:
    """An open recording.

    Args:
        path: A new file, or a recording of the same board to go on with.
        device_id: The board's ID.
        capacity: How many of the former rows are wanted.

    Attributes:
        past: What the file held before.
        size: The bytes of its whole lines.

    Raises:
        NotARecording: The file holds something else. It is left as it is.
        RecordingFailed: It cannot be opened or written to.
    """

    def __init__(self, path: Path, device_id: str, capacity: int) -> None:
        self.path = path
        self._file: FileIO | None = None
        self._torn = 0
        try:
            self._open(device_id, capacity)
        except (OSError, NotARecording) as error:
            self.close()
            if isinstance(error, PicoPanelError):
                raise
            if isinstance(error, FileNotFoundError):
                why = f"There is no directory {path.parent}, so {path.name} cannot be made there."
            else:
                why = f"{path.name} cannot be recorded to: {error.strerror or error}."
            raise RecordingFailed(why) from None

    def append(self, lines: bytes) -> None:
        """Write whole lines, or raise `OSError`; a later call tries again where this one began."""
        try:
            if not self.path.exists():  # a deleted file takes lines all the same
                raise FileNotFoundError(errno.ENOENT, "the file was deleted or moved")
            file = self._file or self._reopened()
            rest = memoryview(lines)
            while rest:  # a disk that fills up takes a part, and says so only when asked for more
                rest = rest[file.write(rest) or 0 :]
            self.size += len(lines)
        except OSError:
            self._torn = len(lines)
            self.close()
            raise

    def close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _open(self, device_id: str, capacity: int) -> None:
        if self.path.exists() and not self.path.is_file():
            hint = " It is a folder: give the name of a file in it." if self.path.is_dir() else ""
            raise RecordingFailed(f"{self.path.name} is not a file that can be recorded to.{hint}")
        self._file = file = _opened(self.path, os.O_CREAT)
        with open(file.fileno(), "rb", closefd=False) as reader:
            self.past: Recording = read(reader, self.path.name, capacity)
        if self.past.device_id not in ("", device_id):
            raise NotARecording(self.path.name, f"it is one of {self.past.device_id!r}, not of {device_id!r}")
        self.size = self.past.size
        self._to_end(file)
        if not self.size:
            self.append(header(device_id))
        elif not self.past.ended:
            self.append(b"\n")

    def _reopened(self) -> FileIO:
        self._file = file = _opened(self.path)
        # What is there beyond the whole lines can only be what the failed attempt has left.
        if not self.size <= os.fstat(file.fileno()).st_size <= self.size + self._torn:
            raise OSError(0, "something else has changed it")
        self._to_end(file)
        return file

    def _to_end(self, file: FileIO) -> None:
        file.truncate(self.size)
        file.seek(self.size)


def _opened(path: Path, create: int = 0) -> FileIO:
    """Open for reading and writing, and keep what is there: no mode of `open()` says that of a new file.

    Other notebooks are kept out, where the file's system knows locks.
    """
    file = FileIO(os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0) | create, 0o666), "r+")
    try:
        _lock(file)
    except BlockingIOError:
        file.close()
        raise RecordingFailed(
            f"{path.name} is being recorded to by another panel. Close that one, or give another name."
        ) from None
    except OSError:
        pass
    return file


def _lock(file: FileIO) -> None:
    if os.name == "posix":
        if hasattr(_locks, "flock"):  # Pyodide has none
            _locks.flock(file.fileno(), _locks.LOCK_EX | _locks.LOCK_NB)
        return
    file.seek(_LOCKED)
    try:
        _locks.locking(file.fileno(), _locks.LK_NBLCK, 1)
    except OSError as error:
        if error.errno != errno.EINVAL:  # that drive knows locks: another has it
            raise BlockingIOError from None
        raise
    finally:
        file.seek(0)
