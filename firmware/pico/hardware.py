"""What the firmware wants of a board: clock, LED, restart, memory. Each kind of chip has a file beside it.

Only this file and those of the chips import `machine`.
"""

import gc
import os
import socket
import sys
import time
from binascii import hexlify
from struct import unpack

import machine

if sys.platform == "esp32":
    from . import esp32_chip as chip
else:
    from . import rp2_chip as chip

try:
    import network  # noqa: F401

    RADIO = True
except ImportError:
    RADIO = False
NAME = getattr(sys.implementation, "_machine", sys.platform)
MICROPYTHON = ".".join(str(part) for part in sys.implementation.version[:3])
UNIQUE_ID = hexlify(machine.unique_id()).decode()
TIME_HOSTS = ("pool.ntp.org", "time.google.com")
UNIX_EPOCH = 946684800 if time.gmtime(0)[0] == 2000 else 0
NTP_EPOCH, NTP_2026 = 2208988800, 3976214400  # seconds from 1900 to 1970, and to 2026
SLOWEST_RESETS = 60_000

Watchdog = chip.Watchdog
temperature = chip.temperature  # of the chip itself, in degrees Celsius

_clock = machine.RTC()


class Led:
    """The onboard LED, or one of the board's own; written only when it changes.

    Args:
        pin: Its name or number, or None for the chip's usual one.
    """

    def __init__(self, pin=None):
        self._pin, self._lit = machine.Pin(chip.LED if pin is None else pin, machine.Pin.OUT), None

    def __call__(self, lit):
        if lit != self._lit:
            self._lit = lit
            self._pin.value(1 if lit else 0)


def new_boot():
    """A word that no earlier start has used."""
    # No hexadecimal digit first: tools take a word such as 1234e567 for a number.
    return "p" + hexlify(os.urandom(4)).decode()


def reset_cause():
    """Why the board started."""
    watchdog = machine.reset_cause() == machine.WDT_RESET  # machine.reset() uses it as well
    return "watchdog" if watchdog else "power"


def memory_for_samples():
    """How many bytes the latest samples may take: a tenth of what is free."""
    gc.collect()
    return gc.mem_free() // 10


def unix_ms():
    """Unix time in milliseconds, to a second, or None while the clock has not been set."""
    year, month, day, _, hour, minute, second, _ = _clock.datetime()
    if year < 2026:  # where the chip's clock starts
        return None
    return (time.mktime((year, month, day, hour, minute, second, 0, 0)) + UNIX_EPOCH) * 1000


def fetch_time():
    """Set the clock to UTC, and return Unix time in milliseconds.

    Raises OSError where no host answers, after some seconds.
    """
    for host in TIME_HOSTS:
        try:
            now = _ask(host)
        except OSError as problem:
            print("Time: no answer from", host, problem)
            continue
        year, month, day, hour, minute, second, weekday = time.gmtime(now // 1000 - UNIX_EPOCH)[:7]
        _clock.datetime((year, month, day, weekday, hour, minute, second, 0))
        return now
    raise OSError("no time")


def _ask(host):
    """By NTP; MicroPython's own `ntptime` drops what is left of a second."""
    query = bytearray(48)
    query[0] = 0x23  # a client's, of version 4
    address = socket.getaddrinfo(host, 123)[0][-1]
    connection = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        connection.settimeout(1)
        asked_at = time.ticks_ms()
        connection.sendto(query, address)
        answer = connection.recv(48)
        way = time.ticks_diff(time.ticks_ms(), asked_at) // 2
    finally:
        connection.close()
    if len(answer) < 48 or answer[0] & 7 != 4 or answer[0] >> 6 == 3 or not 1 <= answer[1] <= 15:
        raise OSError("it does not know the time")
    seconds, fraction = unpack("!II", answer[40:48])
    if seconds < NTP_2026:  # its 32 bits begin anew in 2036
        seconds += 1 << 32
    return (seconds - NTP_EPOCH) * 1000 + (fraction * 1000 >> 32) + way


class Uptime:
    """Milliseconds since the start. `ticks_ms` wraps after 12 days, this does not."""

    def __init__(self):
        self._last, self._total = time.ticks_ms(), 0

    def now(self):
        """To be called at least every few days."""
        ticks = time.ticks_ms()
        self._total += time.ticks_diff(ticks, self._last)
        self._last = ticks
        return self._total


def reset(uptime):
    """Start anew, but never more often than once a minute."""
    time.sleep_ms(max(0, SLOWEST_RESETS - uptime.now()))
    machine.reset()
