"""The link to a virtual Pico in this process: no board, no account, no network, no port.

It keeps a broker's promises (order, retained messages, the will), and can break them on purpose.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from functools import partial

from .._errors import CLOSED, PanelClosed, Uncopied, arguments
from .._runtime import loop
from .._runtime.clock import Timer
from .._runtime.loop import safely
from . import LinkStatus, Receiver
from .troubles import fault
from .virtual_board import Message, VirtualBoard
from .virtual_others import Other

# In seconds.
DELAY = 0.02  # of a message, each way, about as on a good network
WILL_AFTER = 30.0  # a broker notices a board that fell silent after 1.5 keepalives of 20 s
REBOOT_TAKES = 2.0
TRIED_AGAIN_AFTER = 1.0

_CONNECTED = LinkStatus("connected")


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
        seconds = arguments.number("seconds", seconds, least=0)
        self._do(f"Wi-Fi away for {seconds:g} s", lambda link: link.away(seconds))

    def lose_replies(self, n: int = 1) -> None:
        """Lose the next `n` answers on their way."""
        n = arguments.count("n", n)
        said = "the next answer is lost" if n == 1 else f"the next {n} answers are lost"
        self._do(said, lambda link: setattr(link, "replies_to_lose", n))

    def slow(self, seconds: float) -> None:
        """Make every message take so long each way; 0 is as usual again."""
        seconds = arguments.number("seconds", seconds, least=0)
        said = f"messages take {seconds:g} s" if seconds else "messages as fast as usual"
        self._do(said, lambda link: link.slow(seconds or DELAY))

    def reboot(self) -> None:
        """Restart the board: LED off, samples forgotten, a new boot."""
        self._do("restarted", lambda link: link.reboot())

    def finger(self, seconds: float = 5) -> None:
        """Put a finger on the chip, which warms it."""
        seconds = arguments.number("seconds", seconds, least=0)
        self._do(f"finger on the chip for {seconds:g} s", lambda link: link.board.touch(seconds))

    def _do(self, what: str, break_it: Callable[[VirtualLink], object]) -> None:
        """Break it, and have whoever watches told: what is done on purpose is seen as that."""
        if not loop.ask(lambda: self._link.is_watched):
            raise PanelClosed(CLOSED)
        loop.ask(self._link.tell_done, what)
        loop.ask(break_it, self._link)


class VirtualLink:
    """Drives a virtual board while anybody listens, and plays the broker for it."""

    is_virtual = True

    def __init__(self, board: VirtualBoard | Other) -> None:
        self.identity = self
        self.status = _CONNECTED
        self.faults = Faults(self)
        self.delay = DELAY
        self.replies_to_lose = 0
        self.board = board
        self._clock = board.clock
        self._online = False
        self._absence: tuple[loop.Handle, ...] = ()  # what ends it, and the will that is told meanwhile
        self._receivers: dict[Receiver, Mapping[str, int]] = {}
        self._retained: dict[str, tuple[bytes, int]] = {}
        # What arrives each time that one of the timers ends: the first of them, so all keep their order.
        self._under_way: deque[tuple[loop.Handle, Callable[[], object]]] = deque()
        self._ticking: Timer | None = None

    @property
    def is_watched(self) -> bool:
        return bool(self._receivers)

    def attach(self, topics: Mapping[str, int], receiver: Receiver) -> None:
        self._receivers[receiver] = topics
        if self._ticking is None:
            self._ticking = Timer(self._clock, TRIED_AGAIN_AFTER, self._tick)
            self._ticking.hurry()
        self._greet(receiver, topics)

    def detach(self, receiver: Receiver) -> None:
        """Unsubscribe a receiver; after the last one the board's time stands still."""
        self._receivers.pop(receiver, None)
        if not self._receivers and self._ticking is not None:
            self._ticking.stop()
            self._ticking = None
            while self._under_way:  # nobody hears it, and what is to be retained is
                self._under_way[0][0].cancel()
                self._arrive()

    def publish(self, topic: str, payload: bytes, *, qos: int, expiry: int) -> int:
        """Send to the board, and back to whoever subscribes to the same topic."""
        expires = self._clock.monotonic() + expiry

        def arrive() -> None:
            self._deliver(topic, payload, qos)
            if self._online and self._clock.monotonic() < expires:
                self._drive(lambda: self.board.receive(topic, payload, False))
                if self._ticking is not None:
                    self._ticking.hurry(self.board.due)

        self._send(arrive)
        return qos

    def away(self, seconds: float) -> None:
        """Lose the network for a while; the broker tells it late, as a real one does."""
        self._online = False
        self._end_absence()
        self._absence = (
            self._clock.later(WILL_AFTER, self._tell_will),
            self._clock.later(seconds, self._come_online),
        )

    def slow(self, delay: float) -> None:
        """Have every message take so long, those too that are under way: nothing new would overtake them."""
        self.delay = delay
        under_way, self._under_way = self._under_way, deque()
        for timer, arrive in under_way:
            timer.cancel()
            self._send(arrive)

    def reboot(self) -> None:
        self._drive(partial(self.board.start, "reset"))
        self._tell_will()
        self.away(REBOOT_TAKES)

    def exchange(self, board: VirtualBoard | Other) -> None:
        self._retained.clear()
        while self._under_way:
            self._under_way.popleft()[0].cancel()
        self.board = board
        self._come_online()

    def tell_done(self, what: str) -> None:
        for receiver in tuple(self._receivers):
            safely(receiver.on_done, what)

    def _tick(self) -> None:
        """Let the board do what is due, as soon again as it says, and at the latest when the timer does."""
        if not self._online and not self._absence:
            self._come_online()
        if self._drive(self.board.tick):
            self._tell(_CONNECTED)
            if self._ticking is not None:
                self._ticking.hurry(self.board.due)

    def _come_online(self) -> None:
        self._end_absence()
        self._online = True
        self._online = self._drive(self.board.connected)

    def _end_absence(self) -> None:
        for timer in self._absence:
            timer.cancel()
        self._absence = ()

    def _tell_will(self) -> None:
        if self.board.will:
            self._spread(self.board.will)

    def _drive(self, step: Callable[[], list[Message] | None]) -> bool:
        try:
            messages = step()
        except Exception as error:
            self._tell(fault(error))
            return False
        if messages and self._online:  # as a board's: no old answer once it is back
            self._send(partial(self._spread, *(message for message in messages if not self._loses(message))))
        return True

    def _loses(self, message: Message) -> bool:
        lost = self.replies_to_lose > 0 and message[0].endswith(self.board.answers)
        self.replies_to_lose -= lost
        return lost

    def _send(self, arrive: Callable[[], object]) -> None:
        self._under_way.append((self._clock.later(self.delay, self._arrive), arrive))

    def _arrive(self) -> None:
        self._under_way.popleft()[1]()

    def _spread(self, *messages: Message) -> None:
        for topic, payload, qos, retain in messages:
            if retain:
                self._retained[topic] = (payload.encode(), qos)
            self._deliver(topic, payload.encode(), qos)

    def _deliver(self, topic: str, payload: bytes, qos: int) -> None:
        for receiver, topics in tuple(self._receivers.items()):
            if topic in topics:
                safely(receiver.on_message, topic, payload, False, False, min(qos, topics[topic]))

    def _tell(self, status: LinkStatus) -> None:
        if status == self.status:
            return
        self.status = status
        for receiver, topics in tuple(self._receivers.items()):
            self._greet(receiver, topics)

    def _greet(self, receiver: Receiver, topics: Mapping[str, int]) -> None:
        safely(receiver.on_link, self.status)
        if self.status.phase == "connected":
            safely(receiver.on_granted, topics)
            safely(receiver.on_subscribed, {})
            self._clock.later(0, partial(self._tell_retained, receiver))

    def _tell_retained(self, receiver: Receiver) -> None:
        for topic, most in self._receivers.get(receiver, {}).items():
            if kept := self._retained.get(topic):
                payload, qos = kept
                safely(receiver.on_message, topic, payload, True, False, min(qos, most))
