"""mpremote's command line, which talks to the board over USB.

Its arguments go to it over a pipe: a process's own arguments can be read by every user of a
computer, and some of these hold the Wi-Fi's password.
"""

from __future__ import annotations

import importlib.util
import json
import shlex
import subprocess
import sys
from collections.abc import Callable

from .._errors import NotConnected

_START = (
    "import json, sys; sys.argv = ['mpremote', *json.load(sys.stdin)]; "
    "from mpremote.main import main; sys.exit(main())"
)
_TROUBLE = {
    # what mpremote says: what that means, and what to do
    "in use by another program": "Another program uses the board. Close Thonny, or any other editor's "
    "console, and try it again.",
    "failed to access": "The board cannot be opened. Is it still plugged in? On Linux, its user must be "
    "in the group `dialout`.",
    "no device found": "No board is plugged in.",
    "could not enter raw repl": "The program on the board does not let go. Unplug the board, plug it in "
    "again, and try it at once.",
}


class Mpremote:
    """Runs mpremote's commands on one board.

    Args:
        port: The board's serial port; None while it is not known.
        dry: Only print the commands.
        say: Where they are printed to.
    """

    def __init__(self, port: str | None, *, dry: bool = False, say: Callable[[str], object] = print) -> None:
        self.port = port
        self.dry = dry
        self._say = say
        if importlib.util.find_spec("mpremote") is None:
            raise NotConnected(
                "Boards on USB are reached with mpremote, which is not installed here: "
                "pip install 'picopanel[board]'"
            )

    def ports(self) -> list[str]:
        """Return the serial ports of boards by Raspberry Pi."""
        lines = self._run(["connect", "list"]).splitlines()
        return [
            words[0] for words in map(str.split, lines) if len(words) > 2 and words[2].startswith("2e8a:")
        ]

    def do(self, *commands: list[str], secret: str | None = None) -> str:
        """Do commands in one go, and return what they print.

        Args:
            commands: Each with its arguments.
            secret: What the last one is shown as, because it holds a secret.
        """
        arguments = ["connect", self.port or "auto"]
        for command in commands:
            arguments += [*command, "+"]
        if self.dry:
            shown = [*arguments[:-2], secret] if secret else arguments[:-1]
            self._say("mpremote " + shlex.join(shown))
            return ""
        return self._run(arguments[:-1])

    def console(self) -> int:
        """Show the board's console until Ctrl-]."""
        arguments = ["connect", self.port or "auto", "resume", "repl"]
        if self.dry:
            self._say("mpremote " + shlex.join(arguments))
            return 0
        return subprocess.call([sys.executable, "-m", "mpremote", *arguments])

    def _run(self, arguments: list[str]) -> str:
        done = subprocess.run(
            [sys.executable, "-c", _START],
            input=json.dumps(arguments),
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
        if done.returncode:
            said = (done.stderr.strip() or done.stdout.strip()).rpartition("\n")[2]
            meaning = (text for words, text in _TROUBLE.items() if words in said)
            raise NotConnected(f"{next(meaning, 'The board did not do as told.')} ({said})")
        return done.stdout
