"""`board`: a Raspberry Pi Pico W on this computer's USB."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

from .._broker import Broker, environment, find
from .._doctor import tell
from .._errors import InvalidCommand, InvalidDeviceID, NoAnswer, NoBroker, NotConnected
from .._protocol.ids import check_device_id
from .._setup import on_board
from .._setup.by_kernel import ByKernel
from .._setup.by_kernel import find as find_board
from .._setup.check import check
from .._setup.files import board_bundle
from .._setup.micropython import NeedsMicroPython
from .._setup.plan import STEPS, Done, make_plan
from .._setup.setup import NotOnline, set_up, with_console
from .._setup.usb import ConsoleReader, Mpremote
from .options import Commands, add_broker, broker_of, named_broker

_STOPPED = (
    "Stopped. The next set-up makes whole what this one has left half done; `picopanel board restore` puts "
    "back what was there."
)
_ID = "the course ID that the board is to answer under"


def add_to(commands: Commands) -> None:
    board = commands.add_parser("board", help="put the firmware on a Pico W", description=__doc__)
    verbs = board.add_subparsers(metavar="VERB", required=True)
    usb = argparse.ArgumentParser(add_help=False)
    usb.add_argument("--port", help="the board's serial port, where several are plugged in")
    usb.add_argument("--dry-run", action="store_true", help="only print each command")
    setup_ = verbs.add_parser(
        "setup",
        parents=[usb],
        help="install everything over USB, and blink",
        epilog="What is not in the environment (COURSE_ID, PICOPANEL_WIFI_SSID, PICOPANEL_WIFI_PASSWORD, "
        "PICOPANEL_WIFI_COUNTRY, and the broker's names) is asked for.",
    )
    setup_.add_argument("--id", help=_ID)
    add_broker(setup_)
    for name, run, about in (
        ("restore", restore, "put back what was on the board before"),
        ("logs", logs, "show the board's console until Ctrl-]"),
        ("check", look, "look at what is on the board"),
    ):
        verbs.add_parser(name, parents=[usb], help=about).set_defaults(run=run)
    zip_ = verbs.add_parser("bundle", help="every file for a board in one zip")
    zip_.add_argument("id", metavar="ID", help=_ID)
    add_broker(zip_, without="Yours to fill in if not given.")
    zip_.add_argument("--out", metavar="ZIP", help="picopanel-ID.zip if not given")
    for parser, run in ((setup_, setup), (zip_, bundle)):
        parser.add_argument("--mqtt-as", type=Path, metavar="DIR", help="its folder, instead of fetching it")
        parser.set_defaults(run=run)


def setup(options: argparse.Namespace) -> int:
    given = None if options.id is None else check_device_id(options.id)
    mpremote = Mpremote(options.port, dry=options.dry_run)
    if options.dry_run:  # of what would be fetched only the names are shown
        plan = make_plan(given or "ID", Broker("mqtts://broker"), {}, options.mqtt_as, lambda url: b"")
        list(ByKernel(mpremote).carry_out(plan, lambda: True))
        return 0
    if mpremote.port is None:
        with suppress(NeedsMicroPython):
            find_board(mpremote)  # before anything is asked for in vain
    broker = _ask_broker(options)
    device_id = given or find(None, broker)[0] or _ask("COURSE_ID", "Your course ID: ")
    printed = ""
    with closing(ConsoleReader(mpremote)) as console:

        def pause(seconds: float) -> None:
            nonlocal printed
            printed += console.read(seconds)

        try:
            _tell(set_up(ByKernel(mpremote), device_id, broker, _ask_wifi(), options.mqtt_as, pause))
        except (NoAnswer, NotOnline) as error:
            raise NotConnected(with_console(error, printed)) from None
        except KeyboardInterrupt:
            print(_STOPPED, file=sys.stderr)
            return 130
    return 0


def _tell(steps: Iterator[Done]) -> None:
    """Print what there is to say of each step; in a terminal also which one is under way."""
    in_terminal = sys.stdout.isatty()
    for step, title in STEPS.items():
        under_way = f"{title} ..."
        if in_terminal:
            print(f"{step:<7} {under_way}", end="\r")
        try:
            says = next(steps).says
        except BaseException:
            if in_terminal:
                print()  # what went wrong comes below
            raise
        print(f"{step:<7} {says.ljust(len(under_way)) if in_terminal else says}")


def restore(options: argparse.Namespace) -> int:
    mpremote = Mpremote(options.port, dry=options.dry_run)
    if not options.dry_run:
        find_board(mpremote)
    back = mpremote.answer(on_board.restore(), ["exec", "--no-follow", on_board.RESET])
    if options.dry_run:
        return 0
    if back is None:
        print("There is nothing to put back: PicoPanel has not been set up on this board.", file=sys.stderr)
        return 1
    print(f"Put back: {', '.join(back) or 'nothing, the board was empty'}. PicoPanel is off the board.")
    return 0


def logs(options: argparse.Namespace) -> int:
    return Mpremote(options.port, dry=options.dry_run).console()


def look(options: argparse.Namespace) -> int:
    mpremote = Mpremote(options.port, dry=options.dry_run)
    if options.dry_run:
        mpremote.do(["exec", on_board.look()])
        mpremote.do(["exec", on_board.check([], [])])
        return 0
    return 0 if tell(check(mpremote)) else 1


def bundle(options: argparse.Namespace) -> int:
    path = board_bundle(options.id, options.out, broker=named_broker(options), mqtt_as=options.mqtt_as)
    print(f"Written: {path}. Its READ ME FIRST.txt has the steps.")
    return 0


def _ask_broker(options: argparse.Namespace) -> Broker:
    try:
        return broker_of(options)
    except NoBroker:
        if not sys.stdin.isatty():
            raise
    host = input("Broker's host, e.g. abc123.s1.eu.hivemq.cloud: ")
    user = input("Broker's user name: ")
    password = getpass.getpass("Broker's password (it is not shown): ") if user else None
    return Broker(host, username=user, password=password)


def _ask_wifi() -> dict[str, object]:
    country = os.environ.get("PICOPANEL_WIFI_COUNTRY")
    return {
        "SSID": _ask("PICOPANEL_WIFI_SSID", "Wi-Fi's name (2.4 GHz): "),
        "PASSWORD": _ask("PICOPANEL_WIFI_PASSWORD", "Wi-Fi's password (it is not shown): ", getpass.getpass),
        **({"COUNTRY": country} if country else {}),
    }


def _ask(name: str, question: str, ask: Callable[[str], str] = input) -> str:
    known = environment(name)
    if known is not None or os.environ.get(name) == "":
        return known or ""
    if not sys.stdin.isatty():
        if name == "COURSE_ID":
            raise InvalidDeviceID("No course ID was given: --id my-course-id, or set COURSE_ID.")
        raise InvalidCommand(f"{name} is not set, and there is nobody to ask: set it in the environment.")
    return ask(question)
