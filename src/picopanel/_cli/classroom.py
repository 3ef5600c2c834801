"""`class`: a whole virtual class on a real broker, for a rehearsal or a load test."""

from __future__ import annotations

import argparse
import random
import signal

from .._broker import Broker
from .._link.virtual_board import VirtualBoard
from .._protocol import check_device_id
from ._desk import Desk, Trouble
from ._hall import Hall
from ._options import Commands, add_broker, an_interval, broker_of

MOST = 1000
SHARES = {"none": 0.0, "some": 0.2, "many": 0.5}
"""How many of the boards have a fault."""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("class", help="a whole virtual class on a real broker", description=__doc__)
    add_broker(parser)
    parser.add_argument("--count", type=_count, default=30, metavar="N", help="boards, up to 1000; 30")
    parser.add_argument("--prefix", default="class/", help="of their IDs: class/01, class/02, ...")
    parser.add_argument(
        "--faults",
        choices=sorted(SHARES),
        default="none",
        help="some: a fifth of the boards drop their Wi-Fi, reboot or lose replies; many: half of them",
    )
    parser.add_argument("--interval", type=an_interval, default=1000, metavar="MS", help="between samples")
    parser.add_argument("--course", action="store_true", help="the course layer only, like its own board")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Be the class until Ctrl-C or SIGTERM."""
    broker = broker_of(options)
    desks = [_desk(board_id, broker, options) for board_id in ids(options.prefix, options.count)]
    troubled = troubles(len(desks), options.faults)
    for number, trouble in troubled.items():
        desks[number].trouble = trouble
    hall = Hall(desks)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: hall.stop())
    for number, trouble in sorted(troubled.items()):
        print(f"{desks[number].id}: {trouble.value}", flush=True)
    return hall.run()


def ids(prefix: str, count: int) -> list[str]:
    """Return the class's IDs, checked."""
    digits = max(2, len(str(count)))
    return [check_device_id(f"{prefix}{number:0{digits}}") for number in range(1, count + 1)]


def troubles(count: int, how_many: str) -> dict[int, Trouble]:
    """Return who has which fault, by number; the same ones each time, so that a lesson can rely on it."""
    share = round(count * SHARES[how_many])
    chosen = sorted(random.Random(count).sample(range(count), share))
    return {number: list(Trouble)[at % len(Trouble)] for at, number in enumerate(chosen)}


def _desk(board_id: str, broker: Broker, options: argparse.Namespace) -> Desk:
    return Desk(VirtualBoard(board_id, course=options.course, interval=options.interval), broker)


def _count(text: str) -> int:
    value = int(text)
    if not 1 <= value <= MOST:
        raise argparse.ArgumentTypeError(f"1 to {MOST} boards")
    return value
