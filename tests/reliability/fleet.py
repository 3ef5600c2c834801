"""Many virtual Picos in one process, each connected by itself: `fleet.py URL FIRST HOW_MANY INTERVAL`."""

import sys
import time
from threading import Thread

from picopanel import Broker
from picopanel._cli.fleet import BoardClient, Fleet
from picopanel._link.virtual_board import VirtualBoard

url, first, how_many, interval = sys.argv[1], *map(int, sys.argv[2:])
for number in range(first, first + how_many):
    client = BoardClient(VirtualBoard(f"pico-{number}", interval=interval), Broker(url))
    Thread(target=Fleet([client]).run, daemon=True).start()
    time.sleep(0.1)  # a class does not plug in within one moment either
time.sleep(1e6)
