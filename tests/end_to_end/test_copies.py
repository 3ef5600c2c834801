"""What the page copies for a line runs as it is, once the placeholders are filled in."""

import os
import subprocess
import sys

import pytest

from ..support.mosquitto import Mosquitto
from ..support.spy import Spy
from ..support.waiting import eventually
from ..unit.hand import CONTRACT

USER, PASSWORD = "ada", "secret-1815"


@pytest.fixture
def secured(tmp_path):
    """A broker as the course has it: TLS, user and password; and a spy on it."""
    broker = Mosquitto(tmp_path / "broker", listeners=("mqtt", "mqtts"), users={USER: PASSWORD}).start()
    spy = Spy(broker.port, login=(USER, PASSWORD))
    yield broker, spy
    spy.close()
    broker.stop()


def run(command, broker):
    """Run a command in which the placeholders stand, and return what it prints."""
    filled = {
        "YOUR_HOST": "localhost",
        "8883": str(broker.ports["mqtts"]),
        "YOUR_USER": USER,
        "YOUR_PASSWORD": PASSWORD,
    }
    for placeholder, value in filled.items():
        assert any(placeholder in part for part in command), f"there is a placeholder {placeholder}"
        command = [part.replace(placeholder, value) for part in command]
    environment = {**os.environ, "SSL_CERT_FILE": str(broker.ca)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("form", ["mosquitto", "paho"])
@pytest.mark.parametrize("copy", CONTRACT["copies"], ids=lambda copy: f"{copy['row'][1]} {copy['row'][2]}")
def test_a_copied_line_does_what_the_line_says(secured, copy, form):
    broker, spy = secured
    _, direction, topic, payload, _, _, qos, retained = copy["row"]
    text = copy[form]
    if direction == "subscribe":
        spy.publish(topic, "heard", retain=True)
        once = f"{text} -C 1" if form == "mosquitto" else text
        assert "heard" in run(
            ["sh", "-c", once] if form == "mosquitto" else [sys.executable, "-c", once], broker
        )
        return
    run(["sh", "-c", text] if form == "mosquitto" else [sys.executable, "-c", text], broker)
    heard = eventually(lambda: spy.messages, "the message is on the broker")
    assert [(it.topic, it.payload.decode(), it.qos, it.retain) for it in heard] == [
        (topic, payload, qos, retained)
    ]
