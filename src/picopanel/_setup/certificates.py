"""The certificates for a board: the root of the path to its broker, and its own where a broker wants one."""

from __future__ import annotations

import os
import re
import socket
import ssl
from base64 import b64decode
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from .._broker import Broker
from .._errors import InvalidBroker, NotConnected, arguments
from .._link.troubles import from_exception, link_sentences, tls_context
from .._runtime import loop

# What PicoPanel's firmware opens: one root in DER, or several, one after the other; else HiveMQ Cloud's.
OWN_CA, SHIPPED_CA = "ca.der", "roots.der"
# What the firmware of PicoPanel 0.1 opened, and no Pico's MicroPython before 1.29 could read.
FORMER_CA = "roots.pem"
COURSE_CA = "hivemq-com-chain.der"  # what the course's own board opens
FILES = (OWN_CA, "ca.pem", COURSE_CA)  # what `cert` writes
OWN_CERT, OWN_KEY = "cert.der", "key.der"  # what the board shows of itself, where a broker wants that
OWN_FILES = (OWN_CA, OWN_CERT, OWN_KEY)  # what a board has for some brokers only, all in DER
MOST_ROOTS = 4  # a board keeps each in its memory, 2 kB or more

TIMEOUT = 10.0
_ENDS_SOON = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate authority's certificate.

    Attributes:
        subject: Whom it names.
        issuer: Who signed it; the same as `subject` for a root.
        expires: When it ends, UTC.
        der: The certificate itself.
        files: The files it was written to, if it was.
    """

    subject: str
    issuer: str
    expires: datetime
    der: bytes
    files: tuple[Path, ...] = ()

    @property
    def pem(self) -> str:
        """The certificate as text."""
        return ssl.DER_cert_to_PEM_cert(self.der)

    @property
    def is_root(self) -> bool:
        """Whether it is signed by itself."""
        return self.subject == self.issuer

    def warnings(self, now: datetime | None = None) -> list[str]:
        """Return what speaks against it on a board, in sentences."""
        found = []
        if not self.is_root:
            found.append(
                f"{self.subject} is an intermediate, which its authority ({self.issuer}) replaces "
                "without notice: the board will then find X509_CERT_VERIFY_FAILED. Put the root there."
            )
        if self.expires - (now or datetime.now(timezone.utc)) < _ENDS_SOON:
            found.append(f"{self.subject} ends on {self.expires:%Y-%m-%d}, within a year.")
        return found

    def __repr__(self) -> str:
        return f"<Certificate {self.subject!r}, until {self.expires:%Y-%m-%d}>"


def cert(
    host: str,
    *,
    ca: str | os.PathLike[str] | None = None,
    out: str | os.PathLike[str] | None = None,
    verify: bool = True,
) -> Certificate:
    """Get the certificate that a board needs to trust a broker: the root of the verified path.

    Brokers mostly do not send it, and it lasts for years.

    Args:
        host: `host` or `host:port`; the port is 8883 if not given.
        ca: File with the authority to trust, PEM, instead of the system's.
        out: Folder to write `ca.der`, `ca.pem` and `hivemq-com-chain.der` to.
        verify: False takes the topmost certificate that is sent, whoever sends it.

    Raises:
        NotConnected: With the cause and the next step.
        InvalidBroker: If the host or `ca` cannot work.

    Example:
        >>> picopanel.cert("abc123.s1.eu.hivemq.cloud", out=".")     # doctest: +SKIP
        <Certificate 'ISRG Root X1, Internet Security Research Group', until 2035-06-04>
    """
    if not loop.has_thread():
        raise NotConnected(
            "Python in a browser has no sockets, over which a broker shows its certificates. Run  picopanel "
            "cert HOST  in a terminal."
        )
    broker = Broker(host if "://" in host else f"mqtts://{host}", ca=ca, verify=verify)
    try:
        with socket.create_connection((broker.host, broker.port), timeout=TIMEOUT) as connection:
            context = tls_context(broker)
            with context.wrap_socket(connection, server_hostname=broker.host) as tls:
                root = read(_chain(tls, broker.verify)[-1])[0]
    except (OSError, UnicodeError) as error:
        status = from_exception(error, broker)
        raise NotConnected(f"{' '.join(link_sentences(status))} ({status.detail})") from None
    except ValueError as error:
        raise InvalidBroker(f"{broker.host} sends no certificate of an authority. {error}") from None
    if out is None:
        return root
    folder = arguments.file_path("out", out)
    folder.mkdir(parents=True, exist_ok=True)
    paths = tuple(folder / name for name in FILES)
    for path in paths:
        path.write_bytes(root.pem.encode() if path.suffix == ".pem" else root.der)
    return replace(root, files=paths)


def is_pem(data: bytes) -> bool:
    return b"-----BEGIN" in data


def read(der_or_pem: bytes) -> tuple[Certificate, ...]:
    """Return what a file of certificates says of each authority.

    Raises:
        ValueError: If it holds no certificate of an authority.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cadata=der_or_pem.decode("ascii") if is_pem(der_or_pem) else der_or_pem)
    except (ssl.SSLError, UnicodeDecodeError):
        raise ValueError("This file is not a certificate.") from None
    known = context.get_ca_certs()
    if not known:
        raise ValueError(
            "This is a server's own certificate, renewed every few weeks, and not an authority's."
        )
    return tuple(map(_describe, known, context.get_ca_certs(binary_form=True)))


def own_files(broker: Broker) -> dict[str, bytes]:
    """Return what a board has for this broker only: its own authority's roots, and a client certificate.

    Raises:
        InvalidBroker: It is not an authority's certificate, or it is everybody's.
    """
    files = {} if broker.authority is None else {OWN_CA: _roots(broker, broker.authority)}
    if broker.cert is not None and broker.key is not None:
        files[OWN_CERT] = _der(Path(broker.cert).read_text(encoding="utf-8", errors="replace"), "CERTIFICATE")
        files[OWN_KEY] = _der(Path(broker.key).read_text(encoding="utf-8", errors="replace"), "PRIVATE KEY")
    return files


def _roots(broker: Broker, authority: str) -> bytes:
    try:
        found = read(authority.encode())
    except ValueError as error:
        raise InvalidBroker(f"{broker.ca}: {error}") from None
    roots = [each.der for each in found if each.is_root] or [each.der for each in found]
    if len(roots) > MOST_ROOTS:
        raise InvalidBroker(
            f"{broker.ca} holds {len(roots)} authorities, and a board has memory for {MOST_ROOTS}. Give the "
            f"broker's own: `picopanel cert {broker.host} --ca {broker.ca}` writes it as ca.pem."
        )
    return b"".join(roots)


def _chain(tls: ssl.SSLSocket, verified: bool) -> list[bytes]:
    name = "get_verified_chain" if verified else "get_unverified_chain"
    if hasattr(tls, name):
        return getattr(tls, name)()  # type: ignore[no-any-return]
    # Before Python 3.13 only the object inside has it; 2 is DER.
    return [each.public_bytes(2) for each in getattr(tls._sslobj, name)()]  # type: ignore[attr-defined]


def _der(pem: str, what: str) -> bytes:
    """Return the first of its kind; the kind of a key may have a word in front."""
    found = re.search(rf"-----BEGIN [A-Z ]*{what}-----(.*?)-----END", pem, re.DOTALL)
    if found is None:
        raise InvalidBroker(f"A board needs the {what.lower()} as PEM; this file has none.")
    return b64decode(found[1])


def _describe(known: Any, der: bytes) -> Certificate:
    expires = datetime.fromtimestamp(ssl.cert_time_to_seconds(known["notAfter"]), timezone.utc)
    return Certificate(_name(known["subject"]), _name(known["issuer"]), expires, der)


def _name(parts: tuple[tuple[tuple[str, str], ...], ...]) -> str:
    values = {key: value for part in parts for key, value in part}
    names = ("commonName", "organizationName", "organizationalUnitName")
    return ", ".join(values[name] for name in names if name in values) or "unnamed"
