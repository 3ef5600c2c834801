"""Ten hours of a board's work as fast as MicroPython can; prints the bytes in use after each."""

import gc
import json

from pico.device import PicoDevice

HOUR = 3_600_000
pico = PicoDevice("me", boot="b1", keep=600)
pico.channel("temperature", lambda: 23.4, unit="Cel")
pico.channel("light", lambda: 0.125)
pico.connected(0)
used, now, minute = [], 0, 0
for hour in range(1, 11):
    while now < hour * HOUR:
        now = max(now + 1, pico.next_tick)
        pico.tick(now)
        if now // 60_000 > minute:
            minute = now // 60_000
            command = {"experiment_id": str(now), "led": "toggle", "since": {"seq": now // 2000 - 30}}
            pico.receive("me/cmd", json.dumps(command), False, now)
            pico.receive("me/onboard_led", b"toggle", False, now)
            pico.receive("me/cmd", b"{", False, now)
    gc.collect()
    used.append(gc.mem_alloc())
print(json.dumps(used))
