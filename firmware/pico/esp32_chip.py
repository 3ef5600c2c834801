"""What only an ESP32 and its successors (S2, S3, C3, C6) have.

Written by MicroPython's own source of that port (esp32: modesp32.c, machine_wdt.c, network_wlan.c).
No board was at hand, and none was emulated.
"""

import esp32
import machine

LED = 2  # of the usual development boards; LED_PIN in my_secrets.py names another
# 15 and 204: no end of the handshake of WPA; 8: `mqtt_as` has left the network, after a minute in it
WIFI_CODES = {202: "password", 204: "password", 15: "password", 201: "network", 8: "address"}
ALIVE_FOR = 60_000


_celsius = getattr(esp32, "mcu_temperature", None)  # the first ESP32 has Fahrenheit


def temperature():
    return _celsius() if _celsius else round((esp32.raw_temperature() - 32) / 1.8, 1)


def prepare_wifi(station):
    """Otherwise it tries for ever, and never says that the password was wrong."""
    station.config(reconnects=1)


class Watchdog:
    """Resets a board whose program hangs; `alive()` is to be called all the time."""

    def __init__(self):
        self._hardware = machine.WDT(timeout=ALIVE_FOR)
        self._timer = machine.Timer(0)

    def alive(self):
        """Still running."""
        self._hardware.feed()

    def stop(self):
        """Let an editor work: nothing stops this watchdog, so it is fed for ever."""
        self._timer.init(period=1000, mode=machine.Timer.PERIODIC, callback=lambda _: self._hardware.feed())
