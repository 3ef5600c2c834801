"""Writes a board's log into a file as it grows: one thing at a time, and aside, for a disk may be slow."""

from __future__ import annotations

import atexit
import sys
import traceback
from collections import deque
from collections.abc import Callable, Generator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from .._errors import RecordingFailed
from .._runtime import loop
from .._runtime.clock import Timer
from .._runtime.waiting import Event
from .._store import Rows
from .._store.files import Tape, open_file
from .._store.recording import Recording, lines
from .known import Known

EVERY = 0.5  # seconds between two writes: what a crash can lose at most is twice that
_AT_ONCE = 2000

# What is done in the loop; what it yields is done aside, and gives it what that returns or raises.
Job = Generator[Callable[[], Any], Any, None]


@dataclass(slots=True, eq=False)
class Start:
    """A recording that is to begin; `done` is set when it has begun in `file`, or failed with `error`."""

    path: Path
    done: Event = field(default_factory=Event)
    file: Tape | None = None
    error: Exception | None = None


class Recorder:
    """Records what a log holds, and what it will; of a former recording, `capacity` rows come back."""

    def __init__(
        self,
        known: Known,
        past_came: Callable[[range], object],
        device_id: str,
        capacity: int,
        board: Mapping[str, Any],
    ) -> None:
        self._known, self._past_came = known, past_came
        self._board = board  # what tells how it speaks, if it needs telling
        self._device_id, self._capacity = device_id, capacity
        self._jobs: deque[Job] = deque()
        self._timer: Timer | None = None
        self._next = 0  # the first row that the file lacks
        self._past = range(0)  # rows among those that follow which came out of the file
        # The files that were recorded to before: the row that each lacks, its past, its size.
        self._left: dict[Path, tuple[int, range, int]] = {}
        self.settled = Event()  # set while nothing is under way
        self.settled.set()
        self.file: Tape | None = None
        self.problem: str | None = None  # why that cannot be written just now
        self.cut: str | None = None  # what has stopped before all was written, and why

    @property
    def says(self) -> str | None:
        if self.file is None:
            return None
        name = self.file.path.name
        return f"not recording to {name}: {self.problem}" if self.problem else f"recording to {name}"

    def start(self, path: Path) -> Start:
        """Record to a file, and to no other; the past that it holds comes into the log.

        Where that fails, with `NotARecording` or `RecordingFailed`, a former recording goes on.
        """
        start = Start(path)
        self._do(self._starting(start))
        return start

    def stop(self, file: Tape | None = None) -> None:
        """Write what is left, and record no more; given a file, only if it is that one."""
        self._do(self._stopping(file))

    def write(self) -> None:
        if not self._jobs:
            self._do(self._writing())

    def clear(self) -> None:
        """Forget all rows of the log, once those are written that can be."""
        self._do(self._clearing())

    def _do(self, job: Job) -> None:
        self._jobs.append(job)
        if len(self._jobs) == 1:
            self.settled.clear()
            _go_on(self._in_turn())

    def _in_turn(self) -> Job:
        while self._jobs:
            try:
                yield from self._jobs[0]
            except Exception:  # a defect of ours must not keep the others from their turn
                traceback.print_exc(file=sys.__stderr__)
            self._jobs.popleft()
        self.settled.set()

    def _starting(self, start: Start) -> Job:
        try:
            if self.file is None or self.file.path != start.path:
                file = yield partial(open_file, start.path, self._device_id, self._capacity)
                yield from self._exchange(file)
            start.file = self.file
        except Exception as error:
            start.error = error
        start.done.set()

    def _exchange(self, file: Tape) -> Job:
        """Record to this file from now on."""
        left = self._left.get(file.path) if file.past.size else None
        if left is not None and file.past.size != left[2]:
            yield file.close
            name = file.path.name
            raise RecordingFailed(f"{name} was changed since this panel recorded to it: give another name.")
        next_, past, _ = left or (self._known.store.floor, self._take_past(file.past), 0)
        yield from self._stopping()
        self.file, self._next, self._past = file, next_, past
        if any(file.past.board.get(name) != told for name, told in self._board.items()):
            self._known.note("board", **self._board)
        self._timer = Timer(self._known.clock, EVERY, self.write)
        atexit.register(self._at_exit)
        self._known.changed()
        yield from self._writing()

    def _take_past(self, past: Recording) -> range:
        """Put the rows of a file into the log, and return which they are."""
        store = self._known.store
        first = store.end
        for name, unit in past.units.items():
            self._known.units.setdefault(name, unit)
        # What is new is not pushed out before it is written: of the past comes what fits beside it.
        room = max(0, self._capacity - (first - store.floor) - 1)
        store.extend(past.store.since(past.store.end - room))
        taken = range(first, store.end)
        self._past_came(taken)
        if past.size:
            self._known.note("start")
        return taken

    def _stopping(self, only: Tape | None = None) -> Job:
        file = self.file
        if file is None or only not in (None, file):
            return
        yield from self._writing()
        yield file.close
        if self._timer is not None:
            self._timer.stop()
        atexit.unregister(self._at_exit)
        self._left[file.path] = (self._next, self._past, file.size)
        if self.problem is not None:
            self.cut = f"{file.path.name} lacks the end of what was to be recorded: {self.problem}."
        self.file = self.problem = None
        self._known.changed()

    def _writing(self) -> Job:
        """Write all that is new. A file that cannot be written is tried again at the next time."""
        while self.file is not None and (rows := self._unwritten()):
            units = dict(self._known.units)
            try:
                yield partial(_append, self.file, rows, units)
            except OSError as error:
                former, self.problem = self.problem, error.strerror or str(error)
                if former is None:
                    self._known.notice(
                        f"The recording in {self.file.path.name} has stopped: {self.problem}. It goes on by "
                        "itself once that is mended; until then nothing is lost but what no longer fits into "
                        "memory."
                    )
                return
            self._next = rows.end
        if self.problem is not None:
            self.problem = None
            self._known.changed()

    def _unwritten(self) -> Rows | None:
        first = max(self._next, self._known.store.floor)
        if first in self._past:
            first = self._past.stop
        before_past = self._past.start - first
        rows = self._known.store.since(first, min(_AT_ONCE, before_past) if before_past > 0 else _AT_ONCE)
        return rows if rows.end > rows.first else None

    def _clearing(self) -> Job:
        yield from self._writing()
        self._known.store.clear()  # at once after the last row was found to be written
        self._known.grown()

    def _at_exit(self) -> None:
        if loop.has_ended():  # a process that was forked off writes nothing of ours
            return
        loop.ask(self.write)
        loop.wait(self.settled, None)


def _append(file: Tape, rows: Rows, units: dict[str, str]) -> None:
    file.append(b"".join(lines(rows, units)))


def _go_on(job: Job, result: Any = None) -> None:
    with suppress(StopIteration):
        work = job.throw(result) if isinstance(result, Exception) else job.send(result)
        loop.aside(work, partial(_done, job, work))


def _done(job: Job, work: Callable[[], Any], result: Any) -> None:
    if isinstance(result, RuntimeError):  # no thread can be had in JupyterLite, nor at the end of the program
        try:
            result = work()
        except Exception as error:
            result = error
    _go_on(job, result)
