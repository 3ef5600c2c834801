"""Another look at the readings, behind More: what swings in a channel, and one channel over another."""

SWINGS = """
from math import cos, sin, pi
from picopanel import PicoPanel
angle = [0.0]
def turn():
    angle[0] += pi / 4
    return sin(angle[0])
def setup(board):
    board.channel("swing", turn, unit="g")
    board.channel("other", lambda: 2 * cos(angle[0]), unit="V")
panel = PicoPanel.demo("swings", setup=setup)
panel
""".strip()


def test_by_keyboard_a_spectrum_and_xy_and_back(notebook):
    book = notebook(SWINGS)
    book.run_to_end(0)
    panel = book.panel()
    panel.wait_until_ready()
    other = panel.root.locator(".other")
    panel.button("More").focus()
    book.page.keyboard.press("Enter")
    panel.button("Spectrum").wait_for(timeout=40_000)  # 32 readings, four a second
    panel.button("Spectrum").focus()
    book.page.keyboard.press("Enter")
    panel.root.get_by_label("Channel of the spectrum").select_option("swing")
    panel.says("What swings in swing: most every 2", within=40)
    drawn = other.locator(".over").evaluate("it => [it.data[0].x, it.data[0].y]")
    top = drawn[1].index(max(drawn[1]))
    assert 0.45 < drawn[0][top] < 0.55, "an eighth of four readings a second"
    assert 0.8 < drawn[1][top] < 1.1
    assert "window: Hann" in other.inner_text()

    panel.button("XY").focus()
    book.page.keyboard.press("Enter")
    panel.root.get_by_label("Across").select_option("swing")
    panel.root.get_by_label("Up").select_option("other")
    panel.says("other over swing:")
    book.eventually(
        lambda: all(
            abs(x * x + y * y / 4 - 1) < 0.01
            for x, y in zip(
                *other.locator(".over").evaluate("it => [it.data[0].x, it.data[0].y]"), strict=True
            )
        ),
        "they lie on an ellipse",
    )
    panel.button("XY").click()
    book.eventually(lambda: other.inner_text().strip() == "", "it is away again", seen=other.inner_text)
