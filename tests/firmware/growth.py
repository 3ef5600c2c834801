"""The firmware, with its own free memory as a channel."""

import gc

import my_secrets
from pico.board import Board


def free():
    gc.collect()
    return gc.mem_free()


board = Board(my_secrets)
board.channel("free", free, unit="B")
board.run()
