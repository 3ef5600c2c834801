"""Names for what can go wrong on the way to a broker, one code for each true cause."""

from __future__ import annotations

import errno
import os
import socket
import ssl
from typing import TYPE_CHECKING

from .._broker import Broker
from . import LinkStatus, Phase
from .reasons import connack, disconnect
from .tls import tls_problem

if TYPE_CHECKING:
    from paho.mqtt.reasoncodes import ReasonCode

    from .client import Client

_CONNACK = 0x20
"""The first byte of an answer in MQTT."""

_UNANSWERED_PING = 0x8D
"""What paho says of one; a broker that says it means that it heard none."""

_UNREADABLE = 0x82
"""What paho says of a packet that it cannot read, and hangs up."""

_MOST_SAID = 200


class TlsSettings(OSError):
    """What this computer itself gives TLS to begin with cannot be used."""


# Subclasses first: nearly all of these are an OSError.
_EXCEPTIONS: tuple[tuple[type[Exception], str], ...] = (
    (TlsSettings, "tls-settings"),
    (socket.gaierror, "unknown-host"),
    (ConnectionRefusedError, "closed-port"),
    (TimeoutError, "blocked-port"),
    (OSError, "network"),
    (UnicodeError, "host-name"),
)


def tls_context(broker: Broker) -> ssl.SSLContext:
    """Return a broker's context.

    Raises:
        TlsSettings: With what is wrong at this computer: no network has been used yet.
    """
    try:
        return broker.tls_context()
    except Exception as error:
        raise TlsSettings(str(error)) from error


def from_exception(error: Exception, broker: Broker) -> LinkStatus:
    """Return the status for an exception on the way to a broker."""
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        return LinkStatus("lost", "files", f"{_most_files()} files")
    if isinstance(error, ssl.SSLError):
        found = tls_problem(error, broker)
        broken = _broken_store() if found[0] == "certificate" else None
        return LinkStatus("lost", *(broken or found))
    detail = str(getattr(error, "strerror", None) or error) or type(error).__name__
    problem = next((code for kind, code in _EXCEPTIONS if isinstance(error, kind)), "fault")
    if (
        type(error).__name__ == "WebsocketConnectionError"
    ):  # paho's, which is not imported here: see `mqtt.py`
        problem = "no-websocket"
    if problem == "fault":
        detail = f"{type(error).__name__}: {error}"
    if isinstance(error, ConnectionResetError) and broker.tls:
        problem = "not-tls"
    return LinkStatus("lost", problem, detail)


def from_end(client: Client, version: int, paho: ReasonCode, properties: object = None) -> LinkStatus:
    """Return the status for a connection that has ended: by a broker's code, or without one.

    Args:
        client: Whose connection it was.
        version: 5 or 4, which is MQTT 3.1.1.
        paho: What paho says, where the broker said nothing.
        properties: What the broker added.
    """
    code = client.code
    if client.broken is not None and not client.accepted:
        return LinkStatus("lost", *tls_problem(client.broken, client.broker))
    if code is None and paho.value != _UNANSWERED_PING:
        return LinkStatus("lost", _without_a_word(client, version, paho), "")
    if code is None:
        return LinkStatus("lost", "silent", "no answer to a ping")
    reason = disconnect(code) if client.accepted else connack(code, version)
    detail = f"reason code 0x{code:02X}" if version == 5 else f"return code {code} of MQTT 3.1.1"
    if reason.problem in ("elsewhere", "moved"):
        detail = _said(properties, "ServerReference") or "it does not say where"
    added = _said(properties, "ReasonString")
    phase: Phase = "refused" if reason.final else "lost"
    return LinkStatus(phase, reason.problem, f"{detail}, {added}" if added else detail, code=code)


def _without_a_word(client: Client, version: int, paho: ReasonCode) -> str:
    if client.accepted:
        return "garbled" if paho.value == _UNREADABLE else "closed"
    if client.began and client.began[0] != _CONNACK:
        return "no-mqtt"
    # RabbitMQ before 3.13 hangs up on MQTT 5 without a word.
    return "version" if version == 5 else "hung-up"


def _said(properties: object, name: str) -> str:
    """Return what the broker adds in words: in one line, and no longer than one."""
    return "".join(filter(str.isprintable, str(getattr(properties, name, ""))))[:_MOST_SAID]


def _broken_store() -> tuple[str, str] | None:
    """Return what is wrong with the authorities that this computer trusts: Python has not said it."""
    path = os.environ.get("SSL_CERT_FILE")
    try:
        if path:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except OSError as error:
        return "tls-settings", f"SSL_CERT_FILE={path}: {error.strerror or error}"
    paths = ssl.get_default_verify_paths()
    if not (paths.cafile or paths.capath) and os.name != "nt":  # Windows has a store of its own
        return "no-authorities", ""
    return None


def _most_files() -> object:
    """Return how many files this program may have open."""
    try:
        import resource
    except ImportError:  # Windows does not tell
        return "no more"
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
