"""A Wi-Fi that follows the file `wifi` in the board's folder: a status, 3 means connected."""

STA_IF = 0


def country(code):
    pass


def _status():
    try:
        with open("wifi") as file:
            return int(file.read() or 3)
    except OSError:
        return 3


class WLAN:
    def __init__(self, interface):
        self._joined = False

    def active(self, on=None):
        return True

    def config(self, **settings):
        pass

    def connect(self, ssid, password):
        print("[wifi]", ssid)
        self._joined = True

    def disconnect(self):
        self._joined = False

    def isconnected(self):
        return self._joined and _status() == 3

    def status(self, what=None):
        return -61 if what == "rssi" else _status()

    def ifconfig(self):
        return ("127.0.0.1", "255.0.0.0", "127.0.0.1", "127.0.0.1")
