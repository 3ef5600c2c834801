"""The command line: a file for each command, and the virtual boards that two of them keep online."""

from __future__ import annotations

import argparse
import os
import re
import sys
import warnings
from collections.abc import Sequence
from typing import NoReturn

from .._errors import PicoPanelError
from .._version import __version__
from . import board, cert, doctor, virtual

_ADDRESS = re.compile(r"\S*(://|@)[^']*")
_COMMANDS = (board, cert, doctor, virtual)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, and return its exit code: 0 all well, 1 not, 2 not understood."""
    options = _parser().parse_args(arguments)
    warnings.showwarning = lambda message, *_, **__: print(f"Warning: {message}", file=sys.stderr)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
        return code
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
    for command in _COMMANDS:
        command.add_to(commands)
    return parser
