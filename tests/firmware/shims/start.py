"""Makes native MicroPython look like a Pico, or the board that BOARD_KIND asks for, then runs one module."""

import os
import socket
import sys

KIND = os.getenv("BOARD_KIND") or "rp2"
MACHINES = {
    "rp2": "Raspberry Pi Pico W with RP2040",
    "esp32": "Generic ESP32 module with ESP32",
    "pico": "Raspberry Pi Pico with RP2040",
}


class Implementation:
    name, version = "micropython", sys.implementation.version
    _machine = MACHINES[KIND]


class Board:
    platform, implementation = "esp32" if KIND == "esp32" else "rp2", Implementation

    def __getattr__(self, name):
        return getattr(sys, name)


class Sockets:
    """Those of the computer; a time server is this test's own, unless the folder has a file `no_time`."""

    def __getattr__(self, name):
        return getattr(socket, name)

    def getaddrinfo(self, host, port):
        if port != 123:
            return socket.getaddrinfo(host, port)
        if "no_time" in os.listdir():
            raise OSError(-2)
        return socket.getaddrinfo("127.0.0.1", int(os.getenv("NTP_PORT")))


sys.modules["sys"] = Board()
sys.modules["socket"] = sys.modules["usocket"] = Sockets()

__import__(sys.argv[1])
