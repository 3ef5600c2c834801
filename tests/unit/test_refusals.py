"""The broker's reasons: what trying again cannot mend, and what it may."""

import subprocess
import sys

import pytest

from picopanel._link.reasons import connack, disconnect


@pytest.mark.parametrize(
    ("code", "version", "problem", "final"),
    [
        (0x86, 5, "password", True),
        (4, 4, "password", True),
        (0x87, 5, "not-authorized", True),
        (5, 4, "not-authorized-311", True),
        (0x97, 5, "full", False),
        (0x84, 5, "version", False),
        (3, 4, "unavailable", False),
    ],
)
def test_a_refused_connection(code, version, problem, final):
    reason = connack(code, version)
    assert (reason.problem, reason.final) == (problem, final)


@pytest.mark.parametrize(("code", "problem"), [(0x8D, "silent"), (0x8E, "taken-over"), (0x00, "ended")])
def test_a_connection_that_ended_is_tried_again(code, problem):
    reason = disconnect(code)
    assert (reason.problem, reason.final) == (problem, False)


def test_where_paho_cannot_be_loaded_the_panel_says_so():
    code = """
import sys, time
sys.modules["paho"] = None
from picopanel import Pico
with Pico("ada", broker="mqtt://127.0.0.1:1") as pico:
    end = time.monotonic() + 20
    while pico.status == "connecting" and time.monotonic() < end:
        time.sleep(0.01)
    print(pico.status, pico._device.diagnosis().trouble)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "refused paho-mqtt, through which MQTT goes here, cannot be loaded.\n"
    assert done.stderr == ""
