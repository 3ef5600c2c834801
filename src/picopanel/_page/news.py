"""What a panel's page is told: rows, the panel's state and, while its drawer is open, MQTT messages.

The message is described in `js/src/contract.ts`.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from operator import attrgetter
from typing import Any, NamedTuple

from .._device.device import Device
from .._device.known import Known
from .._device.messages import KEPT
from .._device.replay import Player
from .._device.timeline import Moment
from .._protocol.payloads import in_unicode
from .._store import EVENT, Rows
from .._store.trigger import Trigger
from .feed import Message
from .look import look_of

MOST_ROWS = 20_000  # in one message; 360 kB at most
MANY_ROWS = 2 * MOST_ROWS
"""Of more than these a page is told the newest at once, to be shown while all come in order."""

MESSAGES_GAP = 0.25  # seconds between two parts of MQTT messages: nobody reads faster

MOST_MESSAGES = 100
"""Of messages that come faster than can be listed only the newest go; a drawer that opens gets all."""

SPEEDS = (1, 2, 5, 10, 20, 50, 100, 1000)  # how many times as fast a page can have a recording played

_MOST_MOMENTS = 200  # marks, and as many commands

_NOT_FOR_PAGES = ("board", "set")  # a recording's: a page is told as its state what they say

_NEVER = float("-inf")
_OF_REPLAYS = ("speed", "paused", "ended", "until", "jumps")
_OF_MESSAGES = attrgetter("direction", "topic", "payload", "size", "asked", "granted", "retained")


class Told(NamedTuple):
    end: int = 0
    floor: int = 0
    state: Mapping[str, Any] | None = None
    origins: frozenset[int] = frozenset()  # those that have been described
    message: int | None = None  # the number of the next MQTT message; None while no drawer is open
    messages_at: float = _NEVER


class PanelNews:
    untold = Told()

    def __init__(self, device: Device) -> None:
        self._device = device
        self._clock = device.known.clock
        self._revision = -1
        self._state: dict[str, Any] = {}
        self._version = 0

    def since(self, told: Told) -> tuple[list[Message], Told]:
        self._device.catch_up()
        store, state = self._device.store, self._newest_state()
        also, told = self._mqtt_messages(told)
        if state is not told.state:
            also["state"] = {"version": self._version, **state}
            told = told._replace(state=state)
        messages: list[Message] = []
        if store.end - max(told.end, store.floor) > MANY_ROWS:
            newest = store.since(store.end - MOST_ROWS)
            ahead = self._message(replace(newest, floor=newest.first), frozenset(), also)
            ahead[0]["rows"]["ahead"] = True
            messages, also = [ahead], {}
        while also or told.end < store.end or told.floor != store.floor:
            rows = store.since(told.end, MOST_ROWS)
            messages.append(self._message(rows, told.origins, also))
            told = told._replace(end=rows.end, floor=rows.floor, origins=told.origins | rows.table.keys())
            also = {}
        return messages, told

    def answer(self, question: Mapping[str, Any]) -> tuple[list[Message], Told]:
        """Return the rows from one on, and all else."""
        message = question.get("messages")
        is_open = isinstance(message, int) and message >= 0
        return self.since(Told(question["since"], message=message if is_open else None))

    def heartbeat(self, told: Told) -> Message:
        return self._message(self._device.store.since(told.end, 0), told.origins, {})

    def again(self, told: Told) -> Told:
        """Tell all again, unless that is much."""
        store = self._device.store
        if store.end - store.floor > MOST_ROWS:
            return told
        return Told(message=told.message, messages_at=told.messages_at)

    def _newest_state(self) -> Mapping[str, Any]:
        """Return the panel's state, the same object as long as it is the same."""
        if self._device.known.revision != self._revision:
            self._revision = self._device.known.revision
            if (state := panel_state(self._device)) != self._state:
                self._state = state
                self._version += 1
        return self._state

    def _mqtt_messages(self, told: Told) -> tuple[dict[str, Any], Told]:
        log, since, now = self._device.known.messages, told.message, self._clock.monotonic()
        opens = told.messages_at == _NEVER  # such a drawer is told even of none
        if since is None or now < told.messages_at + MESSAGES_GAP or (log.end <= since and not opens):
            return {}, told
        first, messages = log.since(since, KEPT if since == 0 else MOST_MESSAGES)
        rows = [[it.time.timestamp() * 1000, *_OF_MESSAGES(it)] for it in messages]
        part = {"since": since, "first": first, "rows": rows}
        return {"messages": part}, told._replace(message=log.end, messages_at=now)

    def _message(self, rows: Rows, described: frozenset[int], also: dict[str, Any]) -> Message:
        facts: dict[str, Any] = {"first": rows.first, "end": rows.end, "floor": rows.floor}
        message = {"type": "news", "now": self._clock.unix(), **also, "rows": facts}
        if (player := self._device.player) is not None:
            message["played"] = player.position * 1000
        if new := sorted(rows.table.keys() - described):
            facts["origins"] = {str(number): asdict(rows.table[number]) for number in new}
        if rows.events:
            facts["events"] = [it for it in rows.events if it[1]["kind"] not in _NOT_FOR_PAGES]
        if rows.end == rows.first:
            return message, []
        columns: list[array[Any]] = [rows.times, rows.values, rows.origins]
        if len(rows.table) == 1 and EVENT not in rows.origins:
            facts["origin"] = rows.origins[0]
            del columns[2]
        if sys.byteorder == "big":
            for column in columns:
                column.byteswap()
        return message, [column.tobytes() for column in columns]


def panel_state(device: Device) -> dict[str, Any]:
    known, diagnosis = device.known, device.diagnosis()
    info, mode, player = known.presence.info, known.presence.shown_mode, device.player
    told = info if mode not in (None, "course") else None
    every = info.every if info is not None else {}
    derived = dict.fromkeys(device.store.derived, ()) | known.derived
    # In ms; a board that has gone leaves only last values.
    stale = 0.0 if device.status == "offline" else known.presence.stale_ms
    state = {
        "id": device.id,
        "virtual": known.presence.virtual,
        "mode": mode,
        "board": told.board or None if told else None,
        "led": known.led,
        "online": known.online_since,
        "interval": told.interval or None if told else None,
        "stale": stale if told else None,
        "channels": [
            _channel(name, unit, every.get(name), derived.get(name)) for name, unit in known.units.items()
        ],
        "controls": [_control(control, known) for control in told.controls] if told else [],
        **_described(device),
        "limits": [_facts(limit, "channel", "low", "high") for limit in device.limits.all],
        "trigger": trigger_facts(device.trigger),
        "blocked": diagnosis.blocked,
        "nobody": diagnosis.nobody,
        "lamps": [_facts(lamp, "name", "level", "word") for lamp in diagnosis.lamps],
        "trouble": diagnosis.trouble,
        "next": diagnosis.next,
        "notices": [*known.notices, *_counts(known)],
        "closed": device.closed,
        "recording": device.recorder.says,
        "experiment": device.experiment and device.experiment.shown,
        "look": look_of(device.id),
        "replay": player and _replay(player),
    }
    return in_unicode(state)


def trigger_facts(trigger: Trigger | None) -> dict[str, Any] | None:
    if trigger is None:
        return None
    since = trigger.since
    return {**asdict(trigger), "since": None if since is None else round(since.timestamp() * 1000)}


def _replay(player: Player) -> dict[str, Any]:
    return {"speeds": SPEEDS, "length": player.length * 1000, **_facts(player, *_OF_REPLAYS)}


def moments_of(device: Device) -> list[tuple[float, str, str]]:
    """Return what a page shows on a replay's bar: of more than can be told apart there, some."""
    moments = device.player.moments if device.player else ()
    marks = [it for it in moments if it.kind == "mark"]
    rest = [it for it in moments if it.kind != "mark"]
    shown = [*_some(marks, _MOST_MOMENTS), *_some(rest, _MOST_MOMENTS)]
    return sorted((it.position * 1000, "failed" if it.failed else it.kind, it.text) for it in shown)


def _some(moments: list[Moment], most: int) -> list[Moment]:
    return moments[:: -(-len(moments) // most) or 1]


def _channel(name: str, unit: str, every: int | None, derived: Sequence[str] | None) -> dict[str, Any]:
    facts = {"name": name, "unit": unit, "every": every, "derived": derived and [*derived]}
    return {key: fact for key, fact in facts.items() if fact is not None}


def _described(device: Device) -> dict[str, Any]:
    """Return what only the page of a described board is told."""
    speaks = device.described
    if speaks is None or device.description is None:
        return {}
    facts = {"meanings": speaks.meanings, "measured": sorted(speaks.measured)}
    return {"reads": device.description.reads, **facts}


def _control(control: Any, known: Known) -> dict[str, Any]:
    more = {"range": ("min", "max", "step", "unit"), "choice": ("options",)}.get(control.type, ())
    facts = _facts(control, "name", "type", *more)
    sent = {"sent": known.sent[control.name]} if control.name in known.sent else {}
    return {**facts, **sent, "value": known.settings.get(control.name)}


def _facts(of: object, *names: str) -> dict[str, Any]:
    return {name: getattr(of, name) for name in names}


def _counts(known: Known) -> Iterator[str]:
    if count := known.refused_payloads:
        yield f"{count} message{'' if count == 1 else 's'} made no sense; the last was {known.last_refusal}."
    if count := known.lost_samples:
        samples = f"{count} samples were" if count > 1 else "1 sample was"
        yield f"{samples} lost for good while the board was away."
