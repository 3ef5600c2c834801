"""What is done at a board to set it up: one description, carried out by the kernel or by a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from .._broker import Broker
from .._errors import NotConnected
from . import on_board
from .certificates import OWN_FILES
from .files import Values, contents

STEPS = {
    "broker": "Check the broker from here",
    "board": "Find the board",
    "save": "Keep what is on it",
    "write": "Write PicoPanel's files",
    "start": "Start it",
    "online": "Wait until it is online",
    "blink": "Blink",
}
"""Of a set-up, in their order, with what is done in each."""


AT_THE_BOARD = ("board", "save", "write", "start")
"""Those of a plan."""


class Done(NamedTuple):
    """A step of a set-up that has been done, and what there is to say of it."""

    step: str
    says: str


class Plan(NamedTuple):
    """The steps at the board itself.

    Each program prints one line of JSON, an object with what there is to say, `says`, or with what is
    `wrong`. To `verify` is given `SUMS`, the SHA-256 of each file in hex, and to `start` `NOW`, the time of
    whoever starts it in UTC, as MicroPython's `RTC.datetime` takes it. `reset` tells nothing.

    Attributes:
        look: Tells what the board is.
        save: Keeps what is there, and makes the folders.
        files: By their names, in the order in which they are written; the one with the secrets first.
        verify: Compares them.
        start: Sets the clock.
        reset: Restarts the board.
    """

    look: str
    save: str
    files: dict[str, bytes]
    verify: str
    start: str
    reset: str


def make_plan(
    device_id: str, broker: Broker, wifi: Values, mqtt_as: Path | None, fetch: Callable[[str], bytes]
) -> Plan:
    files, absent = contents(device_id, broker, wifi, mqtt_as, fetch)
    for name, url in absent.items():
        raise NotConnected(
            f"{name} could not be fetched from {url}. Is this computer on the internet? If its network "
            "forbids it, download mqtt_as elsewhere and name its folder: --mqtt-as, or mqtt_as= in a cell."
        )
    gone = [name for name in OWN_FILES if name not in files]  # of another broker
    save = on_board.save(sorted(files), gone)
    return Plan(on_board.look(), save, files, on_board.VERIFY, on_board.START, on_board.RESET)


TROUBLE = {
    "busy": "The board cannot be opened: another program has it. Close Thonny, a serial monitor or another "
    "notebook, and try it again. If none is open, unplug the board and plug it in again.",
    "none": "No board is plugged in.",
    "deaf": "The board does not answer: its program does not let go, or it has no MicroPython. Unplug it, "
    "plug it in again, and try it at once. If it is the same then: *The board does not let go* in "
    "docs/troubleshooting.md.",
    "full": "The board has no room left for files. Take some off it, with Thonny for example, and try it "
    "again: what it had is still there.",
    "lost": "The connection to the board broke off: it was unplugged, has restarted by itself, or another "
    "program reads along. Plug it in, close such programs, and try it again: what it had is still there.",
    "else": "The board did not do as told. Unplug it, plug it in again, and try it again: what it had is "
    "still there.",
}
"""What can go wrong between whoever carries a plan out and the board, and what to do."""
