"""Names for what can go wrong on the way to a broker, one code for each true cause."""

from __future__ import annotations

import socket
import ssl

from .._broker import Broker
from . import LinkStatus, Phase

_FINAL = ("password", "not-authorized", "not-authorized-311")
"""What trying again cannot mend."""

_REASON_CODES = {
    "Unsupported protocol version": "version",
    "Bad user name or password": "password",
    "Not authorized": "not-authorized",
    "Quota exceeded": "full",
    "Session taken over": "taken-over",
    "Keep alive timeout": "silent",
}

_CERTIFICATE_WORDS = {
    "hostname mismatch": "certificate-host",
    "ip address mismatch": "certificate-host",
    "has expired": "certificate-expired",
    "not yet valid": "certificate-early",
}

# Subclasses first: every one of these is an OSError.
_EXCEPTIONS: tuple[tuple[type[Exception], str], ...] = (
    (socket.gaierror, "unknown-host"),
    (ConnectionRefusedError, "closed-port"),
    (TimeoutError, "blocked-port"),
    (ssl.SSLError, "not-tls"),
)


def from_exception(error: Exception, broker: Broker) -> LinkStatus:
    """Return the status for an exception out of `connect()`."""
    detail = str(getattr(error, "strerror", None) or error) or type(error).__name__
    if isinstance(error, ssl.SSLCertVerificationError):
        detail = error.verify_message or detail
        words = (code for words, code in _CERTIFICATE_WORDS.items() if words in detail.lower())
        return LinkStatus("lost", next(words, "certificate"), detail)
    from paho.mqtt.client import WebsocketConnectionError  # late, as in `mqtt.py`

    web: tuple[type[Exception], str] = (WebsocketConnectionError, "no-websocket")
    problem = next((code for kind, code in (*_EXCEPTIONS, web) if isinstance(error, kind)), "network")
    if isinstance(error, ConnectionResetError) and broker.tls:
        problem = "not-tls"
    return LinkStatus("lost", problem, detail)


def from_reason(reason: str, *, version: int, accepted: bool) -> LinkStatus:
    """Return the status for the reason code of a CONNACK or of the connection's end."""
    problem = _REASON_CODES.get(reason)
    if problem is None and not accepted:
        # RabbitMQ before 3.13 hangs up on MQTT 5 without a word.
        problem = "version" if version == 5 else "no-mqtt"
    problem = problem or "closed"
    if problem == "not-authorized" and version != 5:
        problem = "not-authorized-311"
    phase: Phase = "refused" if problem in _FINAL else "lost"
    return LinkStatus(phase, problem, reason)
