"""What comes on a filter, without a description: every number in it is a channel; nothing is commanded."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import islice
from math import ceil
from typing import Any, NoReturn

from .._errors import BOARDS_PAGE, InvalidArgument, InvalidCommand, InvalidPayload
from .._protocol.description import Description, Measured, read_from
from .._protocol.paths import Path, path_text
from .._protocol.payloads import MOST_NAMES, a_name, any_json
from .._protocol.values import MOST_IN_ONE, Found, numbers_within, seen
from .._protocol.writing import as_toml
from .._store import Origin
from .command import Command
from .diagnosis import Facts
from .dialect import Dialect
from .known import Known
from .messages import Received
from .outbox import Outbox

_LONGEST_FILTER = 200
_LONGEST_TEXT = 64  # characters of a bare value
_LONGEST_NAME = 32
_MOST_WORDS = 16  # topics without a number that are remembered
MOST_DESCRIBED = 32  # channels, as in a description

NOTHING = f"Nothing is commanded while one listens: it is not known how. A description tells: {BOARDS_PAGE}"


def check_filter(topics: object) -> str:
    """Return an MQTT filter if it can be listened to.

    Raises:
        InvalidArgument: With the reason.
    """
    example = "Write a topic, or a filter such as 'zigbee2mqtt/+' or 'home/#'."
    if not isinstance(topics, str) or not 0 < len(topics) <= _LONGEST_FILTER:
        raise InvalidArgument(f"listen() takes a text of at most {_LONGEST_FILTER} characters. {example}")
    levels = topics.split("/")
    if re.search(r"[\x00-\x1f\x7f-\x9f]", topics) or topics[0] == "$":
        raise InvalidArgument(f"A filter has no control characters and does not begin with '$'. {example}")
    if any("+" in level and level != "+" for level in levels) or any("#" in level for level in levels[:-1]):
        raise InvalidArgument(f"In a filter '+' is a level of its own, and '#' the last one. {example}")
    if "#" in levels[-1] and levels[-1] != "#":
        raise InvalidArgument(f"In a filter '#' is a level of its own. {example}")
    return topics


@lru_cache(64)  # a panel that is opened again listens to the same
def nothing_described(topics: str) -> Description:
    """Return what stands for a description where there is none."""
    return Description(f"Listening to {topics}"[:60])


def called(topics: str) -> str:
    """Return a filter as an ID can have it.

    Example:
        >>> called("home/+/#")
        'home/any/all'
    """
    levels = [{"+": "any", "#": "all"}.get(level, level) for level in topics.strip("/").split("/")]
    return "/".join(levels).encode()[:60].decode(errors="ignore").rstrip("/") or "all"


class Listening(Dialect):
    """The dialect of whoever speaks on a filter; each value is a channel, named by where it stands."""

    hears_all = True

    def __init__(self, known: Known, outbox: Outbox, topics: str) -> None:
        self._known, self._filter = known, topics
        self.topics = {topics: 0}
        self.measured: set[str] = set()
        self.found: dict[tuple[str, Path], tuple[str, str, bool]] = {}  # name, unit, whether JSON
        self._came: Counter[str | tuple[str, Path]] = Counter()  # messages of a topic, values of a path in it
        self._words: dict[str, str] = {}  # the last of each topic without a number
        self._heard_at, self._longest = 0.0, 0.0  # milliseconds; between two messages

    @property
    def meanings(self) -> Mapping[str, str]:
        """What the drawer says of each topic."""
        channels: dict[str, list[Measured]] = {}
        for (topic, path), (name, unit, _) in self.found.items():
            channels.setdefault(topic, []).append(Measured(name, path, unit))
        return {
            topic: f"reading: Numbers were found in it: {read_from(it)}." for topic, it in channels.items()
        }

    def take(self, topic: str, messages: Sequence[Received]) -> None:
        for _, payload, retained, arrival, _ in messages:
            try:
                values, is_json = values_in(payload)
                if not values:
                    self._remember(topic, payload)
                    raise InvalidPayload("a message without a number")
                for path, value, unit in values:
                    name = self._named(topic, path, unit, is_json)
                    if name is None:
                        continue
                    self._came[topic, path] += 1
                    if not retained:  # an old value, and nothing says of when
                        self._known.last[name] = (arrival, value)
                        self._known.store.append(Origin(name), [arrival], [value])
                if topic in self.measured:
                    self._came[topic] += 1
            except InvalidPayload as error:
                self._known.refuse(error)
            if not retained:
                self._known.presence.sample()
                if self._heard_at:
                    self._longest = max(self._longest, arrival - self._heard_at)
                self._heard_at = arrival

    def _remember(self, topic: str, payload: bytes) -> None:
        if topic in self._words or len(self._words) < _MOST_WORDS:
            self._words[topic] = seen(payload[:_LONGEST_TEXT].decode(errors="replace"), "?")

    def _named(self, topic: str, path: Path, unit: str, is_json: bool) -> str | None:
        key = (topic, path)
        if key not in self.found:
            if len(self.found) >= MOST_NAMES:
                left_out = f"More than {MOST_NAMES} values come on {self._filter}: the others are left out."
                self._known.notice(left_out)
                return None
            name = self._free_name(topic, path)
            self.found[key] = (name, unit, is_json)
            self.measured.add(topic)
            self._known.units[name] = unit
        return self.found[key][0]

    def _free_name(self, topic: str, path: Path) -> str:
        """Return a short name that nothing else has: the path, else the topic's end before it."""
        inside = [seen(path_text(path).replace('"', ""), "?")] if path else []
        levels = seen(topic, "?").split("/")
        begins = range(len(levels) if inside else len(levels) - 1, -1, -1)
        ways = ("/".join([*levels[at:], *inside]) for at in begins)
        names = [way[-_LONGEST_NAME:].lstrip(" =+@-") or "value" for way in ways]
        names += [f"{names[-1][: _LONGEST_NAME - 4]} {nth}" for nth in range(2, MOST_NAMES + 2)]
        taken = {name for name, _, _ in self.found.values()}
        return a_name(next(name for name in names if name not in taken))

    def say(self, command: Command) -> NoReturn:
        raise InvalidCommand(NOTHING)

    def trouble(self, facts: Facts) -> tuple[str, str] | None:
        if self.found or not facts.presence.nobody:
            return None
        return (
            f"Nothing with a number in it has come on {self._filter} yet.",
            "Is the filter right, with capitals as they are, and does anything speak there?",
        )

    def as_description(self) -> str:
        """Return the beginning of a description, as TOML, of what has come."""
        every = max(1, ceil(self._longest / 1000)) if self._longest else 10
        remarks = [
            f"every = {every}  # seconds, if something comes by itself",
            "In a topic, {id} stands for the part that is the board's ID.",
            "Delete what is not the board's own: others' messages, and commands to it, look like readings.",
        ]
        remarks += [
            f'{seen(topic, "?")} said "{word}". Does it tell whether the board is there? '
            'presence = { online = "...", offline = "..." }'
            for topic, word in self._words.items()
        ]
        if (left := len(self.found) - MOST_DESCRIBED) > 0:
            remarks.append(f"{left} more came: a description has at most {MOST_DESCRIBED} channels.")
        messages: dict[str, dict[str, Any]] = {}
        for (topic, path), (name, unit, is_json) in islice(self.found.items(), MOST_DESCRIBED):
            here = messages.setdefault(topic, {"topic": topic, "format": "number", "channels": {}})
            if is_json:  # where both have come: a bare number is JSON as well
                here.pop("format", None)
            if self._came[topic, path] < self._came[topic]:
                here["optional"] = True
            here["channels"][name] = {"path": path_text(path), **({"unit": unit} if unit else {})}
        return as_toml({"name": self._filter[:60], "messages": [*messages.values()]}, remarks)


def values_in(payload: bytes) -> tuple[list[Found], bool]:
    """Return the numbers in a message, and whether it is JSON.

    Example:
        >>> values_in(b'{"t": "23,4 C", "at": {"door": "open"}}')
        ([(('t',), 23.4, 'C'), (('at', 'door'), 1.0, '')], True)
    """
    try:
        data, is_json = any_json(payload, "a message"), True
    except InvalidPayload:
        if len(payload) > 4 * _LONGEST_TEXT:
            raise
        data, is_json = payload.decode(errors="replace"), False
    is_json = is_json and isinstance(data, (dict, list))
    return [*islice(numbers_within(data, ()), MOST_IN_ONE)], is_json
