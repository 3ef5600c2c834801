"""The virtual link lists the very messages that a real broker lets pass, QoS and retained included."""

from __future__ import annotations

from picopanel import Pico

from ..support.mosquitto import Mosquitto
from ..support.waiting import eventually

Passed = dict[str, list[tuple[object, ...]]]


def passed(pico: Pico) -> Passed:
    """Switch the LED on and return what passed, by topic, in order, each kind of message once."""
    eventually(lambda: pico.status == "online", "the board is online", seen=pico.messages)
    pico.on()
    kinds: Passed = {}

    def all_is_there() -> bool:
        kinds.clear()
        for it in pico.messages():
            kind = (it.direction, it.asked, it.granted, it.retained)
            name = it.topic.split("/", 1)[1]
            if kind not in kinds.get(name, []):
                kinds.setdefault(name, []).append(kind)
        return len(kinds["onboard_led/state"]) == 3 and ("in", 0, 0, False) in kinds["telemetry"]

    eventually(all_is_there, "a sample and the LED's new state have come", seen=pico.messages)
    return kinds


def test_the_virtual_link_shows_what_a_real_broker_shows(broker: Mosquitto, run) -> None:
    board = run("-m", "picopanel", "pico", "real-one", "--broker", broker.url())
    board.wait_for("Online")
    with Pico("real-one", broker=broker.url()) as pico:
        real = passed(pico)
    assert real["ack"] == [("subscribe", 1, 1, False), ("in", 1, 1, False)]
    assert real["cmd"] == [("subscribe", 0, 0, False), ("out", 1, 1, False), ("in", 0, 0, False)]
    assert real["status"] == [("subscribe", 0, 0, False), ("in", 0, 0, True)]
    assert real["onboard_led/state"][1:] == [("in", 0, 0, True), ("in", 0, 0, False)]
    with Pico.demo("virtual-one") as first:
        eventually(lambda: first.temperature, "the virtual board streams")
        with Pico.demo("virtual-one") as pico:
            assert passed(pico) == real
