"""`doctor`: what is wrong on the way to a board, step by step."""

from __future__ import annotations

import argparse
from functools import partial

from .._broker import find
from .._doctor import examine, tell
from .._errors import InvalidDeviceID
from .._link.mqtt import shared_link
from .._runtime import loop
from .options import Commands, add_broker, broker_of


def add_to(commands: Commands) -> None:
    parser = commands.add_parser(
        "doctor", help="what is wrong on the way to a board", description=__doc__ + " Exit code 0: nothing."
    )
    parser.add_argument("--id", help="the board's ID; looked up as COURSE_ID if not given")
    add_broker(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    broker = broker_of(options)
    device_id = find(None, broker)[0] if options.id is None else options.id
    if device_id is None:
        raise InvalidDeviceID("No device ID was given: --id my-course-id, or set COURSE_ID.")
    findings = examine(device_id, loop.ask(shared_link, broker))
    return 0 if tell(findings, partial(print, flush=True)) else 1
