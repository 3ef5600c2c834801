"""What can go wrong on the way to a broker: a code for each true cause, and its sentences beside it."""

from __future__ import annotations

import errno
import os
import socket
import ssl
from typing import TYPE_CHECKING

from .._broker import Broker, CertificateWanted
from . import LinkStatus, Phase
from .reasons import AGAIN, OF_CONNECTIONS, SELF, Reason, connack, disconnect

if TYPE_CHECKING:
    from paho.mqtt.reasoncodes import ReasonCode

    from .client import Client

_CONNACK = 0x20  # the first byte of an answer in MQTT
_UNANSWERED_PING = 0x8D  # what paho says of one; a broker that says it means that it heard none
_UNREADABLE = 0x82  # what paho says of a packet that it cannot read, and hangs up
_MOST_SAID = 200

TROUBLES: dict[str, Reason] = {reason.problem: reason for reason in OF_CONNECTIONS}
"""All that ends a connection or prevents it, by its code; `…` stands for what was found."""


def _trouble(problem: str, sentence: str, next_step: str) -> str:
    """Note what is wrong and what to do next; return the code for it."""
    TROUBLES[problem] = Reason(problem, sentence, next_step)
    return problem


def link_sentences(status: LinkStatus) -> tuple[str, str]:
    """Return what is wrong with the link, and what to do next.

    Example:
        >>> link_sentences(LinkStatus("lost", "files", "1024 files"))[0]
        'This notebook has too many connections: it may have 1024 files open.'
    """
    if status.problem is None:
        return "The connection to the broker broke.", SELF
    told = TROUBLES[status.problem]
    return told.sentence.replace("…", status.detail), told.next.replace("…", status.detail)


class TlsSettings(OSError):
    """What this computer itself gives TLS to begin with cannot be used."""


_TLS_SETTINGS = _trouble(
    "tls-settings",
    "This computer's own settings for TLS cannot be used: ….",
    "Look at the variables SSLKEYLOGFILE, SSL_CERT_FILE and OPENSSL_CONF where the notebook was started. "
    f"{AGAIN}",
)
_NOT_TLS = _trouble(
    "not-tls",
    "The broker does not speak TLS at this port.",
    "Use the TLS port (usually 8883), or mqtt:// if this broker has no TLS.",
)
# Subclasses first: nearly all of these are an OSError.
_EXCEPTIONS: dict[type[Exception], str] = {
    TlsSettings: _TLS_SETTINGS,
    socket.gaierror: _trouble(
        "unknown-host",
        "The broker's name is not known.",
        "Check the host for a typing error, and that this computer is on the internet.",
    ),
    ConnectionRefusedError: _trouble(
        "closed-port",
        "Nothing listens at the broker's port.",
        "Check the port (8883 with TLS, 1883 without) and that the broker runs.",
    ),
    TimeoutError: _trouble(
        "blocked-port",
        "The broker's port does not answer.",
        "A firewall may block it: try another network, or wss:// on port 443 or 8884.",
    ),
    OSError: _trouble("network", "The broker cannot be reached.", f"Check this computer's network. {AGAIN}"),
    UnicodeError: _trouble(
        "host-name",
        "This cannot be the name of a broker.",
        "Between two dots stand 1 to 63 letters, digits or hyphens. Check the host for a typing error.",
    ),
}
_FILES = _trouble(
    "files",
    "This notebook has too many connections: it may have … open.",
    f"Close panels that are not needed, or start it with more (ulimit -n). {AGAIN}",
)
_NO_WEBSOCKET = _trouble(
    "no-websocket",
    "The port answers, but not as MQTT over WebSocket.",
    "Check port and path; many brokers use wss://host:8884/mqtt.",
)
_FAULT = _trouble(
    "fault",
    "The connection stumbled over an error: ….",
    f"If no function of your own raised it, please report it as a bug. {AGAIN}",
)
_NO_PAHO = _trouble(
    "no-paho",
    "paho-mqtt, through which MQTT goes here, cannot be loaded.",
    'Run  %pip install "paho-mqtt>=2.1"  and restart the kernel.',
)


def from_exception(error: Exception, broker: Broker) -> LinkStatus:
    """Return the status for an exception on the way to a broker."""
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        return LinkStatus("lost", _FILES, f"{_most_files()} files")
    if isinstance(error, ssl.SSLError):
        return LinkStatus("lost", *_tls_problem(error, broker))
    detail = str(getattr(error, "strerror", None) or error) or type(error).__name__
    if isinstance(error, ConnectionResetError) and broker.tls:
        return LinkStatus("lost", _NOT_TLS, detail)
    if type(error).__name__ == "WebsocketConnectionError":  # paho's, not imported here: see `mqtt.py`
        return LinkStatus("lost", _NO_WEBSOCKET, detail)
    for kind, problem in _EXCEPTIONS.items():
        if isinstance(error, kind):
            return LinkStatus("lost", problem, detail)
    return fault(error)


def fault(error: Exception) -> LinkStatus:
    return LinkStatus("lost", _FAULT, f"{type(error).__name__}: {error}")


def no_paho(error: Exception) -> LinkStatus:
    return LinkStatus("refused", _NO_PAHO, f"{type(error).__name__}: {error}")


def _most_files() -> object:
    try:
        import resource
    except ImportError:  # Windows does not tell
        return "no more"
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


NO_ANSWER = LinkStatus(
    "lost",
    _trouble(
        "no-answer",
        "The broker's port is open, and nobody answers there.",
        "The broker may be overloaded, or it is a TLS port (8883): then write mqtts:// instead of mqtt://. "
        f"{AGAIN}",
    ),
    "no answer",
)
SILENT = LinkStatus("lost", "silent", "no answer")
_HUNG_UP = _trouble(
    "hung-up",
    "Something answers at the broker's port, and hangs up without a word.",
    "If it is a TLS port (8883), write mqtts:// instead of mqtt://. A broker that is full or just "
    "starting may do so, too: it is tried again by itself.",
)
_NO_MQTT = _trouble(
    "no-mqtt",
    "The port answers, but not as an MQTT broker.",
    "Check host and port. If it is a TLS port (8883), write mqtts:// instead of mqtt://.",
)
_CLOSED = _trouble(
    "closed",
    "The broker closed the connection.",
    f"It may be restarting, or a proxy on the way ends quiet connections. {SELF}",
)
_GARBLED = _trouble(
    "garbled",
    "The broker sent something that cannot be read, so the connection was ended here.",
    f"A proxy on the way may change what is sent; else please report it as a bug. {SELF}",
)


def from_end(client: Client, paho: ReasonCode | None = None, properties: object = None) -> LinkStatus:
    """Return how a connection has ended: by a broker's code, with what it added, or as paho says."""
    code = client.code
    if client.buffered and client.buffered.broken and not client.accepted:
        return LinkStatus("lost", *_tls_words(client.buffered.broken, client.broker))
    if code is None and paho is not None and paho.value == _UNANSWERED_PING:
        return LinkStatus("lost", "silent", "no answer to a ping")
    if code is None:
        return LinkStatus("lost", _without_a_word(client, paho))
    reason = disconnect(code) if client.accepted else connack(code, client.version)
    detail = f"reason code 0x{code:02X}" if client.version == 5 else f"return code {code} of MQTT 3.1.1"
    if reason.problem in ("elsewhere", "moved"):
        detail = _said(properties, "ServerReference") or "it does not say where"
    added = _said(properties, "ReasonString")
    phase: Phase = "refused" if reason.final else "lost"
    return LinkStatus(phase, reason.problem, f"{detail}, {added}" if added else detail, code=code)


def _without_a_word(client: Client, paho: ReasonCode | None) -> str:
    if client.accepted:
        return _GARBLED if paho is not None and paho.value == _UNREADABLE else _CLOSED
    if client.buffered and client.buffered.began and client.buffered.began[0] != _CONNACK:
        return _NO_MQTT
    # RabbitMQ before 3.13 hangs up on MQTT 5 without a word.
    return "version" if client.version == 5 else _HUNG_UP


def _said(properties: object, name: str) -> str:
    """Return what the broker adds in words: in one line, and no longer than one."""
    return "".join(filter(str.isprintable, str(getattr(properties, name, ""))))[:_MOST_SAID]


_CERTIFICATE = _trouble(
    "certificate",
    "The broker's certificate is not signed by anyone this computer trusts.",
    "Give the broker's own authority with Broker(url, ca='ca.pem'). In TLS's words: ….",
)
_CERTIFICATE_CA = _trouble(
    "certificate-ca",
    "The broker's certificate is not signed by the authority given as ca=.",
    "Ask whoever runs the broker for its authority; it may be a new one. In TLS's words: ….",
)
_CERTIFICATE_HOST = _trouble(
    "certificate-host",
    "The broker's certificate belongs to another host name.",
    "Write the host exactly as the broker's provider gives it. In TLS's words: ….",
)
_CERTIFICATE_STRICT = _trouble(
    "certificate-strict",
    "This Python wants more in the certificates of the broker and its authority: ….",
    "Python 3.13 is stricter than the former ones. Make them anew as docs/security.md tells under "
    '"An authority of your own", or use Python 3.12.',
)
_CERTIFICATE_OTHER = _trouble(
    "certificate-other",
    "The broker's certificate is not accepted: ….",
    "Show this to whoever runs the broker.",
)
_NO_AUTHORITIES = _trouble(
    "no-authorities",
    "This computer has no list of the authorities that it trusts.",
    "On a Mac run Install Certificates.command in Python's own folder; elsewhere look at the variables "
    f"SSL_CERT_FILE and SSL_CERT_DIR where the notebook was started. {AGAIN}",
)
_CLIENT_CERTIFICATE = _trouble(
    "client-certificate",
    "This broker wants a client certificate.",
    "Give yours with Broker(url, cert='me.pem', key='me.key'); whoever runs the broker makes it.",
)
_CLIENT_CERTIFICATE_REFUSED = _trouble(
    "client-certificate-refused",
    "The broker does not take the client certificate given as cert=.",
    "Was it made for this broker, and is it still valid? Ask whoever runs the broker. In TLS's words: ….",
)
_TLS_OTHER = _trouble(
    "tls-other",
    "The broker and this computer cannot agree on TLS: ….",
    "One of them may be very old: bring it up to date, or ask whoever runs the broker.",
)
_BY_VERIFY_CODE = {
    # X509_V_ERR_...: 18 to 21, and 2, are a chain that ends with nobody who is trusted
    9: _trouble(
        "certificate-early",
        "The broker's certificate is not valid yet.",
        "Check this computer's clock: it is probably wrong.",
    ),
    10: _trouble(
        "certificate-expired",
        "The broker's certificate has expired.",
        "Ask whoever runs the broker to renew it, and check this computer's clock.",
    ),
    **dict.fromkeys((62, 64), _CERTIFICATE_HOST),
    **dict.fromkeys((2, 18, 19, 20, 21), _CERTIFICATE),
    **dict.fromkeys(range(80, 95), _CERTIFICATE_STRICT),
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


def tls_context(broker: Broker) -> ssl.SSLContext:
    try:
        return broker.tls_context()
    except Exception as error:
        raise TlsSettings(str(error)) from error


def _tls_problem(error: ssl.SSLError, broker: Broker) -> tuple[str, str]:
    found = _tls_words(error, broker)
    return _broken_store() or found if found[0] == _CERTIFICATE else found


def _tls_words(error: ssl.SSLError, broker: Broker) -> tuple[str, str]:
    if isinstance(error, ssl.SSLCertVerificationError):
        problem = _BY_VERIFY_CODE.get(error.verify_code, _CERTIFICATE_OTHER)
        if problem == _CERTIFICATE and broker.authority is not None:
            problem = _CERTIFICATE_CA
        return problem, error.verify_message.rstrip(".")
    reason: str = getattr(error, "reason", None) or ""  # one that Python itself raises has none
    words = reason.replace("_", " ").lower() or str(error)
    if reason.partition("_ALERT_")[2] in _ABOUT_OURS or isinstance(error, CertificateWanted):
        return (_CLIENT_CERTIFICATE if broker.cert is None else _CLIENT_CERTIFICATE_REFUSED), words
    return (_NOT_TLS if reason in _NO_TLS else _TLS_OTHER), words


def _broken_store() -> tuple[str, str] | None:
    """Return what is wrong with the store: Python has not said it."""
    path = os.environ.get("SSL_CERT_FILE")
    try:
        if path:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except OSError as error:
        return _TLS_SETTINGS, f"SSL_CERT_FILE={path}: {error.strerror or error}"
    paths = ssl.get_default_verify_paths()
    if not (paths.cafile or paths.capath) and os.name != "nt":  # Windows has a store of its own
        return _NO_AUTHORITIES, ""
    return None
