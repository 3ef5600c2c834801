"""Asks a broker what boards have announced to Home Assistant, before there is a panel or a wall of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .._broker import Broker
from .._errors import NotConnected
from .._errors.arguments import first_of
from .._link import LinkStatus, Receiver
from .._link.mqtt import ListeningLink
from .._link.reasons import suback
from .._link.troubles import link_sentences
from .._protocol.announced import FILTERS, announced_board
from .._protocol.description import Description
from .._runtime import loop
from .._runtime.clock import Clock, Timer
from .._runtime.waiting import Event

_WITHIN = 1.0  # seconds after SUBACK in which what is retained begins to come
_REST = 0.3  # seconds without another message: that was all
_PATIENCE = 15.0  # seconds for all of it
_MOST = 5000  # messages: a house with a thousand things has no more


class _Announcements(Receiver):
    """Gathers what is retained, until no more comes; in the loop."""

    def __init__(self, broker: Broker) -> None:
        self.messages: dict[str, bytes] = {}
        self.trouble: tuple[str, str] | None = None
        self.done = Event()
        self._clock = Clock()
        self._end = float("inf")  # if nothing more comes
        self._timer = Timer(self._clock, None, self._look)
        self._link = ListeningLink(broker)
        self._link.attach(dict.fromkeys(FILTERS, 0), self)

    def close(self) -> None:
        self._timer.stop()
        self._link.detach(self)

    def on_link(self, status: LinkStatus) -> None:
        if status.phase in ("lost", "refused"):
            self.trouble = link_sentences(status)
            self.done.set()

    def on_subscribed(self, refused: Mapping[str, int]) -> None:
        if refused:
            reason = suback(next(iter(refused.values())), self._link.status.mqtt)
            self.trouble = reason.sentence, reason.next.replace("…", "homeassistant")
        self._end = self._clock.monotonic() + _WITHIN
        self._timer.hurry(not_before=self._end)

    def on_message(
        self, topic: str, payload: bytes, retained: bool, more: bool = False, qos: int = 0
    ) -> None:
        if len(self.messages) < _MOST:
            self.messages[topic] = payload
            self._end = max(self._end, self._clock.monotonic() + _REST)

    def _look(self) -> None:
        if self._clock.monotonic() >= self._end:
            self.done.set()
        else:
            self._timer.hurry(not_before=self._end)


def ask_broker(broker: Broker, device_ids: Sequence[str]) -> dict[str, tuple[Description, list[str]]]:
    """Return by ID how boards speak by what they have announced, and what of that is left out; this waits.

    Raises:
        NotConnected: The broker could not be asked.
        InvalidArgument: Nothing of one of these names is announced.
    """
    if not loop.hears_while_it_waits():
        raise NotConnected(
            "What a board announces cannot be asked for here: this Python runs in a browser that hears "
            "nothing while a cell waits (Chrome, Edge and Firefox do). Elsewhere as_description() gives a "
            "file for board=."
        )
    asked = loop.ask(_Announcements, broker)
    try:
        came = loop.wait(asked.done, _PATIENCE)
    finally:
        loop.ask(asked.close)
    if asked.trouble is not None:
        who = first_of([*map(repr, device_ids)], 3)
        raise NotConnected(f"What {who} announces could not be asked for. {' '.join(asked.trouble)}")
    if not came and not asked.messages:
        raise NotConnected(f"The broker did not answer within {_PATIENCE:g} s.")
    return {each: announced_board(each, asked.messages) for each in device_ids}
