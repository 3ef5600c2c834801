"""What only the RP2040 of a Pico W and the RP2350 of a Pico 2 W have."""

import sys
import time

import machine

LED = "LED"  # it hangs on the radio chip
WIFI_CODES = {-3: "password", -2: "network", 2: "address"}
WATCHDOGS = {"RP2040": 0x40058000, "RP2350": 0x400D8000}  # their registers, by the chip
NAME = getattr(sys.implementation, "_machine", "")
ALIVE_FOR = 60_000  # a name look-up may block this long; the watchdog alone allows 8388 ms

_thermometer = machine.ADC(4)


def temperature():
    """Its sensor is noisy, so many readings are averaged."""
    raw = sum(_thermometer.read_u16() for _ in range(32)) / 32
    return round(27 - (raw * 3.3 / 65535 - 0.706) / 0.001721, 2)


def prepare_wifi(station):
    """Nothing is to be set."""


class Watchdog:
    """Resets a board whose program hangs; `alive()` is to be called all the time."""

    def __init__(self):
        self._alive_at, self._stopped = time.ticks_ms(), False
        self._hardware = machine.WDT(timeout=8000)
        self._timer = machine.Timer(-1, period=1000, mode=machine.Timer.PERIODIC, callback=self._feed)

    def alive(self):
        """Still running."""
        self._alive_at = time.ticks_ms()

    def _feed(self, _):
        if self._stopped or time.ticks_diff(time.ticks_ms(), self._alive_at) < ALIVE_FOR:
            self._hardware.feed()

    def stop(self):
        """Let an editor work: MicroPython itself cannot stop it, the register of a known chip can."""
        for chip, registers in WATCHDOGS.items():
            if chip in NAME:
                machine.mem32[registers + 0x3000] = 1 << 30  # 0x3000: clear bits; bit 30: enable
                self._timer.deinit()
        self._stopped = True  # on any other it is fed for ever
