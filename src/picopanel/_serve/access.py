"""Who gets in: everybody on this computer, and from others whoever shows a certificate that is listed."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING

from .._broker.address import is_loopback
from .._errors import InvalidArgument

if TYPE_CHECKING:
    from .serve import Options


LISTEN = "Where to listen is a host and a port, e.g. 127.0.0.1:4840."


def host_and_port(where: str, must: str) -> tuple[str, int]:
    """Return a host and a port, or refuse with what it must be; a port alone is one on this computer."""
    host, _, port = where.rpartition(":")
    if not port.isdigit() or not 0 < int(port) < 65536 or "/" in host:
        raise InvalidArgument(must)
    return host.strip("[]") or "127.0.0.1", int(port)


def in_url(host: str, port: int) -> str:
    """Return a host and a port as a URL has them: an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def check_access(host: str, options: Options, server: str) -> None:
    """Refuse a server that would let anybody in who reaches it."""
    if not is_loopback(host) and not (options.cert and options.key and options.clients):
        raise InvalidArgument(
            f"Where other computers reach it, {server} server needs cert=, key= and clients=: its own "
            "certificate and key, and a folder with the certificates of who may use it. Without them it "
            "serves this computer alone, e.g. at 127.0.0.1."
        )
    if options.clients and not (options.cert and options.key):
        raise InvalidArgument("clients= goes with cert= and key=: who is known by a certificate encrypts.")


def certificates(folder: Path) -> list[Path]:
    """Return the files of who may use a server."""
    found = [path for path in folder.glob("*") if path.suffix in (".pem", ".der", ".crt")]
    if not found:
        raise InvalidArgument(f"{folder} has no certificates (.pem, .der, .crt): nobody could connect.")
    return found


def own_certificate(options: Options) -> tuple[bytes, bytes] | None:
    """Return a server's key and its certificate, looked at, if they are given."""
    if not options.cert or not options.key:
        return None
    both = options.key.read_bytes(), options.cert.read_bytes()
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(options.cert, options.key, password="")
    except ssl.SSLError:
        raise InvalidArgument(
            f"{options.cert.name} and {options.key.name} are not a certificate and its key, PEM and without "
            "a password. See that they belong together."
        ) from None
    return both


def first_certificate(path: Path) -> bytes:
    """Return the first of a file, PEM: an authority behind it would let in all that it has issued."""
    _, begin, rest = (held := path.read_bytes()).partition(b"-----BEGIN CERTIFICATE-----")
    body, end, _ = rest.partition(b"-----END CERTIFICATE-----")
    one = begin + body + end if begin else ssl.DER_cert_to_PEM_cert(held).encode()
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_verify_locations(cadata=one.decode())
    except (ssl.SSLError, ValueError):
        raise InvalidArgument(f"{path.name} is no certificate. Mend it, or take it out of there.") from None
    return one
