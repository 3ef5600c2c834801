"""What the page copies for a line runs as it is, once the placeholders are filled in."""

import json
import os
import subprocess
import sys
import time

import pytest

from ..support.mosquitto import Mosquitto
from ..support.programs import Program
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


@pytest.mark.parametrize("form", ["mosquitto", "paho"])
def test_p21_a_copied_command_works_each_time_that_it_is_run(secured, form):
    """Long after its time, at a board that has another boot and has carried out the first copy."""
    broker, spy = secured
    (copy,) = CONTRACT["copied_commands"]
    board = Program(["-m", "picopanel", "pico", "alice", "--broker", broker.url(login=f"{USER}:{PASSWORD}")])
    try:
        eventually(lambda: said(spy, "alice/status") == ["online"], "the board is online")
        for nth in (1, 2):
            spy.publish("alice/cmd", f'{{"experiment_id":"off-{nth}","led":"off"}}')
            eventually(lambda nth=nth: len(said(spy, "alice/ack")) == 2 * nth - 1, "the LED is off")
            text = copy[form]
            run(["sh", "-c", text] if form == "mosquitto" else [sys.executable, "-c", text], broker)
            eventually(lambda nth=nth: len(said(spy, "alice/ack")) == 2 * nth, "the copy is answered")
            answer = json.loads(said(spy, "alice/ack")[-1])
            assert (answer["ok"], answer["led"]) == (True, "on")
            second = int(time.time())
            eventually(
                lambda second=second: int(time.time()) > second, "a plain `sh` names a copy by its second"
            )
    finally:
        board.kill()


def said(spy, topic):
    return [it.payload.decode() for it in spy.messages if it.topic == topic]
