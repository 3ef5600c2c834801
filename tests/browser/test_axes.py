"""The axes as a person wants them, and kept for the next page and the next run."""

from . import cells

RANGE = "it => [...it._fullLayout.yaxis.range]"
TIME = "it => it._fullLayout.xaxis.range[1]"


def test_axes_are_chosen_dragged_and_let_go_and_kept_for_the_next_page_and_the_next_run(notebook):
    book = notebook(cells.DEMO)
    book.run_to_end(0)
    panel = book.panel(0)
    panel.wait_until_ready()
    book.eventually(lambda: len(panel.points()) > 4, "there are readings")
    axis = lambda: panel.plot.evaluate(RANGE)  # noqa: E731
    assert axis()[0] > 0

    panel.click("More")
    panel.click("Axes")
    choice = panel.root.get_by_label("°C")
    choice.select_option("begins at zero")
    book.eventually(lambda: axis()[0] == 0, "the axis begins at zero", seen=axis)

    handle = panel.plot.locator(".nsdrag").first.bounding_box()
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    book.page.mouse.move(x, y)
    book.page.mouse.down()
    book.page.mouse.move(x, y + 30, steps=4)
    book.page.mouse.up()
    back = panel.root.get_by_role("button", name="Follow again °C held")
    back.wait_for()
    held, until = axis(), panel.plot.evaluate(TIME)
    assert held != [0, axis()[1]]
    book.eventually(lambda: panel.plot.evaluate(TIME) > until + 1000, "time goes on")
    assert axis() == held
    panel.show("5 min")

    def is_as_before():
        again = book.panel(0)
        again.wait_until_ready()
        window = again.root.get_by_label("Time window").input_value
        book.eventually(lambda: window() == "5 min", "the window is as it was", seen=window)
        book.eventually(lambda: again.plot.evaluate(RANGE) == held, "the axis is held where it was")
        return again

    book.save()
    book.reload()
    is_as_before()
    book.run_to_end(0)
    panel = is_as_before()
    panel.root.get_by_role("button", name="Follow again").click()
    book.eventually(lambda: panel.plot.evaluate(RANGE) != held, "it follows")
    assert panel.root.get_by_role("button", name="Follow again").count() == 0


def test_the_panel_fills_the_screen_and_leaves_it(demo):
    panel = demo.panel()
    panel.wait_until_ready()
    panel.click("More")
    panel.click("Keys")
    panel.says("At the chart:")
    panel.click("Full screen")
    card = panel.root.locator(".card")
    whole = "it => it.offsetWidth === innerWidth && it.offsetHeight === innerHeight"
    demo.eventually(lambda: card.evaluate(whole), "it is as large as the screen")
    chart = panel.root.locator(".chart")
    demo.eventually(lambda: chart.evaluate("it => it.clientHeight > innerHeight / 3"), "most of it is chart")
    assert card.evaluate("it => it.scrollHeight <= it.clientHeight"), "nothing is out of sight"
    panel.click("Leave full screen")
    demo.eventually(lambda: not card.evaluate(whole), "it is in its cell again")
    panel.click("Keys")
    panel.click("More")
