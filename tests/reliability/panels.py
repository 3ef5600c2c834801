"""Many panels in one process, each with a connection of its own: `panels.py PORT FIRST HOW_MANY`.

They toggle all the time. After each round it prints how many of them were answered, how many have
nothing to complain of, how many have every reading of their board, and how many readings were lost.
"""

import json
import sys
import time

from picopanel import Pico

port, first, how_many = map(int, sys.argv[1:])


def is_complete(panel: Pico) -> bool:
    samples = panel._device.known.samples
    boot = samples.get(samples.current)
    return boot is not None and boot.end > 0 and boot.first == 0 and not boot.holes


panels = []
for number in range(first, first + how_many):
    # A user name of its own makes each a connection of its own.
    panels.append(Pico(f"pico-{number}", broker=f"mqtt://user-{number}@127.0.0.1:{port}"))
    time.sleep(0.2)
while True:
    commands = [panel._device.start("toggle", 10) for panel in panels]
    for command in commands:
        command.done.wait(15)
    figures = {
        "answered": sum(command.reply is not None for command in commands),
        "well": sum(panel._device.diagnosis().trouble is None for panel in panels),
        "complete": sum(map(is_complete, panels)),
        "lost": sum(panel._device.known.lost_samples for panel in panels),
    }
    print(json.dumps(figures), flush=True)
    time.sleep(1)
