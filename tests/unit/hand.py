"""What the unit tests share: the contract, a clock in the hand, a link without a network."""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from picopanel._errors import NotConnected
from picopanel._link import LinkStatus, Receiver
from picopanel._runtime.clock import Clock

CONTRACT: dict[str, Any] = json.loads((Path(__file__).parents[1] / "contract.json").read_text("utf-8"))


class Due:
    """What is to be called at some time."""

    def __init__(self, call: Callable[[], object]) -> None:
        self.call = call
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Hand:
    """A clock that a test moves by hand, in seconds."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.ahead = 0.0
        """Milliseconds by which somebody has set the clock that people read."""
        self._due: list[tuple[float, int, Due]] = []
        self._order = count()

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.seconds, lambda: self.unix, self._later)

    def advance(self, seconds: float) -> None:
        """Let time pass, and what is due be done when it is due."""
        end = self.seconds + seconds
        while self._due and self._due[0][0] <= end:
            self.seconds, _, due = heapq.heappop(self._due)
            if not due.cancelled:
                due.call()
        self.seconds = end

    def _later(self, seconds: float, call: Callable[[], object]) -> Due:
        due = Due(call)
        heapq.heappush(self._due, (self.seconds + seconds, next(self._order), due))
        return due

    @property
    def unix(self) -> float:
        return 1_795_330_000_000 + self.seconds * 1000 + self.ahead


class HandLink:
    """A link whose messages a test delivers by hand, and whose publishes it reads."""

    def __init__(self) -> None:
        self.identity = self
        self.status = LinkStatus("connecting")
        self.receiver: Receiver | None = None
        self.max_qos = 2
        self.published: list[tuple[str, bytes, int]] = []

    def attach(self, topics: Mapping[str, int], receiver: Receiver) -> None:
        self.receiver, self.topics = receiver, topics

    def detach(self, receiver: Receiver) -> None:
        self.receiver = None

    def publish(self, topic: str, payload: bytes, *, qos: int, expiry: int) -> int:
        if self.status.phase != "connected":
            raise NotConnected("not connected")
        assert expiry == 10, "every command expires after 10 s"
        self.published.append((topic, payload, qos))
        return min(qos, self.max_qos)

    def connect(self, *, refused: frozenset[str] = frozenset()) -> None:
        assert self.receiver is not None
        self.status = LinkStatus("connected", mqtt=5)
        self.receiver.on_link(self.status)
        self.receiver.on_granted(
            {name: None if name in refused else qos for name, qos in self.topics.items()}
        )
        self.receiver.on_subscribed(dict.fromkeys(refused, 0x87))

    def lose(self, problem: str = "closed") -> None:
        assert self.receiver is not None
        self.status = LinkStatus("lost", problem)
        self.receiver.on_link(self.status)

    def deliver(
        self, topic: str, payload: str | bytes | dict[str, Any], retained: bool = False, qos: int = 1
    ) -> None:
        assert self.receiver is not None
        if isinstance(payload, dict):
            payload = json.dumps(payload)
        payload = payload.encode() if isinstance(payload, str) else payload
        self.receiver.on_message(topic, payload, retained, qos=qos)

    def last_command(self) -> dict[str, Any]:
        command: dict[str, Any] = json.loads(self.published[-1][1])
        return command
