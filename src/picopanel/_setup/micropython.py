"""MicroPython itself: which file is for which board, and how it comes onto one that is in BOOTSEL mode.

What is on the drive of such a board, and that it restarts by itself at its last block, is read in the
chip's own ROM (raspberrypi/pico-bootrom-rp2040: `virtual_disk.c`, `info_uf2.txt`).
"""

from __future__ import annotations

import os
import re
import string
import struct
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from .._errors import NotConnected

OLDEST = (1, 22)
VERSION = "1.27.0"
"""That the firmware was tried in, on the image of these very files."""

MODELS = {"RP2": "RPI_PICO_W", "RP2350": "RPI_PICO2_W"}
"""The boards with Wi-Fi, by what their drive calls the chip; those of other makers have such drives, too."""

BY_HAND = (
    "Get the newest .uf2 file of https://micropython.org/download/{model}/ and drag it onto the drive that "
    "appears when you plug it in with BOOTSEL held. The board restarts by itself; then try it again."
)

_FAMILIES = {"RPI_PICO_W": 0xE48BFF56, "RPI_PICO2_W": 0xE48BFF59}  # of the UF2 format's list of families
_BLOCK, _MAGIC = 512, b"UF2\nWQ]\x9e"
_ABOUT = "INFO_UF2.TXT"


class NeedsMicroPython(NotConnected):
    """A board has no MicroPython running, or an old one that goes into BOOTSEL mode for a new one."""

    def __init__(self, text: str, model: str, drive: Path | None = None) -> None:
        super().__init__(text)
        self.model = model
        self.drive = drive


def in_bootsel(drives: Iterable[Path] | None = None) -> tuple[Path, str] | None:
    """Return the drive of the board in BOOTSEL mode, and the board's model; None if there is no such board.

    Raises:
        NotConnected: There are several.
    """
    found = []
    for drive in _drives() if drives is None else drives:
        with suppress(OSError):
            about = (drive / _ABOUT).read_text(errors="replace")
            if chip := re.search(r"^Model: Raspberry Pi (RP2350|RP2)\s*$", about, re.MULTILINE):
                found.append((drive, MODELS[chip[1]]))
    if len(found) > 1:
        named = ", ".join(str(drive) for drive, _ in found)
        raise NotConnected(f"{len(found)} boards are in BOOTSEL mode ({named}). Unplug all but one.")
    return found[0] if found else None


def address(model: str) -> str:
    """Return where its file for a model is."""
    return f"https://micropython.org/resources/firmware/{model}-20251209-v{VERSION}.uf2"


def image_for(model: str, fetch: Callable[[str], bytes]) -> bytes:
    """Fetch MicroPython for a board.

    Raises:
        NotConnected: It could not be fetched, or is not whole, or not for that board.
    """
    url = address(model)
    try:
        image = fetch(url)
    except OSError as error:
        raise NotConnected(
            f"MicroPython could not be fetched from {url} ({error}). Is this computer on the internet? "
            f"{BY_HAND.format(model=model)}"
        ) from None
    if not is_for(model, image):
        raise NotConnected(
            f"What came from {url} is no MicroPython for this board. Does a network here want you to sign "
            f"in first? {BY_HAND.format(model=model)}"
        )
    return image


def put(image: bytes, drive: Path) -> str | None:
    """Copy an image onto a board's drive, and return what went wrong.

    The board restarts as soon as it has all, often before the system is done with the file: then something
    went wrong, and all is well. Whether the board is back tells.
    """
    try:
        with open(drive / "micropython.uf2", "wb") as file:
            file.write(image)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return str(error)
    return None


def is_for(model: str, image: bytes) -> bool:
    """Whether an image is whole, and for that chip: another one's is taken by the drive, and nothing runs.

    One for an RP2350 may begin with a block of another family, which mends a fault of the chip (RP2350-E10).
    """
    blocks = [image[at : at + _BLOCK] for at in range(0, len(image), _BLOCK)]
    if any(len(block) != _BLOCK or not block.startswith(_MAGIC) for block in blocks):
        return False
    told = [struct.unpack_from("<III", block, 20) for block in blocks]
    ours = {number: of for number, of, family in told if family == _FAMILIES[model]}
    return set(ours.values()) == {len(ours)}


def _drives() -> list[Path]:
    if sys.platform == "win32":
        return [Path(f"{letter}:/") for letter in string.ascii_uppercase[2:]]  # A and B are for floppy disks
    patterns = ("media/*", "media/*/*", "run/media/*/*", "Volumes/*")  # Debian, Ubuntu; Fedora, Arch; macOS
    return [path for pattern in patterns for path in Path("/").glob(pattern)]
