"""Boards of another kind, at a real broker and in a cell: what their description gives, no more claimed."""

import pytest

from .test_accessibility import findings
from .test_layout import OVERFLOW

LIGHT = (
    "from picopanel import PicoPanel\npanel = PicoPanel('test-id', board='sdl-demo', broker={url!r})\npanel",
    "print(panel.set(R=20, G=5, B=0).values['ch510'])",
)
FAN = ("from picopanel import PicoPanel\npanel = PicoPanel.demo(board='fan')\npanel",)


@pytest.fixture
def light(notebook, broker, board):
    book = notebook(*(source.format(url=broker.url()) for source in LIGHT))
    board("course_modules.py", "test-id", "sdl-demo")
    book.run_to_end(0)
    return book


def test_light_mixing_by_sliders_and_from_python(light):
    """Each colour is a slider; an answer that brings the command's identity back confirms it."""
    panel = light.panel()
    panel.says("A reading comes with each command")
    assert [panel.button(name).count() for name in ("On", "Off", "Toggle", "Blink", "Read")] == [
        0,
        0,
        0,
        0,
        1,
    ]
    assert "LED" not in panel.words()
    panel.root.locator("label.range", has_text="G").locator("input").fill("80")
    panel.confirmed("G=80")
    panel.says("1441")
    assert [panel.root.locator("label", has_text=name).locator("output").inner_text() for name in "RGB"] == [
        "0",
        "80",
        "0",
    ]
    assert light.run_to_end(1) == "1441.0"
    panel.click("Read")
    panel.confirmed("Read")
    panel.root.locator("summary").click()
    command = panel.root.locator(".line.out", has_text="GPIO/28")
    light.eventually(lambda: command.count() >= 1, "the drawer lists the commands")
    command.first.click()
    panel.says("An experiment: shine in this colour, measure the spectrum, and go dark again.")
    panel.root.locator(".line.in", has_text="as7341").first.click()
    panel.says("_input_message._experiment_id tells which command it answers.")
    assert findings(light) == []


def test_a_fan_that_gives_no_answer_is_sent_to_and_no_more_is_said(notebook):
    """The slider stays where it was put, in the look of what is not confirmed."""
    book = notebook(*FAN)
    book.run_to_end(0)
    panel = book.panel()
    slider = panel.root.get_by_label("speed")
    book.eventually(slider.is_enabled, "the slider can be used")
    slider.fill("80")
    panel.says("speed=80 sent; this board does not answer")
    panel.says("Live: 10 readings a second")
    book.eventually(lambda: slider.input_value() == "80", "it stays", seen=slider.input_value)
    assert panel.root.locator("output.draft", has_text="80 %").count() == 1
    assert "confirmed" not in panel.words()


ANNOUNCED = (
    "from picopanel import PicoPanel\n"
    "panel = PicoPanel('node', board='home-assistant', broker={url!r})\npanel"
)


def test_what_a_board_announces_can_be_chosen_and_pressed(notebook, broker, board, spy):
    """A choice shows what the board says; a button claims no answer where there is none."""
    board("announcing.py", "node", "esphome")
    book = notebook(ANNOUNCED.format(url=broker.url()))
    book.run_to_end(0)
    panel = book.panel()
    choice = panel.root.get_by_label("Mode")
    book.eventually(choice.is_enabled, "it can be chosen")
    panel.set_width(360)
    words = "an option of many words, which go on and on and on, and then on"
    choice.evaluate("(it, words) => it.append(new Option(words))", words)
    assert panel.root.evaluate(OVERFLOW) == []
    choice.select_option("boost")
    panel.says("Mode=boost")
    book.eventually(lambda: "draft" not in choice.get_attribute("class"), "the board says so")
    panel.click("Restart")
    panel.says("Restart=on sent; this board does not answer")
    assert spy.on("node/button/restart/command") == ["PRESS"]
    panel.says("some is left out: sensor 'Version'")
    assert findings(book) == []
