"""Descriptions as two newcomers wrote them from docs/boards.md, at a real broker."""

from picopanel import Pico
from picopanel._protocol.boards import read_description

from ..docs.test_boards_page import TOML
from ..support.waiting import eventually

WLED = """
name = "WLED"
[[messages]]
topic = "{id}/g"
format = "number"
channels.brightness = "."
settings = { brightness = ".", led = { off = 0 } }
answer = {}
[[messages]]
topic = "{id}/c"
format = "text"
settings.color = "."
answer = {}
[[messages]]
topic = "{id}/status"
format = "text"
presence = { online = "online", offline = "offline" }
[controls.led]
type = "switch"
on = "ON"
off = "OFF"
[controls.brightness]
type = "range"
max = 255
[controls.color]
type = "color"
[commands.led]
topic = "{id}"
text = "{led}"
[commands.brightness]
topic = "{id}"
text = "{brightness}"
[commands.color]
topic = "{id}/col"
text = "{color}"
"""


def test_a_strip_that_answers_in_capitals_and_is_silent_when_nothing_changes(board, broker):
    board("bare_values.py", "wled/7c9ebd", "wled")
    described = read_description(WLED, "wled.toml")
    with Pico("wled/7c9ebd", broker=broker.url(), board=described) as pico:
        eventually(lambda: pico.status == "online", "it is there")
        reply = pico.set(color="ff8800")
        assert (reply.answered, reply.certain, reply.already) == (True, False, False)
        assert pico._device.known.settings["color"] == "#ff8800"
        assert pico.set(color="#FF8800").already
        assert pico.off().led is False
        assert pico.on().led is True
        assert pico._device.known.settings["brightness"] == 128
        assert pico._device.known.refused_payloads == 0


def test_an_inverter_behind_its_gateway_by_the_pages_own_description(board, broker, spy):
    board("bare_values.py", "1161", "opendtu")
    described = read_description(next(each for each in TOML if "OpenDTU" in each), "opendtu.toml")
    with Pico("1162", broker=broker.url(), board=described) as mistyped:
        eventually(
            lambda: "solar/dtu/status" in {it.topic for it in mistyped.messages()}, "its gateway is heard"
        )
        assert mistyped.status == "unknown"
    with Pico("1161", broker=broker.url(), board=described) as pico:
        eventually(lambda: pico.status == "online" and pico["power"].value == 301.7, "readings come")
        assert pico.set(limit=60).answered, "which it says as 60.00"
        spy.publish("solar/dtu/status", "offline", retain=True)
        eventually(lambda: pico._device.known.presence._status is False, "its gateway is gone")
