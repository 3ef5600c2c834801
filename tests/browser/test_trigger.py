"""The trigger: set by hand and in Python, a chart that stands still, and pieces over one another."""

LIGHT = """
from picopanel import PicoPanel
level = [20.0]
def setup(board):
    board.channel("light", lambda: level[0], unit="lx")
panel = PicoPanel.demo("trigger", setup=setup)
panel
""".strip()
FLASH = "for level[0] in (20.0, 40.0, 20.0): panel.sleep(1)"
PIECES = "print(*panel.pieces().groupby('piece').relative_s.count().ge(9))"


def pieces(panel):
    return panel.root.get_by_role("group", name="Pieces").get_by_role("button")


def told(panel):
    return " ".join(panel.root.locator(".pieces p").inner_text().split())


def opened(book):
    book.run_to_end(0)
    panel = book.panel()
    panel.wait_until_ready()
    book.eventually(lambda: "light" in panel.words(), "the light is there")
    return panel


def test_by_keyboard_the_chart_stands_still_at_each_crossing(notebook):
    book = notebook(LIGHT, FLASH, PIECES)
    panel = opened(book)
    for word in ("More", "Trigger"):
        panel.button(word).focus()
        book.page.keyboard.press("Enter")
    form = panel.root.get_by_role("form", name="Trigger")
    form.get_by_label("Channel").select_option("light")
    form.get_by_label("How it crosses").select_option("above")
    form.get_by_label("How often").select_option("each time")
    form.get_by_label("before").fill("1")
    form.get_by_label("after").fill("1.5")
    form.get_by_label("Level").focus()
    book.page.keyboard.type("30")
    book.page.keyboard.press("Enter")
    panel.says("Each time light rises above 30 lx, 1 s before to 1.5 s after: waiting")
    assert panel.button("Back to live").count() == 0

    book.run_to_end(1)
    panel.says("1 piece, the last at")
    panel.button("Back to live").wait_for()
    start, end = panel.chart()["range"]
    assert round(end - start) == 2500
    book.run_to_end(1)
    panel.says("2 pieces, the last at")
    book.eventually(lambda: panel.chart()["range"][0] > end, "it goes on to the next piece")

    panel.click("Lay over one another")
    assert pieces(panel).count() == 2
    over = panel.root.locator(".pieces:not(.other) .over")
    lines = over.evaluate(
        "it => it.data.map(({ name, x }) => [name, Math.round(x[0]), Math.round(x.at(-1))])"
    )
    assert {name: (first, last) for name, first, last in lines} == {"1": (-1, 2), "2": (-1, 2)}, lines
    pieces(panel).first.focus()
    book.page.keyboard.press("Enter")
    book.eventually(lambda: panel.chart()["range"][0] == start, "the first is shown again")
    assert pieces(panel).first.get_attribute("aria-pressed") == "true"
    assert book.run_to_end(2) == "True True", "Python has the same two, whole"

    panel.click("Take away")
    book.eventually(lambda: panel.root.locator(".pieces p").count() == 0, "nothing of it is left")
