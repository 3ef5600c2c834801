"""A broker, how to sign in to it, and the TLS that it is reached with.

The files that a user names for TLS are read and checked at once. A path is not repeated where there is no
file: people also paste the key itself.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from .._errors import InvalidBroker, NotPickled
from .._errors.arguments import check_call, is_unicode
from .address import SCHEMES, Address, is_loopback, parse

_PUBLIC = ("test.mosquitto.org", "broker.hivemq.com", "broker.emqx.io")
_USUAL_PATHS = ("", "/", "/mqtt", "/ws")


class Broker:
    """An MQTT broker and how to sign in to it.

    Two brokers with the same settings are equal, and panels on equal brokers share one connection.
    The paths of its files become absolute, and `key` is `cert` where that holds both.

    Args:
        url: `mqtts://host:8883`, `mqtt://`, `wss://` or `ws://`, with `user:password@` if needed.
            A bare host means `mqtts://`, or `mqtt://` on this machine itself; with a path, as in
            `host:8884/mqtt`, it means `wss://`. In the URL a password is percent-encoded.
        username: The user name, if it is not in the URL.
        password: The password as it is, if it is not in the URL. It is never shown again.
        ca: File with the certificate authority to trust, in PEM, instead of the system's.
        cert: File with a client certificate, in PEM, for a broker that wants one.
        key: File with its key, in PEM and without a password; not needed if `cert` holds both.
        verify: False accepts any certificate, so that anyone in between can read the password.

    Raises:
        InvalidBroker: With what is wrong and an example.

    Example:
        >>> Broker("mqtts://ada:secret@broker.example")
        Broker('mqtts://broker.example:8883')
    """

    __slots__ = (
        *("_address", "_context", "_settings", "authority", "ca", "cert", "host", "key"),
        *("path", "port", "resource", "tls", "transport", "verify"),
    )

    def __init__(
        self,
        url: str = "",
        *unnamed: NoReturn,
        username: str | None = None,
        password: str | None = None,
        ca: str | os.PathLike[str] | None = None,
        cert: str | os.PathLike[str] | None = None,
        key: str | os.PathLike[str] | None = None,
        verify: bool = True,
        **unknown: NoReturn,
    ) -> None:
        check_call(Broker, unnamed, unknown)
        self._address = address = _signed_in(parse(url), username, password)
        self.host, self.port, self.path = address.host, address.port, address.path
        self.transport, self.tls, _ = SCHEMES[address.scheme]
        # What a WebSocket asks for; it is not to be shown, for a query may hold a token.
        self.resource = f"{address.path}?{address.query}" if address.query else address.path
        if not self.tls and not ca is cert is key is None:
            raise InvalidBroker(
                "ca=, cert= and key= are for TLS, and this broker is used without it: write mqtts:// or "
                "wss:// in front of the host."
            )
        if key is not None and cert is None:
            raise InvalidBroker("key= goes with cert=, the certificate that it belongs to.")
        if not isinstance(verify, bool):  # what is empty would have switched it off
            raise InvalidBroker(
                "verify= must be True or False; False lets anyone in between read the password."
            )
        self.verify = verify
        self.ca = None if ca is None else _absolute(ca, "ca")
        self.authority = None if self.ca is None else _authority(self.ca)
        self.cert = None if cert is None else _absolute(cert, "cert")
        self.key = self.cert if key is None else _absolute(key, "key")
        identity = None
        if self.cert is not None and self.key is not None:
            _load_identity(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), self.cert, self.key)
            identity = Path(self.cert).read_bytes(), Path(self.key).read_bytes()
        self._context: ssl.SSLContext | None = None
        self._settings = (address, self.authority, identity, verify)

    @property
    def url(self) -> str:
        """The URL without user name, password, query, and a path that may be a secret."""
        host = f"[{self.host.replace('%', '%25')}]" if ":" in self.host else self.host
        path = self.path if self.path in _USUAL_PATHS else "/…"
        return f"{self._address.scheme}://{host}:{self.port}{path}"

    @property
    def loopback(self) -> bool:
        """Whether the broker runs on this machine."""
        return is_loopback(self.host)

    @property
    def public(self) -> bool:
        """Whether everybody can read and command what passes through this broker."""
        return self.host.rstrip(".") in _PUBLIC

    def sign_in(self, username_pw_set: Callable[[str, str | None], object]) -> None:
        """Hand user name and password to a client's setter; nothing else reads them."""
        if self._address.username is not None:
            username_pw_set(self._address.username, self._address.password)

    def tls_context(self) -> ssl.SSLContext:
        """Return a context that checks certificate and host name, unless verify=False was spelled out."""
        if self._context is not None:
            return self._context
        context = ssl.create_default_context(cadata=self.authority)
        context.sslsocket_class = _Socket
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if self.cert is not None and self.key is not None:
            _load_identity(context, self.cert, self.key)
            self._context = context  # kept, for the files may be gone at the next connection
        return context

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Broker) and self._settings == other._settings

    def __hash__(self) -> int:
        return hash(self._settings)

    def __repr__(self) -> str:
        return f"Broker({self.url!r})"

    def __reduce__(self) -> str:
        raise NotPickled("A Broker holds a password and is not pickled; make it anew from its URL.")


def as_broker(given: object) -> Broker:
    """Return the broker that a user gave, as one or as its URL."""
    return given if isinstance(given, Broker) else Broker(given)  # type: ignore[arg-type]  # it is refused there


def _signed_in(address: Address, username: object, password: object) -> Address:
    """Return an address with the user name and password that count."""
    user = _either("user name", "username", address.username, username) or None
    word = _either("password", "password", address.password or None, password)
    if word and user is None:
        raise InvalidBroker("A password needs a user name: user:password@ in the URL, or username=.")
    return replace(address, username=user, password=None if user is None else word)


def _either(what: str, argument: str, in_url: str | None, given: object) -> str | None:
    """Return what the URL or the argument says, if MQTT can carry it; both may, if they agree."""
    if given is not None and not isinstance(given, str):
        raise InvalidBroker(f"{argument}= must be a text, in quotation marks.")
    if given is not None and in_url is not None and given != in_url:
        raise InvalidBroker(
            f"Two different {what}s are given, one in the URL and one beside it. Give one only."
        )
    text = in_url if given is None else given
    if text is not None and ("\0" in text or not is_unicode(text) or len(text.encode()) > 65535):
        raise InvalidBroker(f"This {what} is nothing that MQTT can carry: it is too long, or no text.")
    return text


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


def _absolute(path: object, name: str) -> str:
    """Return the path of a file that is there; the name is the argument's."""
    if not isinstance(path, (str, os.PathLike)) or "-----BEGIN" in os.fspath(path):
        raise InvalidBroker(f"{name}= takes the path of a file, not what is in it.")
    found = os.path.abspath(os.path.expanduser(path))
    if not os.path.isfile(found):
        raise InvalidBroker(
            f"There is no certificate file at the path given as {name}=. A relative path begins at "
            f"{os.getcwd()}."
        )
    return found


def _authority(path: str) -> str:
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


def _load_identity(context: ssl.SSLContext, cert: str, key: str) -> None:
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
