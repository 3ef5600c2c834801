"""Options that several commands share."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from .._broker import Broker, environment, find, parse
from .._errors import InvalidBroker

_FILES = {
    "ca": "the certificate authority to trust, PEM",
    "cert": "a client certificate, for a broker that wants one, PEM",
    "key": "its key, PEM, if it is in a file of its own",
}

Commands = Any  # what argparse's `add_subparsers` returns; its class is private


def add_command(
    commands: Commands, usage: str, run: Callable[[argparse.Namespace], int], about: str, more: str = "."
) -> argparse.ArgumentParser:
    described = f"`{usage}`: {about}{more}"
    parser: argparse.ArgumentParser = commands.add_parser(usage.split()[0], help=about, description=described)
    parser.set_defaults(run=run)
    return parser


def add_broker(
    parser: argparse.ArgumentParser, without: str = "Looked up as PicoPanel does if not given."
) -> None:
    parser.add_argument(
        "--broker",
        metavar="URL",
        help="e.g. mqtts://user@host:8883; without a password in it, which other users of this computer "
        "could read, it is asked for. " + without,
    )
    for name, about in _FILES.items():
        parser.add_argument(f"--{name}", metavar="FILE", help=about)


def broker_of(options: argparse.Namespace) -> Broker:
    return named_broker(options) or find(None, None)[1]


def named_broker(options: argparse.Namespace) -> Broker | None:
    files = {name: path for name, path in vars(options).items() if name in _FILES and path is not None}
    if options.broker is not None:
        return Broker(options.broker, password=_missing_password(options.broker), **files)
    if files:
        raise InvalidBroker(f"--{min(files)} goes with --broker: which one is it for? Name that as well.")
    return None


def _missing_password(url: str) -> str | None:
    address = parse(url)
    if address.username is None or address.password is not None:
        return None
    known, host = None, environment("HIVEMQ_HOST")
    with suppress(InvalidBroker):  # what is not a host is not this one
        if host is None or parse(host).host == address.host:
            known = environment("HIVEMQ_PASSWORD")
    if known is None and sys.stdin.isatty():
        return getpass.getpass(f"The password at {address.host} (it is not shown): ")
    return known
