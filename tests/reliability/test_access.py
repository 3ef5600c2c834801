"""Who may do what: Mosquitto with the very file that docs/acl.conf is, and passwords that are taken back."""

from pathlib import Path

import pytest

from picopanel import Pico

from ..support.mosquitto import Mosquitto
from ..support.spy import Spy
from ..support.waiting import eventually

ACL = Path(__file__).parents[2] / "docs" / "acl.conf"
USERS = {"alice": "a", "bob": "b", "teacher": "t"}


@pytest.fixture
def classroom(tmp_path, run):
    """A broker with a class on it, and alice's board."""
    broker = Mosquitto(tmp_path / "broker", users=USERS, acl=ACL.read_text().splitlines()).start()
    board = run(
        "-m", "picopanel", "pico", "alice", "--interval", 100, "--broker", broker.url(login="alice:a")
    )
    board.wait_for("Online")
    broker.board = board
    yield broker
    broker.stop()


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
        permission = "The broker takes this user's commands and delivers them to nobody."
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
        eventually(lambda: pico._device.board.presence.is_subscribed, "the new password works")
