"""From the plug to the panel: the firmware as `board setup` writes it, in the MicroPython of a Pico W.

And its network ends in this machine.
"""

import pytest

from ..support.waiting import eventually
from .chip import IMAGES
from .conftest import WHOLE

CODE = 884  # of the converter, which counts to 4095
LEAVES = """
    import socket

    def attempt(what):
        try:
            what()
        except OSError:
            return
        raise ValueError("it left")

    def leave(_):
        attempt(lambda: socket.getaddrinfo("example.org", 80))
        attempt(lambda: socket.socket().connect(("192.0.2.1", 80)))
        datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        datagram.settimeout(1)
        datagram.sendto(b"out", ("192.0.2.1", 99))
        attempt(lambda: datagram.recv(1))

    board.control("leave", leave, type="switch")
"""
DEGREES = 27 - (CODE * 3.3 / 4096 - 0.706) / 0.001721  # RP2040 data sheet, 4.9.5


@pytest.mark.parametrize("micropython", IMAGES if WHOLE else ["1.27.0"])
def test_a_board_comes_online_over_tls_and_is_toggled_and_read(laboratory, measured, micropython):
    room = laboratory()
    chip = room.board(micropython=micropython, extras=LEAVES)
    chip.set_converter(CODE)
    chip.wait_for("Broker: connected.", within=600)
    taken = chip.measure()
    measured(f"the chip is online over TLS with MicroPython {micropython}, s of CPU", taken["cpu"])
    measured("the same, s by its own clock", taken["seconds"])
    pico = room.pico()
    eventually(lambda: pico.status == "online", "the panel knows the board", within=120, seen=lambda: pico)
    before = len(chip.lit)
    reply = pico.toggle(timeout=60)
    assert reply.led is True
    eventually(lambda: chip.lit[before:] == [True], "the radio chip lights its LED", seen=lambda: chip.lit)
    assert reply.temperature == pytest.approx(DEGREES, abs=0.1)
    assert chip.refused == [], "nothing of the firmware has wanted to leave"
    pico.set(leave=True, timeout=60)
    assert chip.refused == ["example.org", "192.0.2.1:80", "192.0.2.1:99/udp"]
    chip.stop()
