"""Clicks reach a real board over a real broker, and its answers come back: both layers."""

import json

import pytest

from . import cells

ASK_KERNEL = "print(panel.temperature, panel.led, panel.status)"


def test_a_click_reaches_an_unmodified_board_of_the_course(notebook, broker, board, spy):
    """It changes the board's LED; the reply is in the chart and in `temperature`."""
    pico = board("course_board.py", "test-id")
    book = notebook(cells.panel(broker), ASK_KERNEL)
    book.run(0)
    panel = book.panel()
    panel.wait_until_ready()
    panel.click("On")
    book.eventually(lambda: pico.led == "on", "the board's LED is on", seen=lambda: pico.lines)
    panel.confirmed("On")
    book.eventually(lambda: panel.values() == [20.1], "the reply is in the chart", seen=panel.values)
    panel.says("LED on")
    panel.click("Off")
    book.eventually(lambda: pico.led == "off", "the board's LED is off", seen=lambda: pico.lines)
    book.eventually(
        lambda: panel.values() == [20.1, 20.2], "both replies are in the chart", seen=panel.values
    )
    assert book.run_to_end(1).startswith("20.2 False")
    book.eventually(lambda: len(spy.on("test-id/onboard_led")) >= 2, "the spy hears both")
    commands = [heard for heard in spy.messages if heard.topic == "test-id/onboard_led"]
    assert [heard.payload for heard in commands] == [b"on", b"off"]
    assert not any(heard.retain for heard in commands), "a command must never be retained"
    book.eventually(lambda: panel.marks("sent") and panel.marks("answered"), "command and answer are marked")


def test_a_streaming_board_confirms_a_click_by_its_ack(notebook, broker, board, spy):
    """A board of the PicoPanel layer, which streams into the chart."""
    pico = board("pico_layer_board.py", "test-id", "--rate", 20)
    book = notebook(cells.panel(broker), ASK_KERNEL)
    book.run(0)
    panel = book.panel()
    panel.wait_until_ready()
    book.eventually(lambda: len(panel.values()) > 20, "readings stream into the chart", seen=panel.words)
    panel.click("On")
    panel.confirmed("On")
    book.eventually(lambda: pico.led == "on", "the board's LED is on", seen=lambda: pico.lines)
    panel.says("LED on")
    temperature, led, status = book.run_to_end(1).split()
    assert 20 <= float(temperature) < 30
    assert (led, status) == ("True", "online")
    book.eventually(lambda: any("led" in text for text in spy.on("test-id/cmd")), "the spy hears it")
    [command] = [json.loads(text) for text in spy.on("test-id/cmd") if "led" in text]
    assert command["led"] == "on"
    assert spy.on("test-id/onboard_led") == [], "in PicoPanel mode nothing goes over the course layer"


def test_blink_runs_on_the_board(notebook, broker, board):
    """The Blink button: the rhythm is the board's, and any LED button ends it."""
    pico = board("pico_layer_board.py", "test-id")
    book = notebook(cells.panel(broker))
    book.run(0)
    panel = book.panel()
    panel.wait_until_ready()
    panel.click("Blink")
    book.eventually(lambda: pico.heard.count("blink") >= 2, "the board blinks", seen=lambda: pico.lines)
    panel.click("Off")
    book.eventually(lambda: pico.heard[-1] == "off", "Off ends the blinking", seen=lambda: pico.lines)


@pytest.mark.parametrize("status", ["offline", None])
def test_course_board_after_a_dead_pico_layer_board(notebook, broker, board, spy, status):
    """A dead board's retained `info` on the same ID does not blind the panel to an old board."""
    info = {"protocol": 1, "firmware": "0.1.0", "board": "Pico W", "boot": "0badb007", "interval": 2000}
    info |= {"channels": {"temperature": {"unit": "Cel"}}, "controls": {"led": {"type": "switch"}}}
    spy.publish("test-id/info", json.dumps(info), retain=True)
    if status:
        spy.publish("test-id/status", status, retain=True)
    pico = board("course_board.py", "test-id")
    book = notebook(cells.panel(broker), "reply = panel.toggle(); print(reply.temperature)")
    book.run(0)
    panel = book.panel()
    panel.wait_until_ready()
    before = len(pico.heard)
    panel.click("Toggle")
    book.eventually(
        lambda: pico.heard[before:] == ["toggle"], "the old board hears the click", seen=panel.words
    )
    panel.confirmed("Toggle")
    assert float(book.run_to_end(1)) > 20


def test_silence_is_a_gap(notebook, broker, board):
    """A board that loses its power: the panel says so, and the chart has a gap there, not a line."""
    first = board("pico_layer_board.py", "test-id", "--rate", 5)
    book = notebook(cells.panel(broker))
    book.run(0)
    panel = book.panel()
    panel.wait_until_ready()
    book.eventually(lambda: len(panel.values()) > 3, "readings come")
    first.kill()
    panel.says("The Pico went offline.")
    panel.says("last, ")
    assert not panel.can_command()
    drawn = len(panel.values())
    board("pico_layer_board.py", "test-id", "--rate", 5)
    panel.wait_until_ready()
    book.eventually(lambda: len(panel.values()) > drawn + 3, "readings come again", seen=panel.words)
    traces = [it for it in panel.chart()["traces"] if it["name"] == "temperature"]
    [line] = [it["y"] for it in traces if it["mode"] == "lines"]
    assert None in line[1:-1], "the silence must not be drawn as a line"
