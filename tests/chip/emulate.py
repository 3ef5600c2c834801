"""`emulate.py IMAGE FLASH_FOLDER FLASH_IMAGE PROGRAM`: run a program on an emulated Pico W with these."""

import sys
from pathlib import Path

from littlefs import LittleFS, UserContext
from rp2040py.cli import main
from rp2040py.cli.mklittlefs import LITTLEFS_DEFAULT_DISK_VERSION, LITTLEFS_DISK_VERSIONS
from rp2040py.utils.firmware_retrieve import MICROPYTHON, flash_layout


def write_flash(folder: Path, flash: Path) -> None:
    """As the emulator's own `build_littlefs_image`, which knows no folders."""
    layout = flash_layout(MICROPYTHON, "pico_w")
    size, count = layout["fs_blocksize"], layout["fs_blockcount"]
    files = LittleFS(
        context=UserContext(buffsize=size * count),
        block_size=size,
        block_count=count,
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
    flash.write_bytes(files.context.buffer)


image, folder, flash, program = sys.argv[1:]
write_flash(Path(folder), Path(flash))
board = ["--board", "pico_w", "--image", image, "--littlefs", flash]
sys.argv = ["rp2040py", "micropython", *board, "-c", program]
main()
