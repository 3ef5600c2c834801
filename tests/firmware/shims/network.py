"""A Wi-Fi that follows the file `wifi` in the board's folder: a status of the chip's own.

By MicroPython's ports/rp2 and ports/esp32/network_wlan.c: what `status` and `config` know.
"""

import os
import sys

if os.getenv("BOARD_KIND") == "pico":
    raise ImportError("no module named 'network'")

STA_IF = 0
ESP32 = sys.platform == "esp32"
STAT_IDLE, STAT_CONNECTING, STAT_GOT_IP = (1000, 1001, 1010) if ESP32 else (0, 1, 3)
SETTINGS = {"pm", "ssid", "txpower"} | ({"reconnects"} if ESP32 else {"country"})


def country(code):
    pass


def _status():
    try:
        with open("wifi") as file:
            return int(file.read() or STAT_GOT_IP)
    except OSError:
        return STAT_GOT_IP


class WLAN:
    def __init__(self, interface):
        self._joined, self._reconnects = False, None

    def active(self, on=None):
        return True

    def config(self, **settings):
        if not SETTINGS.issuperset(settings):
            raise ValueError("unknown config param")
        self._reconnects = settings.get("reconnects", self._reconnects)

    def connect(self, ssid, password):
        print("[wifi]", ssid)
        self._joined = True

    def disconnect(self):
        self._joined = False

    def isconnected(self):
        return self._joined and _status() == STAT_GOT_IP

    def status(self, what=None):
        if what == "rssi":
            return -61
        if ESP32 and self._joined and not self._reconnects and _status() < STAT_IDLE:
            return STAT_CONNECTING  # it tries for ever
        return _status()

    def ifconfig(self):
        return ("127.0.0.1", "255.0.0.0", "127.0.0.1", "127.0.0.1")
