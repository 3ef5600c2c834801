"""Every error that PicoPanel raises, and how it warns.

PicoPanelError, and by the builtin that each is as well, so that `except TimeoutError` works
├── ValueError       InvalidArgument, InvalidBroker, InvalidCommand, InvalidDescription, InvalidDeviceID,
│                    InvalidExperiment, InvalidPayload, NotARecording
├── TypeError        InvalidArgument, NotPickled
├── LookupError      NoBroker; as a KeyError: NoChannel
├── ConnectionError  NotConnected
├── TimeoutError     NoAnswer
├── RuntimeError     CommandRefused, ExperimentEnded, PanelClosed
└── OSError          NotWritten, RecordingFailed
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import NoReturn

BOARDS_PAGE = "https://picopanel.github.io/picopanel/boards.html"

FAILS = (Exception, SystemExit)
"""What a user's own code may raise: `sys.exit()` in it must not end the thread of everybody's."""

CLOSED = "This panel is closed: run its cell again, or make a new one."

_OURS = ("picopanel", "contextlib", "traitlets", "ipywidgets", "anywidget")

_told: set[tuple[str, str, int]] = set()
"""What has been said of an old way of writing something, and where: it may stand in a loop."""


class PicoPanelError(Exception):
    """Base of all errors of this package."""

    def _render_traceback_(self) -> list[str]:
        # IPython's hook. A traceback prints the user's line, which may hold a URL with a password.
        return [f"{type(self).__name__}: {self}"]

    def __reduce__(self) -> tuple[object, ...]:
        # Else it would be made anew from its sentence alone, which breaks a pool of processes.
        return type(self).__new__, (type(self),), {**self.__dict__, "args": self.args}


class InvalidDeviceID(PicoPanelError, ValueError):
    """The device ID cannot be part of an MQTT topic."""


class InvalidBroker(PicoPanelError, ValueError):
    """The broker's URL or one of its settings cannot work."""


class InvalidCommand(PicoPanelError, ValueError):
    """No board knows this command."""


class InvalidArgument(PicoPanelError, ValueError, TypeError):
    """A verb cannot use this argument, or has none of this name."""


class InvalidDescription(PicoPanelError, ValueError):
    """The description of a board cannot be used; which line is wrong, and why."""

    def __init__(self, file: str, line: int | None, reason: str) -> None:
        self.file, self.line, self.reason = file, line, reason
        where = file if line is None else f"{file}, line {line}"
        end = "" if reason.endswith((".", "?")) else "."
        super().__init__(f"{where}: {reason}{end} What a description is made of: {BOARDS_PAGE}")


class InvalidExperiment(PicoPanelError, ValueError):
    """A declaration of an experiment is wrong; nothing of it was done."""

    def __init__(self, problems: list[str], total: int = 0) -> None:
        self.problems = tuple(problems)
        more = [f"and {total - len(problems)} more"] if total > len(problems) else []
        super().__init__("\n".join([*problems, *more]))


class InvalidPayload(PicoPanelError, ValueError):
    """A message breaks the protocol. Counted and shown, never raised to a user."""


class NotARecording(PicoPanelError, ValueError):
    """The file holds something else than a recording of this board; it is left as it is."""

    def __init__(self, file: str, reason: str) -> None:
        self.file = file
        why = reason.removesuffix(".")
        super().__init__(f"{file} is not a recording that can be used: {why}. It was left as it is.")


class NoBroker(PicoPanelError, LookupError):
    """No broker was given, and none was found in the usual places."""


class NoChannel(PicoPanelError, KeyError):
    """The board has no channel of this name."""

    def __init__(self, name: object, known: tuple[str, ...]) -> None:
        self.known = known
        super().__init__(name)

    def __str__(self) -> str:
        names = ", ".join(map(repr, self.known)) or "none yet"
        return f"This board has no channel {self.args[0]!r}. It has: {names}."


class NotConnected(PicoPanelError, ConnectionError):
    """The command was not sent, because the broker or the board is away."""


class NoAnswer(PicoPanelError, TimeoutError):
    """A command was sent and not answered, in time or before the connection broke.

    The board may have carried it out: `on` and `off` can be repeated, `toggle` cannot.
    """

    def __init__(self, command: str, seconds: float, cause: str) -> None:
        self.command, self.seconds = command, seconds
        super().__init__(f"No answer to {command!r} within {seconds:g} s. {cause}")


class CommandRefused(PicoPanelError, RuntimeError):
    """The board answered, and declined to carry the command out."""

    def __init__(self, command: str, reason: str) -> None:
        self.command, self.reason = command, reason
        super().__init__(f"The board declined {command!r}: {reason}")


class ExperimentEnded(PicoPanelError, RuntimeError):
    """An experiment was ended before its last step: by somebody, or by a step that failed."""


class NotPickled(PicoPanelError, TypeError):
    """What holds a password or a connection is not copied or pickled."""


class PanelClosed(PicoPanelError, RuntimeError):
    """The panel has ended, and takes no more commands."""


class RecordingFailed(PicoPanelError, OSError):
    """A recording cannot be read or written: no such directory, no permission, no space."""


class NotWritten(PicoPanelError, OSError):
    """A file cannot be written: no such folder, no permission, no space."""

    def __init__(self, path: Path, error: OSError) -> None:
        self.path = path
        if isinstance(error, FileNotFoundError):
            why = f"there is no folder {path.parent}. Make it first, or give another path"
        elif isinstance(error, IsADirectoryError):
            why = "it is a folder. Give the name of a file in it"
        else:
            why = error.strerror or type(error).__name__
        super().__init__(f"{path.name or path} cannot be written: {why}.")


class Uncopied:
    """Is neither copied nor pickled, always with the same error; `dir()` leaves out ipywidgets' names."""

    def __dir__(self) -> list[str]:
        kinds = [kind for kind in type(self).__mro__ if kind.__module__.startswith("picopanel")]
        ours = {"layout", "observe", "unobserve", *vars(self)}.union(*map(vars, kinds))
        ours.discard("model_id")  # ipywidgets' own, however we give it
        return [name for name in super().__dir__() if name in ours or name.startswith("_")]

    def __reduce_ex__(self, _: object = None) -> NoReturn:
        raise NotPickled(
            f"A {type(self).__name__} belongs to a connection and is not copied or pickled. "
            "What has been measured can be: to_dataframe()."
        )

    __copy__ = __deepcopy__ = __reduce_ex__  # ipywidgets has its own of these


def warn(text: str, category: type[Warning] = UserWarning) -> None:
    """Warn the user, naming file and line of their own call; the filters that they have set count.

    Python, and IPython with it, would print that line's text, which may hold a password.
    """
    frame = sys._getframe(1)
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).partition(".")[0] in _OURS:
        frame = frame.f_back
    place = (text, frame.f_code.co_filename, frame.f_lineno)
    with warnings.catch_warnings(record=True) as caught:
        warnings.warn_explicit(text, category, *place[1:], module=frame.f_globals.get("__name__"))
    if caught and (category is UserWarning or place not in _told):
        _told.add(place)
        warnings.showwarning(caught[0].message, category, *place[1:], line="")
