"""A board on this computer's USB, told what to do through mpremote's command line.

mpremote's arguments go to it over a pipe: a process's own arguments can be read by every user of a
computer, and some of these hold the Wi-Fi's password.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .._errors import NotConnected
from .on_board import write
from .plan import TROUBLE

try:
    import termios
except ImportError:  # Windows has none
    _PORT_ERRORS: tuple[type[Exception], ...] = (OSError,)
else:
    _PORT_ERRORS = (OSError, termios.error)  # pyserial's own are OSErrors, too

ANSWERS_WITHIN = 180  # seconds; all files together take some 20
_START = (
    "import json, sys; sys.argv = ['mpremote', *json.load(sys.stdin)]; "
    "from mpremote.main import main; sys.exit(main())"
)
_SAYS = {
    # what mpremote says: which of TROUBLE that is
    "failed to access": "busy",
    "no device found": "none",
    "could not enter raw repl": "deaf",
    "ENOSPC": "full",
    "Errno 28": "full",
    "device disconnected": "lost",
    "Input/output error": "lost",
}


class Mpremote:
    """Runs mpremote's commands on one board, or only prints them if `dry`."""

    def __init__(self, port: str | None, *, dry: bool = False) -> None:
        self.port = port
        self.dry = dry
        self._process: subprocess.Popen[str] | None = None
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
        """Run a program on the board, and return the JSON that it prints; of a dry run nothing."""
        printed = self.do(["exec", program], *more).strip()
        if self.dry:
            return {"says": ""}
        try:
            return json.loads(printed.splitlines()[-1])
        except (ValueError, IndexError):
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

    def stop(self) -> None:
        """End what it does just now; the board is told so when it is next spoken to."""
        if self._process is not None:
            self._process.kill()

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
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # an interrupt of a cell is not one of a set-up
        )
        with self._process as process:
            try:
                printed, complained = process.communicate(json.dumps(arguments), timeout=ANSWERS_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                raise NotConnected(
                    f"The board has not done as told within {ANSWERS_WITHIN} s. Unplug it, plug it in again, "
                    "and try it again: what it had is still there."
                ) from None
        if process.returncode:
            said = (complained.strip() or printed.strip()).rpartition("\n")[2]
            kind = next((kind for words, kind in _SAYS.items() if words in said), "else")
            raise NotConnected(f"{self._closed() or TROUBLE[kind]} ({said})")
        return printed


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
