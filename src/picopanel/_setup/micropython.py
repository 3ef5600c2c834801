"""MicroPython itself: which file is for which board, and how it comes onto one that is in BOOTSEL mode."""

from __future__ import annotations

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

MODELS = {"RP2040": "RPI_PICO_W", "RP2350": "RPI_PICO2_W"}
"""The boards with Wi-Fi, by their chips."""


BY_HAND = (
    "Get the newest .uf2 file of https://micropython.org/download/{model}/ and drag it onto the drive that "
    "appears when you plug it in with BOOTSEL held. The board restarts by itself; then try it again."
)

_FAMILIES = {"RPI_PICO_W": 0xE48BFF56, "RPI_PICO2_W": 0xE48BFF59}  # of the UF2 format's list of families
_BLOCK, _MAGIC = 512, b"UF2\nWQ]\x9e"
_ABOUT = "INFO_UF2.TXT"


class NeedsMicroPython(NotConnected):
    """A board has no MicroPython running, or an old one that lets go for a new one."""

    def __init__(self, text: str, model: str, drive: Path | None = None) -> None:
        super().__init__(text)
        self.model = model
        self.drive = drive


def in_bootsel(drives: Iterable[Path] | None = None) -> tuple[Path, str] | None:
    """Return the drive of a board in BOOTSEL mode, and the board's model; None if there is no such board."""
    for drive in _drives() if drives is None else drives:
        with suppress(OSError):
            about = (drive / _ABOUT).read_text(errors="replace")
            return drive, model_of(about)
    return None


def address(model: str) -> str:
    """Return where its file for a model is."""
    return f"https://micropython.org/resources/firmware/{model}-20251209-v{VERSION}.uf2"


def model_of(words: str) -> str:
    return MODELS["RP2350" if "RP2350" in words else "RP2040"]


def put(model: str, drive: Path, fetch: Callable[[str], bytes]) -> None:
    """Copy MicroPython onto a board's drive; the board restarts with it by itself.

    Raises:
        NotConnected: It could not be fetched, is not for that board, or the drive took it not.
    """
    url = address(model)
    try:
        image = fetch(url)
    except OSError as error:
        raise NotConnected(
            f"MicroPython could not be fetched from {url} ({error}). {BY_HAND.format(model=model)}"
        ) from None
    if not is_for(model, image):
        raise NotConnected(f"What came from {url} is no MicroPython for it. {BY_HAND.format(model=model)}")
    path = drive / url.rpartition("/")[2]
    try:
        path.write_bytes(image)
    except OSError as error:
        if (drive / _ABOUT).exists():  # else it has restarted before the system was done with the file
            raise NotConnected(f"The board's drive {drive} did not take MicroPython: {error}.") from None


def is_for(model: str, image: bytes) -> bool:
    """Whether an image is whole, and for that chip: the other's is taken by the drive, and nothing runs."""
    blocks = [image[at : at + _BLOCK] for at in range(0, len(image), _BLOCK)]
    if not blocks or any(len(block) != _BLOCK or not block.startswith(_MAGIC) for block in blocks):
        return False
    return any(struct.unpack_from("<I", block, 28)[0] == _FAMILIES[model] for block in blocks)


def _drives() -> list[Path]:
    if sys.platform == "win32":
        return [Path(f"{letter}:/") for letter in string.ascii_uppercase]
    patterns = ("media/*", "media/*/*", "run/media/*/*", "Volumes/*")
    return [path for pattern in patterns for path in Path("/").glob(pattern)]
