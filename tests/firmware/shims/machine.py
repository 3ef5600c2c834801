"""The hardware that the firmware sees in a test; what it does to it is printed."""

import asyncio
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
    """A button is pressed, and bounces, while the board's folder has a file `press`."""

    IN, OUT, PULL_UP, IRQ_FALLING = 0, 1, 1, 4

    def __init__(self, name, mode=IN, pull=None, *, value=None):
        if name == "LED" and sys.platform == "esp32":
            raise ValueError("invalid pin")
        self.name = name
        if value is not None:
            self.value(value)

    def value(self, lit):
        led = self.name == "LED" or sys.platform == "esp32"
        print("[led]" if led else f"[pin {self.name}]", 1 if lit else 0, time.ticks_ms())

    def irq(self, handler, trigger):
        asyncio.create_task(self._watch(handler))

    async def _watch(self, handler):
        while "press" not in os.listdir():
            await asyncio.sleep_ms(20)
        for _ in range(3):
            handler(self)


class ADC:
    """As ports/rp2/machine_adc.c: the thermometer's channel, or a pin that has one."""

    def __init__(self, pin):
        if pin not in (4, 26, 27, 28):
            raise ValueError("Pin doesn't have ADC capabilities")
        self._raw = 14143 if pin == 4 else 32768  # 23.4 degrees, half of the supply

    def read_u16(self):
        return self._raw


class PWM:
    def __init__(self, pin, freq):
        self._name = f"[pwm {getattr(pin, 'name', pin)}]"

    def duty_u16(self, duty):
        print(self._name, duty)

    def duty_ns(self, duty):
        print(self._name, duty)


class I2C:
    """As ports/rp2/machine_i2c.c: each of the two has pins of its own."""

    def __init__(self, number, *, sda, scl):
        if sda.name % 4 != 2 * number:
            raise ValueError("bad SDA pin")
        if scl.name % 4 != 2 * number + 1:
            raise ValueError("bad SCL pin")


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
