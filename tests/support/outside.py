"""A link as it is used from outside of the loop."""

from collections.abc import Mapping

from picopanel._link import Link, Receiver
from picopanel._runtime import loop


class Outside:
    """Asks the loop for what a link does.

    Args:
        link: The link.
    """

    def __init__(self, link: Link) -> None:
        self.link = link

    def attach(self, topics: Mapping[str, int], receiver: Receiver) -> None:
        loop.ask(self.link.attach, topics, receiver)

    def detach(self, receiver: Receiver) -> None:
        loop.ask(self.link.detach, receiver)

    def publish(self, topic: str, payload: bytes, *, qos: int, expiry: int) -> int:
        return loop.ask(self.link.publish, topic, payload, qos=qos, expiry=expiry)
