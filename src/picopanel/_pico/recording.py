"""A recording that goes on, as `panel.record()` gives it."""

from __future__ import annotations

from .._device.recorder import Recorder
from .._errors.uncopied import Uncopied
from .._runtime import loop
from .._store.recording import Appender


class Taping(Uncopied):
    """A recording that goes on; it stops at the end of a `with`, or by `panel.record(None)`."""

    def __init__(self, recorder: Recorder, file: Appender | None) -> None:
        self._recorder = recorder
        self._file = file

    def __enter__(self) -> Taping:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:  # else nothing has begun
            stop(self._recorder, self._file)

    def __repr__(self) -> str:
        return f"<{loop.ask(self._says) or 'recording no more'}>"

    def _says(self) -> str | None:
        return self._recorder.says if self._recorder.file is self._file else None


def stop(recorder: Recorder, file: Appender | None = None) -> None:
    """Record no more, once what is left is written; given a file, only if it is that one."""
    loop.ask(recorder.stop, file)
    settle(recorder)


def settle(recorder: Recorder) -> None:
    """Wait until what is under way at the file is done."""
    if not recorder.settled.is_set():  # else the loop, too, may pass here
        loop.wait(recorder.settled, None)
