"""Boards and commands in processes of their own, read line by line."""

import atexit
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Thread

from .waiting import eventually

BOARDS = Path(__file__).parents[1] / "boards"


class Program:
    """A running Python program and the lines it has printed."""

    def __init__(
        self, arguments: Sequence[object], python: Path | str = sys.executable, **environment: str
    ) -> None:
        self.lines: list[str] = []
        self._process = subprocess.Popen(
            [python, *map(str, arguments)],
            env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        atexit.register(self._process.kill)  # where whoever started it ends before its time
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, start: str, within: float = 60) -> str:
        """Return the first line that starts so."""
        return eventually(
            lambda: next((line for line in list(self.lines) if line.startswith(start)), None),
            f"{self._process.args[1]} prints {start!r}",
            within=within,
            seen=lambda: self.lines[-20:],
        )

    def finish(self, within: float = 60) -> int:
        """Wait for its end and return its exit status."""
        status = self._process.wait(within)
        self._reader.join(5)
        return status

    def stop(self) -> None:
        self._end(self._process.terminate)

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._process.send_signal(signal.SIGINT)

    def hang(self) -> None:
        """Stop it where it is: its connection stays, and it says nothing more."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Go on after `hang()`."""
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it as a pulled plug does: no farewell, and the broker publishes its will."""
        self._end(self._process.kill)

    def _end(self, how: "object") -> None:
        if self._process.poll() is None:
            how()  # type: ignore[operator]
            self._process.wait(10)

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self.lines.append(line.rstrip("\n"))


class Board(Program):
    """A test board: it prints `ready`, then `<what it was told> led <on|off>` for each command."""

    def __init__(self, program: str, port: int, board_id: str, *options: object) -> None:
        super().__init__([BOARDS / program, "127.0.0.1", port, board_id, *options])
        self.wait_for("ready")

    @property
    def heard(self) -> list[str]:
        """The commands that reached it, in order."""
        return [line.split(" led ")[0] for line in list(self.lines) if " led " in line]

    def has_heard(self, *commands: str) -> None:
        """Hold it to these commands, no more and no others; what it prints comes a moment later."""
        expected = f"the board has heard {list(commands)}"
        eventually(lambda: self.heard == list(commands), expected, seen=lambda: self.heard)

    @property
    def led(self) -> str:
        """`on` or `off`."""
        return next((line.split(" led ")[1] for line in reversed(list(self.lines)) if " led " in line), "off")
