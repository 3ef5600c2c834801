"""A broker whose retained messages are switched off: Mosquitto hangs up on whoever wants one to be kept."""

from __future__ import annotations

import pytest

from picopanel import Pico
from picopanel._device.inbox import NOTHING_KEPT

from ..support.mosquitto import Mosquitto
from ..support.spy import Spy
from ..support.waiting import eventually


@pytest.fixture
def forgetful(start) -> Mosquitto:
    return start(more=["retain_available false"])


def test_w3_a_board_and_a_panel_work_without_retained_messages(forgetful: Mosquitto, run) -> None:
    board = run("-m", "picopanel", "pico", "ada", "--broker", forgetful.url())
    board.wait_for("Online")
    with Pico("ada", broker=forgetful.url()) as pico:  # opened when all has been said
        info = lambda: pico._device.known.presence.info  # noqa: E731
        eventually(info, "it is heard what the board is", within=20, seen=pico.messages)
        eventually(lambda: pico.status == "online" and pico._device.mode == "pico", "it is online")
        assert pico.on().led is True
        eventually(lambda: pico.temperature, "it streams")
        assert pico._device.known.notices == [NOTHING_KEPT], "what that costs is said, once"
        assert pico._device.diagnosis().trouble is None
        assert not any(message.retained for message in pico.messages())
        board.kill()
        eventually(lambda: pico.status == "offline", "its last will comes all the same", within=40)


def test_w3_where_a_broker_keeps_messages_nothing_is_said_again(broker: Mosquitto, run) -> None:
    """A broker that hangs up once, say while it starts, is not taken for one that keeps nothing."""
    run("-m", "picopanel", "pico", "ada", "--broker", broker.url()).wait_for("Online")
    spy = Spy(broker.port)
    eventually(lambda: spy.on("ada/status") == ["online"], "it is kept")
    assert all(heard.retain for heard in spy.messages if heard.topic.endswith(("/info", "/status")))
    spy.close()
