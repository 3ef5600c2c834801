"""The description of a board: what its topics tell, and how it is told something (docs/boards.md).

A stranger's file: bounded, checked as a whole before anything is done with it, and nothing in it is run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any, Literal, TypeVar

from .._errors import InvalidArgument, InvalidDescription
from .._errors.arguments import first_of, is_unicode, listed, nearest
from .ids import check_device_id
from .paths import MISSING, WHOLE, Path, parse_path, payload_of, places, told
from .payloads import Control, a_name, is_number, unit_label
from .values import TOO_LARGE, number_in

Clock = Literal["s", "ms", "iso"]
Format = Literal["json", "number", "text"]
Word = str | float | bool

OF_EVERY_COMMAND = ("id", "command", "session")
"""What a template may name beside controls: the board's ID, the command's identity, this notebook's."""

NO_CONTROLS = (*OF_EVERY_COMMAND, "timeout", "wait")
"""What no control may be called: `set(timeout=5)` says how long to wait."""

LONGEST_UNIT = 16  # characters

_MOST = {"messages": 32, "channels": 32, "settings": 32, "controls": 16, "commands": 16}
_MOST_OPTIONS = 32
_MOST_TOLD = 4  # channels, in the sentence on a message
_FORMS = {
    "presence": 'presence = { online = "online", offline = "offline" }',
    "answer": 'answer = {}, or answer = { id = "path" }',
    "channels": 'channels.NAME = "path", or channels.NAME = { path = "path", unit = "°C" }',
    "settings": 'settings.CONTROL = "path"',
}
"""How a table is written that is mostly written otherwise."""
HEADERS = {"messages": "[[messages]]", "controls": "[controls.NAME]", "commands": "[commands.NAME]"}
TABLES = tuple(HEADERS)
_AT_THE_TOP = ("name", "about", "source", "id", "every", "patience", *TABLES)
_LONGEST_TOPIC = 200
LONGEST_EVERY = 86_400  # s

_ALIKE = 1e-6  # of a step
_COLOR = re.compile(r"#?([0-9A-Fa-f]{6})")
_NUMBER = re.compile(r"[-+]?\d{1,15}(\.\d{1,15})?", re.ASCII)

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Measured:
    """A channel in a message, or what one says that a switch is set to; `on` and `off` are its own words."""

    name: str
    path: Path
    unit: str = ""
    on: Word | None = None
    off: Word | None = None
    line: int | None = None  # of the file

    @property
    def has_words(self) -> bool:
        return self.on is not None or self.off is not None

    def worded(self, value: object) -> object:
        """Return what stands there: true or false where it is one of its words, MISSING if it has others."""
        if not self.has_words:
            return value
        state = state_of(self.on, self.off, value)
        return MISSING if state is None else state


@dataclass(frozen=True, slots=True)
class Presence:
    """Words that say whether the board is there, mostly its will."""

    path: Path
    online: Word | None
    offline: Word | None
    line: int | None = None  # of the file


@dataclass(frozen=True, slots=True)
class Answer:
    """What makes a message the answer to a command: the command's identity, or what it has set.

    Where something stands at `error`, the board has declined.
    """

    id: Path | None
    error: Path | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a message on one topic tells."""

    topic: str
    qos: int
    format: Format
    channels: tuple[Measured, ...]
    settings: tuple[Measured, ...]
    samples: Path | None = None  # where a list of samples stands, each like a message of its own
    spacing: float = 0.0  # ms between them
    time: Path | None = None
    clock: Clock = "s"
    presence: Presence | None = None
    answer: Answer | None = None
    optional: bool = False  # whether a board may have only some of its channels
    means: str = ""
    own: bool = True  # whether it is of this board alone; else of its gateway


@dataclass(frozen=True, slots=True)
class Setting:
    """Something that can be set: the control as the page has it, and the words for a switch's two states."""

    control: Control
    on: Word | None = True
    off: Word | None = False
    start: Word | None = None  # what is sent for it as long as nothing is known of it

    def said(self, value: Word) -> Word:
        """Return a value as the board is told it; a button is only pressed."""
        if self.control.type in ("switch", "button"):
            word = self.on if value else self.off
            assert word is not None, "both are said"
            return word
        whole = isinstance(value, float) and value.is_integer() and float(self.control.step).is_integer()
        return int(value) if whole else value

    def heard(self, value: object) -> Word | None:
        """Return what a board says of it as the page has it, or None where that is no value of it."""
        if self.control.type == "switch":
            return state_of(self.on, self.off, value)
        if self.control.type == "range":
            if isinstance(value, str):  # a bare number is a text
                value = (number_in(value) or (None,))[0]
            return value if is_number(value) and abs(value) < TOO_LARGE else None
        if self.control.type == "choice":
            return next((each for each in self.control.options if each == value), None)
        if self.control.type == "button":
            return None
        found = _COLOR.fullmatch(value) if isinstance(value, str) else None
        return f"#{found[1].lower()}" if found else None

    def taken(self, value: Word) -> Word:
        """Return what a user sets as the board can have it: a colour in small letters.

        Raises:
            InvalidArgument: The control does not take it.
        """
        control = self.control
        if control.type == "switch":
            if not isinstance(value, bool):
                raise InvalidArgument(f"{control.name} must be True or False, not {value!a}.")
            return value
        if control.type == "range":
            if isinstance(value, (bool, str)) or not control.min <= value <= control.max:
                wanted = f"a number from {control.min:g} to {control.max:g}"
                raise InvalidArgument(f"{control.name} must be {wanted}, not {value!a}.")
            return value  # also between two steps: the board knows whether it takes it
        if control.type == "choice":
            if value not in control.options:
                words = ", ".join(map(repr, control.options))
                raise InvalidArgument(f"{control.name} must be one of {words}, not {value!a}.")
            return value
        if control.type == "button":
            if value is not True:
                raise InvalidArgument(f"{control.name} is a button: {control.name}=True presses it.")
            return value
        color = self.heard(value)
        if color is None:
            raise InvalidArgument(f'{control.name} must be a colour such as "#ff8800", not {value!a}.')
        return color

    def agrees(self, wanted: object, value: object) -> bool:
        """Whether what a board says is what was asked for; it may round a number, by half a step."""
        if is_number(wanted) and is_number(value):
            return abs(wanted - value) <= self.control.step / 2 * (1 + _ALIKE)
        return wanted == value


@dataclass(frozen=True, slots=True)
class Say:
    """How something is said to the board."""

    name: str
    topic: str
    qos: int
    template: Any
    controls: tuple[str, ...]  # whose values it has
    answered: bool
    reads: bool = False  # whether asking it to measure is this, with what is set as it is
    means: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Description:
    """How a kind of board speaks; as `PicoPanel(board=...)` takes it."""

    name: str
    about: str = ""
    source: str = ""
    id: str | None = None
    every: float = 0.0  # s within which something comes by itself; 0: nothing need come
    patience: float = 10.0  # s that an answer may take
    messages: tuple[Told, ...] = ()
    settings: Mapping[str, Setting] = field(default_factory=dict)
    commands: tuple[Say, ...] = ()
    text: str = ""  # as the file has it
    file: str = ""  # as an error names it

    def at(self, line: int | None) -> str:
        """Return the file and a line of it, as an error names them."""
        return self.file if line is None else f"{self.file}, line {line}"

    @property
    def own_id(self) -> str | None:
        """The ID of the board where the file has it, or where no topic needs one; else None."""
        topics = [*(each.topic for each in self.messages), *(each.topic for each in self.commands)]
        if self.id is not None or any("{id}" in topic for topic in topics):
            return self.id
        return re.sub(r"[^\w-]+", "-", self.name).strip("-").lower() or "board"

    @property
    def units(self) -> dict[str, str]:
        return {each.name: each.unit for message in self.messages for each in message.channels}

    @property
    def declared(self) -> dict[str, str]:
        """The channels that every such board has, and their units."""
        return {each.name: each.unit for it in self.messages if not it.optional for each in it.channels}

    @property
    def controls(self) -> tuple[Control, ...]:
        return tuple(each.control for each in self.settings.values())

    @property
    def by_echo(self) -> bool:
        """Whether answers have no identity, and only tell what is set now."""
        return any(each.answer is not None and each.answer.id is None for each in self.messages)

    @property
    def reads(self) -> bool:
        """Whether it can be asked to measure."""
        return any(each.reads for each in self.commands)

    def meanings(self, device_id: str) -> dict[str, str]:
        """Return what a message on each topic is: a word or two, a colon, and sentences."""
        found = {topic_of(each.topic, device_id): _of_told(each) for each in self.messages}
        for each in self.commands:
            found.setdefault(topic_of(each.topic, device_id), _of_say(each))
        return found


def topic_of(topic: str, device_id: str) -> str:
    return topic.replace("{id}", device_id)


def state_of(on: Word | None, off: Word | None, value: object) -> bool | None:
    """Return which of two states a board's word says; None if neither. Where one has no word, it is the rest.

    Example:
        >>> state_of("ON", "OFF", "OFF"), state_of(1, 0, "1.00"), state_of(None, 0, 128), state_of(1, 0, "on")
        (False, True, True, None)
    """
    if not isinstance(value, (str, int, float)):
        return None
    for word, state in ((on, True), (off, False)):
        if word is not None and _meant(word) == _meant(value):
            return state
    return None if on is not None and off is not None else on is None


def _meant(word: Word) -> float | str:
    """Return a word as it is compared: 1, "1", "1.00" and true are one word, however they are written."""
    if not isinstance(word, str):
        return float(word) if abs(word) < TOO_LARGE else str(word)
    bare = word.strip()
    if bare.lower() in ("true", "false"):
        return float(bare.lower() == "true")
    return float(bare) if _NUMBER.fullmatch(bare) else bare


def _of_told(told_: Told) -> str:
    parts = []
    if told_.channels:
        parts.append(f"Its description reads {read_from(told_.channels)}.")
    if told_.answer is not None and told_.answer.id is not None:
        parts.append(f"{told(told_.answer.id)} tells which command it answers.")
    elif told_.answer is not None:
        parts.append("It answers a command by telling what is set now, whoever has set it.")
    if told_.presence is not None:
        parts.append("It tells whether the board is there.")
    word = "answer" if told_.answer else "sample" if told_.channels else "state"
    lead = told_.means or f"{word}: A message of this board."
    return " ".join([lead, *parts])


def _of_say(say: Say) -> str:
    carried = f" It carries {listed(say.controls)}." if say.controls else ""
    answered = "" if say.answered else " This board does not answer it."
    return f"{say.means or 'command: What this board is told.'}{carried}{answered}"


def read_from(channels: Sequence[Measured]) -> str:
    """Return which channels are read from where in a message, and which line says so."""
    found = []
    for each in channels:
        where = f" from {told(each.path)}" if each.path and told(each.path) != each.name else ""
        unit = f" in {each.unit}" if each.unit else ""
        found.append(f"{each.name}{where}{unit}{f' (line {each.line})' if each.line else ''}")
    return listed(found) if len(found) <= _MOST_TOLD else first_of(found, _MOST_TOLD)


class _Wrong(Exception):
    """What is wrong, and where: the keys that lead there."""

    def __init__(self, where: tuple[str | int, ...], said: str) -> None:
        self.where = where
        super().__init__(said)


class _Table:
    """A table of the file, of which each key is asked for once; what is left over is a mistake."""

    def __init__(
        self, data: object, where: tuple[str | int, ...], line_of: Callable[[Any], int | None]
    ) -> None:
        if not isinstance(data, dict):
            kind = next((it for it in reversed(where) if it in _FORMS), None)
            form = "name = value, one a line" if kind is None else _FORMS[str(kind)]
            raise _Wrong(where, f"{where[-1]}: here a table is needed: {form}")
        self.data, self.where, self.line_of = data, where, line_of
        self._asked: set[str] = set()

    def inner(self, data: object, *keys: str | int) -> _Table:
        """Return what these keys lead to, which is a table as well."""
        return _Table(data, (*self.where, *keys), self.line_of)

    def wrong(self, key: str, said: str) -> _Wrong:
        return _Wrong((*self.where, key), said)

    def get(self, key: str, check: Callable[[object], _T], default: _T | None = None) -> _T:
        self._asked.add(key)
        if key not in self.data:
            if default is None:
                raise _Wrong(self.where, f"{key} is missing")
            return default
        try:
            return check(self.data[key])
        except ValueError as error:
            raise self.wrong(key, f"{key}: {error}") from None

    def maybe(self, key: str, check: Callable[[object], _T]) -> _T | None:
        self._asked.add(key)
        return self.get(key, check) if key in self.data else None

    def named(self, key: str) -> Iterator[tuple[str, Any]]:
        """Yield the entries of a table of things with names."""
        self._asked.add(key)
        found = self.data.get(key, {})
        if not isinstance(found, dict):
            raise self.wrong(key, f"{key} is a table: [{key}.NAME]")
        if len(found) > _MOST[key]:
            raise self.wrong(key, f"more than {_MOST[key]} {key}")
        yield from found.items()

    def end(self, known: Collection[str] | None = None) -> None:
        for key in self.data:
            if key not in (known := self._asked if known is None else known):
                raise self.wrong(key, f"{key[:64]!a} is not known here. {nearest(key, known)}")


def parse_description(
    data: Mapping[str, Any], called: str, line_of: Callable[[Any], int | None], text: str = ""
) -> Description:
    """Return what a file's tables describe.

    Args:
        data: As TOML has it.
        called: The file, as an error names it.
        line_of: Finds the line of what is wrong by the keys that lead there.
        text: The file itself.

    Raises:
        InvalidDescription: With line, cause and next step.
    """
    try:
        return _description(_Table(data, (), line_of), text, called)
    except _Wrong as error:
        raise InvalidDescription(called, line_of(error.where), str(error)) from None


def _description(table: _Table, text: str, file: str) -> Description:
    table.end(_AT_THE_TOP)  # before what depends on them
    name = table.get("name", _text(60))
    about, source = table.get("about", _text(400), ""), table.get("source", _text(400), "")
    settings = {
        each: _setting(table.inner(data, "controls", each), each) for each, data in table.named("controls")
    }
    given = table.maybe("messages", _a_list) or []
    messages = tuple(_told(table.inner(data, "messages", nth), settings) for nth, data in enumerate(given))
    if any("{id}" in each.topic for each in messages):
        messages = tuple(replace(each, own="{id}" in each.topic) for each in messages)
    answers = [each for each in messages if each.answer is not None]
    commands = tuple(
        _say(table.inner(data, "commands", each), each, settings, answers)
        for each, data in table.named("commands")
    )
    found = Description(
        name,
        about,
        source,
        table.maybe("id", check_device_id),
        table.get("every", _number(0, LONGEST_EVERY), 0.0),
        table.get("patience", _number(0.1, LONGEST_EVERY), 10.0),
        messages,
        settings,
        commands,
        text,
        file,
    )
    _check(found)
    return found


def _check(found: Description) -> None:
    """Refuse what is right in each part, and makes no whole."""
    if not found.messages and not found.commands:
        raise _Wrong((), "it describes no topic: at least one [[messages]] or one [commands.NAME] is needed")
    topics = [each.topic for each in found.messages]
    for nth, topic in enumerate(topics):
        if topic in topics[:nth]:
            raise _Wrong(("messages", nth, "topic"), f"{topic} is described twice: put both into one")
    for each in found.commands:
        if each.topic in topics:
            said = "the board itself speaks on this topic: commands need a topic of their own"
            raise _Wrong(("commands", each.name, "topic"), said)
    _check_commands(found)
    carried = {name for each in found.commands for name in each.controls}
    for name in found.settings:
        if name not in carried:
            raise _Wrong(("controls", name), f"no command has {{{name}}} in it, so it could never be set")
    if len(found.units) > _MOST["channels"]:
        raise _Wrong(("messages",), f"more than {_MOST['channels']} channels")
    if found.by_echo and any(each.answer is not None and each.answer.id for each in found.messages):
        raise _Wrong(
            ("messages",), "some answers have an id and some have none: leave out [messages.answer] in those"
        )


def _check_commands(found: Description) -> None:
    answers = [each for each in found.messages if each.answer is not None]
    told_ = {it.name for each in answers for it in each.settings}
    carried: dict[frozenset[str], str] = {}
    for each in found.commands:
        own, untold = frozenset(each.controls), [name for name in each.controls if name not in told_]
        if each.answered and found.by_echo and untold:
            said = (
                f"no message with an answer tells what {untold[0]} is set to, so this one's answer would "
                f"never be known: {untold[0]} in the settings of that message, or answered = false here"
            )
            raise _Wrong(("commands", each.name), said)
        if own and not each.reads and carried.setdefault(own, each.name) != each.name:
            said = f"{listed(each.controls)} goes with [commands.{carried[own]}] already: which is sent?"
            raise _Wrong(("commands", each.name), said)


def _told(table: _Table, settings: Mapping[str, Setting]) -> Told:
    format_: Format = table.get("format", _one_of("json", "number", "text"), "json")
    whole = None if format_ == "json" else WHOLE
    channels = tuple(
        _measured(name, data, table, "channels", whole) for name, data in table.named("channels")
    )
    controls = tuple(_set_to(name, data, table, settings, whole) for name, data in table.named("settings"))
    if format_ != "json" and any(each.path for each in channels):
        raise table.wrong("channels", f"a message whose format is {format_!r} has no parts: the path is '.'")
    presence = table.maybe("presence", lambda data: _presence(table.inner(data, "presence")))
    answer = table.maybe("answer", lambda data: _answer(table.inner(data, "answer")))
    found = Told(
        table.get("topic", _topic),
        table.get("qos", _qos, 0),
        format_,
        channels,
        controls,
        table.maybe("samples", parse_path),
        table.get("spacing", _number(0, 3_600_000), 0.0),
        table.maybe("time", parse_path),
        table.get("clock", _one_of("s", "ms", "iso"), "s"),
        presence,
        answer,
        table.get("optional", _flag, False),
        table.get("means", _text(400), ""),
    )
    table.end()
    if not (channels or controls or presence or answer):
        raise _Wrong(table.where, "it tells nothing: channels, settings, presence or answer is needed")
    if answer is not None and answer.id is None and not controls:
        said = "an answer without an id is known by what it says is set: settings is needed, or answer.id"
        raise table.wrong("answer", said)
    return found


def _measured(name: str, data: object, table: _Table, kind: str, path: Path | None) -> Measured:
    where = (*table.where, kind, name)
    line = table.line_of(where)
    try:
        a_name(name)
        if isinstance(data, str):
            return Measured(name, parse_path(data), line=line)
    except ValueError as error:
        raise _Wrong(where, f"{name[:64]!a}: {error}") from None
    inner = table.inner(data, kind, name)
    unit = unit_label(inner.get("unit", _text(LONGEST_UNIT), "")) if kind == "channels" else ""
    on, off = inner.maybe("on", _word), inner.maybe("off", _word)
    found = Measured(name, inner.get("path", parse_path, path), unit, on, off, line)
    inner.end()
    _are_two(where, "on", on, "off", off)
    return found


def _are_two(
    where: tuple[str | int, ...], one: str, first: Word | None, two: str, second: Word | None
) -> None:
    if first is not None and second is not None and _meant(first) == _meant(second):
        raise _Wrong(
            where, f"{one} and {two} are the same word, {first!r}: nothing tells which of them it is"
        )


def _set_to(
    name: str, data: object, table: _Table, settings: Mapping[str, Setting], path: Path | None
) -> Measured:
    if name not in settings:
        where = (*table.where, "settings", name)
        raise _Wrong(where, f"there is no control {name[:64]!a}. {nearest(name, settings)}".rstrip())
    return _measured(name, data, table, "settings", path)


def _presence(table: _Table) -> Presence:
    path, line = table.get("path", parse_path, WHOLE), table.line_of(table.where)
    found = Presence(path, table.maybe("online", _word), table.maybe("offline", _word), line)
    table.end()
    if found.online is None and found.offline is None:
        raise _Wrong(table.where, f"online or offline is missing: {_FORMS['presence']}")
    _are_two(table.where, "online", found.online, "offline", found.offline)
    return found


def _answer(table: _Table) -> Answer:
    found = Answer(table.maybe("id", parse_path), table.maybe("error", parse_path))
    table.end()
    return found


def _setting(table: _Table, name: str) -> Setting:
    try:
        a_name(name)
        if name in ("timeout", "wait"):
            raise ValueError(f"set({name}=...) is about the waiting itself: give this control another name")
        if not re.fullmatch(r"\w{1,32}", name) or name in OF_EVERY_COMMAND:
            raise ValueError(
                "a control's name is letters, digits and _, so that {name} can stand in a command"
            )
    except ValueError as error:
        raise _Wrong(table.where, f"{name[:64]!a}: {error}") from None
    kind = table.get("type", _one_of("switch", "range", "color", "choice", "button"))
    options = table.maybe("options", _options) or ()
    on, off = table.maybe("on", _word), table.maybe("off", _word)
    least = table.get("min", _number(), 0.0)
    most, step = table.get("max", _number(), 100.0), table.get("step", _number(), 1.0)
    if kind == "range" and not (least < most and 0 < step <= most - least):
        raise _Wrong(table.where, "min must be less than max, and step between 0 and their difference")
    unit = unit_label(table.get("unit", _text(LONGEST_UNIT), ""))
    found = Setting(
        Control(name, kind, least, most, step, options, unit),
        True if on is None else on,
        False if off is None else off,
        table.maybe("start", _word),
    )
    table.end()
    if kind == "switch":
        _are_two(table.where, "on", found.on, "off", found.off)
    _has_only_its_own(table, kind)
    if (kind == "choice") != bool(options):
        raise _Wrong(table.where, "a choice, and nothing else, has options: a list of texts")
    return found


def _has_only_its_own(table: _Table, kind: str) -> None:
    """Refuse what a control of this kind makes nothing of."""
    words = {"switch": ("on", "off"), "button": ("on",)}.get(kind, ())
    for key in ("on", "off"):
        if key in table.data and key not in words:
            raise table.wrong(key, f"a {kind} has no {key}: a switch has on and off, a button on alone")
    for key in ("min", "max", "step", "unit"):
        if kind != "range" and table.data.get(key, "") != "":
            raise table.wrong(key, f"a range alone has {'a unit' if key == 'unit' else 'min, max and step'}")


def _say(table: _Table, name: str, settings: Mapping[str, Setting], answers: list[Told]) -> Say:
    json_, text = table.maybe("json", _a_table), table.maybe("text", _text(2000))
    if (json_ is None) == (text is None):
        raise _Wrong(table.where, "what is sent is either json = { ... } or text = '...'")
    template = text if json_ is None else json_
    named = tuple(dict.fromkeys(places(template)))
    for each in named:
        if each not in settings and each not in OF_EVERY_COMMAND:
            known = [*settings, *OF_EVERY_COMMAND]
            said = (
                f"{{{each}}} is neither a control nor one of id, command and session. {nearest(each, known)}"
            )
            raise table.wrong("json" if text is None else "text", said)
    by_id = any(each.answer is not None and each.answer.id is not None for each in answers)
    found = Say(
        name,
        table.get("topic", _topic),
        table.get("qos", _qos, 1),
        template,
        tuple(each for each in named if each in settings),
        table.get("answered", _flag, bool(answers)),
        table.get("reads", _flag, False),
        table.get("means", _text(400), ""),
    )
    table.end()
    if found.answered and not answers:
        raise table.wrong("answered", "no message is described that answers: [messages.answer]")
    if found.answered and by_id and "command" not in named:
        said = "its answer is known by an identity, so {command} must stand in it; else answered = false"
        raise table.wrong("json" if text is None else "text", said)
    try:
        payload_of(template, dict.fromkeys(named, "x" * 64))
    except (ValueError, TypeError, RecursionError):
        raise table.wrong(
            "json", "it is no JSON of at most 4 KiB: texts, numbers, true, false and lists"
        ) from None
    return found


def _text(most: int) -> Callable[[object], str]:
    def check(value: object) -> str:
        if not isinstance(value, str) or len(value) > most or not is_unicode(value):
            raise ValueError(f"it must be a text of at most {most} characters")
        return value

    return check


def _number(least: float = -1e12, most: float = 1e12) -> Callable[[object], float]:
    def check(value: object) -> float:
        if not is_number(value) or not least <= value <= most:
            found = number_in(value) if isinstance(value, str) else None
            bare = f", without quotation marks and unit: {found[0]:g}" if found else ""
            raise ValueError(f"it must be a number from {least:g} to {most:g}{bare}")
        return float(value)

    return check


def _one_of(*words: str) -> Callable[[object], Any]:
    def check(value: object) -> Any:
        if value not in words:
            near = nearest(value, words, most=0)
            hint = f". {near}" if near else ""
            raise ValueError(f"it must be one of {', '.join(map(repr, words))}{hint}")
        return value

    return check


def _word(value: object) -> Word:
    if not isinstance(value, (str, int, float, bool)) or len(str(value)) > 64 or not is_unicode(str(value)):
        raise ValueError("it must be a text of at most 64 characters, a number, true or false")
    if isinstance(value, float) and not isfinite(value):
        raise ValueError("no board says that number")
    return value


def _options(value: object) -> tuple[str, ...]:
    words = value if isinstance(value, list) else []
    if not all(isinstance(word, str) for word in words):
        raise ValueError("each one must be a text, in quotation marks")
    if not 2 <= len(words) <= _MOST_OPTIONS or len(set(map(str, words))) != len(words):
        raise ValueError(f"it must be a list of 2 to {_MOST_OPTIONS} texts, none twice")
    return tuple(_text(64)(word) for word in words)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("it must be true or false")
    return value


def _qos(value: object) -> int:
    if isinstance(value, bool) or value not in (0, 1, 2):
        raise ValueError("it must be 0, 1 or 2")
    return int(value)


def _a_list(value: object) -> list[Any]:
    if not isinstance(value, list) or len(value) > _MOST["messages"]:
        raise ValueError(f"it is written [[messages]], with two brackets, at most {_MOST['messages']} times")
    return value


def _a_table(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("it must be a table: { name = value }")
    return value


def _topic(value: object) -> str:
    """Return a topic, with `{id}` in the place of the board's ID."""
    topic = _text(_LONGEST_TOPIC)(value)
    if "+" in topic or "#" in topic:
        raise ValueError("'+' and '#' are wildcards, which hear other boards as well: write the topic out")
    if named := re.search(r"\[\w+\]|<\w+>", topic):
        raise ValueError(f"{named[0]} is written {{id}} where it is the board's ID; else write the topic out")
    bare = topic.replace("{id}", "x")
    if not bare or "{" in bare or "}" in bare:
        raise ValueError("a topic may have {id} in it, for the board's ID, and nothing else in {}")
    if re.search(r"[\x00-\x1f\x7f-\x9f]", bare) or bare[0] == "$":
        raise ValueError("a topic has no control characters and does not begin with '$'")
    return topic
