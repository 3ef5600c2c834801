"""Gets what is new to a page by whichever way is open: pushed by the loop, by a waiting cell, as an answer.

All of it is the difference to what the page has been told, so it may overlap and repeat. Nothing counts as
told before it has been sent: what an interrupt has kept back is sent once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from .._runtime import loop
from .._runtime.clock import Clock, Timer

GAP = 0.025
"""Seconds between two pushes: below a person's notice, and above what a send and its 700 bytes cost."""

HEARTBEAT = 0.5
"""Seconds until a page is told that the kernel lives: one that misses two asks (`js/src/page/contact.ts`)."""

RESTING_HEARTBEAT = 5.0
"""The same for a page out of sight: when it is back, it must not take a busy kernel for a lost one."""

REPETITIONS = (0.5, 1, 2, 4, 8, 16, 32)
"""Seconds from a display until all is sent again, from then until the next time, and so on, till a page asks.

In Colab an output comes to life later, hears nothing that was sent before and, in a cell, asks in vain.
"""

_NEVER = float("inf")

Message = tuple[dict[str, Any], list[bytes]]  # what is sent at once, with its buffers

Send = Callable[[dict[str, Any], list[bytes]], object]

T = TypeVar("T")


class News(Protocol[T]):
    """What there is to tell; what a page has been told of it is a value of type T."""

    untold: T

    def since(self, told: T) -> tuple[list[Message], T]: ...
    def answer(self, question: Mapping[str, Any]) -> tuple[list[Message], T]: ...
    def heartbeat(self, told: T) -> Message: ...
    def again(self, told: T) -> T: ...


class Delivery(NamedTuple):
    """Messages, and what notes in the loop that they have been sent.

    What takes long to make may be made only when it is sent: in the thread of the page's handlers then.
    """

    messages: Iterable[Message]
    sent: Callable[[], object] = lambda: None

    def send(self, send: Send) -> None:
        """Send them from a thread that gets through to the page."""
        if self.messages:
            self._replace(sent=partial(loop.post, self.sent)).push(send)

    def push(self, send: Send) -> None:
        """Send them from the loop."""
        for message in self.messages:
            send(*message)
        self.sent()


NOTHING = Delivery([])


class Feed(Generic[T]):
    """Tells a page the news; in the loop only."""

    def __init__(self, news: News[T], send: Send, clock: Clock) -> None:
        self._news = news
        self._send = send
        self._clock = clock
        self._told = news.untold
        self._pushed_at = 0.0
        self._on_its_way_until = 0.0
        """While a thread sends what it was given, a push would overtake it; and its way may have ended."""
        self._dirty = self._resting = self._was_opened = False
        self._timer = Timer(clock, None, self._beat)
        self._repetitions: Iterator[float] = iter(())
        self._repeat_at = _NEVER

    def open(self) -> None:
        """Start pushing: somebody looks. All is sent again now and then, until a page has asked."""
        self._repetitions = iter(REPETITIONS)
        self._repeat_at = self._clock.monotonic() + next(self._repetitions)
        self._wake()
        if not self._was_opened:
            self._was_opened = True
            self._timer.every(HEARTBEAT)
            self.changed()

    def close(self) -> None:
        """Push what is left, then nothing more; a page that asks is still answered."""
        self._timer.stop()
        self.push()

    def changed(self) -> None:
        if self._was_opened and not self._dirty and not self._resting:
            self._dirty = True
            self._timer.hurry(self._pushed_at + GAP)

    def push(self) -> None:
        self.pending().push(self._send)

    def pending(self) -> Delivery:
        if self._resting:
            return NOTHING
        self._dirty = False
        messages, told = self._news.since(self._told)
        return self._delivery(messages, told) if messages else NOTHING

    def asked(self, message: Mapping[str, Any]) -> Delivery | None:
        """Return what is to be sent for a message that every page may send, or None for another."""
        if message.get("type") == "ask" and isinstance(message.get("since"), int):
            self.open()
            return self.answer(message)
        return self.rest() if message.get("type") == "hidden" else None

    def answer(self, question: Mapping[str, Any]) -> Delivery:
        """Return what a page lacks, also where it was told before."""
        self._wake()
        self._repeat_at = _NEVER  # it is there
        messages, told = self._news.answer(question)
        for message, _ in messages:
            message["answer"] = True
        return self._delivery(messages, told)

    def rest(self) -> Delivery:
        """Push nothing but rare heartbeats, for a page that is out of sight, until somebody asks."""
        self._resting = True
        if self._was_opened:
            self._timer.every(RESTING_HEARTBEAT)
        return self._heartbeat()

    def _wake(self) -> None:
        if self._resting and self._was_opened:
            self._timer.every(HEARTBEAT)
        self._resting = self._dirty = False

    def _beat(self) -> None:
        now = self._clock.monotonic()
        if now < self._on_its_way_until:
            self._dirty = True
            return
        if now >= self._repeat_at:
            self._told = self._news.again(self._told)
            self._repeat_at = now + next(self._repetitions, _NEVER)
        pending = self.pending()
        if not pending.messages and now - self._pushed_at >= HEARTBEAT - GAP:
            pending = self._heartbeat()
        pending.push(self._send)

    def _heartbeat(self) -> Delivery:
        message, buffers = self._news.heartbeat(self._told)
        if self._resting:
            message["resting"] = True
        return self._delivery([(message, buffers)], self._told)

    def _delivery(self, messages: list[Message], told: T) -> Delivery:
        def sent() -> None:
            self._told = told
            self._on_its_way_until = 0.0
            if not messages[0][0].get("answer"):
                self._pushed_at = self._clock.monotonic()
            if self._dirty:
                self._timer.hurry(self._pushed_at + GAP)

        self._on_its_way_until = self._clock.monotonic() + HEARTBEAT
        return Delivery(messages, sent)
