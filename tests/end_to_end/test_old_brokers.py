"""Brokers that do not speak MQTT 5."""

import pytest

from picopanel import Pico

from ..support.waiting import eventually
from ..support.way import Way


@pytest.mark.parametrize("program", ["course_board.py", "pico_layer_board.py"])
def test_falls_back_to_mqtt_3(broker, board, spy, program, request):
    """A broker that refuses MQTT 5 is spoken to in 3.1.1, and then never at QoS 2."""
    pico_board = board(program, "test-id")
    way = Way(broker.port, refuse_mqtt5=True)
    request.addfinalizer(way.close)
    with Pico("test-id", broker=f"mqtt://127.0.0.1:{way.port}") as pico:
        assert pico.on().led is True
    pico_board.has_heard("on")

    def commands():
        return [heard for heard in spy.messages if heard.topic in ("test-id/onboard_led", "test-id/cmd")]

    eventually(commands, "the spy hears the command")
    assert {heard.qos for heard in commands()} == {1}
