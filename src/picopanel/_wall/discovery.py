"""Finds boards by what they say. IDs that are found are a stranger's words, and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic

from .._broker import Broker
from .._errors import InvalidDeviceID, InvalidPayload
from .._link import Receiver
from .._link.mqtt import ListeningLink
from .._link.reasons import NO_LISTENING, suback
from .._link.troubles import link_sentences
from .._protocol.ids import check_device_id
from .._protocol.payloads import parse_ack, parse_info, parse_reading, parse_telemetry
from .boards import MOST

# Seconds after our subscription in which retained messages have come, if the broker gives them.
RETAINED_WITHIN = 3.0

NO_RETAINED = (
    "This broker gives no retained messages for a search (RabbitMQ does not), so a board is shown only "
    "once it sends a reading or is commanded."
)


def _boards_info(payload: bytes) -> None:
    if not parse_info(payload).protocol:
        raise InvalidPayload("an info without a protocol")


# What a board has said, or is told, on these topics. Each raises on what no board says. Its status is not
# among them: `online` and `offline` are what Home Assistant and ESPHome say as well.
_KEPT: dict[str, Callable[[bytes], object]] = {
    "info": _boards_info,
    "ack": parse_ack,
    "onboard_temp": parse_reading,
    "onboard_led": bytes,
}
# Heard only until the broker has shown that it gives what is retained: it is most of the traffic.
_STREAM = "telemetry"
_SAID = {**_KEPT, _STREAM: parse_telemetry}


class Discovery(Receiver):
    """Listens for boards at one broker, by part of a topic filter, e.g. `class-a/+`.

    `found` gets each ID that is seen, again and again; `notice` what the user should know.
    """

    def __init__(
        self, pattern: str, broker: Broker, found: Callable[[str], object], notice: Callable[[str], object]
    ) -> None:
        self.pattern = pattern
        self._found, self._notice = found, notice
        self._link = ListeningLink(broker)
        self._stream = Receiver()  # has it subscribed to; what comes of it, the link hands to all
        self._retained = False
        # Boards that came online while we listened; what they retain is not asked of the broker.
        self._introduced: set[str] = set()
        self._subscribed_at: float | None = None
        self._refused: Mapping[str, int] = {}

    def start(self) -> None:
        self._link.attach({f"{self.pattern}/{kind}": 1 for kind in _KEPT}, self)
        self._link.attach({f"{self.pattern}/{_STREAM}": 0}, self._stream)

    def close(self) -> None:
        self._link.detach(self)
        self._link.detach(self._stream)

    @property
    def settling(self) -> bool:
        """Whether boards that are known to the broker may still be on their way."""
        phase = self._link.status.phase
        return phase == "connecting" or (phase == "connected" and not self._subscribed_for(1.0))

    @property
    def trouble(self) -> tuple[str, str] | None:
        status = self._link.status
        if status.phase in ("lost", "refused"):
            return link_sentences(status)
        if self._refused:
            reason = suback(next(iter(self._refused.values())), status.mqtt)
            if reason is not NO_LISTENING:
                return reason.sentence, reason.next.replace("…", self.pattern)
            return (
                f"The broker does not let this user listen to {self.pattern}.",
                "A teacher's user must be permitted to read the whole class; ask whoever runs the broker.",
            )
        return None

    def on_message(
        self, topic: str, payload: bytes, retained: bool, more: bool = False, qos: int = 0
    ) -> None:
        device_id, _, kind = topic.rpartition("/")
        if kind not in _SAID or device_id.count("/") != self.pattern.count("/"):
            return
        try:
            _SAID[kind](payload)
            check_device_id(device_id)
        except (InvalidPayload, InvalidDeviceID):
            return
        if retained and not self._retained:
            self._retained = True
            self._link.detach(self._stream)
        if kind == "info" and not self._retained and len(self._introduced) < MOST:
            self._introduced.add(device_id)
        proves = kind == _STREAM and not self._retained and device_id not in self._introduced
        if proves and self._subscribed_for(RETAINED_WITHIN):
            self._notice(NO_RETAINED)
        self._found(device_id)

    def on_subscribed(self, refused: Mapping[str, int]) -> None:
        self._refused = refused
        self._subscribed_at = monotonic()

    def _subscribed_for(self, seconds: float) -> bool:
        return self._subscribed_at is not None and monotonic() - self._subscribed_at >= seconds
