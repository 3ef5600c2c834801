"""The hardware that the firmware sees in a test; what it does to it is printed."""

import os
import sys
import time

PWRON_RESET, WDT_RESET = 1, 3
mem32 = {}


def unique_id():
    return os.getenv("BOARD_ID").encode()


def reset_cause():
    return PWRON_RESET


def reset():
    print("[reset]")
    sys.exit(0)


class Pin:
    OUT = 1

    def __init__(self, name, mode):
        if name == "LED" and sys.platform == "esp32":
            raise ValueError("invalid pin")
        self.name = name

    def value(self, lit):
        print("[led]", 1 if lit else 0, time.ticks_ms())


class ADC:
    def __init__(self, pin):
        self._raw = 14143  # 23.4 degrees

    def read_u16(self):
        return self._raw


class RTC:
    """Not set at the start, like the chip's: it begins in 2021."""

    ahead = None  # seconds, of the computer's clock

    def datetime(self, moment=None):
        if moment:
            year, month, day, _, hour, minute, second, _ = moment
            RTC.ahead = time.mktime((year, month, day, hour, minute, second, 0, 0)) - int(time.time())
            return None
        if RTC.ahead is None:
            return (2021, 1, 1, 4, 0, 0, 0, 0)
        year, month, day, hour, minute, second, weekday = time.gmtime(int(time.time()) + RTC.ahead)[:7]
        return (year, month, day, weekday, hour, minute, second, 0)


class WDT:
    def __init__(self, timeout):
        if sys.platform == "rp2" and timeout > 8388:
            raise ValueError("timeout exceeds 8388")

    def feed(self):
        pass


class Timer:
    PERIODIC = 1

    def __init__(self, number, **settings):
        if sys.platform == "esp32" and number != 0:  # before 1.28 it has no timers of software
            raise ValueError("invalid Timer number")
        if settings:
            self.init(**settings)

    def init(self, period, mode, callback):
        print("[timer]", period)

    def deinit(self):
        print("[watchdog stopped]")
