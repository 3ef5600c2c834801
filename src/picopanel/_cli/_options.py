"""Options that several commands share."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from typing import Any
from urllib.parse import urlsplit

from .._broker import Broker, find
from .._errors import InvalidBroker
from .._protocol.checks import LONGEST_INTERVAL, SHORTEST_INTERVAL

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
    parser.add_argument("--ca", metavar="FILE", help="the certificate authority to trust, PEM")


def an_interval(text: str) -> int:
    """Return milliseconds between samples, as far as boards know them."""
    value = int(text)
    if not SHORTEST_INTERVAL <= value <= LONGEST_INTERVAL:
        raise argparse.ArgumentTypeError(f"{SHORTEST_INTERVAL} to {LONGEST_INTERVAL} milliseconds")
    return value


def broker_of(options: argparse.Namespace) -> Broker:
    """Return the broker that the options or the usual places name."""
    if options.broker is None:
        if options.ca is not None:
            raise InvalidBroker("--ca goes with --broker: whose authority is it? Name that broker as well.")
        return find(None, None)[1]
    return Broker(options.broker, password=_missing_password(options.broker), ca=options.ca)


def _missing_password(url: str) -> str | None:
    try:
        parts = urlsplit(url if "://" in url else "//" + url)
    except ValueError:
        return None  # Broker says what is wrong
    if not parts.username or parts.password is not None:
        return None
    known = os.environ.get("HIVEMQ_PASSWORD")
    if os.environ.get("HIVEMQ_HOST", parts.hostname) != parts.hostname:
        known = None  # it is another broker's
    if known is not None or not sys.stdin.isatty():
        return known
    return getpass.getpass(f"Password of {parts.username} at {parts.hostname} (it is not shown): ")
