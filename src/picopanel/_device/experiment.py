"""An experiment as a declaration: its steps, checked as a whole before the first of them. Pure.

It is data, from Python or from a file of others (`experiment_file.py`), and nothing in it is evaluated.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath, PureWindowsPath
from typing import Any

from .._errors import InvalidArgument, InvalidExperiment, PicoPanelError, arguments
from .._errors.arguments import nearest
from .._protocol.payloads import Control
from .._store.marks import LONGEST_MARK
from .command import BLINK, COMMANDS, blink_action, set_action, setting_word

_BLINK = dict(zip(("on", "off", "n"), BLINK, strict=True))

PATIENCE = 60.0  # seconds that a command waits for a board that is away
_LONGEST_WAIT = 7 * 86_400.0
_SHORTEST_WAIT = 0.05
_MOST_STEPS = 200  # that are written
_MOST_DONE = 100_000  # with all repetitions
_DEEPEST = 3  # repetitions within repetitions
_LONGEST_NAME = 60
_MOST_PROBLEMS = 5  # that are told at once
_LONGEST = 16_384  # bytes of the whole as JSON: it goes into recordings

_UNITS = {"ms": 0.001, "s": 1, "min": 60, "h": 3600}
_DURATION = re.compile(r"(\d+(?:\.\d+)?) ?(ms|s|min|h)")
_RECORDINGS = (".jsonl", ".parquet")


@dataclass(frozen=True, slots=True)
class Condition:
    """A channel's value above or below another: of a limit that stops, or of what is waited for."""

    channel: str
    above: float | None = None
    below: float | None = None

    def holds(self, value: float) -> bool:
        return value > self.above if self.above is not None else self.below is not None and value < self.below

    def __str__(self) -> str:
        side, value = ("above", self.above) if self.above is not None else ("below", self.below)
        return f"{self.channel} {side} {value:g}"


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        kind: Its word: a command's, `blink`, `set`, `wait`, `wait until`, `mark`, `record` or `repeat`.
        does: What it does, in words.
        place: Which one it is among those that are written, e.g. `4.2` for the second within the fourth.
        line: Where it stands in its file.
        what: What its word takes.
        seconds: How long it waits; of `wait until`, at the most.
        steps: What is repeated.
        times: How often.
    """

    kind: str
    does: str
    place: str
    line: int | None = None
    what: Any = None
    seconds: float = 0.0
    steps: tuple[Step, ...] = ()
    times: int = 1

    @property
    def count(self) -> int:
        """How many steps it is, done one after the other."""
        return self.times * sum(step.count for step in self.steps) if self.kind == "repeat" else 1

    @property
    def lasts(self) -> float:
        """Seconds that are waited in all of it; commands are quick beside them."""
        return self.seconds + self.times * sum(step.lasts for step in self.steps)

    @property
    def untils(self) -> int:
        """How many of them may be over sooner than they say."""
        return (self.kind == "wait until") + self.times * sum(step.untils for step in self.steps)

    def __str__(self) -> str:
        where = f" (line {self.line})" if self.line else ""
        return f"step {self.place}{where}, {self.does}"


@dataclass(frozen=True, slots=True)
class Plan:
    """A declaration that has been checked.

    Attributes:
        name: What it is called.
        steps: What is done.
        last: What is done at the end, however it has come.
        stops: What ends it, with each reading that comes.
        patience: Seconds that a command waits for a board that is away.
        declaration: All of it, as JSON.
    """

    name: str
    steps: tuple[Step, ...]
    last: tuple[Step, ...] = ()
    stops: tuple[Condition, ...] = ()
    patience: float = PATIENCE
    declaration: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Board:
    """What is known of a board before anything is done: names that it has not are found at once.

    Attributes:
        channels: Its channels' names; none where it has not told them.
        controls: What it can be set to; None where it has not told.
        course: Whether it speaks the course layer only.
    """

    channels: tuple[str, ...] = ()
    controls: tuple[Control, ...] | None = None
    course: bool = False


def check(given: object, board: Board | None = None, file: str = "") -> Plan:
    """Return it checked, or refuse it with all that is wrong, each with its line or step.

    Raises:
        InvalidExperiment: With what is wrong, where, and how it is written.
    """
    return _Reader(board or Board(), file).experiment(given)


class _Reader:
    """Reads one declaration, and gathers what is wrong in it."""

    def __init__(self, board: Board, file: str) -> None:
        self._board, self._file = board, file
        self._problems: list[str] = []
        self._written = 0
        self._words: dict[str, Callable[[Any], tuple[str, Any, float]]] = {  # does, what, seconds
            "blink": self._blink,
            "set": self._set,
            "wait": self._wait,
            "wait until": self._until,
            "mark": self._mark,
            "record": self._record,
        }

    def experiment(self, given: object) -> Plan:
        whole = given if isinstance(given, Mapping) else {"steps": given}
        self._fields("", whole, ("name", "description", "steps", "stop", "finally", "patience"))
        file = PurePath(self._file)
        name = whole.get("name", file.stem if file.suffix else "experiment")
        if not isinstance(name, str) or not 0 < len(name.strip()) <= _LONGEST_NAME:
            self._wrong("", _line(whole, "name"), f"name must be a text of 1 to {_LONGEST_NAME} characters.")
            name = ""
        patience = PATIENCE
        try:
            patience = _seconds("patience", whole.get("patience", PATIENCE), least=0)
        except PicoPanelError as error:
            self._wrong("", _line(whole, "patience"), str(error))
        steps = self._steps(whole.get("steps"), "", _line(whole, "steps"))
        last = (
            self._steps(whole["finally"], "finally ", _line(whole, "finally")) if "finally" in whole else ()
        )
        stops = self._stops(whole["stop"], whole) if "stop" in whole else ()
        if any(step.kind in ("repeat", "wait until", "record") for step in last):
            said = "finally is for what ends: on, off, set, read, mark, and a wait of some seconds."
            self._wrong("", _line(whole, "finally"), said)
        declaration = self._plain(whole)
        if self._problems:
            raise InvalidExperiment(self._problems[:_MOST_PROBLEMS], len(self._problems))
        return Plan(name.strip(), steps, last, stops, patience, declaration)

    def _steps(self, given: object, place: str, line: int | None, deep: int = 0) -> tuple[Step, ...]:
        if not isinstance(given, Sequence) or isinstance(given, (str, bytes)) or not given:
            said = "steps must be a list of at least one, e.g. [on, wait: 5, off]."
            self._wrong(place.rstrip(" ."), line, said)
            return ()
        found = []
        for nth, each in enumerate(given, 1):
            self._written += 1
            if self._written > _MOST_STEPS:
                if self._written == _MOST_STEPS + 1:
                    said = f"an experiment has at most {_MOST_STEPS} steps; repeat what comes again."
                    self._wrong(f"{place}{nth}", _line(given, nth - 1), said)
                break
            at = _line(given, nth - 1)
            try:
                found.append(self._step(each, f"{place}{nth}", at, deep))
            except PicoPanelError as error:
                self._wrong(f"{place}{nth}", at, str(error))
        steps = tuple(found)
        if deep == 0 and sum(step.count for step in steps) > _MOST_DONE:
            said = f"with all repetitions these are more than {_MOST_DONE:,} steps."
            self._wrong(place.rstrip(" ."), line, said)
        return steps

    def _step(self, given: object, place: str, line: int | None, deep: int) -> Step:
        if isinstance(given, bool):
            raise InvalidArgument(_NOT_A_WORD)
        known = (*COMMANDS, *self._words, "repeat")
        if isinstance(given, str):
            word, what, more = given.replace("_", " "), _BLINK, []
        elif isinstance(given, Mapping) and given:
            fields = {str(name).replace("_", " "): value for name, value in given.items()}
            word = "repeat" if "repeat" in fields else next(iter(fields))
            what, more = fields[word], [name for name in fields if name != word]
        else:
            raise InvalidArgument(f"a step is one of: {', '.join(known)}.")
        if word not in known:
            raise InvalidArgument(f"{word[:64]!a} is no step. {nearest(word, known)}")
        if word == "repeat":
            return self._repeat(given, what, place, line, deep)
        if more:
            raise InvalidArgument(f"{word} has {more[0][:64]!a} beside it: each step is an item of its own.")
        if word in COMMANDS:
            if not isinstance(given, str):
                raise InvalidArgument(f"{word} takes nothing: write only  - {word}")
            return Step(word, word, place, line)
        if isinstance(given, str) and word != "blink":
            raise InvalidArgument(f"{word} needs what it is for. Write e.g.  - {_EXAMPLES[word]}")
        try:
            does, taken, seconds = self._words[word](what)
        except PicoPanelError as error:
            raise InvalidArgument(f"{error} Write e.g.  - {_EXAMPLES[word]}") from None
        return Step(word, does, place, line, taken, seconds)

    def _repeat(self, given: Any, what: object, place: str, line: int | None, deep: int) -> Step:
        self._fields(place, given, ("repeat", "steps"))
        if deep == _DEEPEST:
            raise InvalidArgument(f"more than {_DEEPEST} repetitions within each other.")
        steps = self._steps(given.get("steps"), f"{place}.", line, deep + 1)
        times = arguments.count("repeat", what, least=1, most=_MOST_DONE)
        if steps and all(step.kind in ("mark", "record") for step in steps):
            raise InvalidArgument("what is repeated needs a wait or a command, else it is over at once.")
        does = f"repeat {times} times" if times > 1 else "repeat once"
        return Step("repeat", does, place, line, steps=steps, times=times)

    def _wait(self, what: Any) -> tuple[str, None, float]:
        seconds = _seconds("wait", what, least=_SHORTEST_WAIT)
        return f"wait {duration(seconds)}", None, seconds

    def _until(self, what: Any) -> tuple[str, Condition, float]:
        condition = self._condition("wait until", what, ("within",))
        if "within" not in what:
            raise InvalidArgument("wait until needs within: how long to wait at the most.")
        seconds = _seconds("within", what["within"], least=_SHORTEST_WAIT)
        return f"wait until {condition}", condition, seconds

    def _set(self, what: Any) -> tuple[str, dict[str, Any], float]:
        if not isinstance(what, Mapping):
            raise InvalidArgument("set takes controls by name.")
        action = set_action(what)
        if self._board.course:
            raise InvalidArgument("this board speaks the course layer only: on, off, toggle and read.")
        for name, value in action["set"].items():
            self._check_control(name, value)
        return f"set {setting_word(action['set'])}", action["set"], 0.0

    def _check_control(self, name: str, value: object) -> None:
        if self._board.controls is None:
            return
        controls = {it.name: it for it in self._board.controls}
        if name not in controls:
            raise InvalidArgument(f"the board has no control {name!a}. {nearest(name, controls)}")
        control = controls[name]
        if control.type == "range":
            arguments.number(name, value, least=control.min, most=control.max)

    def _blink(self, what: Any) -> tuple[str, tuple[float, float, int], float]:
        if not isinstance(what, Mapping) or what.keys() - _BLINK.keys():
            raise InvalidArgument("blink takes n, on and off.")
        taken = {**_BLINK, **what}
        on, off = (_seconds(name, taken[name], least=_SHORTEST_WAIT) for name in ("on", "off"))
        times = arguments.count("n", taken["n"], least=1)
        blink_action(on, off, times)
        return f"blink {times} times", (on, off, times), times * (on + off)

    def _mark(self, what: Any) -> tuple[str, str, float]:
        if not isinstance(what, str) or not 0 < len(what.strip()) <= LONGEST_MARK:
            raise InvalidArgument(f"mark takes a text of 1 to {LONGEST_MARK} characters.")
        return f"mark {what.strip()!r}", what.strip(), 0.0

    def _record(self, what: Any) -> tuple[str, str, float]:
        good = isinstance(what, str) and what.endswith(_RECORDINGS) and what.isprintable()
        parts = (PurePath(what).parts, PureWindowsPath(what).parts) if good else ()
        if not good or any(".." in each for each in parts) or PureWindowsPath(what).anchor or what[0] in "~/":
            raise InvalidArgument(
                "record takes the name of a file that ends with .jsonl or .parquet, in this folder or below."
            )
        return f"record to {what}", what, 0.0

    def _condition(self, name: str, what: Any, more: tuple[str, ...] = ()) -> Condition:
        if not isinstance(what, Mapping):
            raise InvalidArgument(f"{name} takes a channel, and above or below.")
        for key in what:
            if key not in (known := ("channel", "above", "below", *more)):
                raise InvalidArgument(f"{name} takes no {str(key)[:64]!a}. {nearest(key, known)}")
        channel, sides = what.get("channel"), [side for side in ("above", "below") if side in what]
        if not isinstance(channel, str):
            raise InvalidArgument(f"{name} needs a channel.")
        if len(sides) != 1:
            raise InvalidArgument(f"{name} needs one of above and below.")
        known = self._board.channels
        if known and channel not in known:
            raise InvalidArgument(f"the board has no channel {channel[:64]!a}. {nearest(channel, known)}")
        return Condition(channel, **{sides[0]: arguments.number(sides[0], what[sides[0]])})

    def _stops(self, given: Any, whole: Any) -> tuple[Condition, ...]:
        found = []
        listed = given if isinstance(given, Sequence) and not isinstance(given, str) else [given]
        for nth, each in enumerate(listed):
            line = _line(given, nth) or _line(whole, "stop")
            try:
                found.append(self._condition("stop", each))
            except PicoPanelError as error:
                self._wrong("", line, f"{error} Write e.g.  stop: {{channel: temperature, above: 60}}")
        return tuple(found)

    def _fields(self, place: str, given: Mapping[Any, Any], known: tuple[str, ...]) -> None:
        for name in given:
            if name not in known:
                said = f"there is no {str(name)[:64]!a} here. {nearest(name, known)}"
                self._wrong(place, _line(given, name), said)

    def _plain(self, whole: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return it as JSON keeps it."""
        try:
            text = json.dumps(whole, allow_nan=False, default=_number)
        except (TypeError, ValueError, RecursionError):
            return {}  # a problem has been told of whatever is none
        if len(text) > _LONGEST:
            self._wrong("", None, f"it is longer than {_LONGEST // 1024} KiB.")
        plain: Mapping[str, Any] = json.loads(text)
        return plain

    def _wrong(self, place: str, line: int | None, said: str) -> None:
        at = [self._file, f"line {line}" if line else "", f"step {place}" if place else ""]
        where = ", ".join(filter(None, at)) or "The experiment"
        self._problems.append(f"{where}: {said}")


_NOT_A_WORD = (
    "this is true or false, not a step. Other readers of YAML take on and off without quotes for that: give "
    "run() the file itself, or write 'on' in quotes."
)

_EXAMPLES = {
    "blink": "blink: {n: 3, on: 0.2 s, off: 0.2 s}",
    "set": "set: {brightness: 40}",
    "wait": "wait: 30 s",
    "wait until": "wait until: {channel: temperature, above: 30, within: 10 min}",
    "mark": "mark: heater on",
    "record": "record: run.jsonl",
}


def duration(seconds: float) -> str:
    """Return a time as people write it: `0.5 s`, `30 s`, `2 min`, `1.5 h`."""
    for unit in ("h", "min"):
        if seconds >= _UNITS[unit] and (seconds / _UNITS[unit] * 2).is_integer():
            return f"{seconds / _UNITS[unit]:g} {unit}"
    return f"{seconds:g} s"


def _seconds(name: str, given: object, least: float) -> float:
    found = _DURATION.fullmatch(given.strip()) if isinstance(given, str) else None
    if isinstance(given, str) and found is None:
        raise InvalidArgument(
            f"{name} must be seconds, or a time such as '500 ms', '30 s', '2 min' or '1 h'."
        )
    value = float(found[1]) * _UNITS[found[2]] if found else given
    return arguments.number(name, value, least=least, most=_LONGEST_WAIT, unit="seconds")


def _line(given: Any, key: object) -> int | None:
    """Return the line at which an item of a file's list or mapping stands; None of Python's own."""
    lines: dict[object, int] = getattr(given, "lines", {})
    return lines.get(key)


def _number(value: Any) -> float | bool:
    """Return numpy's numbers as JSON has them."""
    return (
        arguments.flag("", value)
        if type(value).__name__ in ("bool", "bool_")
        else arguments.number("", value)
    )
