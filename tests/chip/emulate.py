"""`emulate.py`: an emulated Pico W, told what to do in lines of JSON, of which it tells likewise.

The first line says what board it is: `image`, `flash` (a folder), `port` and `hosts` of its network, and a
`program` to run instead of its `main.py`, if any.
"""

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

from littlefs import LittleFS, UserContext
from rp2040py.boards import BOARDS, BoardSpec, resolve_firmware
from rp2040py.cli.mklittlefs import LITTLEFS_DEFAULT_DISK_VERSION, LITTLEFS_DISK_VERSIONS
from rp2040py.device.mp_device import MicroPythonDevice
from rp2040py.external.bootsel_button import BootselButton

from loopback import BROKER, TIME, Radio, keep_inside, tell
from turbo import Turbo


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
        return MicroPythonDevice(board=board, filesystem=Path(flash.name))


def leave_in_peace(device):
    """Have the computer on USB send when it has something to.

    The emulator's sends an empty packet whenever the board can take one: forty thousand interrupts a
    second, and a chip that never sleeps.
    """
    cdc, usb = device.cdc, device.mcu.usb_ctrl
    send, answer, asked = cdc.send_serial_byte, usb.on_endpoint_read, []

    def read(endpoint, size):
        if endpoint == cdc._out_endpoint and not cdc.tx_fifo.item_count:
            asked[:] = [size]
        else:
            answer(endpoint, size)

    def send_byte(byte):
        send(byte)
        if asked:
            answer(cdc._out_endpoint, asked.pop())

    usb.on_endpoint_read, cdc.send_serial_byte = read, send_byte


async def main(about):
    hosts = dict.fromkeys(("pool.ntp.org", "time.google.com"), TIME)
    radio = Radio(about["port"], hosts | dict.fromkeys(about["hosts"], BROKER))
    device = made(about, radio)
    leave_in_peace(device)
    turbo = Turbo(device.simulator)
    device.simulator.execute = turbo.execute
    device.cdc.on_serial_data = lambda data: tell(console=bytes(data).decode(errors="replace"))
    await device.astart(timeout=None)
    if "program" in about:
        printed, error = await device.aexec(about["program"], timeout=None)
        tell(printed=(printed + error).decode(errors="replace"))
        return
    commands = asyncio.create_task(obey(device, radio, turbo))
    running = device.simulator._execute_task
    done, _ = await asyncio.wait({commands, running}, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


async def obey(device, radio, turbo):
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        order = json.loads(line)
        if "type" in order:
            for byte in order["type"].encode():
                device.cdc.send_serial_byte(byte)
        if "converter" in order:
            device.mcu.adc.channel_values[4] = order["converter"]
        if "wifi" in order:
            radio.bus.in_range = order["wifi"]
            if not order["wifi"]:
                radio.bus.cut()
        if "clock" in order:
            radio.bus.nat_bridge._udp.clock = order["clock"]
        if "figures" in order:
            tell(
                figures={
                    "seconds": device.simulator.clock.nanos / 1e9,
                    "cpu": sum(os.times()[:2]),
                    "translated": turbo.executed,
                    "speed": turbo._speed,
                    "pc": hex(device.mcu.core.pc),
                }
            )


about = json.loads(sys.stdin.readline())
keep_inside(about["port"])
asyncio.run(main(about))
