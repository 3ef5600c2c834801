"""A board on USB without a board: a real MicroPython behind a pseudo-terminal with the raw REPL.

mpremote itself talks to it. What a board does beside running programs is taken from MicroPython's source:
`shared/runtime/pyexec.c` (the raw REPL, raw paste and its window, Ctrl-C in each), `ports/rp2/main.c` (what
a soft reset runs), `shared/tinyusb/mp_usbd_cdc.c` (what is printed waits half a second for a reader).
"""

import os
import pty
import select
import signal
import subprocess
import tty
from collections import deque
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from ..firmware.get_micropython import micropython

BANNER = b"raw REPL; CTRL-B to exit\r\n"
RESET, BOOTSEL = 77, 78
WINDOW = 128  # half of a board's buffer for what is typed
UNREAD_FOR = 0.5  # seconds
HEEDS, HEEDS_NOT = b"\x0e", b"\x0f"  # what `micropython.kbd_intr` tells us, and no board

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
machine.bootloader = lambda: sys.exit({bootsel})
sys.modules["machine"] = machine
keyboard = Module()
keyboard.kbd_intr = lambda char: sys.stdout.write("\\x0f" if char < 0 else "\\x0e")
sys.modules["micropython"] = keyboard
network = Module()
if {wifi}:
    network.WLAN = RTC
sys.modules["network"] = network
if {blocks}:
    import vfs, os
    class Flash:
        def __init__(self):
            try:
                self.image = open("flash.img", "r+b")
            except OSError:
                self.image = open("flash.img", "w+b")
                self.image.write(b"\\xff" * 4096 * {blocks})
        def readblocks(self, block, into, at=0):
            self.image.seek(block * 4096 + at)
            self.image.readinto(into)
        def writeblocks(self, block, data, at=0):
            self.image.seek(block * 4096 + at)
            self.image.write(data)
            self.image.flush()
        def ioctl(self, what, argument):
            return {{4: {blocks}, 5: 4096}}.get(what, 0)
    flash = Flash()
    try:
        files = vfs.VfsLfs2(flash, progsize=256)
    except OSError:
        vfs.VfsLfs2.mkfs(flash, progsize=256)
        files = vfs.VfsLfs2(flash, progsize=256)
    vfs.mount(files, "/flash")
    os.chdir("/flash")
if {implementation}:
    pretended = Module()
    from collections import namedtuple
    pretended.implementation = namedtuple("about", ("name", "version", "_machine"))(*{implementation})
    pretended.platform = {platform!r}
    sys.modules["sys"] = pretended

scope = {{}}
while True:
    try:
        size = sys.stdin.readline()
    except KeyboardInterrupt:
        continue
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
        platform: Its `sys.platform`.
        wifi: Whether its MicroPython knows Wi-Fi.
        blocks: So many of 4 kB has its flash, which is a littlefs in the file `flash.img` then.
        starts: Whether `main.py` runs when it is plugged in.
        aiorepl: Whether that gave its console to aiorepl: its raw REPL only says that it restarts.
        on_reset: What happens when its program starts.
        on_bootsel: What happens when it goes into BOOTSEL mode; its console is gone then.
        on_program: Is told each program before that runs.

    Attributes:
        port: Under which mpremote waits for ever, in blocking reads, as it does for every pseudo-terminal.
        device: The same under another name, under which mpremote's times apply, as for a real board's; and
            each answer takes 10 ms more.
        programs: Those that it has been given.
    """

    def __init__(
        self,
        flash: Path,
        *,
        implementation: tuple[object, ...] | None = None,
        platform: str = "rp2",
        wifi: bool = True,
        blocks: int = 0,
        starts: bool = False,
        aiorepl: bool = False,
        on_reset: Callable[[], object] = lambda: None,
        on_bootsel: Callable[[], object] = lambda: None,
        on_program: Callable[[str], object] = lambda program: None,
    ) -> None:
        flash.mkdir(exist_ok=True)
        self.flash, self.aiorepl = flash, aiorepl
        self.on_reset, self.on_bootsel, self.on_program = on_reset, on_bootsel, on_program
        self.programs: list[str] = []
        more = {"implementation": implementation, "platform": platform, "wifi": wifi, "blocks": blocks}
        self._server = SERVER.format(reset=RESET, bootsel=BOOTSEL, **more)
        self._main, self._plug = pty.openpty()
        tty.setraw(self._plug)
        os.set_blocking(self._main, False)
        self.port = os.ttyname(self._plug)
        self.device = flash.with_name(f"{flash.name}-tty{os.path.basename(self.port)}")
        self.device.symlink_to(self.port)
        self._typed: deque[bytes] = deque()
        self._heeds = True
        self._process = self._boot()
        self._thread = Thread(target=self._serve, args=(starts,), daemon=True)
        self._thread.start()

    def say(self, text: bytes) -> None:
        """Print something on the board's console."""
        view = memoryview(text)
        while view and select.select([], [self._main], [], UNREAD_FOR)[1]:
            view = view[os.write(self._main, view) :]

    def unplug(self) -> None:
        if self._main < 0:
            return
        self._process.kill()
        self._process.wait(5)
        self.device.unlink()
        main, self._main = self._main, -1
        os.close(main)
        os.close(self._plug)

    def _boot(self) -> "subprocess.Popen[bytes]":
        self._heeds = True
        return subprocess.Popen(
            [*micropython(), "-c", self._server],
            cwd=self.flash,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )

    def _serve(self, starts: bool) -> None:
        try:
            if starts:
                self._run_file("main.py")
            self._take_programs()
        except (OSError, ValueError):
            return  # unplugged

    def _read(self) -> bytes:
        while not self._typed:
            select.select([self._main], [], [])
            self._type()
        return self._typed.popleft()

    def _type(self) -> None:
        self._typed.extend(bytes([byte]) for byte in os.read(self._main, 4096))

    def _take_programs(self) -> None:
        program, raw = b"", False
        while byte := self._read():
            if byte in (b"\x02", b"\x03"):
                program, raw = b"", byte == b"\x03" and raw
            elif byte == b"\x01" and program == b"\x05A":
                paste = self._take_paste()
                if paste is None:
                    self.say(b"\x04\x04Traceback (most recent call last):\r\nKeyboardInterrupt: \r\n\x04>")
                else:
                    self._execute(paste.decode())
                program = b""
            elif byte == b"\x01":
                program, raw = b"", True
                self.say(BANNER + b">")
            elif raw and byte == b"\x04" and program:
                self.say(b"OK")
                self._run(program.decode())
                self.say(b">")
                program = b""
            elif raw and byte == b"\x04":
                self._reboot()
            elif raw:
                program += byte

    def _take_paste(self) -> bytes | None:
        """None if Ctrl-C ended it."""
        self.say(b"R\x01" + bytes([WINDOW, 0]) + b"\x01")
        program = b""
        while (byte := self._read()) not in (b"\x03", b"\x04"):
            program += byte
            if len(program) % WINDOW == 0:
                self.say(b"\x01")
        return program if byte == b"\x04" else None

    def _reboot(self) -> None:
        if self.aiorepl:
            self.say(b"OKIgnored: soft reboot\r\n" + BANNER + b"\x04\x04>")
            return
        self._process.kill()
        self._process = self._boot()
        self.say(b"OK\r\nMPY: soft reboot\r\n")
        self._run_file("boot.py")
        self.say(BANNER + b">")

    def _run_file(self, name: str) -> None:
        if (self.flash / name).exists():
            self._run((self.flash / name).read_text(), shown=lambda text: text.replace(b"\x04", b""))

    def _execute(self, program: str) -> None:
        self.programs.append(program)
        self.on_program(program)
        self.say(b"\x04")  # it has been taken
        if self._run(program):
            self.say(b">")
            return
        status = self._process.wait(5)
        if status == BOOTSEL:
            self.unplug()
            self.on_bootsel()
        elif status == RESET:
            self._process = self._boot()
            self.on_reset()

    def _run(self, program: str, shown: Callable[[bytes], bytes] = bytes) -> bool:
        """Whether it came to its end; Ctrl-C goes to it, and all else that is typed waits."""
        self._process.stdin.write(f"{len(program)}\n{program}".encode())
        output, ends = self._process.stdout.fileno(), 0
        while ends < 2:
            ready = select.select([output, self._main], [], [])[0]
            if self._main in ready:
                self._type()
                if self._heeds and b"\x03" in self._typed:
                    self._typed.remove(b"\x03")
                    self._process.send_signal(signal.SIGINT)
            if output in ready:
                printed = os.read(output, 4096)
                if not printed:
                    return False
                ends += printed.count(b"\x04")
                for sign in (HEEDS, HEEDS_NOT):
                    if sign in printed:
                        self._heeds = sign == HEEDS
                self.say(shown(printed.replace(HEEDS, b"").replace(HEEDS_NOT, b"")))
        return True
