"""`pico` and `class`: one virtual Pico on a real broker, or many, for a rehearsal or a load test."""

from __future__ import annotations

import argparse
import contextlib
import random
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any

from .._broker import Broker
from .._errors import NotConnected, PicoPanelError
from .._errors.arguments import extra
from .._link import LinkStatus, Receiver
from .._link.mqtt import MqttLink
from .._link.troubles import link_sentences
from .._link.usb_board import UsbBoard
from .._link.virtual_board import Message, VirtualBoard
from .._protocol.ids import check_device_id
from .._protocol.payloads import LONGEST_INTERVAL, SHORTEST_INTERVAL
from .._runtime import loop
from .._runtime.clock import Timer
from .._runtime.waiting import Event
from .options import Commands, add_broker, add_command, broker_of

MOST = 1000
_OF_WINDOWS = 500  # of the 512 sockets that its `select` watches in a program
_OF_MACOS = 10_240  # files: it says that there is no limit, and takes no more than OPEN_MAX
INTERVAL = 2000  # milliseconds, unless told otherwise
SHARES = {"none": 0.0, "some": 0.2, "many": 0.5}  # of the boards, that have a fault
# In seconds.
KEEPALIVE = 20
LOOK_EVERY = 0.2  # after which is said what is new
TELL_EVERY = 1.0  # how many are online
ONE_MORE_EVERY = 0.02  # a class does not plug in within one moment
FAREWELL = 2.0  # in which the broker may say that it has heard the last words
_REFUSED = (
    "The broker does not let this user subscribe. Check the user's permissions there. It is asked again by "
    "itself."
)
_THERMAL = Path("/sys/class/thermal")


def add_to(commands: Commands) -> None:
    pico = add_command(commands, "pico ID", run_pico, "a virtual Pico on a real broker")
    pico.add_argument("id", metavar="ID", help="the course ID to answer under")
    _add_shared(pico, interval=INTERVAL)
    pico.add_argument(
        "--serial",
        metavar="PORT",
        help="not a virtual one: a board without a radio, on USB, with its own settings",
    )
    pico.add_argument(
        "--sensor", choices=["chip", "cpu"], default="chip", help="cpu: this computer's own temperature"
    )
    announce = pico.add_mutually_exclusive_group()
    announce.add_argument(
        "--announce",
        action="store_true",
        default=None,
        help="tell Home Assistant what the board has, by its MQTT discovery; it stays there until taken back",
    )
    announce.add_argument(
        "--take-back",
        dest="announce",
        action="store_false",
        default=None,
        help="take back what --announce has told",
    )
    about = "a whole virtual class on a real broker"
    whole = add_command(commands, "class", run_class, about, ", for a rehearsal or a load test.")
    _add_shared(whole, interval=1000)
    count = _whole_number(1, MOST, "boards")
    whole.add_argument("--count", type=count, default=30, metavar="N", help="boards, up to 1000; 30")
    whole.add_argument("--prefix", default="class/", help="of their IDs: class/01, class/02, ...")
    whole.add_argument(
        "--faults",
        choices=sorted(SHARES),
        default="none",
        help="some: a fifth of the boards drop their Wi-Fi, reboot or lose replies; many: half of them",
    )


def _add_shared(parser: argparse.ArgumentParser, *, interval: int) -> None:
    add_broker(parser)
    parser.add_argument("--course", action="store_true", help="the course layer only, like its own board")
    within = _whole_number(SHORTEST_INTERVAL, LONGEST_INTERVAL, "milliseconds")
    parser.add_argument("--interval", type=within, default=interval, metavar="MS", help="between samples")


def _whole_number(least: int, most: int, unit: str) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{least} to {most} {unit}")
        return int(text)

    return number


def run_pico(options: argparse.Namespace) -> int:
    if options.serial:
        if options.course or options.interval != INTERVAL or options.sensor != "chip":
            raise PicoPanelError("--course, --interval and --sensor are a virtual board's, not one's on USB.")
        if options.announce is not None:
            raise PicoPanelError("A board on USB announces itself: ANNOUNCE = True in its my_secrets.py.")
        usb = UsbBoard(check_device_id(options.id), open_port(options.serial))
        return keep_online([BoardClient(usb, broker_of(options))])
    if options.course and options.announce is not None:
        raise PicoPanelError("The course's own board tells nothing of itself: leave out --course.")
    sensor = cpu_sensor() if options.sensor == "cpu" else None
    (board,) = _boards(options, [options.id], sensor, options.announce)
    return keep_online([BoardClient(board, broker_of(options))])


def run_class(options: argparse.Namespace) -> int:
    if sys.platform == "win32" and options.count > _OF_WINDOWS:
        raise PicoPanelError(
            f"A program on Windows can watch 512 connections, so that --count can be {_OF_WINDOWS} at most. "
            "Start several, each with another --prefix."
        )
    broker, faults = broker_of(options), _faults(options.count, options.faults)
    digits = max(2, len(str(options.count)))
    boards = _boards(options, [f"{options.prefix}{at:0{digits}}" for at in range(1, options.count + 1)])
    for at, fault in faults.items():
        print(f"{boards[at].device.id}: {fault.value}")
    clients = [BoardClient(board, broker, faults.get(at), silent=True) for at, board in enumerate(boards)]
    return keep_online(clients)


def _boards(
    options: argparse.Namespace,
    ids: list[str],
    sensor: Callable[[], float] | None = None,
    announce: bool | None = None,
) -> list[VirtualBoard]:
    given = {"course": options.course, "interval": options.interval, "announce": announce}
    return [VirtualBoard(check_device_id(each), sensor=sensor, **given) for each in ids]


def _faults(count: int, how_many: str) -> dict[int, Fault]:
    """Return who has which fault; the same ones each time, so that a lesson can rely on it."""
    chosen = sorted(random.Random(count).sample(range(count), round(count * SHARES[how_many])))
    return {number: list(Fault)[at % len(Fault)] for at, number in enumerate(chosen)}


def open_port(port: str) -> Callable[[], Any]:
    """Return what opens a serial port, by pyserial."""
    serial = extra("serial", "Boards on USB are reached with pyserial", "board", NotConnected)
    return partial(serial.serial_for_url, port, timeout=0, write_timeout=1)


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


class Fault(Enum):
    WIFI = "drops its Wi-Fi now and then"
    REBOOT = "reboots now and then"
    REPLIES = "loses every third reply"


class BoardClient(MqttLink, Receiver):
    """A virtual board that is kept connected, over MQTT 3.1.1 as a real one is. In the loop.

    One of a class is silent: all at once would only be noise.
    """

    first_version = 4

    def __init__(
        self,
        board: VirtualBoard | UsbBoard,
        broker: Broker,
        fault: Fault | None = None,
        *,
        silent: bool = False,
    ) -> None:
        super().__init__(broker)
        self.board, self.silent = board, silent
        self._fault = fault
        self._random = random.Random(board.device.id)
        self._led = False
        self._hung_up = self._replies = 0

    @property
    def online(self) -> bool:
        """Whether the broker has answered its subscription."""
        return bool(self.board.device.online) and self.status.phase == "connected"

    @property
    def trouble(self) -> str:
        """Why it has no connection, in sentences; empty while nothing is known to be wrong."""
        return " ".join(link_sentences(self.status)) if self.status.problem else ""

    def begin(self) -> None:
        self._ticking = Timer(self._clock, 1.0, self._tick)
        self._ticking.hurry()
        self._fail_later()
        self.attach(dict(self.board.topics), self)

    def say_farewell(self) -> None:
        if self.online:
            self._send(self.board.stopping())

    def is_understood(self) -> bool:
        """Whether the broker has answered all that it was told."""
        return self._up is None or self._up.is_answered

    @property
    def _greeting(self) -> Mapping[str, Any]:
        # As firmware/pico/link.py: who keeps nothing hangs up on a will to be kept, as may one that is full.
        self.board.device.kept = self._hung_up % 3 < 2
        return {
            "name": f"picopanel-{self.board.kind.lower()}",
            "keepalive": KEEPALIVE,
            "will": self.board.will,
        }

    def _tick(self) -> None:
        self._answer(self.board.tick())
        self._ticking.hurry(self.board.due)

    def _answer(self, messages: list[Message]) -> None:
        if self.online:
            self._send(messages)
        led: bool = self.board.device.led
        if led != self._led:
            self._led = led
            self._say(f"LED {'on' if led else 'off'}")

    def _say(self, text: str) -> None:
        if not self.silent:
            print(text)

    def _send(self, messages: list[Message]) -> None:
        for topic, payload, qos, retain in messages:
            with contextlib.suppress(NotConnected):  # no old answer is sent later
                if self._up is not None and not self._loses(topic):
                    self._up.publish(topic, payload.encode(), qos, retain=retain)

    def _loses(self, topic: str) -> bool:
        if self._fault is not Fault.REPLIES or not topic.endswith(("/ack", "/onboard_temp")):
            return False
        self._replies += 1
        return self._replies % 3 == 0

    def _fail_later(self) -> None:
        if self._fault in (Fault.WIFI, Fault.REBOOT):
            self._clock.later(self._random.uniform(10, 40), self._fail)

    def _fail(self) -> None:
        """Be gone without a word, as a board without power is, and come back after a while."""
        self._fail_later()
        if not self.online:
            return
        absence = self._random.uniform(5, 15)
        if self._fault is Fault.REBOOT and isinstance(self.board, VirtualBoard):
            absence = 3
            self.board.start("reset")
        self._drop()
        self.board.device.online, self.status = False, LinkStatus("connecting")
        self._retry = self._clock.later(absence, self._connect)

    def on_link(self, status: LinkStatus) -> None:
        if status.problem:
            self.board.device.online = False
            self._hung_up = self._hung_up + 1 if status.problem == "hung-up" else 0
            if status.phase != "refused":
                self._say(self.trouble)

    def on_subscribed(self, refused: Mapping[str, int]) -> None:
        """Present the board, once it hears what it must."""
        if refused:
            self._say(_REFUSED)
            return
        self._send(self.board.connected())
        layer = "course layer only" if self.board.will is None else "PicoPanel and course layer"
        self._say(f"Online as {self.board.device.id!r} at {self._broker.url} ({layer}, {self.board.kind}).")

    def on_message(
        self, topic: str, payload: bytes, retained: bool, more: bool = False, qos: int = 0
    ) -> None:
        self._answer(self.board.receive(topic, payload, retained))


def keep_online(clients: Sequence[BoardClient], stopped: Event | None = None) -> int:
    """Keep boards at a broker until Ctrl-C or SIGTERM, or `stopped`; return 1 if it will never let one in.

    Of silent ones it says how many are online, or why none is.
    """
    if stopped is None:
        stopped = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopped.set())
    _allow_many_sockets()
    for at, client in enumerate(clients):
        loop.ask(loop.later, at * ONE_MORE_EVERY, client.begin)
    told, tell_at = "", 0.0
    while not stopped.wait(LOOK_EVERY):
        now = time.monotonic()
        if clients[0].silent and now >= tell_at and (text := loop.ask(_attendance, clients)) != told:
            told, tell_at = text, now + TELL_EVERY
            print(text)
        if refused := loop.ask(lambda: [each.trouble for each in clients if each.status.phase == "refused"]):
            print(refused[0])
            return 1
    for client in clients:
        loop.ask(client.say_farewell)
    loop.until(lambda: all(client.is_understood() for client in clients), FAREWELL)
    for client in clients:
        loop.ask(client.detach, client)
    print("Stopped.")
    return 0


def _attendance(clients: Sequence[BoardClient]) -> str:
    online = sum(client.online for client in clients)
    text = f"Online: {online} of {len(clients)}"
    return text if online else min((each.trouble for each in clients if each.trouble), default=text)


def _allow_many_sockets() -> None:
    """Many systems start a program with 1024 files allowed."""
    try:
        import resource
    except ImportError:  # Windows has another limit: `run_class` keeps to it
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    for allowed in (most, _OF_MACOS):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
            return
