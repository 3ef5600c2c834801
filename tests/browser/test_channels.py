"""A board of many channels: a line each, an axis for each unit, and a legend that hides and shows."""

SETUP = """
from picopanel import PicoPanel
def setup(board):
    for nm in (415, 445, 480, 515, 555, 590, 630, 680):
        board.channel(f"{nm} nm", lambda nm=nm: nm, unit="counts")
panel = PicoPanel.demo("spectrometer", setup=setup)
panel
"""
SHOWN = "it => Object.keys(it._fullLayout).filter(key => /^yaxis\\d*$/.test(key)).length"


def drawn(panel, name):
    return [y for trace in panel.chart()["traces"] if trace["name"] == name for y in trace["y"]]


def test_eight_channels_with_a_legend(notebook):
    """A tile and a line each, an axis a unit; a tile hides and shows its line, by mouse and by key."""
    book = notebook(SETUP)
    book.run(0)
    panel = book.panel()
    panel.wait_until_ready(within=30)
    tiles = panel.root.get_by_role("group", name="Channels").get_by_role("button")
    book.eventually(lambda: tiles.count() == 9, "each channel has its tile", seen=panel.words)
    book.eventually(lambda: 680 in drawn(panel, "680 nm"), "and its line", seen=panel.words)
    assert panel.chart()["unit"] == "°C", "the temperature is on top"
    assert panel.plot.evaluate(SHOWN) == 3, "°C, counts, and the commands"
    assert panel.root.locator(".head .value").inner_text().split()[1] == "°C", (
        "the temperature is the large one"
    )

    light = tiles.filter(has_text="415 nm")
    assert light.get_attribute("aria-pressed") == "true"
    assert light.inner_text().split() == ["415", "nm", "415.0", "counts"]
    light.click()
    book.eventually(lambda: drawn(panel, "415 nm") == [], "its line is hidden")
    assert light.get_attribute("aria-pressed") == "false"
    assert drawn(panel, "445 nm"), "the others stay"
    light.focus()
    book.page.keyboard.press("Enter")
    book.eventually(lambda: 415 in drawn(panel, "415 nm"), "its line is back")
