"""Who may do what: Mosquitto with the very file that docs/acl.conf is, and passwords that are taken back."""

import json
from pathlib import Path

import pytest
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from picopanel import Pico

from ..support.spy import Spy
from ..support.waiting import eventually
from ..troubleshooting.doubles import dynamic_security

ACL = Path(__file__).parents[2] / "docs" / "acl.conf"
USERS = {"alice": "a", "bob": "b", "teacher": "t"}


@pytest.fixture
def classroom(start, run):
    """A broker with a class on it, and alice's board."""
    broker = start(users=USERS, acl=ACL.read_text().splitlines())
    board = run(
        "-m", "picopanel", "pico", "alice", "--interval", 100, "--broker", broker.url(login="alice:a")
    )
    board.wait_for("Online")
    broker.board = board
    return broker


def test_a_student_reaches_the_own_board(classroom):
    with Pico("alice", broker=classroom.url(login="alice:a")) as pico:
        assert pico.on().led is True
        eventually(lambda: pico.temperature is not None, "readings come")
        assert pico._device.diagnosis().trouble is None


def test_a_student_neither_hears_nor_commands_anothers_board(classroom):
    bob = Spy(classroom.port, login=("bob", "b"))
    bob.publish("alice/onboard_led", "on")
    bob.publish("alice/cmd", '{"experiment_id":"1","led":"on"}')
    with Pico("alice", broker=classroom.url(login="bob:b")) as pico:
        pico._device.start("on", 4)
        said = lambda: pico._device.diagnosis().trouble  # noqa: E731
        permission = "The broker does not let this user command the board."
        eventually(lambda: said() == permission, "the panel says whose fault it is", seen=said)
    teacher = Spy(classroom.port, login=("teacher", "t"))
    eventually(lambda: teacher.on("alice/onboard_led/state") == ["off"], "the LED is as it was")
    eventually(lambda: len(teacher.on("alice/telemetry")) > 3, "the teacher hears the board")
    assert [heard.topic for heard in bob.messages] == [], "bob hears nothing of alice's"
    assert not any(line.startswith("LED") for line in classroom.board.lines)
    bob.close()
    teacher.close()


def test_a_password_taken_back_while_connected(classroom):
    """Cut off and told why within 5 s, and not tried again for ever; the new password works at once."""
    with Pico("alice", broker=classroom.url(login="alice:a")) as pico:
        pico.on()
        classroom.set_users(USERS | {"alice": "new"})
        said = lambda: pico._device.diagnosis().trouble or ""  # noqa: E731
        eventually(lambda: "refused the user name or password" in said(), "it is told", within=5, seen=said)
        assert pico.status == "refused"
        with pytest.raises(ConnectionError, match="refused"):
            pico.off()
    with Pico("alice", broker=classroom.url(login="alice:new")) as pico:
        eventually(lambda: pico._device.known.presence.mode, "the new password works")


@pytest.fixture
def forbidding(tmp_path, start):
    """A broker that lets everybody publish, and nobody subscribe."""
    may = [("publishClientSend", "#"), ("publishClientSend", "$CONTROL/#")]
    return start(more=dynamic_security(tmp_path, allow=may))


def test_a_permission_that_comes_late(forbidding, run):
    """A refused subscription is told within 5 s and asked for again, by the panel as by the board."""
    broker = forbidding
    board = run("-m", "picopanel", "pico", "ada", "--interval", 100, "--broker", broker.url())
    with Pico("ada", broker=broker.url()) as pico:
        said = lambda: pico._device.diagnosis().trouble  # noqa: E731
        refused = "The broker does not let this user listen to the board."
        eventually(lambda: said() == refused, "the panel says so", within=5, seen=said)
        board.wait_for("The broker does not let this user subscribe.")
        asked = lambda: broker.log.read_text().count("ada/telemetry (QoS 0)")  # noqa: E731
        eventually(lambda: asked() > 1, "the panel asks again", seen=asked)
        permit(broker, "ada/#")
        board.wait_for("Online", within=30)
        eventually(lambda: said() is None, "nothing is wrong any more", within=30, seen=said)
        assert pico.on().led is True


def permit(broker, topic):
    """Let everybody subscribe to a topic from now on."""
    command = {"command": "addRoleACL", "rolename": "may", "acltype": "subscribePattern", "allow": True}
    text = json.dumps({"commands": [command | {"topic": topic}]})
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    client.publish("$CONTROL/dynamic-security/v1", text, qos=1).wait_for_publish(5)
    client.disconnect()
    client.loop_stop()
