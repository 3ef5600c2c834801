"""The emulated board's network ends in this machine."""

from .chip import Chip

JOIN = """
import network, time
wlan = network.WLAN()
wlan.active(True)
wlan.connect("RP2040PY-GUEST", "any will do")
while not wlan.isconnected():
    time.sleep_ms(100)
"""
ELSEWHERE = """
import socket
def attempt(what):
    try:
        what()
        print("it left")
    except OSError as problem:
        print(type(problem).__name__)
attempt(lambda: socket.getaddrinfo("example.org", 80))
attempt(lambda: socket.socket().connect(("192.0.2.1", 80)))
datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagram.settimeout(1)
datagram.sendto(b"out", ("192.0.2.1", 99))
attempt(lambda: datagram.recv(1))
"""


def test_nothing_leaves_the_machine_and_what_wanted_to_is_known(tmp_path):
    chip = Chip({}, tmp_path, program=JOIN + ELSEWHERE)
    try:
        assert chip.printed().split() == ["OSError"] * 3
        assert chip.refused == ["example.org", "192.0.2.1:80", "192.0.2.1:99/udp"]
    finally:
        chip.stop()
