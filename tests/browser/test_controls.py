"""What a board declares beside its LED: sliders, colours and switches, end to end, and nothing else."""

import pytest

from . import cells


@pytest.fixture
def book(notebook, broker, board):
    book = notebook(
        cells.panel(broker),
        "print(panel.set(brightness=80).command)",
        "try:\n    panel.set(hue=1)\nexcept Exception as error:\n    print(error)",
    )
    book.pico = board("pico_layer_board.py", "test-id", "--rgb")
    book.run_to_end(0)
    book.panel().wait_until_ready()
    return book


def shown(panel, name):
    """Return the words beside a control."""
    return panel.root.locator("label", has_text=name).locator("output").inner_text()


def test_controls_of_an_rgb_board(book):
    """Each declared control commands the board; what is shown is what the board has confirmed."""
    panel, pico = book.panel(), book.pico
    slider, colour = panel.root.get_by_label("brightness"), panel.root.get_by_label("color")
    fan = panel.root.get_by_role("switch", name="fan")
    assert [slider.get_attribute(it) for it in ("type", "min", "max", "step")] == ["range", "0", "100", "5"]
    assert [shown(panel, name) for name in ("brightness", "color", "fan")] == ["–"] * 3
    slider.fill("40")
    panel.confirmed("brightness=40")
    colour.fill("#ff8800")
    panel.confirmed("color=#ff8800")
    fan.check()
    panel.confirmed("fan=on")
    told = ["set brightness 40", 'set color "#ff8800"', "set fan true"]
    book.eventually(
        lambda: [line for line in pico.lines if line.startswith("set")] == told,
        f"the board is told {told}",
        seen=lambda: pico.lines,
    )
    book.eventually(
        lambda: [shown(panel, name) for name in ("brightness", "color", "fan")] == ["40", "#ff8800", "on"],
        "the confirmed values are shown",
    )
    slider.fill("65")
    panel.says("brightness=65 refused: ")
    book.eventually(
        lambda: slider.input_value() == "40", "a refused value goes back", seen=slider.input_value
    )
    assert book.run_to_end(1) == "brightness=80"
    book.eventually(lambda: slider.input_value() == "80", "the slider follows the notebook's code")
    assert "no hue" in book.run_to_end(2)
    panel.says("LED off")


def test_a_board_without_them_shows_none(demo):
    """The virtual Pico has its LED, and no slider, colour or switch."""
    panel = demo.panel()
    panel.wait_until_ready()
    assert panel.root.locator(".controls, input[type=range], input[type=color], [role=switch]").count() == 0
