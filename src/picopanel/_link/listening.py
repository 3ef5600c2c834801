"""A connection of its own for wildcards: on the shared one they would overlap exact filters.

What overlaps is delivered twice, and a panel would count it twice.
"""

from __future__ import annotations

from .._runtime.threads import safely
from .mqtt import MqttLink


class ListeningLink(MqttLink):
    """Hands every message to every receiver; nothing else may use its connection."""

    def _route(self, topic: str, payload: bytes, retained: bool, qos: int) -> None:
        for receiver in tuple(self._receivers):
            safely(receiver.on_message, topic, payload, retained, True, qos)
