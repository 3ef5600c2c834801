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

RETAINED_WITHIN = 3.0
"""Seconds after our subscription in which retained messages have come, if the broker gives them."""

NO_RETAINED = (
    "This broker gives no retained messages for a search (RabbitMQ does not), so a board is shown only "
    "once it sends a reading or is commanded."
)


def _boards_info(payload: bytes) -> None:
    if not parse_info(payload).protocol:
        raise InvalidPayload("an info without a protocol")


_KEPT: dict[str, Callable[[bytes], object]] = {
    "info": _boards_info,
    "ack": parse_ack,
    "onboard_temp": parse_reading,
    "onboard_led": bytes,
}
"""What a board has said, or is told, on these topics. Each raises on what no board says.

Its status is not among them: `online` and `offline` are what Home Assistant and ESPHome say as well.
"""

_STREAM = "telemetry"
"""Heard only until the broker has shown that it gives what is retained: it is most of the traffic."""

_SAID = {**_KEPT, _STREAM: parse_telemetry}


def check_pattern(pattern: object) -> str:
    example = "Example: PicoWall.discover('class-a/+'), or '+' for IDs without a '/'."
    if not isinstance(pattern, str) or "+" not in pattern.split("/"):
        raise InvalidDeviceID(f"discover() takes a pattern with a '+' for a part of the IDs. {example}")
    try:
        check_device_id("/".join("x" if level == "+" else level for level in pattern.split("/")))
    except InvalidDeviceID as error:
        if "://" in pattern:
            raise  # and do not repeat it
        raise InvalidDeviceID(f"{pattern!a} cannot be searched for. {error} {example}") from None
    return pattern


class Discovery(Receiver):
    """Listens for boards at one broker.

    Args:
        pattern: Part of a topic filter, e.g. `class-a/+`.
        broker: Where.
        found: Gets each ID that is seen, again and again, in the loop.
        notice: Gets what the user should know.
    """

    def __init__(
        self, pattern: str, broker: Broker, found: Callable[[str], object], notice: Callable[[str], object]
    ) -> None:
        self.pattern = pattern
        self._found = found
        self._notice = notice
        self._link = ListeningLink(broker)
        self._stream = Receiver()
        """Has the stream subscribed to; what comes of it, the link hands to all."""
        self._retained = False
        self._introduced: set[str] = set()
        """Boards that came online while we listened; what they retain is not asked of the broker."""
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
        if self._link.status.phase != "connected":
            return self._link.status.phase == "connecting"
        return self._subscribed_at is None or monotonic() - self._subscribed_at < 1.0

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
        if kind == _STREAM and not self._retained and self._settled and device_id not in self._introduced:
            self._notice(NO_RETAINED)
        self._found(device_id)

    def on_subscribed(self, refused: Mapping[str, int]) -> None:
        self._refused = refused
        self._subscribed_at = monotonic()

    @property
    def _settled(self) -> bool:
        return self._subscribed_at is not None and monotonic() - self._subscribed_at > RETAINED_WITHIN
