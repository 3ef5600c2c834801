"""Many virtual Picos in one process, each connected by itself: `fleet.py URL FIRST HOW_MANY INTERVAL`."""

import sys
import time
from threading import Thread

from picopanel import Broker
from picopanel._cli.virtual import BoardClient, keep_online
from picopanel._link.virtual_board import VirtualBoard
from picopanel._runtime.waiting import Event

url, first, how_many, interval = sys.argv[1], *map(int, sys.argv[2:])
for number in range(first, first + how_many):
    client = BoardClient(VirtualBoard(f"pico-{number}", interval=interval), Broker(url))
    Thread(target=keep_online, args=[[client], Event()], daemon=True).start()
    time.sleep(0.1)  # a class does not plug in within one moment either
time.sleep(1e6)
