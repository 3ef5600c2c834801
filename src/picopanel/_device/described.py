"""A board of which a description tells how it speaks."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches
from itertools import islice
from math import inf
from typing import Any, Literal

from .._errors import InvalidArgument, InvalidCommand, InvalidPayload
from .._protocol.description import Answer, Description, Say, Told, Word, state_of, topic_of
from .._protocol.paths import MISSING, Path, path_text, payload_of, told, value_at
from .._protocol.payloads import LATEST, Info, a_number, a_text, any_json, is_number
from .._protocol.values import MOST_IN_ONE, number_in, numbers_within
from .._store import NO_CLOCK, Origin
from .command import Command
from .diagnosis import Facts, not_answered
from .dialect import Columns, Dialect
from .known import LED, SILENT_AT_LEAST, Known, Mode, Presence
from .messages import Received
from .outbox import Outbox

MOST_SAMPLES = 4096  # in one message
_LONGEST_TEXT = 1024  # bytes of a message that is no JSON
_ALREADY_WITHIN = 2.0  # seconds that a board has to say again what is so already
_ENOUGH = 3  # messages in which a channel should have come
_MOST_SHOWN = 8  # paths, in a sentence

_SESSION = secrets.token_hex(4)


class Heard(Presence):
    """Whether a described board is there: by its will, and by what comes of it."""

    def __init__(self, now: Callable[[], float], board: Description, virtual: bool) -> None:
        super().__init__(now)
        interval, units = round(board.every * 1000), board.declared
        self._board = board
        self.info = Info(
            board=board.name, virtual=virtual, interval=interval, units=units, controls=board.controls
        )

    def anew(self) -> Heard:
        return Heard(self._now, self._board, self.virtual)

    @property
    def nobody(self) -> bool:
        since = self._subscribed_at
        waited = since is not None and self._now() - since >= self.stale_after
        return waited and self.state == "unknown"

    @property
    def mode(self) -> Mode | None:
        return None if self._subscribed_at is None else "described"

    @property
    def shown_mode(self) -> Mode | None:
        return "described"

    @property
    def seen_live(self) -> bool:
        return self._spoken or self._was_online

    @property
    def state(self) -> Literal["unknown", "online", "offline", "silent"]:
        if self.mode is None:
            return "unknown"
        if self._status is False and not self._live:
            return "offline"
        if not (self._status or self._live):
            return "unknown"
        return "silent" if self.quiet_for > self.stale_after else "online"

    @property
    def measures_nothing(self) -> bool:
        return False

    @property
    def stale_after(self) -> float:
        every = self._board.every
        return max(3 * every, SILENT_AT_LEAST) if every else inf


class Described(Dialect):
    """The dialect that a description tells of."""

    def __init__(self, known: Known, outbox: Outbox, board: Description, device_id: str) -> None:
        self._known, self._outbox, self.board, self._id = known, outbox, board, device_id
        self.in_turn = board.by_echo
        self._told = {topic_of(each.topic, device_id): each for each in board.messages}
        commands = dict.fromkeys(topic_of(each.topic, device_id) for each in board.commands)
        # Commands come back as on any topic, which shows that the broker delivers them.
        self.topics = {topic: each.qos for topic, each in self._told.items()} | dict.fromkeys(commands, 0)
        self.measured = frozenset(
            topic for topic, each in self._told.items() if each.channels and not each.answer
        )
        self.from_board = frozenset(self._told)
        self.overheard = frozenset(commands)
        # What each topic of presence has said last, and by which word; None: it was none that is known.
        self._there: dict[str, tuple[bool | None, object]] = {}
        self._heard_last: tuple[str, float] | None = None  # the last live message of its own: topic, when
        self._so_already = ""  # the command that asked for what was so
        self._instead: str | None = None  # what was heard instead of the last answer
        self._came: set[str] = set()  # channels
        self._missed: dict[str, str] = {}  # channels that had not come, with what was said of them
        self._looked: dict[str, tuple[int, Any]] = {}  # by topic: how many messages came, and the last
        self._rows: defaultdict[str, Columns] = defaultdict(lambda: ([], [], [], []))
        self.meanings = board.meanings(device_id)  # what the drawer says of each topic
        self._units = board.units
        known.units |= board.declared

    def as_description(self) -> str:
        return self.board.text

    def take(self, topic: str, messages: Sequence[Received]) -> None:
        about = self._told.get(topic)
        for _, payload, retained, arrival, _ in messages:
            if about is None:
                if not retained:
                    self._known.attendance.commands += 1
                    self._outbox.heard_echo()
                continue
            try:
                if about.own and not retained:
                    self._heard_last = topic, self._known.now
                self._hear(about, payload, retained, arrival)
            except InvalidPayload as error:
                self._known.refuse(error)
        led, interval = self._known.last_led, round(self.board.every * 1000) or None
        virtual = self._known.presence.virtual
        rows = list(self._rows.items())
        self._rows.clear()
        for channel, columns in rows:
            self._known.store.append(Origin(channel, None, interval, led, virtual), *columns)

    def _hear(self, about: Told, payload: bytes, retained: bool, arrival: float) -> None:
        data = _read(about, payload)
        if about.presence is not None:
            self._on_presence(about, data, retained, arrival)
        settings = self._settings_in(about, data)
        self._known.learn_settings(settings, confirmed=True)
        if LED in settings:
            self._known.learn_led(None if settings[LED] is None else settings[LED] is True)
        if retained:  # an old value, and nothing says of when
            return
        values = self._measure(about, data, arrival)
        if about.own and (about.presence is None or values):
            self._known.presence.sample()
        if about.answer is not None:
            self._on_answer(about.answer, data, settings, values)

    def _on_presence(self, about: Told, data: Any, retained: bool, arrival: float) -> None:
        presence, known = about.presence, self._known
        assert presence is not None
        word = value_at(presence.path, data)
        if word is MISSING:
            return
        is_there = state_of(presence.online, presence.offline, word)
        self._there[topic_of(about.topic, self._id)] = is_there, word
        # Of a board behind a gateway both tell: it is there if nobody says that it is not. That its gateway
        # is there says nothing of the board.
        said = {topic: there for topic, (there, _) in self._there.items()}
        if False in said.values():
            known.told_presence(False, retained, arrival)
        elif is_there is None:
            known.presence.unsaid(perhaps_gone=True)
        elif any(there for topic, there in said.items() if self._told[topic].own):
            known.told_presence(True, retained, arrival)
        else:
            known.presence.unsaid(perhaps_gone=False)

    def _settings_in(self, about: Told, data: Any) -> dict[str, Word | None]:
        """Return what a message says that is set; None where it says something, and nobody knows what."""
        found = dict[str, Word | None]()
        for each in about.settings:
            value = value_at(each.path, data)
            if value is not MISSING:
                setting = self.board.settings[each.name]
                if each.has_words:
                    setting = replace(setting, on=each.on, off=each.off)
                found[each.name] = setting.heard(value)
        return found

    def _measure(self, about: Told, data: Any, arrival: float) -> dict[str, float]:
        """Keep the values of a message, and return the last of each channel."""
        if not about.channels:
            return {}
        samples = self._samples_in(about, data)
        found = [self._values_in(about, sample) for sample in samples]
        stamps = [_stamp(about, sample) for sample in samples]
        newest = stamps[-1] if stamps else NO_CLOCK
        last: dict[str, float] = {}
        for nth, (values, stamp) in enumerate(zip(found, stamps, strict=True)):
            # Its own clock may be wrong: it only tells how much older than the newest a sample is.
            timed = len(samples) > 1 and NO_CLOCK not in (stamp, newest) and stamp <= newest
            back = newest - stamp if timed else about.spacing * (len(samples) - 1 - nth)
            for name, value in values.items():
                times, numbers, arrivals, clocks = self._rows[name]
                times.append(arrival - back)
                numbers.append(value)
                arrivals.append(arrival)
                clocks.append(stamp)
            last |= values
        self._look(about, samples[-1] if samples else data, last)
        known = self._known
        known.units |= {name: self._units[name] for name in last if name not in known.units}
        known.last |= {name: (arrival, value) for name, value in last.items()}
        return last

    def _look(self, about: Told, sample: Any, last: Mapping[str, float]) -> None:
        """Count messages without a channel that should come: its path may be mistyped."""
        self._came |= last.keys()
        for name in self._missed.keys() & last.keys():
            self._known.take_back(self._missed.pop(name))
        if about.answer is not None and about.answer.error is not None:
            return  # which may be an error, with nothing else in it
        topic = topic_of(about.topic, self._id)
        count = self._looked.get(topic, (0, None))[0] + 1
        self._looked[topic] = count, sample
        if count == _ENOUGH:
            for name, said in islice(self.not_come(topic).items(), _ENOUGH):
                self._missed[name] = said
                self._known.notice(said)

    def not_come(self, on: str | None = None) -> dict[str, str]:
        """Say of each channel that never came what its messages have instead."""
        found = {}
        for topic, about in self._told.items():
            if on not in (None, topic) or topic not in self._looked:
                continue
            count, sample = self._looked[topic]
            have = [path_text(path) for path, _, _ in islice(numbers_within(sample, ()), MOST_IN_ONE)]
            read = {path_text(each.path) for each in about.channels}
            for each in about.channels:
                value, path = value_at(each.path, sample), path_text(each.path)
                near = get_close_matches(path, [it for it in have if it not in read], 1)
                if each.name in self._came or value is None or (about.optional and not near):
                    continue
                where = self.board.at(each.line)
                came = f"{count} message{'s' * (count > 1)} on {topic}"
                shown = ", ".join(have[:_MOST_SHOWN]) or "no numbers"
                what = (
                    f"nothing at {path!r}; they have: {shown}."
                    if value is MISSING
                    else f"{_short(value)} at {path!r}, which is none of its words."
                )
                hint = f" Did you mean {near[0]!r}?" if near else ""
                found[each.name] = f"{where}: {each.name!r} has not come: {came} have {what}{hint}"
        return found

    def _samples_in(self, about: Told, data: Any) -> list[Any]:
        if about.samples is None:
            return [data]
        samples = value_at(about.samples, data)
        if not isinstance(samples, list) or len(samples) > MOST_SAMPLES:
            raise InvalidPayload(f"{told(about.samples)} that is no list of at most {MOST_SAMPLES} samples")
        return samples

    def _values_in(self, about: Told, sample: Any) -> dict[str, float]:
        found = {}
        for each in about.channels:
            value = each.worded(value_at(each.path, sample))
            if isinstance(value, list) and value:  # samples of one message, the newest last
                value = value[-1]
            if value is MISSING or value is None:  # it has nothing to tell of it now
                continue
            if isinstance(value, bool):
                found[each.name] = float(value)
                continue
            try:
                number = number_in(value) if isinstance(value, str) else (a_number(value), "")
            except (InvalidPayload, OverflowError):
                number = None
            if number is None:
                raise InvalidPayload(f"{each.name} that is not a number")
            found[each.name] = number[0]
        return found

    def _on_answer(
        self, answer: Answer, data: Any, settings: Mapping[str, Word | None], values: Mapping[str, float]
    ) -> None:
        command = self._outbox.under_way if answer.id is None else self._asked(answer.id, data)
        if command is None:
            return
        self._known.presence.answer()
        error = MISSING if answer.error is None else value_at(answer.error, data)
        if error is not MISSING and error not in (None, False, ""):
            self._outbox.declined(command.id, _last_line(error))
            return
        wanted = command.action.get("set", {})
        if answer.id is None and not self._is_so(wanted, settings):
            return  # what stands now is not what was asked for: it may still come
        led = wanted.get(LED, self._known.last_led)
        if LED in wanted:
            self._known.learn_led(led)
        self._known.attendance.answers += 1
        self._known.learn_settings(wanted, confirmed=True)
        self._outbox.answered(command.id, led, answer.id is not None, values)
        self._outbox.flush()

    def _is_so(self, wanted: Mapping[str, Word], settings: Mapping[str, object]) -> bool:
        return all(self.board.settings[name].agrees(it, settings.get(name)) for name, it in wanted.items())

    def _asked(self, path: Path, data: Any) -> Command | None:
        name = value_at(path, data)
        return self._outbox.sent(name) if isinstance(name, str) else None

    def say(self, command: Command) -> bool:
        if command.name in ("on", "off", "toggle"):
            command.action = {"set": {LED: self._led_of(command)}}
        wanted = command.action.get("set", {})
        if command.action and not wanted:
            raise InvalidCommand(f"{self.board.name!r} knows no {command.name!r}, by its description.")
        wanted = self._taken(wanted)
        if wanted:
            command.action = {"set": wanted}
        say, values = self._way_of(wanted), self._values_for(wanted)
        if self.in_turn and say.answered and wanted and self._is_so(wanted, self._known.settings):
            # Whoever is silent when nothing changes is not missed, and not waited for as long.
            self._so_already, command.timeout = command.id, min(command.timeout, _ALREADY_WITHIN)
        if missing := [name for name in say.controls if name not in values]:
            raise InvalidArgument(
                f"What {', '.join(missing)} is set to is not known, and the command has it in it: set all of "
                f"{', '.join(say.controls)} at once."
            )
        named = {name: self.board.settings[name].said(values[name]) for name in say.controls}
        named |= {"id": self._id, "command": command.id, "session": _SESSION}
        self._outbox.publish(topic_of(say.topic, self._id), payload_of(say.template, named), say.qos)
        self._known.learn_settings({name: values[name] for name in say.controls}, confirmed=False)
        return say.answered

    def _led_of(self, command: Command) -> bool:
        if LED not in self.board.settings:
            raise InvalidCommand(f"{self.board.name!r} has no LED, by its description.")
        if command.name != "toggle":
            return command.name == "on"
        if self._known.last_led is None:
            raise InvalidCommand(
                "Whether the LED is on is not known, so it cannot be toggled: say on or off."
            )
        return not self._known.last_led

    def _taken(self, wanted: Mapping[str, Word]) -> dict[str, Word]:
        """Return what is to be set as the board takes it: no board is asked for what it does not."""
        settings = self.board.settings
        for name in wanted:
            if name not in settings:
                there = ", ".join(settings) or "none"
                raise InvalidArgument(f"This board has no control {name!a}. It has: {there}.")
        return {name: settings[name].taken(value) for name, value in wanted.items()}

    def _way_of(self, wanted: Mapping[str, object]) -> Say:
        """Return the command that carries all that is to be set, or that asks to measure."""
        commands = self.board.commands
        if not wanted:
            found = next((each for each in commands if each.reads), None)
            if found is None:
                raise InvalidCommand(
                    f"{self.board.name!r} measures by itself, or not at all, by its description."
                )
            return found
        ways = [each for each in commands if wanted.keys() <= set(each.controls)]
        if not ways:
            raise InvalidArgument(f"{', '.join(wanted)} go with different commands: set one after the other.")
        return min(ways, key=lambda each: len(each.controls))

    def _values_for(self, wanted: Mapping[str, Word]) -> dict[str, Any]:
        """Return what may be said of each control: what is wanted, else what it is, was or begins with."""
        starts = {name: each.start for name, each in self.board.settings.items() if each.start is not None}
        return {**starts, **self._known.sent, **self._known.settings, **wanted}

    def timed_out(self, command: Command) -> str | None:
        wanted, is_there = command.action.get("set", {}), self._known.presence.state == "online"
        if is_there and command.id == self._so_already and self._is_so(wanted, self._known.settings):
            self._outbox.answered(command.id, self._known.last_led, False, {}, already=True)
            return None
        self._instead = self._heard_instead(wanted, command.sent_at) if is_there else None
        if LED in wanted:
            self._known.learn_led(None)  # it may have been carried out
        return self._instead

    def _heard_instead(self, wanted: Mapping[str, Word], since: float) -> str | None:
        """Say of a board that is there what came of it, where an answer should have."""
        if self._heard_last is None:
            return None
        topic, at = self._heard_last
        heard = f"last heard {self._known.now - at:.1f} s ago on {topic}"
        if at < since:
            return f"Nothing has come from the board since ({heard}). Is it powered, and on its network?"
        there = f"The board is there ({heard}), and none of its"
        if not (self.in_turn and wanted):
            return f"{there} messages brought the command's identity back."
        settings = self._known.settings
        name = next(
            (each for each in wanted if not self._is_so({each: wanted[each]}, settings)), next(iter(wanted))
        )
        last = f"the last said {settings[name]}" if name in settings else "none has said what it is"
        return f"{there} messages said {name} = {wanted[name]}; {last}."

    def disconnected(self) -> None:
        """What was set stays set."""
        self._there.clear()

    def trouble(self, facts: Facts) -> tuple[str, str] | None:
        if facts.state == "offline":
            said = "The board went offline." if facts.seen_live else "The board is offline."
            step = "The broker is fine, and the board's own will says so: is it powered, and on its network?"
            return said, step
        if facts.state in ("unknown", "online") and (unclear := self._not_understood()) is not None:
            return unclear
        if facts.state == "silent":
            return (
                f"The board has been silent for {facts.presence.quiet_for:.0f} s.",
                f"By its description something comes every {self.board.every:g} s. Is it powered?",
            )
        if facts.unanswered:
            step = f"The broker is fine. Is the board running, as {self._id!r}? The drawer shows what passed."
            instead = self._instead if facts.state == "online" else None
            return not_answered(facts), instead or step
        if facts.presence.nobody:
            return self.nothing_yet(facts)
        return None

    def _not_understood(self) -> tuple[str, str] | None:
        """Say of a word of presence that nobody knows what it is and what would be known."""
        for topic, (is_there, word) in self._there.items():
            presence = self._told[topic].presence
            if is_there is None and presence is not None:
                known = " or ".join(repr(it) for it in (presence.online, presence.offline) if it is not None)
                return (
                    f"Whether the board is there is not understood: {_short(word)} on {topic}.",
                    f"By its description it is {known}, written just so ({self.board.at(presence.line)}).",
                )
        return None

    def nothing_yet(self, facts: Facts) -> tuple[str, str]:
        """Say where a board should have spoken that has not, and what may be why."""
        own = [topic for topic, each in self._told.items() if each.own] or [*self._told]
        quiet = f"for {facts.presence.quiet_for:.0f} s"
        if any(there for there, _ in self._there.values()):
            return (
                f"Its gateway is there, and nothing has come on {' or '.join(own)} {quiet}.",
                f"Is the ID right, {self._id!r}, with capitals as they are, and is the board powered?",
            )
        return (
            "Nothing has come from the board yet.",
            f"It should speak on {' and '.join(own)}. Is it powered, is its ID {self._id!r}, and is it such a"
            " board?",
        )


def _read(about: Told, payload: bytes) -> Any:
    if about.format == "json":
        return any_json(payload, "a message")
    if len(payload) > _LONGEST_TEXT:
        raise InvalidPayload("a text of over 1 KiB")
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise InvalidPayload("a text that is not UTF-8") from None


def _stamp(about: Told, sample: Any) -> int:
    """Return the board's own time in ms of Unix time, or `NO_CLOCK` where there is none that can be."""
    value = MISSING if about.time is None else value_at(about.time, sample)
    if about.clock == "iso" and isinstance(value, str):
        value = _iso(value)
    elif is_number(value):
        value = value * 1000 if about.clock == "s" else value
    else:
        return NO_CLOCK
    return round(value) if 0 <= value <= LATEST else NO_CLOCK


def _iso(text: str) -> float:
    """Return a time in ms; one without its offset from UTC tells nothing."""
    try:
        found = datetime.fromisoformat(text[:64].replace("Z", "+00:00"))
        return found.timestamp() * 1000 if found.tzinfo else -1
    except (ValueError, OverflowError):
        return -1


def _short(value: object) -> str:
    return f"{str(value)[:40]!a}" if isinstance(value, str) else f"{value!a}"[:40]


def _last_line(error: object) -> str:
    """Return what a board says went wrong: of a traceback its last line, which names it."""
    text = error if isinstance(error, str) else str(error)
    lines = [line.strip() for line in text[:4096].splitlines() if line.strip()]
    return a_text("".join(c if c.isprintable() else " " for c in (lines or ["an error without words"])[-1]))
