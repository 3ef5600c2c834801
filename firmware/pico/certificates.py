"""Whom the board trusts, and the certificate it shows itself: files in DER, whatever the MicroPython.

Before 1.29 the one for a Pico W reads no PEM. A file may hold several roots, one after the other,
for an authority that may issue under another.
"""

import os
import ssl

OWN_ROOTS, SHIPPED_ROOTS = "ca.der", "roots.der"  # the first: of a broker of your own
CERT, KEY = "cert.der", "key.der"  # where a broker wants one


class Unusable(ValueError):
    """A certificate file that cannot be used; the message begins with its name."""


_context = None


def wrap(sock, host):
    """TLS over a connection to a host; the handshake comes with the first bytes. Raises Unusable."""
    global _context
    if _context is None:
        _context = context()
    return _context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)


def context():
    """What makes such connections, with every root in its memory."""
    files = os.listdir()
    name = OWN_ROOTS if OWN_ROOTS in files else SHIPPED_ROOTS
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.verify_mode = ssl.CERT_REQUIRED  # type: ignore[attr-defined]
    try:
        for root in split(_read(name)):
            made.load_verify_locations(cadata=root)
        if CERT in files:
            name = CERT + ", " + KEY
            made.load_cert_chain(_read(CERT), _read(KEY))
    except (OSError, ValueError) as problem:
        raise Unusable("%s: %s" % (name, problem))
    return made


def split(data):
    """The certificates of a file, one by one: each tells its length in its first four bytes."""
    while data:
        length = 4 + (data[2] << 8 | data[3]) if data[:2] == b"\x30\x82" else len(data)
        yield data[:length]
        data = data[length:]


def _read(name):
    with open(name, "rb") as file:
        data = file.read()
    if not data:
        raise ValueError("empty")
    return data
