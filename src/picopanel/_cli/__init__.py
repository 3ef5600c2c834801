"""The command line: what is done outside of a notebook."""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
import warnings
from collections.abc import Sequence
from typing import NoReturn

from .._broker import find
from .._doctor import examine, tell
from .._errors import InvalidDeviceID, PicoPanelError
from .._errors.arguments import file_path
from .._link.mqtt import shared_link
from .._runtime import loop
from .._setup.certificates import FILES, cert, read
from .._version import __version__
from . import board, laboratory, virtual
from .options import Commands, add_broker, add_command, broker_of

_ADDRESS = re.compile(r"\S*(://|@)[^']*")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, and return its exit code: 0 all well, 1 not, 2 not understood."""
    options = _parser().parse_args(arguments)
    warnings.showwarning = lambda message, *_, **__: _warn(str(message))
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Each line is said at once, also into a pipe; Windows gives a pipe an encoding without most letters.
        sys.stdout.reconfigure(line_buffering=True, errors="replace")
    try:
        return int(options.run(options))
    except PicoPanelError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader, e.g. `head`, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what is not understood; an address among it may hold a password, and is not repeated."""
        super().error(_ADDRESS.sub("…", message))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="picopanel",
        description="LED buttons and a live chart for a Raspberry Pi Pico W over MQTT: "
        "what is done outside of a notebook.",
    )
    parser.add_argument("--version", action="version", version=f"picopanel {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for add in (board.add_to, _add_cert, _add_doctor, virtual.add_to, laboratory.add_to):
        add(commands)
    return parser


def _add_doctor(commands: Commands) -> None:
    about = "what is wrong on the way to a board"
    parser = add_command(commands, "doctor", _doctor, about, ", step by step. Exit code 0: nothing.")
    parser.add_argument("--id", help="the board's ID; looked up as COURSE_ID if not given")
    add_broker(parser)


def _doctor(options: argparse.Namespace) -> int:
    broker = broker_of(options)
    device_id = find(None, broker)[0] if options.id is None else options.id
    if device_id is None:
        raise InvalidDeviceID("No device ID was given: --id my-course-id, or set COURSE_ID.")
    return 0 if tell(examine(device_id, loop.ask(shared_link, broker))) else 1


def _add_cert(commands: Commands) -> None:
    parser = add_command(commands, "cert HOST", _cert, "the root certificate that a board needs")
    parser.add_argument("host", metavar="HOST[:PORT]", help="the broker; port 8883 if not given")
    parser.add_argument("--ca", metavar="FILE", help="the certificate authority to trust, PEM")
    parser.add_argument("--out", metavar="DIR", default=".", help="where to write " + ", ".join(FILES))
    parser.add_argument(
        "--unverified",
        action="store_true",
        help="take what the broker sends without checking it; anybody in between could have sent it",
    )


def _cert(options: argparse.Namespace) -> int:
    former = file_path("out", options.out) / FILES[-1]
    before = former.read_bytes() if former.exists() else None
    root = cert(options.host, ca=options.ca, out=options.out, verify=not options.unverified)
    if before is not None and before != root.der:
        _warn(f"the former {FILES[-1]} was another one, now replaced.")
        try:
            _warn(*read(before)[0].warnings())
        except ValueError as error:
            _warn(str(error))
    how = "NOT verified" if options.unverified else "verified"
    print(f"Subject: {root.subject}\nExpires: {root.expires:%Y-%m-%d}\nPath:    {how}")
    _warn(*root.warnings())
    for path in root.files:
        print(f"Written: {path}")
    return 0


def _warn(*sentences: str) -> None:
    for sentence in sentences:
        print(f"Warning: {sentence}", file=sys.stderr)
