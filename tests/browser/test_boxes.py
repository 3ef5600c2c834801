"""A panel, its lecture view and a wall among other widgets: they take the room that those leave."""

import pytest

from .conftest import notebooks
from .test_layout import OVERFLOW

CELLS = (
    "from ipywidgets import GridBox, HBox, IntSlider, Layout, VBox\n"
    "from picopanel import PicoPanel, PicoWall\n"
    "panel = PicoPanel.demo()\nHBox([panel, IntSlider()])",
    "VBox([panel], layout=Layout(align_items='center'))",
    "GridBox([panel, IntSlider()], layout=Layout(justify_items='center'))",
    "HBox([panel.lecture(), IntSlider()])",
    "HBox([PicoWall.demo(count=3), IntSlider()])",
    "HBox([panel, panel], layout=Layout(width='600px'))",
)
WIDTHS = "it => [it.getBoundingClientRect().width, it.closest('.jp-OutputArea-output').clientWidth]"
SLIDER = 320
"""Pixels of one, with its margins."""


@pytest.fixture(scope="module")
def book(lab, tabs):
    with notebooks(lab, tabs) as open_notebook:
        book = open_notebook(*CELLS)
        for cell in range(len(CELLS)):
            book.run_to_end(cell)
        book.page.set_viewport_size({"width": 1280, "height": 4000})
        yield book


@pytest.mark.parametrize(
    ("cell", "beside"),
    [(0, SLIDER), (1, 0), (2, 0), (3, SLIDER), (4, SLIDER)],
    ids=["beside a slider", "in the middle", "in a grid", "a lecture view", "a wall"],
)
def test_p1_it_takes_what_there_is(book, cell, beside):
    root = book.panel(cell).root
    book.eventually(lambda: root.count() == 1, "it is there")
    book.eventually(
        lambda: root.evaluate(WIDTHS)[0] > root.evaluate(WIDTHS)[1] - beside - 20,
        "it is as wide as the others leave it",
        seen=lambda: root.evaluate(WIDTHS),
    )
    assert root.evaluate(OVERFLOW) == []
    if cell != 4:
        panel = book.panel(cell)
        book.eventually(lambda: panel.plot.evaluate("it => it._fullLayout.width") > 300, "the chart, too")


def test_p1_two_share_what_is_too_little_for_both(book):
    """None is narrower than a telephone, where everything fits still."""
    views = book.page.locator(".jp-Cell").nth(5).locator(".picopanel")
    book.eventually(lambda: views.count() == 2, "both are there")
    widths = [views.nth(nth).evaluate(WIDTHS)[0] for nth in range(2)]
    assert min(widths) >= 300, widths
