"""Boards that announce themselves to Home Assistant, each in its own process at a real broker."""

from contextlib import closing

import pytest

from picopanel import InvalidArgument, NoAnswer, NotConnected, Pico, PicoWall
from picopanel._protocol.boards import read_description

from ..support.waiting import eventually


@pytest.fixture
def announced(broker, board):
    """Starts a board that announces itself, and opens it by nothing but its name."""
    opened = []

    def start(kind, name="kitchen"):
        start.program = board("announcing.py", name, kind)
        opened.append(Pico(name, broker=broker.url(), board="home-assistant"))
        eventually(lambda: opened[-1].status != "connecting", "it is connected")
        return opened[-1]

    yield start
    for each in opened:
        each.close()


def test_a_zigbee_sensor(announced, spy):
    pico = announced("zigbee-sensor")
    assert pico.channels == ("temperature", "humidity", "pressure", "Linkquality", "door")
    eventually(lambda: pico["temperature"].value == 22.6, "readings come")
    assert [pico[name].unit for name in pico.channels] == ["°C", "%", "hPa", "lqi", ""]
    assert pico["door"].value == 1, "on is open, for Home Assistant: the contact is false"
    assert pico._device.known.refused_payloads == 0
    (notice,) = pico._device.known.notices
    assert notice.startswith("Of what this board announces, some is left out: update 'update': a component")
    eventually(lambda: pico.status == "online", "gateway and device say so")
    spy.publish("zigbee2mqtt/kitchen/availability", '{"state":"offline"}', retain=True)
    eventually(lambda: pico._device.known.presence._status is False, "the device is gone, the gateway there")
    spy.publish("zigbee2mqtt/kitchen/availability", '{"state":"online"}', retain=True)
    eventually(lambda: pico.status == "online", "and is back")


def test_the_same_sensor_by_the_description_that_comes_along(board, broker):
    board("announcing.py", "kitchen", "zigbee-sensor")
    with Pico("kitchen", broker=broker.url(), board="zigbee2mqtt") as pico:
        eventually(lambda: "contact" in pico.channels, "readings come")
        assert pico["humidity"].value == 60.5
        assert set(pico.channels) == {"temperature", "humidity", "pressure", "linkquality", "contact"}
        assert pico["contact"].value == 0, "as Zigbee2MQTT says it"
        eventually(lambda: pico.status == "online", "it is there")


def test_a_zigbee_lamp_is_set_and_its_state_is_the_answer(announced):
    pico = announced("zigbee-lamp")
    reply = pico.set(light=True)
    assert (reply.answered, reply.certain) == (True, False), "it tells what is set, not who has set it"
    for settings in ({"light_brightness": 80}, {"Child_lock": True}, {"Auto_off": True}, {"Countdown": 600}):
        assert pico.set(**settings).answered
    assert pico._device.known.settings == {
        "light": True,
        "light_brightness": 80,
        "Child_lock": True,
        "Auto_off": True,
        "Countdown": 600,
    }


def test_an_esphome_node_and_what_it_takes(announced, spy):
    pico = announced("esphome", "node")
    eventually(lambda: pico["Temperature"].value == 21.5, "bare numbers are read")
    eventually(lambda: pico["Window"].value == 1, "and words")
    assert pico.set(Relay=True).answered
    assert pico.set(Level=62.5).answered, "62.500000 is what was asked for"
    assert pico.set(Lamp=True).answered
    assert pico.set(Lamp_brightness=10).answered
    assert spy.on("node/light/lamp/command")[-1] == '{"state": "ON", "brightness": 10}'
    assert pico.set(Mode="boost").answered
    assert not pico.set(Restart=True).answered
    eventually(
        lambda: spy.on("node/button/restart/command") == ["PRESS"],
        "Home Assistant's own word, where none is announced",
    )
    assert "sensor 'Version': a text" in pico.as_description()
    announced.program.kill()
    eventually(lambda: pico.status == "offline", "its will is heard")


def test_a_device_that_is_announced_as_a_whole(announced):
    pico = announced("whole", "Kitchen")
    assert pico.channels == ("temperature", "humidity")
    eventually(lambda: pico["humidity"].value == 47, "both come")


def test_a_wall_of_boards_that_nobody_has_described(board, broker):
    """Of different makers; the broker is asked once, and what is left out of one is said."""
    board("announcing.py", "kitchen", "zigbee-sensor")
    board("announcing.py", "node", "esphome")
    names, at = ["kitchen", "node"], {"broker": broker.url(), "board": "home-assistant"}
    with closing(PicoWall(names, **at)) as wall:
        eventually(lambda: wall["kitchen"]["humidity"].value == 60.5, "readings come")
        eventually(lambda: wall["node"]["Temperature"].value == 21.5, "of both")
        assert wall["node"].set(Relay=True).answered
        (notice,) = wall._conversation._notices
        assert notice.startswith("Of what 'kitchen', 'node' announced, some is left out.")
        with closing(PicoWall(names, **at)) as again:
            assert again._conversation._key == wall._conversation._key, "the same class, and its look"
    with pytest.raises(InvalidArgument, match="No device is announced as 'nod'"):
        PicoWall(["kitchen", "nod"], **at)


def test_our_own_board_is_understood_by_what_it_announces(run, broker):
    run("-m", "picopanel", "pico", "vp-ha", "--broker", broker.url(), "--announce").wait_for("Online")
    with Pico("vp-ha", broker=broker.url(), board="home-assistant") as pico:
        eventually(lambda: "temperature" in pico.channels and pico["temperature"].value, "readings come")
        assert pico["temperature"].unit == "°C"
        reply = pico.on()
        assert (reply.led, reply.certain) == (True, False)
        eventually(lambda: pico.led is True, "its LED is known")
        eventually(lambda: pico.status == "online", "and its will")


def test_its_description_is_a_file_for_the_same_board(announced, broker, tmp_path):
    pico = announced("zigbee-lamp")
    text = pico.as_description()
    assert read_description(text, "announcement") is pico._device.description
    assert (pico._device.description.name, pico._device.description.id) == (
        "Temperature and humidity sensor",
        "kitchen",
    ), "its model, and its name"
    file = tmp_path / "lamp.toml"
    file.write_text(text, encoding="utf-8")
    with Pico("other", broker=broker.url(), board=file) as other:
        assert other.set(light=True).answered


def test_who_is_not_there_is_told_who_is(announced, broker):
    announced("esphome", "node")
    with pytest.raises(InvalidArgument, match=r"No device is announced as 'nod'. Did you mean 'node'\?"):
        Pico("nod", broker=broker.url(), board="home-assistant")


def test_a_broker_that_knows_of_nothing_or_is_not_there_is_said(broker):
    with pytest.raises(InvalidArgument, match="Nothing announces itself to Home Assistant at this broker"):
        Pico("kitchen", broker=broker.url(), board="home-assistant")
    broker.stop()
    with pytest.raises(NotConnected, match="What 'kitchen' announces could not be asked for"):
        Pico("kitchen", broker=broker.url(), board="home-assistant")


def test_a_board_that_takes_no_command_has_no_answer(announced, spy, broker):
    config = '{"name":"dead","cmd_t":"dead/set","stat_t":"dead/state","dev":{"ids":"d","name":"dead"}}'
    spy.publish("homeassistant/switch/dead/config", config, retain=True)
    with Pico("dead", broker=broker.url(), board="home-assistant") as pico, pytest.raises(NoAnswer):
        pico.set(dead=True, timeout=1)
