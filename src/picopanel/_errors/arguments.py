"""What a user gives to a verb, looked at before anything is done with it.

A number may come from numpy, which is how a loop over `linspace` gives it. What is refused is named by
its kind, never shown: a password may stand in the wrong place.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence, Sized
from contextlib import contextmanager
from difflib import get_close_matches
from importlib import import_module
from inspect import signature
from math import inf, isfinite
from numbers import Integral, Real
from pathlib import Path
from typing import Any, TextIO, cast

from . import InvalidArgument, NotWritten, PicoPanelError

LONGEST_TEXT = 64  # characters of a control's value: a board takes no more, and no page shows it

_THE_BROKERS = "What concerns the broker goes there: broker=Broker(url, username=..., password=..., ca=...)."


def library(name: str, wanted_by: str, install: str = "", otherwise: str = "") -> Any:
    """Return a library that not everybody has, or raise how to get it, and what to do without it."""
    try:
        return import_module(name)
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            f"{wanted_by} needs {name}: run  %pip install {install or name}  and try again.{otherwise}"
        ) from None


def extra(name: str, said: str, ours: str, error: type[PicoPanelError] = PicoPanelError) -> Any:
    """Return a library that comes with an extra of ours, or raise which one it is."""
    try:
        return import_module(name)
    except ImportError:
        raise error(f"{said}, which is not installed here: pip install 'picopanel[{ours}]'") from None


def number(
    name: str,
    value: object,
    *,
    above: float = -inf,
    least: float = -inf,
    most: float = inf,
    unit: str = "",
    whole: bool = False,
) -> float:
    """Return a finite number, within bounds; the name is the argument's."""
    found = _finite(value)
    if found is None or not above < found <= most or found < least or (whole and not found.is_integer()):
        wanted = f"{'a whole' if whole else 'a'} number{_bounds(above, least, most)} {unit}".rstrip()
        raise InvalidArgument(f"{name} must be {wanted}, not {_kind(value)}.")
    return found


def count(name: str, value: object, *, least: int = 0, most: float = inf) -> int:
    """Return a whole number, within bounds."""
    return int(number(name, value, least=least, most=most, whole=True))


def timeout(value: object) -> float:
    """Return the seconds that an answer is waited for."""
    return number("timeout", value, above=0, unit="seconds")


def text(name: str, value: object) -> str:
    """Return a text."""
    if isinstance(value, str):
        return value
    raise InvalidArgument(f"{name} must be a text, not {_kind(value)}.")


def flag(name: str, value: object) -> bool:
    """Return True or False, also numpy's."""
    if _is_flag(value):
        return bool(value)
    raise InvalidArgument(f"{name} must be True or False, not {_kind(value)}.")


def setting(name: str, value: object) -> float | str | bool:
    """Return what a control may be set to, as JSON has it."""
    if len(name) > LONGEST_TEXT or not is_unicode(name):
        raise InvalidArgument(f"{name[:LONGEST_TEXT]!a} is not the name of a control.")
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT or not is_unicode(value):
            raise InvalidArgument(f"{name!a} must be a text of at most {LONGEST_TEXT} characters.")
        return value
    if _is_flag(value):
        return bool(value)
    found = _finite(value)
    if found is None:
        raise InvalidArgument(f"{name!a} must be a number, a text, True or False, not {_kind(value)}.")
    return int(value) if isinstance(value, Integral) else found


def check_call(kind: type, unnamed: Sized, named: Iterable[str], *more: str) -> None:
    """Refuse what comes without a name behind the first argument, or by a name that there is not.

    Python's own refusal shows a password among them. Ours names the nearest, and says what belongs elsewhere.
    """
    what = f"{kind.__name__}()"
    ours = [name for name, each in signature(kind).parameters.items() if "VAR" not in each.kind.name]
    if unnamed:
        raise InvalidArgument(f"{what} takes {ours[0]} without its name, and by name: {', '.join(ours[1:])}.")
    known = (*ours, *more)
    elsewhere = _THE_BROKERS if "broker" in ours else ""
    for name in named:
        if name not in known:
            said = f"{what} takes no argument {name[:LONGEST_TEXT]!a}."
            raise InvalidArgument(" ".join(filter(None, (said, nearest(name, known), elsewhere))))


def nearest(name: object, known: Collection[str], most: int = 64) -> str:
    """Return a sentence with the known names that a name may have meant; with all, if there are no more."""
    close = get_close_matches(str(name), known, n=3, cutoff=0.6)
    words = " or ".join(map(repr, close)) or ", ".join(map(repr, known if len(known) <= most else ()))
    return (f"Did you mean {words}?" if close else f"There are: {words}.") if words else ""


def first_of(words: Sequence[str], most: int, between: str = ", ") -> str:
    """Return the first of some words, and how many more there are.

    Example:
        >>> first_of(["ada", "bob", "eve"], 2)
        'ada, bob and 1 more'
    """
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return between.join(words[:most]) + more


def listed(words: Iterable[str]) -> str:
    """Return some words, at least one, as a sentence has them: `ada, bob and eve`."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def is_unicode(text: str) -> bool:
    """Whether all of it is; half a surrogate pair is none, and neither MQTT nor a page takes it."""
    return text.isascii() or text == text.encode(errors="ignore").decode()


def file_path(name: str, path: object) -> Path:
    """Return a path, with `~` for the home folder."""
    if not isinstance(path, (str, os.PathLike)):
        raise InvalidArgument(f"{name} must be the path of a file, not {_kind(path)}.")
    if not os.fspath(path):
        raise InvalidArgument(f"{name} must be the path of a file, not an empty text.")
    if "\0" in os.fspath(path):
        raise InvalidArgument(
            f"{name} must be the path of a file, and no file's name holds the character \\0. Write \\\\ or / "
            "between folders."
        )
    return Path(os.path.expanduser(path))


@contextmanager
def written(path: Path) -> Iterator[None]:
    """Say in a sentence why a file cannot be written."""
    try:
        yield
    except OSError as error:
        raise NotWritten(path, error) from None


@contextmanager
def opened(path: object) -> Iterator[TextIO]:
    """Give a file to write a text to; one that is open already is taken as it is, and stays open."""
    if hasattr(path, "write"):
        try:
            yield cast(TextIO, path)
        except (TypeError, ValueError) as error:  # bytes, closed, for reading, another encoding
            raise InvalidArgument(
                f"path is open, and does not take this text ({error}). Open it so: "
                "open('run.csv', 'w', newline='', encoding='utf-8')."
            ) from error
        return
    whole = file_path("path", path)
    with written(whole), open(whole, "w", newline="", encoding="utf-8") as file:
        yield file


def _finite(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if isfinite(found) else None


def _is_flag(value: object) -> bool:
    return type(value).__name__ in ("bool", "bool_")  # numpy's, old and new, are no subclasses


def _bounds(above: float, least: float, most: float) -> str:
    if above > -inf:
        return f" of more than {above:g}" + (f" and up to {most:g}" if most < inf else "")
    if most < inf:
        return f" from {least:g} to {most:g}"
    return f" of at least {least:g}" if least > -inf else ""


def _kind(value: object) -> str:
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        return "a text"
    if isinstance(value, Real):
        return "nan or infinite" if _finite(value) is None else f"{float(value):g}"
    return f"an object of type {type(value).__name__}"
