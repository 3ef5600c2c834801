"""The link to a virtual Pico in this process: no board, no account, no network, no port.

It keeps the promises of a broker (order, retained messages, the will) in a few lines, and can
break them on purpose.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from threading import Condition, RLock

from .._errors import arguments
from .._errors.uncopied import Uncopied
from .._runtime import threads
from . import LinkStatus, Receiver
from .virtual_board import Message, VirtualBoard

DELAY = 20
"""Milliseconds that a message takes each way, about as on a good network."""

WILL_AFTER = 30_000
"""A broker notices a board that fell silent after 1.5 keepalives of 20 s."""

REBOOT_TAKES = 2_000

TRIED_AGAIN_AFTER = 1_000


class Faults(Uncopied):
    """What can go wrong with a virtual Pico, on purpose.

    Example:
        >>> panel.faults.wifi_drop(5)
    """

    def __init__(self, link: VirtualLink) -> None:
        self._link = link

    def __repr__(self) -> str:
        return "<faults of a virtual Pico: wifi_drop, lose_replies, slow, reboot, finger>"

    def wifi_drop(self, seconds: float) -> None:
        """Take the board's Wi-Fi away; it keeps measuring, and sends the rest afterwards."""
        milliseconds = _milliseconds(seconds)
        self._link.call(lambda now: self._link.away(now, milliseconds))

    def lose_replies(self, n: int = 1) -> None:
        """Lose the next `n` answers on their way."""
        self._link.replies_to_lose = arguments.count("n", n)

    def slow(self, seconds: float) -> None:
        """Make every message take so long each way; 0 is as usual again."""
        self._link.delay = _milliseconds(seconds) or DELAY

    def reboot(self) -> None:
        """Restart the board: LED off, samples forgotten, a new boot."""
        self._link.call(self._link.reboot)

    def finger(self, seconds: float = 5) -> None:
        """Put a finger on the chip, which warms it."""
        whole = _milliseconds(seconds) / 1000
        self._link.call(lambda now: self._link.touch(whole))


def _milliseconds(seconds: float) -> int:
    return round(arguments.number("seconds", seconds, least=0) * 1000)


class VirtualLink:
    """A virtual Pico with just enough of a broker around it.

    Args:
        board: The board behind the link.
        clock: Monotonic milliseconds.
        unix: Milliseconds of Unix time.
        thread: Whether a thread of its own drives it; a test drives it with `step()`.
    """

    def __init__(
        self,
        board: VirtualBoard,
        *,
        clock: Callable[[], float] = lambda: time.monotonic() * 1000,
        unix: Callable[[], float] = lambda: time.time() * 1000,
        thread: bool = True,
    ) -> None:
        self.identity = self
        self.status = LinkStatus("connected")
        self.faults = Faults(self)
        self.delay = DELAY
        self.replies_to_lose = 0
        self._board = board
        self._clock, self._unix = clock, unix
        self._thread_wanted = thread
        self._running = False
        self._lock = RLock()
        self._changed = Condition(self._lock)
        self._order = count()
        self._due: list[tuple[float, int, Callable[[float], None]]] = []
        self._receivers: dict[Receiver, Mapping[str, int]] = {}
        self._retained: dict[str, tuple[bytes, int]] = {}
        self._started = clock()
        self._online = False
        self._absence = 0
        self._at(self._started, self._come_online)

    def attach(self, topics: Mapping[str, int], receiver: Receiver) -> None:
        """Subscribe a receiver; it hears what is retained in a moment."""
        with self._lock:
            if not self._receivers and not self._running:
                self.step()  # what was still under way when the last one left is nobody's
            self._receivers[receiver] = topics
            if self._thread_wanted and not self._running:
                self._running = True
                threads.run("picopanel-virtual", self._run, self._step_or_tell)
        self._greet(receiver, topics)

    def detach(self, receiver: Receiver) -> None:
        """Unsubscribe a receiver; after the last one the thread ends."""
        with self._lock:
            self._receivers.pop(receiver, None)
            self._changed.notify()

    def publish(self, topic: str, payload: bytes, *, qos: int, expiry: int) -> int:
        """Send to the board, and back to whoever subscribes to the same topic."""
        expires = self._clock() + expiry * 1000

        def arrive(now: float) -> None:
            self._deliver(topic, payload, qos)
            if self._online and now < expires:
                self._send(self._board.receive(topic, payload, False, self._up(now)))

        self._at(self._clock() + self.delay, arrive)
        return qos

    def call(self, action: Callable[[float], None]) -> None:
        """Do something in the link's own thread, now."""
        self._at(self._clock(), action)

    def step(self) -> float:
        """Do what is due, and return after how many milliseconds something will be."""
        now = self._clock()
        while (action := self._next(now)) is not None:
            action(now)
        self._send(self._board.tick(self._up(now), round(self._unix())))
        next_tick: float = self._started + self._board.device.next_tick
        if self._due:
            next_tick = min(next_tick, self._due[0][0])
        return max(1.0, next_tick - now)

    def _step_or_tell(self) -> float:
        """Do what is due; an error, say in a function of the user's own, is told, and it is tried again."""
        try:
            wait = self.step()
        except Exception as error:
            self._tell(LinkStatus("lost", "fault", f"{type(error).__name__}: {error}"))
            return TRIED_AGAIN_AFTER
        self._tell(LinkStatus("connected"))
        return wait

    def _tell(self, status: LinkStatus) -> None:
        if status == self.status:
            return
        self.status = status
        for receiver, topics in tuple(self._receivers.items()):
            self._greet(receiver, topics)

    def _greet(self, receiver: Receiver, topics: Mapping[str, int]) -> None:
        threads.safely(receiver.on_link, self.status)
        if self.status.phase == "connected":
            threads.safely(receiver.on_granted, topics)
            threads.safely(receiver.on_subscribed, {})
            self.call(lambda now: self._tell_retained(receiver))

    def _next(self, now: float) -> Callable[[float], None] | None:
        with self._lock:
            due = bool(self._due) and self._due[0][0] <= now
            return heapq.heappop(self._due)[2] if due else None

    def away(self, now: float, milliseconds: int) -> None:
        """Lose the network for a while; the broker tells it late, as a real one does."""
        self._online = False
        self._absence += 1
        absence = self._absence

        def tell_will(now: float) -> None:
            will = self._board.will
            if will and self._absence == absence and not self._online:
                self._spread(will)

        def return_(now: float) -> None:
            if self._absence == absence:
                self._come_online(now)

        self._at(now + WILL_AFTER, tell_will)
        self._at(now + milliseconds, return_)

    def reboot(self, now: float) -> None:
        """Start the board anew."""
        self._board.start("reset")
        self._started = now
        if self._board.will:
            self._spread(self._board.will)
        self.away(now, REBOOT_TAKES)

    def exchange(self, board: VirtualBoard) -> None:
        """Put another board in the place of this one, at once."""
        with self._lock:
            self._retained.clear()
            self._due.clear()
        self.call(lambda now: self._start(board, now))

    def _start(self, board: VirtualBoard, now: float) -> None:
        self._board, self._started = board, now
        self._come_online(now)

    def touch(self, seconds: float) -> None:
        """Warm the chip."""
        self._board.chip.finger_until = self._up(self._clock()) / 1000 + seconds

    def _come_online(self, now: float) -> None:
        self._online = True
        self._send(self._board.connected(self._up(now), round(self._unix())))

    def _up(self, now: float) -> int:
        return int(now - self._started)

    def _send(self, messages: list[Message]) -> None:
        if not self._online:
            return  # as a board's: no old answer once it is back
        for message in messages:
            if self.replies_to_lose and message[0].endswith(("/ack", "/onboard_temp")):
                self.replies_to_lose -= 1
            else:
                self._at(self._clock() + self.delay, partial(self._arrive, message))

    def _arrive(self, message: Message, now: float) -> None:
        self._spread(message)

    def _spread(self, message: Message) -> None:
        topic, payload, qos, retain = message
        if retain:
            self._retained[topic] = (payload.encode(), qos)
        self._deliver(topic, payload.encode(), qos)

    def _tell_retained(self, receiver: Receiver) -> None:
        """In the link's thread, so that nothing newer comes first."""
        for topic, most in self._receivers.get(receiver, {}).items():
            if kept := self._retained.get(topic):
                payload, qos = kept
                threads.safely(receiver.on_message, topic, payload, True, False, min(qos, most))

    def _deliver(self, topic: str, payload: bytes, qos: int) -> None:
        for receiver, topics in tuple(self._receivers.items()):
            if topic in topics:
                threads.safely(receiver.on_message, topic, payload, False, False, min(qos, topics[topic]))

    def _at(self, due: float, action: Callable[[float], None]) -> None:
        with self._lock:
            heapq.heappush(self._due, (due, next(self._order), action))
            self._changed.notify()

    def _run(self) -> None:
        while True:
            wait = self._step_or_tell()
            with self._lock:
                if not self._receivers:
                    self._running = False
                    return
                if not self._due or self._due[0][0] > self._clock():
                    self._changed.wait(wait / 1000)
