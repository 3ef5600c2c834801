"""A board on this computer's USB, told what to do through mpremote's command line.

mpremote's arguments go to it over a pipe: a process's own arguments can be read by every user of a
computer, and some of these hold the Wi-Fi's password.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from .._errors import NotConnected
from .._errors.arguments import extra
from .on_board import write
from .plan import TROUBLE

try:
    import termios
except ImportError:  # Windows has none
    _PORT_ERRORS: tuple[type[Exception], ...] = (OSError,)
else:
    _PORT_ERRORS = (OSError, termios.error)  # pyserial's own are OSErrors, too

ANSWERS_WITHIN = 180  # seconds; all files together take some 20
_LONGEST = 200  # characters of what it says
_MEETS_WITHIN = 40  # of a board that has not answered yet: each of mpremote's three waits takes 10
_CTRL_C = b"\x03"
_OFTEN, _APART = 50, 0.004  # a program that catches one is met outside of its `try` by another
_START = """
import json, os, sys, threading
def end_with_us():  # or a kernel that is restarted would leave it at the port
    os.read(0, 1)
    os._exit(1)
sys.argv = ["mpremote", *json.loads(sys.stdin.readline())]
threading.Thread(target=end_with_us, daemon=True).start()
from mpremote.main import main
sys.exit(main())
"""
_SAYS = {
    # what mpremote, pyserial or the system says: which of TROUBLE that is
    "failed to access": "busy",
    "no device found": "none",
    "could not enter raw repl": "deaf",
    "OSError: 28": "full",  # MicroPython itself: its short list of names (moderrno.c) has no ENOSPC
    "ENOSPC": "full",
    "No space left": "full",
    "device disconnected": "lost",
    "Input/output error": "lost",
    "No such device": "lost",
    "Device not configured": "lost",  # macOS
    "ClearCommError": "lost",  # Windows
    "WriteFile failed": "lost",
    "raw paste": "lost",  # it has restarted, or somebody else reads along
    "could not exec": "lost",
    "waiting for": "lost",
}


class _Deaf(NotConnected):
    """The program on the board holds it."""


class Mpremote:
    """Runs mpremote's commands on one board, or only prints them if `dry`."""

    def __init__(self, port: str | None, *, dry: bool = False) -> None:
        self.port = self._given = port
        self.dry = dry
        self._process: subprocess.Popen[str] | None = None
        self._has_answered = self._was_deaf = self._stopped = False
        extra("mpremote", "Boards on USB are reached with mpremote", "board", NotConnected)

    def ports(self) -> dict[str, str]:
        """Return the USB IDs of what is plugged in, `vendor:product` in hex, by its ports."""
        lines = map(str.split, self._run(["connect", "list"], ANSWERS_WITHIN).splitlines())
        return {words[0]: words[2] for words in lines if len(words) > 2 and words[2] != "0000:0000"}

    def forget_port(self) -> None:
        """A board that has restarted may have another one, where none was given."""
        self.port, self._has_answered = self._given, False

    def do(self, *commands: list[str], shown: str = "") -> str:
        """Do commands in one go, and return what they print; `shown` stands for a last one with a secret."""
        arguments = ["connect", self.port or "auto", *commands[0]]
        for command in commands[1:]:
            arguments += ["+", *command]
        if not self.dry:
            return self._insist(arguments)
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
        """End what it does, for good; the board is told so when it is next spoken to."""
        self._stopped = True
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

    def _insist(self, arguments: list[str]) -> str:
        """Run them; if the board's program does not let go, interrupt it, and restart it no more.

        A restart begins what holds it anew: a `boot.py` does so each time.
        """
        resume = ["resume"] if self._was_deaf else []
        within = ANSWERS_WITHIN if self._has_answered else min(ANSWERS_WITHIN, _MEETS_WITHIN)
        try:
            printed = self._run([*arguments[:2], *resume, *arguments[2:]], within)
        except _Deaf:
            if self._was_deaf or self._stopped:
                raise
            self._was_deaf = True
            self._interrupt()
            return self._insist(arguments)
        self._has_answered = True
        return printed

    def _interrupt(self) -> None:
        import serial

        with (
            suppress(*_PORT_ERRORS),
            serial.serial_for_url(self.port, write_timeout=1, exclusive=True) as port,
        ):
            for _ in range(_OFTEN):
                port.write(_CTRL_C)
                port.read(port.in_waiting)
                time.sleep(_APART)

    def _run(self, arguments: list[str], within: float) -> str:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # an interrupt of a cell is not one of a set-up
        )
        if self._stopped:  # just now
            self._process.kill()
        with self._process as process:
            printed, complained = _ended(process, json.dumps(arguments), within)
        if complained is None and self._has_answered:
            raise NotConnected(
                f"The board has not done as told within {within} s. Unplug it, plug it in again, and try it "
                "again: what it had is still there."
            )
        if complained is None:
            raise _Deaf(f"{TROUBLE['deaf']} (no answer within {within} s)")
        if process.returncode:
            raise self._trouble((complained.strip() or printed.strip()).rpartition("\n")[2][:_LONGEST])
        return printed

    def _trouble(self, said: str) -> NotConnected:
        kind = next((kind for words, kind in _SAYS.items() if words in said), "else")
        why = self._closed() if kind in ("busy", "none") else None
        text = f"{why or TROUBLE[kind]} ({said})" if said else TROUBLE[kind]
        return (_Deaf if kind == "deaf" else NotConnected)(text)


def _ended(process: subprocess.Popen[str], told: str, within: float) -> tuple[str, str | None]:
    """Return what it has printed and complained of; None if it has not ended by itself within that time."""
    stdin, process.stdin = process.stdin, None  # it stays open while we live: mpremote ends with it
    assert stdin is not None
    with stdin:
        try:
            with suppress(BrokenPipeError):
                os.write(stdin.fileno(), f"{told}\n".encode())
            return process.communicate(timeout=within)
        except subprocess.TimeoutExpired:
            process.kill()
            return "", None
        except BaseException:  # Ctrl-C in a terminal
            process.kill()
            raise


class ConsoleReader:
    """What a board prints, while mpremote has nothing to do with it."""

    def __init__(self, mpremote: Mpremote) -> None:
        self._mpremote = mpremote
        self._port: Any = None

    def read(self, seconds: float) -> str:
        """Return what it prints within that time; a board that is just restarting has no port."""
        import serial

        try:
            self._port = self._port or serial.serial_for_url(
                self._mpremote.port, timeout=seconds, exclusive=True
            )
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
