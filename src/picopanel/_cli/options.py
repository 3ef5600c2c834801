"""Options that several commands share."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import Any

from .._broker import Address, Broker, environment, find, parse
from .._errors import InvalidBroker
from .._protocol.payloads import LONGEST_INTERVAL, SHORTEST_INTERVAL

_FILES = {
    "ca": "the certificate authority to trust, PEM",
    "cert": "a client certificate, for a broker that wants one, PEM",
    "key": "its key, PEM, if it is in a file of its own",
}

Commands = Any
"""What argparse's `add_subparsers` returns; its class is private."""


def add_broker(
    parser: argparse.ArgumentParser, without: str = "Looked up as PicoPanel does if not given."
) -> None:
    """Add what says where the broker is, and what happens without."""
    parser.add_argument(
        "--broker",
        metavar="URL",
        help="e.g. mqtts://user@host:8883; without a password in it, which other users of this computer "
        "could read, it is asked for. " + without,
    )
    for name, about in _FILES.items():
        parser.add_argument(f"--{name}", metavar="FILE", help=about)


def an_interval(text: str) -> int:
    """Return milliseconds between samples, as far as boards know them."""
    value = int(text)
    if not SHORTEST_INTERVAL <= value <= LONGEST_INTERVAL:
        raise argparse.ArgumentTypeError(f"{SHORTEST_INTERVAL} to {LONGEST_INTERVAL} milliseconds")
    return value


def broker_of(options: argparse.Namespace) -> Broker:
    """Return the broker that the options or the usual places name."""
    files = _files(options)
    if options.broker is not None:
        return Broker(
            options.broker,
            password=_missing_password(options.broker),
            ca=files.get("ca"),
            cert=files.get("cert"),
            key=files.get("key"),
        )
    if files:
        raise InvalidBroker(f"--{min(files)} goes with --broker: which one is it for? Name that as well.")
    return find(None, None)[1]


def names_a_broker(options: argparse.Namespace) -> bool:
    """Return whether an option says anything of a broker."""
    return bool(options.broker or _files(options))


def _files(options: argparse.Namespace) -> dict[str, str]:
    given = vars(options)
    return {name: given[name] for name in _FILES if given.get(name) is not None}


def _missing_password(url: str) -> str | None:
    address = parse(url)
    if address.username is None or address.password is not None:
        return None
    known = environment("HIVEMQ_PASSWORD") if _is_the_environments(address) else None
    if known is not None or not sys.stdin.isatty():
        return known
    return getpass.getpass(f"The password at {address.host} (it is not shown): ")


def _is_the_environments(address: Address) -> bool:
    host = environment("HIVEMQ_HOST")
    try:
        return host is None or parse(host).host == address.host
    except InvalidBroker:
        return False
