"""TLS as a broker is reached with it. The files that a user names for it are read and checked at once.

A path is not repeated where there is no file: people also paste the key itself.
"""

from __future__ import annotations

import os
import ssl
from pathlib import Path

from .._errors import InvalidBroker


class CertificateWanted(ssl.SSLError):
    """The broker has broken the handshake off, and a client certificate is what it missed."""


class _Socket(ssl.SSLSocket):
    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except ssl.SSLError as error:
            # Up to TLS 1.2 there is one alert for all. With a cipher agreed on, only the certificate is left.
            if (error.reason or "").endswith("ALERT_HANDSHAKE_FAILURE") and self.cipher():
                wanted = CertificateWanted(*error.args)
                wanted.reason = error.reason
                raise wanted from None
            raise


def new_context(authority: str | None, verify: bool) -> ssl.SSLContext:
    """Return a context that checks certificate and host name, or neither."""
    context = ssl.create_default_context(cadata=authority)
    context.sslsocket_class = _Socket
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def absolute(path: str | os.PathLike[str], name: str) -> str:
    """Return the path of a file that is there; the name is the argument's."""
    found = os.path.abspath(os.path.expanduser(path))
    if "-----BEGIN" in found:
        raise InvalidBroker(f"{name}= takes the path of a file, not what is in it.")
    if not os.path.isfile(found):
        raise InvalidBroker(
            f"There is no certificate file at the path given as {name}=. A relative path begins at "
            f"{os.getcwd()}."
        )
    return found


def read_authority(path: str) -> str:
    """Return the certificates in a file, which may be gone at the next connection."""
    try:
        text = Path(path).read_bytes().decode("ascii", "ignore")
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=text)
    except (OSError, ValueError) as error:
        raise InvalidBroker(
            f"{path} is no certificate in PEM ({error}). Give a file that begins with "
            "-----BEGIN CERTIFICATE-----; `picopanel cert` writes one, ca.pem."
        ) from None
    return text


def read_identity(cert: str, key: str) -> tuple[bytes, bytes]:
    """Return what is in the files of a client certificate and its key."""
    load_identity(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), cert, key)
    return Path(cert).read_bytes(), Path(key).read_bytes()


def load_identity(context: ssl.SSLContext, cert: str, key: str) -> None:
    """Have a context show a client certificate, or say what else the files are."""
    try:
        context.load_cert_chain(cert, key, password=_refuse_password)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            why = "The key given as key= belongs to another certificate than the one given as cert=."
        else:
            why = (
                f"The files given as cert= and key= are no certificate and its key in PEM ({error.reason}). "
                "One begins with -----BEGIN CERTIFICATE-----, the other with -----BEGIN PRIVATE KEY-----; "
                "both may be in one file, given as cert=."
            )
        raise InvalidBroker(why) from None
    except OSError as error:
        raise InvalidBroker(f"The file given as cert= or key= cannot be read: {error.strerror}.") from None


def _refuse_password() -> str:
    raise InvalidBroker(
        "The key given as key= is locked with a password, which nobody could type at every connection. "
        "Unlock a copy of it:  openssl pkey -in locked.key -out open.key  (and keep that to yourself)."
    )
