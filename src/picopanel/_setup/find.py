"""Which board is plugged in, and whether it is ready for us."""

from __future__ import annotations

import json
import string
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .._errors import NotConnected
from .mpremote import Mpremote
from .on_board import FACTS

OLDEST = (1, 22)
_PAGES = {"RP2350": "RPI_PICO2_W", "RP2": "RPI_PICO_W"}


@dataclass(frozen=True, slots=True)
class Found:
    """A board that answers."""

    port: str
    machine: str
    version: str


def find(mpremote: Mpremote, drives: Iterable[Path] | None = None) -> Found:
    """Find the one board on USB, and ask it what it is; the result's port is kept in `mpremote`.

    Raises:
        NotConnected: With what is wrong with the board, and the step that mends it.
    """
    if mpremote.port is None:
        mpremote.port = _only_port(mpremote.ports(), _drives() if drives is None else drives)
    answer = mpremote.do(["exec", FACTS]).strip().splitlines()
    facts = json.loads(answer[-1])
    version = ".".join(map(str, facts["version"]))
    machine, wifi = str(facts["machine"]), facts["wifi"]
    if facts["name"] != "micropython":
        raise NotConnected(f"The board runs {facts['name']} and not MicroPython. {_install(machine)}")
    if tuple(facts["version"][:2]) < OLDEST:
        raise NotConnected(f"The board's MicroPython {version} is older than 1.22. {_install(machine)}")
    if not wifi:
        raise NotConnected(
            f"The board's MicroPython ({machine}) knows no Wi-Fi: it is a Pico without W, or its "
            f"MicroPython is for one. If a W is printed on it: {_install(machine)}"
        )
    return Found(mpremote.port, machine, version)


def _only_port(ports: list[str], drives: Iterable[Path]) -> str:
    if len(ports) == 1:
        return ports[0]
    if ports:
        raise NotConnected(
            f"{len(ports)} boards are plugged in ({', '.join(ports)}). Unplug all but one, or add "
            f"--port {ports[0]}."
        )
    for drive in drives:
        about = drive / "INFO_UF2.TXT"
        if about.is_file():
            model = about.read_text(errors="replace")
            raise NotConnected(
                f"The board is in BOOTSEL mode (drive {drive}) and has no MicroPython running. "
                f"{_install(model, drive)}"
            )
    raise NotConnected(
        "No board is plugged in. Use a USB cable that carries data, not one for charging only. A new "
        "board has no MicroPython yet: hold its BOOTSEL button while plugging it in, then try it again."
    )


def _install(model: str, drive: Path | None = None) -> str:
    page = next(page for words, page in _PAGES.items() if words in model or words == "RP2")
    to = f"onto {drive}" if drive else "onto the drive that appears when you plug it in with BOOTSEL held"
    return (
        f"Get the newest .uf2 file of https://micropython.org/download/{page}/ and drag it {to}. "
        "The board restarts by itself; then try it again."
    )


def _drives() -> list[Path]:
    if sys.platform == "win32":
        return [Path(f"{letter}:/") for letter in string.ascii_uppercase]
    patterns = ("media/*", "media/*/*", "run/media/*/*", "Volumes/*")
    return [path for pattern in patterns for path in Path("/").glob(pattern)]
