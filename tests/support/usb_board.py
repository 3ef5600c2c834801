"""A board on USB without a board: a real MicroPython behind a pseudo-terminal with the raw REPL.

mpremote itself talks to it. The folder `flash` is the board's file system.
"""

import os
import pty
import subprocess
import tty
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from ..firmware.get_micropython import micropython

BANNER = b"raw REPL; CTRL-B to exit\r\n"
RESET = 77

# Runs in MicroPython: takes programs, gives back what they print and what they raise.
SERVER = """
import sys, io

class Module:
    pass

class RTC:
    def datetime(self, moment):
        with open("clock.txt", "w") as f:
            f.write(repr(moment))

machine = Module()
machine.RTC = RTC
machine.reset = lambda: sys.exit({reset})
sys.modules["machine"] = machine
network = Module()
if {wifi}:
    network.WLAN = RTC
sys.modules["network"] = network
if {implementation}:
    pretended = Module()
    from collections import namedtuple
    pretended.implementation = namedtuple("about", ("name", "version", "_machine"))(*{implementation})
    pretended.platform = "rp2"
    sys.modules["sys"] = pretended

scope = {{}}
while True:
    size = sys.stdin.readline()
    if not size:
        break
    program, trouble = sys.stdin.read(int(size)), ""
    try:
        exec(program, scope)
    except SystemExit:
        raise
    except BaseException as error:
        text = io.StringIO()
        sys.print_exception(error, text)
        trouble = text.getvalue()
    sys.stdout.write("\\x04" + trouble + "\\x04")
"""


class UsbBoard:
    """A plugged-in board.

    Args:
        flash: Its file system.
        implementation: What it pretends to be, e.g. `("micropython", (1, 20, 0), "Pico W")`.
        wifi: Whether its MicroPython knows Wi-Fi.
        on_reset: What happens when its program starts.
    """

    def __init__(
        self,
        flash: Path,
        *,
        implementation: tuple[object, ...] | None = None,
        wifi: bool = True,
        on_reset: Callable[[], object] = lambda: None,
    ) -> None:
        flash.mkdir(exist_ok=True)
        self.flash = flash
        self.on_reset = on_reset
        self.programs: list[str] = []
        self._server = SERVER.format(reset=RESET, wifi=wifi, implementation=implementation)
        self._main, self._plug = pty.openpty()
        tty.setraw(self._plug)
        self.port = os.ttyname(self._plug)
        self._process = self._boot()
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def say(self, text: bytes) -> None:
        """Print something on the board's console."""
        os.write(self._main, text)

    def unplug(self) -> None:
        if self._process.poll() is not None:
            return
        self._process.kill()
        self._process.wait(5)
        os.close(self._main)
        os.close(self._plug)

    def _boot(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [*micropython(), "-c", self._server],
            cwd=self.flash,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )

    def _serve(self) -> None:
        try:
            self._take_programs()
        except OSError:
            return  # unplugged

    def _take_programs(self) -> None:
        program, raw = b"", False
        while byte := os.read(self._main, 1):
            if byte in (b"\x02", b"\x03"):
                program, raw = b"", byte == b"\x03" and raw
            elif byte == b"\x01" and program == b"\x05A":
                self._execute(self._take_paste(), b"\x04")
                program = b""
            elif byte == b"\x01":
                program, raw = b"", True
                os.write(self._main, BANNER + b">")
            elif raw and byte == b"\x04":
                self._reboot()
            elif raw:
                program += byte

    def _take_paste(self) -> bytes:
        os.write(self._main, b"R\x01\xff\xff")  # raw paste mode, with the widest window
        program = b""
        while not program.endswith(b"\x04"):
            program += os.read(self._main, 4096)
        return program[:-1]

    def _reboot(self) -> None:
        self._process.kill()
        self._process = self._boot()
        os.write(self._main, b"OK\r\nMPY: soft reboot\r\n" + BANNER + b">")

    def _execute(self, program: bytes, taken: bytes) -> None:
        text = program.decode()
        self.programs.append(text)
        os.write(self._main, taken)
        self._process.stdin.write(f"{len(text)}\n{text}".encode())
        ends = 0
        while ends < 2 and (byte := self._process.stdout.read(1)):
            ends += byte == b"\x04"
            os.write(self._main, byte)
        if ends == 2:
            os.write(self._main, b">")
        elif self._process.wait(5) == RESET:
            self._process = self._boot()
            self.on_reset()
