"""What moves messages: one small protocol, with a broker or a board at hand behind it; all in the loop."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

Phase = Literal["connecting", "connected", "lost", "refused", "closed"]


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """How the link stands; `lost` is retried, `refused` is not.

    `problem` is the name of a row in `reasons.py`; `detail` is what the system said, without any secret.
    """

    phase: Phase
    problem: str | None = None
    detail: str = ""
    recorded: bool = False  # a recording plays in place of a board
    ended: bool = False  # that has been played to its end
    mqtt: int | None = None  # 5 or 4 (which is MQTT 3.1.1) once connected; None for a link without a broker
    keeps: bool = True  # the broker keeps retained messages, as far as it tells; MQTT 5 does
    code: int | None = None  # with which the broker refused or ended it, if it gave one


class Receiver:
    """Who hears messages, or what a subclass needs of that. Be quick: what is raised is printed, no more."""

    def on_message(
        self, topic: str, payload: bytes, retained: bool, more: bool = False, qos: int = 0
    ) -> None:
        """A message has come, with this QoS; `more` follow on its heels, and then `on_gathered`."""

    def on_gathered(self) -> None:
        """What was announced as following has come."""

    def on_link(self, status: LinkStatus) -> None:
        """The link's status has changed."""

    def on_granted(self, granted: Mapping[str, int | None]) -> None:
        """The broker has answered a subscription: each topic's QoS, None where it refuses."""

    def on_subscribed(self, refused: Mapping[str, int]) -> None:
        """What the broker does not give, each with its reason code; told again when that changes."""

    def on_done(self, what: str) -> None:
        """Something was done to a virtual board on purpose."""

    def on_published(self, topic: str, code: int) -> None:
        """The broker has taken a message that was published, or openly refused it, with a reason code."""


class Link(Protocol):
    """Moves messages between receivers and boards; nothing of it waits."""

    @property
    def identity(self) -> Hashable:
        """Equal for links that lead to the same boards."""

    @property
    def status(self) -> LinkStatus:
        """How the link stands now."""

    def attach(self, topics: Mapping[str, int], receiver: Receiver) -> None:
        """Subscribe a receiver to exact topics, each with its QoS, now and after every reconnect.

        It hears `on_link`, then `on_granted` and `on_subscribed`, then what is retained, then what comes.
        Without `on_subscribed` a board's layer is never known.
        """

    def detach(self, receiver: Receiver) -> None:
        """End a receiver's subscription; the last one out ends the link."""

    def publish(self, topic: str, payload: bytes, *, qos: int, expiry: int) -> int:
        """Publish, never retained, to expire after `expiry` seconds where the broker can.

        The QoS it goes with is returned, lower where the broker cannot do more. Nothing is queued:
        `NotConnected` is raised at once.
        """
