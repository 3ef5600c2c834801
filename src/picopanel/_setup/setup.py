"""From a board on USB to its first blink."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from .._broker import Broker
from .._device.device import Device
from .._doctor import examine
from .._errors import NoAnswer, NotConnected
from .._link import Link
from .._link.mqtt import shared_link
from .._pico.connect import share
from .._runtime import loop
from .files import Values, download
from .plan import Done, Plan, make_plan

ONLINE_WITHIN = 90.0
_CAPACITY = 1000  # readings
_TELLS_WITHIN = 2.0  # what the broker keeps of a board is here by then
_TELLING = re.compile(r"(Wi-Fi|Time|Broker): .+|\w*(Error|Exception|Interrupt)\b.*")  # firmware, traceback


class NotOnline(NotConnected):
    """A board that has been started is not heard of."""

    def __str__(self) -> str:
        return (
            "The files are on the board, which does not come online. Are the Wi-Fi's name and password those "
            "of a network of 2.4 GHz? Correct them, and try it again. The board's LED flashes once for the "
            "Wi-Fi, twice for the time, three times for the broker."
        )


class Hands(Protocol):
    """Whoever can reach the board: the kernel, or a page."""

    def carry_out(self, plan: Plan, is_back: Callable[[], bool]) -> Iterator[Done]:
        """Carry it out, and tell each step; `is_back` tells whether the board has been started anew."""


def set_up(
    hands: Hands,
    device_id: str,
    broker: Broker,
    wifi: Values,
    mqtt_as: Path | None = None,
    pause: Callable[[float], object] = time.sleep,
) -> Iterator[Done]:
    """Do it all, and tell each step of `STEPS` as it is done; a new set-up resumes one that was ended.

    Nothing on the board is touched before the broker and every file have been found good. What `pause`
    raises, while a board that has been started is waited for, ends it.
    """
    plan = make_plan(device_id, broker, wifi, mqtt_as, download)
    link = loop.ask(shared_link, broker)
    _check_broker(device_id, link)
    yield Done("broker", f"{broker.url} lets this user in, to listen and to command.")
    opened: list[Device] = []

    def board() -> Device:
        """Return the one that a panel has open now, else our own. In the loop."""
        device, ours = share(device_id, broker, _CAPACITY)
        if ours:
            opened.append(device)
        return device

    try:
        loop.until(lambda: board().mode is not None, _TELLS_WITHIN)
        former = loop.ask(lambda: _boot_of(board()))

        def is_back() -> bool:
            return board().status == "online" and _boot_of(board()) not in ("", former)

        yield from hands.carry_out(plan, lambda: loop.ask(is_back))
        if not loop.until(is_back, ONLINE_WITHIN, pause):
            raise NotOnline
        yield Done("online", "It is online.")
        blink = loop.ask(lambda: board().start_blink(0.2, 0.2, 5))
        loop.wait(blink.over, 20)
        if blink.first.error is not None:
            raise blink.first.error
    finally:
        for device in opened:
            loop.ask(device.close)
    yield Done("blink", "It has just blinked five times.")


def with_console(error: Exception, printed: str) -> str:
    """Return what went wrong, after what the console of a board that does not answer tells of it."""
    told = telling(printed).rstrip(".")
    says = told and isinstance(error, (NoAnswer, NotOnline))
    return f"The board says: {told}. {error}" if says else str(error)


def telling(printed: str) -> str:
    """Return the last line of a console that tells what a board is doing, or its last one; empty if none."""
    lines = [line.strip() for line in printed.split("\n") if line.strip()]
    return next(filter(_TELLING.fullmatch, reversed(lines)), lines[-1] if lines else "")


def _boot_of(device: Device) -> str:
    info = device.known.presence.info
    return info.boot if info else ""


def _check_broker(device_id: str, link: Link) -> None:
    for finding in examine(device_id, link):
        if finding.result == "failed":
            raise NotConnected(f"{finding.text} {finding.next} Nothing on the board was changed.")
        if finding.step == "publish":
            return
