"""What the notebook's code adds to the chart: marks and limits."""

from . import cells

EVIL = "<b>on</b><a href='javascript:x'>$y$</a>"

PLACES = """plot => ['.annotation-text', '.shapelayer path'].map(
    what => [...plot.querySelectorAll(what)].at(-1).getBoundingClientRect().x
)"""


def test_marks_and_limits_are_lines_with_words_and_a_limit_is_told_once(notebook):
    """Words are only ever text; beyond a limit the lamp changes."""
    book = notebook(
        cells.DEMO,
        f"calls = []; panel.mark({EVIL!r}); panel.limit(low=-100, high=-50, call=calls.append)",
        "print(len(calls), calls[0].value > -50)",
        "panel.remove_limit()",
    )
    book.run_to_end(0)
    panel = book.panel()
    panel.wait_until_ready()
    book.run_to_end(1)
    panel.says("Temperature is above -50 °C.")
    panel.says("above -50 °C")
    written = panel.plot.locator(".annotation-text")
    book.eventually(lambda: written.count() == 3, "two limits and a mark have their words")
    assert written.all_text_contents() == ["above -50 °C", "below -100 °C", EVIL]
    assert panel.plot.locator("a, b").count() == 0
    lines = panel.plot.evaluate("it => it._fullLayout.shapes.filter(it => it.type === 'line').length")
    assert lines == 3
    before = panel.plot.evaluate(PLACES)
    book.eventually(
        lambda: all(now < x - 3 for now, x in zip(panel.plot.evaluate(PLACES), before, strict=True)),
        "the mark's line and words move on with the readings",
    )
    low, high = panel.plot.evaluate("it => it._fullLayout.yaxis.range")
    assert low < -100 and high > 20, "the axis has room for readings and limits"
    assert book.run_to_end(2) == "1 True", "called once, whatever the number of readings"
    book.run_to_end(3)
    book.eventually(lambda: "above" not in panel.words(), "the limit is gone", seen=panel.words)
    book.eventually(lambda: written.count() == 1, "only the mark is left")
