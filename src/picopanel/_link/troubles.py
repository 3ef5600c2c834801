"""Which of the troubles in `reasons.py` it is that goes wrong on the way to a broker: its true cause."""

from __future__ import annotations

import errno
import os
import socket
import ssl
from typing import TYPE_CHECKING

from .._broker import Broker, CertificateWanted
from . import LinkStatus
from .reasons import TROUBLES, connack, disconnect

if TYPE_CHECKING:
    from paho.mqtt.reasoncodes import ReasonCode

    from .client import Client

_CONNACK = 0x20  # the first byte of an answer in MQTT
_UNANSWERED_PING = 0x8D  # what paho says of one; a broker that says it means that it heard none
_UNREADABLE = 0x82  # what paho says of a packet that it cannot read, and hangs up
_MOST_SAID = 200


class TlsSettings(OSError):
    """What this computer itself gives TLS to begin with cannot be used."""


# Subclasses first: nearly all of these are an OSError.
_EXCEPTIONS: dict[type[Exception], str] = {
    TlsSettings: "tls-settings",
    socket.gaierror: "unknown-host",
    ConnectionRefusedError: "closed-port",
    TimeoutError: "blocked-port",
    OSError: "network",
    UnicodeError: "host-name",
}
_BY_VERIFY_CODE = {
    # X509_V_ERR_...: 18 to 21, and 2, are a chain that ends with nobody who is trusted
    9: "certificate-early",
    10: "certificate-expired",
    **dict.fromkeys((62, 64), "certificate-host"),
    **dict.fromkeys((2, 18, 19, 20, 21), "certificate"),
    **dict.fromkeys(range(80, 95), "certificate-strict"),
}
_NO_TLS = (
    *("WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"),
    *("RECORD_LAYER_FAILURE", "UNEXPECTED_EOF_WHILE_READING", ""),
)
_ABOUT_OURS = (
    *("CERTIFICATE_REQUIRED", "BAD_CERTIFICATE", "UNSUPPORTED_CERTIFICATE", "CERTIFICATE_REVOKED"),
    *("CERTIFICATE_EXPIRED", "CERTIFICATE_UNKNOWN", "UNKNOWN_CA", "ACCESS_DENIED", "DECRYPT_ERROR"),
)
"""Alerts by which a broker speaks of the client's certificate: only what it has been sent can it mean."""


def link_sentences(status: LinkStatus) -> tuple[str, str]:
    """Return what is wrong with the link, and what to do next.

    Example:
        >>> link_sentences(LinkStatus("lost", "files", "1024 files"))[0]
        'This notebook has too many connections: it may have 1024 files open.'
    """
    if status.problem is None:
        return "The connection to the broker broke.", "It is connected again by itself."
    told = TROUBLES[status.problem]
    return told.sentence.replace("…", status.detail), told.next.replace("…", status.detail)


def from_exception(error: Exception, broker: Broker) -> LinkStatus:
    """Return the status for an exception on the way to a broker."""
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        return LinkStatus("lost", "files", f"{_most_files()} files")
    if isinstance(error, ssl.SSLError):
        problem, words = _tls_problem(error, broker)
        return (problem == "certificate" and _broken_store()) or LinkStatus("lost", problem, words)
    detail = str(getattr(error, "strerror", None) or error) or type(error).__name__
    if isinstance(error, ConnectionResetError) and broker.tls:
        return LinkStatus("lost", "not-tls", detail)
    if type(error).__name__ == "WebsocketConnectionError":  # paho's, not imported here: see `mqtt.py`
        return LinkStatus("lost", "no-websocket", detail)
    problems = (problem for kind, problem in _EXCEPTIONS.items() if isinstance(error, kind))
    return next((LinkStatus("lost", problem, detail) for problem in problems), fault(error))


def fault(error: Exception) -> LinkStatus:
    return LinkStatus("lost", "fault", f"{type(error).__name__}: {error}")


def tls_context(broker: Broker) -> ssl.SSLContext:
    try:
        return broker.tls_context()
    except Exception as error:
        raise TlsSettings(str(error)) from error


def from_end(client: Client, paho: ReasonCode | None = None, properties: object = None) -> LinkStatus:
    """Return how a connection has ended: by a broker's code, with what it added, or as paho says."""
    code = client.code
    unopened: LinkStatus | None = getattr(client.buffered, "failed", None)
    if unopened is not None:
        return unopened
    if client.buffered and client.buffered.broken and not client.accepted:
        return LinkStatus("lost", *_tls_problem(client.buffered.broken, client.broker))
    if code is None and paho is not None and paho.value == _UNANSWERED_PING:
        return LinkStatus("lost", "silent", "no answer to a ping")
    if code is None:
        return LinkStatus("lost", _without_a_word(client, paho))
    reason = disconnect(code) if client.accepted else connack(code, client.version)
    detail = f"reason code 0x{code:02X}" if client.version == 5 else f"return code {code} of MQTT 3.1.1"
    if reason.problem in ("elsewhere", "moved"):
        detail = _said(properties, "ServerReference") or "it does not say where"
    added = _said(properties, "ReasonString")
    detail = f"{detail}, {added}" if added else detail
    return LinkStatus("refused" if reason.final else "lost", reason.problem, detail, code=code)


def from_silence(client: Client) -> LinkStatus:
    """Return how a connection ends that has not been answered in time."""
    is_open = getattr(client.buffered, "is_open", True)
    return LinkStatus("lost", "no-answer" if is_open else "blocked-port", "no answer")


def _without_a_word(client: Client, paho: ReasonCode | None) -> str:
    if client.accepted:
        return "garbled" if paho is not None and paho.value == _UNREADABLE else "closed"
    if client.buffered and client.buffered.began and client.buffered.began[0] != _CONNACK:
        return "no-mqtt"
    # RabbitMQ before 3.13 hangs up on MQTT 5 without a word.
    if client.version == 5:
        return "version"
    return "hung-up-page" if hasattr(client.buffered, "is_open") else "hung-up"


def _said(properties: object, name: str) -> str:
    """Return what the broker adds in words: in one line, and no longer than one."""
    return "".join(filter(str.isprintable, str(getattr(properties, name, ""))))[:_MOST_SAID]


def _most_files() -> object:
    try:
        import resource
    except ImportError:  # Windows does not tell
        return "no more"
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def _tls_problem(error: ssl.SSLError, broker: Broker) -> tuple[str, str]:
    """Return what is wrong, and TLS's words for it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        problem = _BY_VERIFY_CODE.get(error.verify_code, "certificate-other")
        if problem == "certificate" and broker.authority is not None:
            problem = "certificate-ca"
        return problem, error.verify_message.rstrip(".")
    reason: str = getattr(error, "reason", None) or ""  # one that Python itself raises has none
    words = reason.replace("_", " ").lower() or str(error)
    if reason.partition("_ALERT_")[2] in _ABOUT_OURS or isinstance(error, CertificateWanted):
        return "client-certificate" if broker.cert is None else "client-certificate-refused", words
    return "not-tls" if reason in _NO_TLS else "tls-other", words


def _broken_store() -> LinkStatus | None:
    """Return what is wrong with the list of whom this computer trusts: Python has not said it."""
    path = os.environ.get("SSL_CERT_FILE")
    try:
        if path:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except OSError as error:
        return LinkStatus("lost", "tls-settings", f"SSL_CERT_FILE={path}: {error.strerror or error}")
    paths = ssl.get_default_verify_paths()
    if not (paths.cafile or paths.capath) and os.name != "nt":  # Windows has a store of its own
        return LinkStatus("lost", "no-authorities")
    return None
