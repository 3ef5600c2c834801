"""The board on USB: found, asked what it is, and told what to do, through mpremote's command line.

mpremote's arguments go to it over a pipe: a process's own arguments can be read by every user of a
computer, and some of these hold the Wi-Fi's password.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shlex
import string
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .._errors import NotConnected
from .on_board import FACTS, write

try:
    import termios
except ImportError:  # Windows has none
    _PORT_ERRORS: tuple[type[Exception], ...] = (OSError,)
else:
    _PORT_ERRORS = (OSError, termios.error)  # pyserial's own are OSErrors, too

OLDEST = (1, 22)
ANSWERS_WITHIN = 180  # seconds; all files together take some 20
_START = (
    "import json, sys; sys.argv = ['mpremote', *json.load(sys.stdin)]; "
    "from mpremote.main import main; sys.exit(main())"
)
_TROUBLE = {
    # what mpremote says: what that means, and what to do
    "failed to access": "The board cannot be opened. Close Thonny, or any other editor's console; if none is "
    "open, is it still plugged in?",
    "no device found": "No board is plugged in.",
    "could not enter raw repl": "The program on the board does not let go. Unplug the board, plug it in "
    "again, and try it at once.",
}


class Mpremote:
    """Runs mpremote's commands on one board, or only prints them if `dry`."""

    def __init__(self, port: str | None, *, dry: bool = False) -> None:
        self.port = port
        self.dry = dry
        if importlib.util.find_spec("mpremote") is None:
            raise NotConnected(
                "Boards on USB are reached with mpremote, which is not installed here: "
                "pip install 'picopanel[board]'"
            )

    def ports(self) -> list[str]:
        lines = map(str.split, self._run(["connect", "list"]).splitlines())
        return [words[0] for words in lines if len(words) > 2 and words[2].startswith("2e8a:")]

    def do(self, *commands: list[str], shown: str = "") -> str:
        """Do commands in one go, and return what they print; `shown` stands for a last one with a secret."""
        arguments = ["connect", self.port or "auto", *commands[0]]
        for command in commands[1:]:
            arguments += ["+", *command]
        if not self.dry:
            return self._run(arguments)
        print("mpremote", shlex.join([*arguments[:-1], shown or arguments[-1]]))
        return ""

    def answer(self, program: str, *more: list[str]) -> Any:
        """Run a program on the board, and return the JSON that it prints; None of a dry run."""
        printed = self.do(["exec", program], *more).strip()
        try:
            return json.loads(printed.splitlines()[-1]) if printed else None
        except ValueError:
            raise NotConnected(
                f"The board answered something else than it was asked: {printed[-80:]!r}. Unplug it, plug it "
                "in again, and try it again."
            ) from None

    def write(self, files: Mapping[str, bytes], *, secret: str) -> None:
        """Write files to the board in this order; the first, the secret one, by no file of this computer."""
        self.do(["exec", write(secret, files[secret])], shown=f"<writes {secret}>")
        with tempfile.TemporaryDirectory() as folder:  # a key among them is this user's to read alone
            copies = {name: Path(folder, name) for name in files if name != secret}
            for name, path in copies.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(files[name])
            self.do(*(["fs", "cp", str(path), f":{name}"] for name, path in copies.items()))

    def console(self) -> int:
        if self.dry:
            self.do(["resume", "repl"])
            return 0
        return subprocess.call(
            [sys.executable, "-m", "mpremote", "connect", self.port or "auto", "resume", "repl"]
        )

    def _closed(self) -> str | None:
        """Why its port cannot be opened, where the system tells: mpremote says the same of all."""
        if self.port is None or not self.port.startswith("/"):
            return None
        if not Path(self.port).exists():
            return f"No board is at {self.port}. Plug it in, and try it again."
        if not os.access(self.port, os.R_OK | os.W_OK):
            return (
                f"This user may not open {self.port}. On Linux, run `sudo usermod -a -G dialout $USER`, then "
                "log out and in again."
            )
        return None

    def _run(self, arguments: list[str]) -> str:
        command, told = [sys.executable, "-c", _START], json.dumps(arguments)
        try:
            done = subprocess.run(
                command,
                input=told,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=ANSWERS_WITHIN,
                start_new_session=True,  # an interrupt of a cell is not one of a set-up
            )
        except subprocess.TimeoutExpired:
            raise NotConnected(
                f"The board has not done as told within {ANSWERS_WITHIN} s. Unplug it, plug it in again, and "
                "try it again: what it had is still there."
            ) from None
        if done.returncode:
            said = (done.stderr.strip() or done.stdout.strip()).rpartition("\n")[2]
            meaning = (text for words, text in _TROUBLE.items() if words in said)
            what = self._closed() or next(meaning, "The board did not do as told.")
            raise NotConnected(f"{what} ({said})")
        return done.stdout


class ConsoleReader:
    """What a board prints, while mpremote has nothing to do with it."""

    def __init__(self, mpremote: Mpremote) -> None:
        self._mpremote = mpremote
        self._port: Any = None

    def read(self, seconds: float) -> str:
        """Return what it prints within that time; a board that is just restarting has no port."""
        import serial

        try:
            self._port = self._port or serial.serial_for_url(self._mpremote.port, timeout=seconds)
            heard: bytes = self._port.read(1)
            heard += self._port.read(self._port.in_waiting)
            return heard.decode(errors="replace")
        except _PORT_ERRORS:
            self.close()
            time.sleep(seconds)
            return ""

    def close(self) -> None:
        if self._port is not None:
            self._port.close()
        self._port = None


def find(mpremote: Mpremote, drives: Iterable[Path] | None = None) -> tuple[str, str]:
    """Find the one board on USB, keep its port, and return what it is and its MicroPython's version.

    Raises:
        NotConnected: With what is wrong with the board, and the step that mends it.
    """
    if mpremote.port is None:
        mpremote.port = _only_port(mpremote.ports(), _drives() if drives is None else drives)
    facts = mpremote.answer(FACTS)
    version, machine = ".".join(map(str, facts["version"])), str(facts["machine"])
    if facts["name"] != "micropython":
        raise NotConnected(f"The board runs {facts['name']} and not MicroPython. {_install(machine)}")
    if tuple(facts["version"][:2]) < OLDEST:
        raise NotConnected(f"The board's MicroPython {version} is older than 1.22. {_install(machine)}")
    if not facts["wifi"]:
        raise NotConnected(
            f"The board's MicroPython ({machine}) knows no Wi-Fi: it is a Pico without W, or its "
            f"MicroPython is for one. If a W is printed on it: {_install(machine)} If none is, it speaks "
            "over USB: `picopanel pico ID --serial PORT`, and *Another board* in docs/board.md."
        )
    return f"{machine}, MicroPython {version}, at {mpremote.port}", version


def _only_port(ports: list[str], drives: Iterable[Path]) -> str:
    if len(ports) == 1:
        return ports[0]
    if ports:
        raise NotConnected(
            f"{len(ports)} boards are plugged in ({', '.join(ports)}). Unplug all but one, or name its port: "
            f"--port {ports[0]}, or BoardSetup(port={ports[0]!r})."
        )
    for about in (drive / "INFO_UF2.TXT" for drive in drives):
        if about.is_file():
            raise NotConnected(
                f"The board is in BOOTSEL mode (drive {about.parent}) and has no MicroPython running. "
                f"{_install(about.read_text(errors='replace'), about.parent)}"
            )
    raise NotConnected(
        "No board is plugged in. Use a USB cable that carries data, not one for charging only. A new "
        "board has no MicroPython yet: hold its BOOTSEL button while plugging it in, then try it again."
    )


def _install(model: str, drive: Path | None = None) -> str:
    page = "RPI_PICO2_W" if "RP2350" in model else "RPI_PICO_W"
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
