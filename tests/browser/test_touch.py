"""A tablet: one finger over the chart scrolls the notebook, two zoom the chart."""

from . import cells

LONG = "print('\\n'.join(map(str, range(150))))"


def middle(panel):
    """Return the middle of the chart's plane."""
    box = panel.root.locator(".nsewdrag").first.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def swipe(page, fingers, x, y, far, steps=12):
    """Put a finger down, move it up or down in steps of a frame each, and lift it."""
    touch = lambda kind, *points: fingers.send(  # noqa: E731
        "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for y in points]}
    )
    touch("touchStart", y)
    for step in range(1, steps + 1):
        touch("touchMove", y + far * step / steps)
        page.evaluate("() => new Promise(requestAnimationFrame)")
    touch("touchEnd")


def test_p7_one_finger_scrolls_past_the_chart_and_two_zoom_it(notebook):
    """The fingers are the browser's own: it decides what scrolls."""
    book = notebook(cells.DEMO, LONG)
    book.page.set_viewport_size({"width": 900, "height": 700})
    book.run_to_end(0)
    panel = book.panel()
    panel.wait_until_ready()
    book.run_to_end(1)
    panel.root.scroll_into_view_if_needed()
    book.eventually(lambda: len(panel.values()) > 3, "readings come", seen=panel.words)
    fingers = book.page.context.new_cdp_session(book.page)

    start, end = panel.chart()["range"]
    before = panel.root.bounding_box()["y"]
    swipe(book.page, fingers, *middle(panel), -150)
    book.eventually(lambda: before - panel.root.bounding_box()["y"] > 50, "the page is scrolled")
    panel.root.element_handle().wait_for_element_state("stable")
    zoomed = panel.button("Back to live")
    assert zoomed.count() == 0, "one finger has zoomed the chart"

    x, y = middle(panel)
    pinch = {"x": x, "y": y, "scaleFactor": 2, "gestureSourceType": "touch", "relativeSpeed": 400}
    fingers.send("Input.synthesizePinchGesture", pinch)
    book.eventually(lambda: zoomed.count() == 1, "two fingers zoom")
    shown = panel.chart()["range"]
    assert shown[1] - shown[0] < 0.8 * (end - start)
    assert book.page.evaluate("visualViewport.scale") == 1, "the page itself is not made larger"

    box = panel.root.locator(".readout .box")
    x, y = middle(panel)
    touch = lambda kind, *at: fingers.send(  # noqa: E731
        "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x in at]}
    )
    touch("touchStart", x)
    book.eventually(lambda: box.count() == 1, "a finger that rests reads what is there")
    place = panel.root.bounding_box()["y"]
    first = box.inner_text()
    for far in range(8, 161, 8):
        touch("touchMove", x - far)
    book.eventually(lambda: box.inner_text() != first, "it goes on with the finger", seen=box.inner_text)
    touch("touchEnd")
    assert panel.root.bounding_box()["y"] == place, "the page has not moved under it"
    assert box.count() == 1, "what was read stays"
