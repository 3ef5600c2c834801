"""One board's recording: started, stopped, gone on with."""

from __future__ import annotations

import os
from pathlib import Path

from .._errors import RecordingFailed, arguments
from .._errors.uncopied import Uncopied
from .._runtime.interrupts import undisturbed
from .._store.recording import Appender, Recorder
from .known import Known
from .limits import Limits


class Taping(Uncopied):
    """A recording that goes on; it stops at the end of a `with`, or by `panel.record(None)`."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._recorder = tape._recorder

    def __enter__(self) -> Taping:
        return self

    def __exit__(self, *_: object) -> None:
        if self._recorder is self._tape._recorder:  # else another one goes on
            self._tape.stop()

    def __repr__(self) -> str:
        going_on = self._recorder is not None and self._recorder is self._tape._recorder
        return f"<{self._tape.says}>" if going_on else "<recording no more>"


class Tape:
    """Records what a board's log holds, and what it will.

    Args:
        board: What is known of the board.
        limits: Watch nothing that has long been.
        device_id: Its ID.
        capacity: How many rows of a former recording are wanted.
    """

    def __init__(self, board: Known, limits: Limits, device_id: str, capacity: int) -> None:
        self._board = board
        self._limits = limits
        self._device_id = device_id
        self._capacity = capacity
        self._recorder: Recorder | None = None
        self._left: dict[Path, tuple[int, range, int]] = {}
        """The files that were recorded to before: the first row that each lacks, what it had, its size."""

    @property
    def says(self) -> str | None:
        """What the panel tells of the recording, or None."""
        recorder = self._recorder
        if recorder is None:
            return None
        name = recorder.appender.path.name
        return f"not recording to {name}: {recorder.problem}" if recorder.problem else f"recording to {name}"

    def start(self, path: str | os.PathLike[str]) -> None:
        """Record to a file, and to no other; the past that it holds comes into the log.

        Raises:
            NotARecording, RecordingFailed: A former recording then goes on.
        """
        whole = arguments.file_path("path", path).resolve()
        if self._recorder is not None and self._recorder.appender.path == whole:
            return
        appender = Appender(whole, self._device_id, self._capacity)
        try:
            recorder = self._recorder_of(appender)
        except RecordingFailed:
            appender.close()
            raise
        self.stop()
        self._recorder = recorder
        recorder.write()
        self._board.changed()

    @undisturbed()
    def stop(self) -> None:
        """Write what is left, and record no more."""
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            recorder.close()
            self._left[recorder.appender.path] = (recorder.next, recorder.known, recorder.appender.size)
            self._board.changed()

    def write(self) -> None:
        """Write what is new, before it is forgotten."""
        if self._recorder is not None:
            self._recorder.write()

    @property
    def is_behind(self) -> bool:
        """Whether there are rows that can still be written."""
        recorder = self._recorder
        return recorder is not None and recorder.problem is None and recorder.next < self._board.store.end

    @undisturbed()
    def _recorder_of(self, appender: Appender) -> Recorder:
        board, store, past = self._board, self._board.store, appender.past
        left = self._left.get(appender.path)
        if left is not None and past.size:
            since, known, size = left
            if size != past.size:
                name = appender.path.name
                raise RecordingFailed(
                    f"{name} was changed since this panel recorded to it: give another name."
                )
            return Recorder(appender, store, board.units, board.notice, since, known)
        with board.lock:
            first = store.end
            for name, unit in past.units.items():
                board.units.setdefault(name, unit)
            # What is new is not pushed out before it is written: of the past comes what fits beside it.
            room = max(0, self._capacity - (first - store.floor) - 1)
            store.extend(past.store.since(past.store.end - room))
            known = range(first, store.end)
            self._limits.pass_over()
            if past.size:
                board.note("start")
        return Recorder(appender, store, board.units, board.notice, store.floor, known)
