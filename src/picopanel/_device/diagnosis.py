"""What is wrong, and what to do next: the lamps' and the doctor's sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .._errors import CLOSED
from .._errors.arguments import listed
from .._link.reasons import NOBODY, PERMISSION, Reason, puback, suback
from .._link.troubles import link_sentences

if TYPE_CHECKING:
    from .device import Device

Level = Literal["ok", "warn", "bad", "unknown"]

_ECHO_WITHIN = 3.0

_OFFLINE = "The Pico is offline."
NO_ANSWER = "Nobody answers under this ID."
UNHEARD = "Nobody has been heard under this ID yet."
_NOBODY = (_OFFLINE, NO_ANSWER, UNHEARD)

RECORDED = "This is a recording: it takes no commands."


@dataclass(frozen=True, slots=True)
class Lamp:
    """One lamp: never a colour without its word."""

    name: str
    level: Level
    word: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the panel says: `trouble` and `next` are None while all is well."""

    lamps: tuple[Lamp, ...]
    trouble: str | None = None
    next: str | None = None
    blocked: str | None = None  # why a command cannot be sent, or None when it can
    nobody: bool = False  # whether nobody answers under this ID, so that a board may have to be set up


class Facts:
    """What is so at one moment."""

    def __init__(self, device: Device) -> None:
        self.device, self.link = device, device.link_status
        self.known, self.presence = known, presence = device.known, device.known.presence
        self.speaks = device.outbox.spoken or next(iter(device.outbox.dialects.values()))
        self.mode, self.state, self.seen_live = presence.mode, presence.state, presence.seen_live
        self.unanswered, self.beyond = device.outbox.unanswered, device.limits.beyond
        self.failing = device.failing
        age = known.clock.unix() - max((time for time, _ in known.last.values()), default=float("-inf"))
        self.stale = self.seen_live and (self.state == "offline" or age > presence.stale_after * 1000)
        self.two_boards = known.now - known.two_boards_at < 60 or any(
            each.two_boards for each in device.outbox.dialects.values()
        )


def diagnose(device: Device) -> Diagnosis:
    """Return the lamps, and the sentence for the cause that comes first on the way to the board."""
    facts = Facts(device)
    trouble, step = _trouble(facts)
    return Diagnosis(_lamps(facts), trouble, step, _blocked(facts, trouble), trouble in _NOBODY)


def _trouble(facts: Facts) -> tuple[str | None, str | None]:
    if facts.link.problem and facts.link.phase in ("lost", "refused"):
        return link_sentences(facts.link)
    if (reason := _refusal(facts)) is not None:
        return reason.sentence, reason.next.replace("…", facts.device.id)
    if facts.two_boards:
        step = "Somebody else uses it, or an old board is still powered: give each board its own ID."
        return "Two boards answer under this ID.", step
    if (trouble := facts.speaks.trouble(facts)) is not None:
        return trouble
    if facts.beyond is None or facts.stale:
        return None, None
    channel, words = facts.beyond
    return f"{_capital(channel)} is {words}.", "This limit was set with panel.limit()."


def _refusal(facts: Facts) -> Reason | None:
    """Why the broker does not do what a connection is for, if it does not."""
    if facts.known.refused_topics:
        return suback(next(iter(facts.known.refused_topics.values())), facts.link.mqtt)
    if facts.known.publish_refused is not None:
        return puback(facts.known.publish_refused)
    return NOBODY if facts.device.outbox.unheard(_ECHO_WITHIN) else None


def gone(facts: Facts) -> tuple[str, str] | None:
    """Say of a board that speaks one of our layers that it is away, or measures nothing."""
    if facts.state == "offline" and facts.seen_live:
        step = "The broker is fine. Is the board powered, and its LED blinking its search for Wi-Fi?"
        return "The Pico went offline.", step
    if facts.state == "offline":
        step = "The broker is fine. Plug the board in; a board with the course's own code answers a button."
        return _OFFLINE, step
    if facts.presence.measures_nothing and not facts.unanswered:
        return failing(facts.failing) or (
            "The Pico answers, but sends no readings.",
            "Its sensor may have failed, or its interval is long: restart the board and look at its console.",
        )
    if facts.state == "silent":
        step = "The broker still counts it as online. Is it powered and near its Wi-Fi?"
        return f"The Pico has been silent for {facts.presence.quiet_for:.0f} s.", step
    return None


def not_answered(facts: Facts) -> str:
    if facts.unanswered == 1:
        return "The last command was not answered."
    return f"{facts.unanswered} commands in a row were not answered."


def failing(failing: Mapping[str, str]) -> tuple[str, str] | None:
    """Say which channels have no value, by the board's own words."""
    if not failing:
        return None
    channel, error = next(iter(failing.items()))
    names = listed([_capital(channel), *[*failing][1:]])
    whose = f"{names} have no value; {channel}" if len(failing) > 1 else f"{names} has no value"
    if error.startswith("OSError"):
        step = "Check its wires, its power and its address. It is tried again by itself."
        return f"{whose}: its sensor does not answer the board ({error}).", step
    step = "The board's console shows the line in main.py: picopanel board logs, or Thonny."
    return f"{whose}: what measures it on the board failed ({error}).", step


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _blocked(facts: Facts, trouble: str | None) -> str | None:
    link = facts.link
    lines: tuple[tuple[object, str | None], ...] = (
        (link.phase == "closed", CLOSED),
        (link.phase != "connected", trouble or "Connecting to the broker."),
        (link.recorded, RECORDED),
        (facts.known.refused_topics, trouble),
        (facts.state == "offline" and facts.seen_live, f"The {facts.speaks.noun} is offline."),
        (facts.mode is None, "Looking for the board."),
        (True, None),
    )
    return next(said for is_so, said in lines if is_so)


def _lamps(facts: Facts) -> tuple[Lamp, ...]:
    """Each lamp shows the first of its lines that is so."""
    phase, state, led, refusal = facts.link.phase, facts.state, facts.known.led, _refusal(facts)
    return (
        _lamp(
            "Broker",
            (phase == "connecting", "unknown", "connecting"),
            (phase == "refused", "bad", "refused"),
            (phase != "connected", "bad", "not connected"),
            (refusal in PERMISSION, "bad", "no permission"),
            (refusal, "bad", "refuses"),
            (True, "ok", "recording" if facts.link.recorded else "connected"),
        ),
        _lamp(
            facts.speaks.noun.capitalize(),
            (phase != "connected", "unknown", "unknown"),
            (facts.two_boards, "bad", "two boards"),
            (state == "offline", "bad", "offline"),
            (state == "silent", "warn", "silent"),
            (facts.unanswered, "bad", "no answer"),
            (state == "online", "ok", "online"),
            (True, "unknown", "not heard yet"),
        ),
        _lamp(
            "Data",
            (facts.mode == "course" and facts.known.not_a_number is not None, "warn", "no number"),
            (not facts.known.last, "unknown", "none yet"),
            (facts.stale, "warn", "old"),
            (facts.failing, "warn", "incomplete"),
            (facts.beyond, "warn", facts.beyond[1] if facts.beyond else ""),
            (True, "ok", "fresh"),
        ),
        *(
            [_lamp("LED", (led is None, "unknown", "unknown"), (True, "ok", "on" if led else "off"))]
            if facts.device.has_led
            else []
        ),
    )


def _lamp(name: str, *lines: tuple[object, Level, str]) -> Lamp:
    level, word = next((level, word) for is_so, level, word in lines if is_so)
    return Lamp(name, level, word)
