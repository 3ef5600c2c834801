"""`emulate.py IMAGE FLASH_FOLDER FLASH_IMAGE PROGRAM`: run a program on an emulated Pico W with these."""

import sys
from pathlib import Path

from rp2040py.cli import main
from rp2040py.cli.mklittlefs import build_littlefs_image
from rp2040py.utils.firmware_retrieve import MICROPYTHON, flash_layout

image, folder, flash, program = sys.argv[1:]
layout = flash_layout(MICROPYTHON, "pico_w")
build_littlefs_image(
    Path(flash),
    sorted(Path(folder).iterdir()),
    block_size=layout["fs_blocksize"],
    block_count=layout["fs_blockcount"],
    force=True,
)
board = ["--board", "pico_w", "--image", image, "--littlefs", flash]
sys.argv = ["rp2040py", "micropython", *board, "-c", program]
main()
