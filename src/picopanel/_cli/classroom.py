"""`class`: a whole virtual class on a real broker, for a rehearsal or a load test."""

from __future__ import annotations

import argparse
import random
import time
from enum import Enum

from .._broker import Broker
from .._link.virtual_board import Message, VirtualBoard
from .._protocol.ids import check_device_id
from .fleet import BoardClient, Fleet, run_until_stopped, say_at_once
from .options import Commands, add_broker, an_interval, broker_of

MOST = 1000
SHARES = {"none": 0.0, "some": 0.2, "many": 0.5}
"""How many of the boards have a fault."""

TELL_EVERY = 1.0


class Fault(Enum):
    """What is wrong with a board, now and then."""

    WIFI = "drops its Wi-Fi now and then"
    REBOOT = "reboots now and then"
    REPLIES = "loses every third reply"


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
    broker, faults = broker_of(options), _faults(options.count, options.faults)
    boards = [
        VirtualBoard(board_id, course=options.course, interval=options.interval)
        for board_id in _ids(options.prefix, options.count)
    ]
    for at, fault in faults.items():
        say_at_once(f"{boards[at].device.id}: {fault.value}")
    pupils = [Pupil(board, broker, faults.get(at)) for at, board in enumerate(boards)]
    return run_until_stopped(Classroom(pupils))


class Pupil(BoardClient):
    """One board of the class, with its fault if it has one. A whole class at once would only be noise."""

    def __init__(self, board: VirtualBoard, broker: Broker, fault: Fault | None) -> None:
        super().__init__(board, broker, say=lambda text: None)
        self.fault = fault
        self._random = random.Random(board.device.id)
        self._replies = 0

    def begin(self) -> None:
        """Plug it in; it fails now and then."""
        super().begin()
        self._fail_later()

    def _fail_later(self) -> None:
        self._clock.later(self._random.uniform(10, 40), self._fail)

    def _fail(self) -> None:
        self._fail_later()
        if not self.online:
            return
        if self.fault is Fault.WIFI:
            self.break_off(self._random.uniform(5, 15))
        elif self.fault is Fault.REBOOT:
            self.board.start("reset")
            self._started = self._clock.monotonic()
            self.break_off(3)

    def _send(self, messages: list[Message]) -> None:
        super()._send([message for message in messages if not self._loses(message)])

    def _loses(self, message: Message) -> bool:
        if self.fault is not Fault.REPLIES or not message[0].endswith(("/ack", "/onboard_temp")):
            return False
        self._replies += 1
        return self._replies % 3 == 0


class Classroom(Fleet):
    """The class; it says how many are online, when that changes, and why none is."""

    _told, _tell_at = "", 0.0

    def tell(self) -> None:
        """Say it, unless something was said a moment ago."""
        online = sum(client.online for client in self.clients)
        text = f"Online: {online} of {len(self.clients)}"
        if not online:
            text = min((client.trouble for client in self.clients if client.trouble), default=text)
        now = time.monotonic()
        if text != self._told and now >= self._tell_at:
            self._told, self._tell_at = text, now + TELL_EVERY
            say_at_once(text)


def _ids(prefix: str, count: int) -> list[str]:
    digits = max(2, len(str(count)))
    return [check_device_id(f"{prefix}{number:0{digits}}") for number in range(1, count + 1)]


def _faults(count: int, how_many: str) -> dict[int, Fault]:
    """Return who has which fault; the same ones each time, so that a lesson can rely on it."""
    chosen = sorted(random.Random(count).sample(range(count), round(count * SHARES[how_many])))
    return {number: list(Fault)[at % len(Fault)] for at, number in enumerate(chosen)}


def _count(text: str) -> int:
    value = int(text)
    if not 1 <= value <= MOST:
        raise argparse.ArgumentTypeError(f"1 to {MOST} boards")
    return value
