# Where a main.py of an earlier PicoPanel finds its board.
from pico.board import Board as Board
