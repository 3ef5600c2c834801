"""The MQTT messages that passed between this notebook and the broker; the newest are kept."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from operator import itemgetter
from typing import Any, Literal

from .._store.zone import utc

KEPT = 1000

LONGEST = 1024  # bytes of a payload that are kept: the course layer allows no more, info and acks need less
Received = tuple[str, bytes, bool, float, int]  # topic, payload, retained, arrival in ms of Unix time, QoS

Direction = Literal["out", "in", "subscribe"]

_payload = itemgetter(1)


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    r"""One MQTT message that passed between this notebook and the broker.

    Attributes:
        time: When it was sent or came, in UTC.
        direction: `out` to the broker, `in` from it, or `subscribe`: what we asked to be sent.
        topic: Where it was published.
        payload: As text, the first 1024 bytes of it; bytes that are no UTF-8 as `\xff`.
        size: Bytes of the whole payload; of one beyond a megabyte, those that were taken in.
        asked: The QoS that we asked for, publishing or subscribing.
        granted: The QoS that it got: what it was sent with, what it came with, what the broker
            grants a subscription. None where the broker refuses.
        retained: Whether the broker had kept it from before we subscribed.

    Example:
        >>> reply = panel.on()
        >>> command = [message for message in panel.messages() if message.direction == "out"][-1]
        >>> command.topic.endswith("/cmd"), command.asked, command.granted
        (True, 1, 1)
    """

    time: datetime
    direction: Direction
    topic: str
    payload: str
    size: int
    asked: int
    granted: int | None
    retained: bool = False

    def __repr__(self) -> str:
        clock = self.time.astimezone().strftime("%H:%M:%S.%f")[:-3]
        if self.direction == "subscribe":
            answer = "refused" if self.granted is None else f"QoS {self.granted} granted"
            return f"{clock} subscribe {self.topic}, QoS {self.asked} asked, {answer}"
        arrow = "←" if self.direction == "out" else "→"
        shown = self.payload if self.payload.isprintable() else repr(self.payload)
        retained = ", retained" if self.retained else ""
        return f"{clock} {self.topic} {arrow} {shown}, QoS {self.granted}{retained}"


class MessageLog:
    """The newest messages, numbered from the first.

    What comes is kept as it is and read when somebody looks: a board may send thousands a second.
    """

    def __init__(self) -> None:
        self._kept: deque[Received | Message] = deque(maxlen=KEPT)
        self._asked: dict[str, int] = {}
        self.end = 0  # the number of the next message

    def came(self, messages: Sequence[Received]) -> None:
        self.end += len(messages)
        if max(map(len, map(_payload, messages))) > LONGEST:
            self._kept.extend(map(self._read, messages))
        else:
            self._kept.extend(messages)

    def sent(self, topic: str, payload: bytes, asked: int, granted: int, at: float) -> None:
        self.end += 1
        self._kept.append(_message(at, "out", topic, payload, asked, granted))

    def subscribed(self, asked: Mapping[str, int], granted: Mapping[str, int | None], at: float) -> None:
        self._asked |= asked
        self.end += len(granted)
        self._kept.extend(
            _message(at, "subscribe", name, b"", asked[name], granted[name]) for name in granted
        )

    def since(self, number: int, most: int = KEPT) -> tuple[int, list[Message]]:
        """Return the newest messages from a number on, and the number of the first of them."""
        first = min(max(number, self.end - min(most, len(self._kept))), self.end)
        start = len(self._kept) - (self.end - first)
        return first, list(map(self._read, islice(self._kept, start, None)))

    def _read(self, kept: Received | Message) -> Message:
        if isinstance(kept, Message):
            return kept
        topic, payload, retained, at, qos = kept
        return _message(at, "in", topic, payload, self._asked.get(topic, qos), qos, retained)


def _message(at: float, direction: Direction, topic: str, payload: bytes, *facts: Any) -> Message:
    """Cut a payload to what is kept of it; `facts` are what a message has behind its size."""
    text = payload[:LONGEST].decode(errors="backslashreplace")
    return Message(utc(at), direction, topic, text, len(payload), *facts)
