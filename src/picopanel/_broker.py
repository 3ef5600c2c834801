"""Where and how to connect. The only room that holds a secret, and it never prints one."""

from __future__ import annotations

import importlib
import os
import runpy
import ssl
import sys
import warnings
from collections.abc import Callable, Mapping
from functools import cache
from importlib.machinery import PathFinder
from ipaddress import ip_address
from pathlib import Path
from traceback import walk_tb
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

from ._errors import InvalidBroker, NoBroker, NotPickled

_SCHEMES: dict[str, tuple[Literal["tcp", "websockets"], bool, int]] = {
    # scheme: (transport, TLS, default port)
    "mqtt": ("tcp", False, 1883),
    "mqtts": ("tcp", True, 8883),
    "ws": ("websockets", False, 80),
    "wss": ("websockets", True, 443),
}
_PUBLIC = ("test.mosquitto.org", "broker.hivemq.com", "broker.emqx.io")

_HOW_TO = """No broker was given, and none was found. Three ways to give one:
  1. PicoPanel("my-course-id", broker="mqtts://user:password@host:8883")
  2. Set HIVEMQ_HOST, HIVEMQ_USERNAME, HIVEMQ_PASSWORD (and COURSE_ID) as environment variables,
     or in Colab under "Secrets", the key icon on the left, with "Notebook access" switched on.
  3. Put a my_secrets.py with those names beside this notebook.
No board and no broker at hand? PicoPanel.demo() needs neither."""


class Broker:
    """An MQTT broker and how to sign in to it.

    Two brokers with the same settings are equal, and panels on equal brokers share one connection.

    Args:
        url: `mqtts://host:8883`, `mqtt://`, `wss://` or `ws://`, with `user:password@` if needed.
            A bare host means `mqtts://`, or `mqtt://` on this machine itself.
        username: The user name, if it is not in the URL.
        password: The password, if it is not in the URL. It is never shown again.
        ca: File with the certificate authority to trust, in PEM, instead of the system's.
        verify: False accepts any certificate, so that anyone in between can read the password.

    Raises:
        InvalidBroker: With what is wrong and an example.

    Example:
        >>> Broker("mqtts://ada:secret@broker.example")
        Broker('mqtts://broker.example:8883')
    """

    __slots__ = ("_secret", "authority", "ca", "host", "path", "port", "tls", "transport", "verify")

    def __init__(
        self,
        url: str,
        *,
        username: str | None = None,
        password: str | None = None,
        ca: str | os.PathLike[str] | None = None,
        verify: bool = True,
    ) -> None:
        parts = _split(url)
        self.host = parts.hostname or ""
        self.transport, self.tls, standard_port = _SCHEMES[parts.scheme]
        self.port = parts.port or standard_port
        self.path = (parts.path or "/mqtt") if self.transport == "websockets" else ""
        self.ca = None if ca is None else os.path.abspath(ca)
        self.verify = verify
        self.authority = None if self.ca is None else _read_authority(self.ca)
        self._secret = (
            username if username is not None else unquote(parts.username or "") or None,
            password if password is not None else unquote(parts.password or "") or None,
        )

    @property
    def url(self) -> str:
        """The URL without user name and password."""
        scheme = next(
            name for name, (way, tls, _) in _SCHEMES.items() if (way, tls) == (self.transport, self.tls)
        )
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}{self.path}"

    @property
    def loopback(self) -> bool:
        """Whether the broker runs on this machine."""
        return _is_loopback(self.host)

    @property
    def public(self) -> bool:
        """Whether everybody can read and command what passes through this broker."""
        return self.host in _PUBLIC

    def sign_in(self, username_pw_set: Callable[[str, str | None], object]) -> None:
        """Hand user name and password to a client's setter; nothing else reads them."""
        username, password = self._secret
        if username is not None:
            username_pw_set(username, password)

    def tls_context(self) -> ssl.SSLContext:
        """Return a context that checks certificate and host name, unless verify=False was spelled out."""
        context = ssl.create_default_context(cadata=self.authority)
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def _key(self) -> tuple[object, ...]:
        return (self.url, self.authority, self.verify, self._secret)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Broker) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"Broker({self.url!r})"

    def __reduce__(self) -> str:
        raise NotPickled("A Broker holds a password and is not pickled; make it anew from its URL.")


def find(device_id: str | None, broker: Broker | str | None) -> tuple[str | None, Broker]:
    """Return the device ID and broker to use; what is not given is looked up.

    Looked up in this order: `PICOPANEL_BROKER`, the course's names in the environment,
    Colab's secrets, `my_secrets.py` on the path.

    Raises:
        NoBroker: When there is none, with the three ways to give one.
        InvalidBroker: When the one given or found cannot work.
    """
    if isinstance(broker, str):
        broker = Broker(broker)
    sources = (_environment, _colab_secret, _my_secrets())
    if broker is None and os.environ.get("PICOPANEL_BROKER"):
        broker = Broker(os.environ["PICOPANEL_BROKER"])
    if broker is None:
        broker = next(filter(None, map(_course_broker, sources)), None)
    if broker is None:
        raise NoBroker(_HOW_TO)
    if device_id is None:
        device_id = next(filter(None, (source("COURSE_ID") for source in sources)), None)
    return device_id, broker


def _read_authority(path: str) -> str:
    """Return the certificates in a file, which may be gone at the next connection."""
    try:
        text = Path(path).read_bytes().decode("ascii", "ignore")
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=text)
    except FileNotFoundError:
        raise InvalidBroker(f"There is no certificate file {path}. Check the path given as ca=.") from None
    except (OSError, ValueError) as error:
        raise InvalidBroker(
            f"{path} is no certificate in PEM ({error}). Give a file that begins with "
            "-----BEGIN CERTIFICATE-----; `picopanel cert` writes one, ca.pem."
        ) from None
    return text


def _split(url: object) -> SplitResult:
    """Split a broker URL; the messages never repeat it, for it may hold a password."""
    example = "Example: mqtts://user:password@abc123.s1.eu.hivemq.cloud:8883"
    if not isinstance(url, str) or not url.strip():
        raise InvalidBroker(f"The broker must be a Broker or a URL. {example}")
    text = url.strip()
    try:
        if "://" not in text:
            host = urlsplit("//" + text).hostname or ""
            text = ("mqtt://" if _is_loopback(host) else "mqtts://") + text
        parts = urlsplit(text)
        port_is_readable = parts.port is None or parts.port > 0
    except ValueError:
        raise InvalidBroker(
            "The broker's URL cannot be read; is the port a number from 1 to 65535, and is a '/', '?' "
            f"or '#' in the password written as %2F, %3F or %23? {example}"
        ) from None
    if parts.scheme not in _SCHEMES:
        raise InvalidBroker(
            f"The broker's URL starts with '{parts.scheme}://'; mqtt, mqtts, ws and wss are known. {example}"
        )
    if not parts.hostname or not port_is_readable or "<" in text.rpartition("@")[2]:
        raise InvalidBroker(f"The broker's URL names no host. {example}")
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _course_broker(source: Callable[[str], str | None]) -> Broker | None:
    host = source("HIVEMQ_HOST")
    if not host:
        return None
    return Broker(host, username=source("HIVEMQ_USERNAME"), password=source("HIVEMQ_PASSWORD"))


def _environment(name: str) -> str | None:
    return os.environ.get(name) or None


def _colab_secret(name: str) -> str | None:
    if "google.colab" not in sys.modules:
        return None
    userdata = importlib.import_module("google.colab.userdata")
    try:
        return userdata.get(name) or None
    except userdata.SecretNotFoundError:
        return None
    except userdata.NotebookAccessError:
        raise InvalidBroker(
            f"Colab keeps the secret {name} from this notebook. Open Secrets, the key icon on the left, "
            'and switch "Notebook access" on for it.'
        ) from None


def _my_secrets() -> Callable[[str], str | None]:
    """Return what looks into `my_secrets.py`; it is read when it is needed, and once."""
    values = cache(_read_my_secrets)

    def look(name: str) -> str | None:
        value = values().get(name)
        return value if isinstance(value, str) and value else None

    return look


def _read_my_secrets() -> Mapping[str, object]:
    importlib.invalidate_caches()
    spec = PathFinder.find_spec("my_secrets")
    if spec is None or spec.origin is None:
        return {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # one of a backslash shows the line, which may hold the password
            return runpy.run_path(spec.origin)  # no import: a file that was mended is read anew
    except Exception as error:  # its text may hold the password, too
        raise InvalidBroker(
            f"my_secrets.py cannot be read: {type(error).__name__} in line {_line(error, spec.origin)}. "
            'Each line is NAME = "value", with the quotation marks.'
        ) from None


def _line(error: Exception, file: str) -> int:
    """Return where in a file an error is."""
    if isinstance(error, SyntaxError):
        return error.lineno or 1
    lines = [line for frame, line in walk_tb(error.__traceback__) if frame.f_code.co_filename == file]
    return (lines or [1])[-1]
