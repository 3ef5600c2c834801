"""`pico ID`: a virtual Pico on a real broker."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from .._errors import PicoPanelError
from .._link.virtual_board import VirtualBoard
from .._protocol.ids import check_device_id
from .fleet import BoardClient, Fleet, run_until_stopped
from .options import Commands, add_broker, an_interval, broker_of

_THERMAL = Path("/sys/class/thermal")


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("pico", help="a virtual Pico on a real broker", description=__doc__)
    parser.add_argument("id", metavar="ID", help="the course ID to answer under")
    add_broker(parser)
    parser.add_argument(
        "--sensor", choices=["chip", "cpu"], default="chip", help="cpu: this computer's own temperature"
    )
    parser.add_argument("--course", action="store_true", help="the course layer only, like its own board")
    parser.add_argument("--interval", type=an_interval, default=2000, metavar="MS", help="between samples")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Be the board until Ctrl-C or SIGTERM."""
    board = VirtualBoard(
        check_device_id(options.id),
        course=options.course,
        sensor=cpu_sensor() if options.sensor == "cpu" else None,
        interval=options.interval,
    )
    return run_until_stopped(Fleet([BoardClient(board, broker_of(options))]))


def cpu_sensor(folder: Path = _THERMAL) -> Callable[[], float]:
    """Return what reads the processor's temperature.

    Raises:
        PicoPanelError: Where this computer does not tell it.
    """
    for zone in sorted(folder.glob("thermal_zone*/temp")):
        try:
            int(zone.read_text())
        except (OSError, ValueError):
            continue
        return lambda: int(zone.read_text()) / 1000
    raise PicoPanelError(
        f"This computer tells no temperature ({folder}/thermal_zone*/temp). A Raspberry Pi with "
        "Linux does; leave out --sensor cpu for a pretended chip."
    )
