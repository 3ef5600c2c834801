"""The address of a broker: each part of it either counts or is refused.

No part is repeated in a refusal. What stands where a port or a path belongs may be half a password
that a '#' or a '/' has split.
"""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv6Address, ip_address
from typing import Literal, NoReturn
from urllib.parse import quote, unquote

from .._errors import InvalidBroker

SCHEMES: dict[str, tuple[Literal["tcp", "websockets"], bool, int]] = {
    # scheme: (transport, TLS, default port)
    "mqtt": ("tcp", False, 1883),
    "mqtts": ("tcp", True, 8883),
    "ws": ("websockets", False, 80),
    "wss": ("websockets", True, 443),
}
_MEANT = {"tcp": "mqtt", "http": "ws", "mqtt+ws": "ws", "https": "wss", "mqtt+wss": "wss"}
_MEANT |= dict.fromkeys(("ssl", "tls", "mqtt+ssl", "mqtt+tls"), "mqtts")
_EXAMPLE = "Example: mqtts://user:password@abc123.s1.eu.hivemq.cloud:8883"
_PARTS = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*)://)?([^/?#]*)(.*)")
_AT_A_PORT = re.compile(r"(?:(?:serial|usb):)?/*(?:/dev/\S+|COM\d+)", re.IGNORECASE)
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_NO_HOST = re.compile(r"""[\s!"#$%&'()*+,/:;<=>?@\[\\\]^`{|}~]""")


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """What an address says; `path` and `query` are a WebSocket's, and a query may be a secret."""

    scheme: str
    host: str
    port: int
    path: str = ""
    query: str = ""
    username: str | None = None
    password: str | None = None


def parse(given: object) -> Address:
    """Return what an address says.

    Raises:
        InvalidBroker: When a part cannot count, with how it is written.
    """
    if not isinstance(given, str) or not given.strip():
        _refuse("The broker must be a Broker or a URL.")
    scheme, authority, tail = _parts(given.strip())
    userinfo, _, place = authority.rpartition("@")
    host, port = _host_and_port(place)
    if not scheme:  # only a WebSocket has a path
        secure, plain = ("wss", "ws") if tail.startswith("/") and tail != "/" else ("mqtts", "mqtt")
        scheme = plain if is_loopback(host) else secure
    transport, _, usual_port = SCHEMES[scheme]
    path = query = ""
    if transport == "websockets":
        if " " in tail:
            _refuse("There is a space in the path of the broker's URL; write it as %20.")
        path, _, query = quote(tail, "/%:!$&'()*+,;=~?").partition("?")
        path = path or "/mqtt"
    elif tail not in ("", "/"):
        _refuse(
            "Only MQTT over WebSocket has a path: write wss://host:8884/mqtt or ws://, or leave out what "
            "follows the port."
        )
    user, colon, word = userinfo.partition(":")
    username, password = _decoded(user) or None, _decoded(word) if colon else None
    return Address(scheme, host, usual_port if port is None else port, path, query, username, password)


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine alone; a name other than localhost may lead anywhere."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse(why: str) -> NoReturn:
    raise InvalidBroker(f"{why} {_EXAMPLE}") from None


def _parts(text: str) -> tuple[str, str, str]:
    """Return the scheme, if any, what stands before the first '/', '?' or '#', and the rest."""
    if not text.isprintable():
        _refuse(
            "The broker's URL holds a line break, a tab or another character that cannot be seen. "
            "If it is the password's, give that as password=."
        )
    if _AT_A_PORT.fullmatch(text):
        raise InvalidBroker(
            "This is a port of the computer, and no broker. A board on its USB cable that has no Wi-Fi is "
            "brought to a broker by: picopanel pico my-course-id --serial PORT. Here, name that broker."
        )
    scheme, authority, tail = _PARTS.findall(text)[0]
    scheme = scheme.lower()
    if scheme in _MEANT:
        _refuse(f"Write {_MEANT[scheme]}:// instead of {scheme}://.")
    if scheme and scheme not in SCHEMES:
        _refuse("The broker's URL begins with something else than mqtt://, mqtts://, ws:// or wss://.")
    if "@" in tail:
        _refuse(
            "The broker's URL has an '@' after a '/', '?' or '#'. In a user name or password write '/' as "
            "%2F, '?' as %3F and '#' as %23, or give it as password=, as it is; in a path write '@' as %40."
        )
    if "#" in tail:
        _refuse(
            "A '#' means nothing in a broker's URL. If it is the password's, write it as %23, or give that "
            "as password=, as it is."
        )
    return scheme, authority, tail


def _host_and_port(place: str) -> tuple[str, int | None]:
    if place.startswith("["):
        host, bracket, after = place[1:].partition("]")
        if not bracket or (after and not after.startswith(":")):
            _refuse("An IPv6 address stands in brackets, and its port after them: mqtt://[::1]:1883.")
        return _ipv6(host), _port(after[1:]) if after else None
    if place.count(":") > 1:
        _refuse(
            "The broker's URL has more than one ':' where its host stands. An IPv6 address is written in "
            "brackets: mqtt://[::1]:1883. User name and password stand before an '@'."
        )
    host, colon, port = place.partition(":")
    host = unicodedata.normalize("NFC", host).lower()
    if not host or _NO_HOST.search(host):
        _refuse("The broker's URL names no host.")
    return host, _port(port) if colon else None


def _ipv6(text: str) -> str:
    address, percent, zone = text.partition("%")
    zone = unquote(zone[2:] if zone.startswith("25") and zone != "25" else zone)
    if not percent or re.fullmatch(r"[A-Za-z0-9._~-]+", zone):
        with suppress(AddressValueError):
            return f"{IPv6Address(address)}{percent}{zone}"
    _refuse("What stands in brackets is no IPv6 address; one is written mqtt://[::1]:1883.")


def _port(text: str) -> int:
    if not re.fullmatch(r"0*[0-9]{1,5}", text, re.ASCII) or not 0 < int(text) < 65536:
        _refuse(
            "What follows the ':' after the host is no port, a number from 1 to 65535. User name and "
            "password stand before an '@', with a '/', '?' or '#' written as %2F, %3F or %23."
        )
    return int(text)


def _decoded(part: str) -> str:
    if not _ESCAPE.search(part):
        return part  # a '%' that begins no escape stands for itself
    if "%" not in _ESCAPE.sub("", part):
        with suppress(UnicodeDecodeError):
            return unquote(part, errors="strict")
    _refuse(
        "A '%' in the user name or password cannot be read: write it as %25, or give the password as "
        "password=, as it is."
    )
