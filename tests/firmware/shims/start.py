"""Makes native MicroPython look like a Pico to `mqtt_as`, then runs one module."""

import socket
import sys


class Pico:
    platform = "rp2"

    def __getattr__(self, name):
        return getattr(sys, name)


sys.modules["sys"] = Pico()
sys.modules["usocket"] = socket

__import__(sys.argv[1])
