"""Messages in: each is parsed, placed in time and kept once; none can do harm, and many go in together."""

from __future__ import annotations

import sys
import traceback
from collections import deque
from collections.abc import Callable, Container, Iterable, Mapping
from itertools import groupby
from operator import itemgetter

from .._link import LinkStatus, Receiver
from .._link.reasons import FAILURE
from .._link.troubles import link_sentences
from .dialect import Dialect
from .known import Known
from .messages import Received
from .outbox import Outbox

_MOST_WAITING = 256  # to take in many at a time costs about 1 µs each, one alone up to 0.2 ms
_LONGEST_GATHERED = 5000  # ms that no message waits here

NOTHING_KEPT = (
    "This broker keeps no messages for whoever comes later. So a panel or a wall that is opened knows a "
    "board only once it has been heard, up to 10 s later, and not whether one that says nothing is there."
)

_NOT_OVERHEARD = (
    "The broker does not let this user listen on {}, where this board is told. So what others tell it is not "
    "seen here, nor whether a command was passed on; readings, commands and answers go on."
)

_topic = itemgetter(0)


class _Everything:
    def __contains__(self, _: object) -> bool:
        return True


class Inbox(Receiver):
    """The link's receiver for one board."""

    def __init__(
        self, known: Known, outbox: Outbox, dialects: Iterable[Dialect], reconnected: Callable[[], object]
    ) -> None:
        self.known, self._outbox, self._reconnected = known, outbox, reconnected
        self._unix = known.clock.unix
        self._backlog: deque[Received] = deque()
        self._dialects = {topic: each for each in dialects for topic in each.topics}
        self._listener = next((each for each in dialects if each.hears_all), None)
        # Topics whose messages may wait for more: those that bring readings, or all that a filter brings.
        measured = frozenset[str]().union(*(each.measured for each in dialects))
        self._may_wait: Container[str] = measured if self._listener is None else _Everything()
        self._from_board = frozenset[str]().union(*(each.from_board for each in dialects))
        self._overheard = frozenset[str]().union(*(each.overheard for each in dialects))
        self.topics = {topic: each.topics[topic] for topic, each in self._dialects.items()}

    def on_message(
        self, topic: str, payload: bytes, retained: bool, more: bool = False, qos: int = 0
    ) -> None:
        self._backlog.append((topic, payload, retained, self._unix(), qos))
        if not more or topic not in self._may_wait or len(self._backlog) >= _MOST_WAITING:
            self.drain()

    def drain(self) -> None:
        """Take in what has come; what is no good is counted and shown."""
        known = self.known
        if not self._backlog:
            return
        known.look_at_clock()
        before, plain = known.shown, True
        while self._backlog:
            messages = self._come()
            known.messages.came(messages)
            for topic, run in groupby(messages, _topic):
                plain &= topic in self._may_wait
                self._take(topic, list(run))
        known.grown() if plain and known.shown == before else known.changed()

    on_gathered = drain

    def _come(self) -> list[Received]:
        """Return what waits; what came before somebody set the clock has come now."""
        messages, now = list(self._backlog), self._unix()
        self._backlog.clear()
        if abs(now - messages[0][3]) < _LONGEST_GATHERED:
            return messages
        return [(*m[:3], m[3] if abs(now - m[3]) < _LONGEST_GATHERED else now, m[4]) for m in messages]

    def _take(self, topic: str, messages: list[Received]) -> None:
        try:
            _, _, retained, arrival, _ = messages[-1]
            if topic in self._from_board and not retained:
                self.known.attendance.seen(arrival)
            (self._listener or self._dialects[topic]).take(topic, messages)
        except Exception:  # a defect of ours must not end the link
            traceback.print_exc(file=sys.__stderr__)
            self.known.notice("PicoPanel could not take in a message; please report this as a bug.")

    def on_link(self, status: LinkStatus) -> None:
        self.drain()
        known = self.known
        if not status.keeps:
            known.notice(NOTHING_KEPT)
        if status.phase != "connected":
            known.presence.disconnected()
            known.learn_led(None)
            known.online_since = None
            if status.phase != "connecting":
                self._outbox.disconnected(link_sentences(status)[0])
        known.changed()

    def on_granted(self, granted: Mapping[str, int | None]) -> None:
        self.known.messages.subscribed(self.topics, granted, self._unix())
        self.known.grown()

    def on_subscribed(self, refused: Mapping[str, int]) -> None:
        known = self.known
        overheard = sorted(refused.keys() & self._overheard)
        known.refused_topics = {topic: code for topic, code in refused.items() if topic not in overheard}
        known.publish_refused = None
        self._outbox.hears_itself = not overheard
        if overheard:
            known.notice(_NOT_OVERHEARD.format(" and ".join(overheard[:3])))
        known.presence.subscribed()
        self._reconnected()
        known.changed()

    def on_done(self, what: str) -> None:
        self.known.note("done", text=what)

    def on_published(self, topic: str, code: int) -> None:
        refused = code if code >= FAILURE else None
        if refused != self.known.publish_refused:
            self.known.publish_refused = refused
            self.known.changed()
