"""The broker's reasons: what trying again cannot mend, and what it may."""

import subprocess
import sys

import pytest

from picopanel import Broker
from picopanel._link._refusals import from_reason

BROKER = Broker("mqtts://broker.example")


@pytest.mark.parametrize(
    ("reason", "version", "problem", "phase"),
    [
        ("Bad user name or password", 5, "password", "refused"),
        ("Bad user name or password", 4, "password", "refused"),
        ("Not authorized", 5, "not-authorized", "refused"),
        ("Not authorized", 4, "not-authorized-311", "refused"),
        ("Quota exceeded", 5, "full", "lost"),
        ("Unsupported protocol version", 5, "version", "lost"),
        ("Server busy", 4, "no-mqtt", "lost"),
    ],
)
def test_a_refused_connection(reason, version, problem, phase):
    status = from_reason(reason, version=version, accepted=False)
    assert (status.problem, status.phase) == (problem, phase)


@pytest.mark.parametrize(
    ("reason", "problem"),
    [("Keep alive timeout", "silent"), ("Session taken over", "taken-over"), ("", "closed")],
)
def test_a_connection_that_ended_is_tried_again(reason, problem):
    status = from_reason(reason, version=5, accepted=True)
    assert (status.problem, status.phase) == (problem, "lost")


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
