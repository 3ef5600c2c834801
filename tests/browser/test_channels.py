"""A board of many channels: a line each, an axis for each unit, and a legend that hides and shows."""

SETUP = """
from picopanel import PicoPanel
def setup(board):
    for nm in (415, 445, 480, 515, 555, 590, 630, 680):
        board.channel(f"{nm} nm", lambda nm=nm: nm, unit="counts")
panel = PicoPanel.demo("spectrometer", setup=setup)
panel
"""
LONG = """
from picopanel import PicoPanel
def setup(board):
    board.channel("force", lambda: -12.5, unit="kg·m/s²·mol·cd·s")
    board.channel("current", lambda: -5.01e7, unit="A")
panel = PicoPanel.demo("long", setup=setup)
panel.derive("a derived channel of a long name", "mean", "temperature", seconds=3)
panel
"""
OUTSIDE = """root => [...root.querySelectorAll('.tile')].flatMap(tile => {
    const right = tile.getBoundingClientRect().right - 5;
    const parts = [...tile.querySelectorAll('.channel > :not(.unseen), .value > *')];
    return parts.filter(it => it.getBoundingClientRect().right > right).map(it => it.textContent);
})"""
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


def test_long_names_units_and_numbers_stay_in_their_tiles(notebook):
    """None crosses a tile's border, no number is cut, and what is derived keeps its sign; in a hall, too."""
    book = notebook(LONG, "panel.lecture()")
    book.run_to_end(0)
    book.run_to_end(1)
    for view, width in (
        (book.panel(0), 360),
        (book.panel(0), 640),
        (book.panel(1), 880),
        (book.panel(1), 320),
    ):
        view.wait_until_ready(within=30)
        view.set_width(width)
        tiles = view.root.locator(".tile")
        book.eventually(lambda: tiles.count() == 4, "each channel has its tile", seen=view.words)
        view.says("−5.01e+7")
        assert view.root.evaluate(OUTSIDE) == [], width
        sign = tiles.nth(3).locator("i")
        right = "it => it.getBoundingClientRect().right"
        assert sign.evaluate(right) <= tiles.nth(3).evaluate(right) - 5, "what is derived says so"
