"""`pico` and `class`: one virtual Pico on a real broker, or many, for a rehearsal or a load test."""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable
from enum import Enum
from pathlib import Path

from .._broker import Broker
from .._errors import PicoPanelError
from .._link.virtual_board import Message, VirtualBoard
from .._protocol.ids import check_device_id
from .._protocol.payloads import LONGEST_INTERVAL, SHORTEST_INTERVAL
from .fleet import BoardClient, Fleet, say_at_once
from .options import Commands, add_broker, broker_of

MOST = 1000
SHARES = {"none": 0.0, "some": 0.2, "many": 0.5}  # of the boards, that have a fault
_THERMAL = Path("/sys/class/thermal")


class Fault(Enum):
    WIFI = "drops its Wi-Fi now and then"
    REBOOT = "reboots now and then"
    REPLIES = "loses every third reply"


def add_to(commands: Commands) -> None:
    about = "a virtual Pico on a real broker"
    pico = commands.add_parser("pico", help=about, description=f"`pico ID`: {about}.")
    pico.add_argument("id", metavar="ID", help="the course ID to answer under")
    _add_shared(pico, run_pico, interval=2000)
    pico.add_argument(
        "--sensor", choices=["chip", "cpu"], default="chip", help="cpu: this computer's own temperature"
    )
    about = "a whole virtual class on a real broker"
    whole = commands.add_parser(
        "class", help=about, description=f"`class`: {about}, for a rehearsal or a load test."
    )
    _add_shared(whole, run_class, interval=1000)
    whole.add_argument("--count", type=_count, default=30, metavar="N", help="boards, up to 1000; 30")
    whole.add_argument("--prefix", default="class/", help="of their IDs: class/01, class/02, ...")
    whole.add_argument(
        "--faults",
        choices=sorted(SHARES),
        default="none",
        help="some: a fifth of the boards drop their Wi-Fi, reboot or lose replies; many: half of them",
    )


def _add_shared(
    parser: argparse.ArgumentParser, run: Callable[[argparse.Namespace], int], *, interval: int
) -> None:
    add_broker(parser)
    parser.add_argument("--course", action="store_true", help="the course layer only, like its own board")
    parser.add_argument("--interval", type=_interval, default=interval, metavar="MS", help="between samples")
    parser.set_defaults(run=run)


def run_pico(options: argparse.Namespace) -> int:
    board = VirtualBoard(
        check_device_id(options.id),
        course=options.course,
        sensor=cpu_sensor() if options.sensor == "cpu" else None,
        interval=options.interval,
    )
    return Fleet([BoardClient(board, broker_of(options))]).run_until_stopped()


def run_class(options: argparse.Namespace) -> int:
    broker, faults = broker_of(options), _faults(options.count, options.faults)
    digits = max(2, len(str(options.count)))
    ids = [check_device_id(f"{options.prefix}{at:0{digits}}") for at in range(1, options.count + 1)]
    for at, fault in faults.items():
        say_at_once(f"{ids[at]}: {fault.value}")
    boards = [VirtualBoard(each, course=options.course, interval=options.interval) for each in ids]
    pupils = [Pupil(board, broker, faults.get(at)) for at, board in enumerate(boards)]
    return Fleet(pupils, counted=True).run_until_stopped()


class Pupil(BoardClient):
    """One board of the class, with its fault if it has one. A whole class at once would only be noise."""

    def __init__(self, board: VirtualBoard, broker: Broker, fault: Fault | None) -> None:
        super().__init__(board, broker, say=lambda text: None)
        self.fault = fault
        self._random = random.Random(board.device.id)
        self._replies = 0

    def begin(self) -> None:
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
            self.break_off(3)

    def _send(self, messages: list[Message]) -> None:
        super()._send([message for message in messages if not self._loses(message)])

    def _loses(self, message: Message) -> bool:
        if self.fault is not Fault.REPLIES or not message[0].endswith(("/ack", "/onboard_temp")):
            return False
        self._replies += 1
        return self._replies % 3 == 0


def _faults(count: int, how_many: str) -> dict[int, Fault]:
    """Return who has which fault; the same ones each time, so that a lesson can rely on it."""
    chosen = sorted(random.Random(count).sample(range(count), round(count * SHARES[how_many])))
    return {number: list(Fault)[at % len(Fault)] for at, number in enumerate(chosen)}


def _count(text: str) -> int:
    value = int(text)
    if not 1 <= value <= MOST:
        raise argparse.ArgumentTypeError(f"1 to {MOST} boards")
    return value


def _interval(text: str) -> int:
    value = int(text)
    if not SHORTEST_INTERVAL <= value <= LONGEST_INTERVAL:
        raise argparse.ArgumentTypeError(f"{SHORTEST_INTERVAL} to {LONGEST_INTERVAL} milliseconds")
    return value


def cpu_sensor(folder: Path = _THERMAL) -> Callable[[], float]:
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
