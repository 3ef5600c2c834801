"""A broker and how to sign in to it."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from typing import NoReturn

from .._errors import InvalidBroker, NotPickled
from .._errors.arguments import is_unicode, refuse_unknown, refuse_unnamed
from .address import SCHEMES, Address, is_loopback, parse
from .tls import absolute, load_identity, new_context, read_authority, read_identity

_ARGUMENTS = ("url", "username", "password", "ca", "cert", "key", "verify")
_PUBLIC = ("test.mosquitto.org", "broker.hivemq.com", "broker.emqx.io")
_USUAL_PATHS = ("", "/", "/mqtt", "/ws")


class Broker:
    """An MQTT broker and how to sign in to it.

    Two brokers with the same settings are equal, and panels on equal brokers share one connection.

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

    Attributes:
        cert: Absolute path of the client certificate, or None.
        key: Absolute path of its key, which is the same file if that holds both.

    Raises:
        InvalidBroker: With what is wrong and an example.

    Example:
        >>> Broker("mqtts://ada:secret@broker.example")
        Broker('mqtts://broker.example:8883')
    """

    __slots__ = (
        *("_context", "_identity", "_scheme", "_secret", "authority", "ca", "cert", "host", "key"),
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
        refuse_unnamed("Broker()", unnamed, _ARGUMENTS)
        refuse_unknown("Broker()", unknown, _ARGUMENTS)
        address = parse(url)
        self._scheme, self.host, self.port = address.scheme, address.host, address.port
        self.transport, self.tls, _ = SCHEMES[address.scheme]
        self.path = address.path
        # What a WebSocket asks for; it is not to be shown, for a query may hold a token.
        self.resource = f"{address.path}?{address.query}" if address.query else address.path
        self._secret = _secret(address, username, password)
        if not self.tls and not ca is cert is key is None:
            raise InvalidBroker(
                "ca=, cert= and key= are for TLS, and this broker is used without it: write mqtts:// or "
                "wss:// in front of the host."
            )
        if key is not None and cert is None:
            raise InvalidBroker("key= goes with cert=, the certificate that it belongs to.")
        self.verify = verify
        self.ca = None if ca is None else absolute(ca, "ca")
        self.authority = None if self.ca is None else read_authority(self.ca)
        self.cert = None if cert is None else absolute(cert, "cert")
        self.key = self.cert if key is None else absolute(key, "key")
        self._context: ssl.SSLContext | None = None
        self._identity = self.cert and self.key and read_identity(self.cert, self.key)

    @property
    def url(self) -> str:
        """The URL without user name, password, query, and a path that may be a secret."""
        host = f"[{self.host.replace('%', '%25')}]" if ":" in self.host else self.host
        path = self.path if self.path in _USUAL_PATHS else "/…"
        return f"{self._scheme}://{host}:{self.port}{path}"

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
        username, password = self._secret
        if username is not None:
            username_pw_set(username, password)

    def tls_context(self) -> ssl.SSLContext:
        """Return a context that checks certificate and host name, unless verify=False was spelled out."""
        if self._context is not None:
            return self._context
        context = new_context(self.authority, self.verify)
        if self.cert is not None and self.key is not None:
            load_identity(context, self.cert, self.key)
            self._context = context  # kept, for the files may be gone at the next connection
        return context

    def _key(self) -> tuple[object, ...]:
        return (
            *(self._scheme, self.host, self.port, self.resource, self._secret),
            *(self.authority, self._identity, self.verify),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Broker) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"Broker({self.url!r})"

    def __reduce__(self) -> str:
        raise NotPickled("A Broker holds a password and is not pickled; make it anew from its URL.")


def as_broker(given: object) -> Broker:
    """Return the broker that a user gave, as one or as its URL."""
    return given if isinstance(given, Broker) else Broker(given)  # type: ignore[arg-type]  # it is refused there


def _secret(address: Address, username: object, password: object) -> tuple[str | None, str | None]:
    user = _either("user name", "username", address.username, username) or None
    word = _either("password", "password", address.password or None, password)
    if word and user is None:
        raise InvalidBroker("A password needs a user name: user:password@ in the URL, or username=.")
    return user, word if user is not None else None


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
