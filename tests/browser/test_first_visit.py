"""The first visit says how to zoom and come back, in one line below the chart, and no other does."""

from contextlib import closing, contextmanager

import pytest

from ..support.browser import Window
from ..support.notebook import TWO_FRAMES
from .gallery import Dress, open_gallery

LINE = ".zooming"
NO_STORAGE = (
    "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('', 'SecurityError') } })"
)


@contextmanager
def visit(browser, tmp_path, **window):
    """A browser that has never been here, at the page with all views."""
    with closing(Window(browser, width=900, height=900, **window)) as opened:
        page = opened.page()
        open_gallery(page, Dress(), tmp_path)
        yield page
        opened.check()


@pytest.fixture
def page(browser, tmp_path):
    with visit(browser, tmp_path) as page:
        yield page


def again(page, tmp_path):
    """Load the page anew, and see how often it is said."""
    open_gallery(page, Dress(), tmp_path)
    return page.locator(LINE).count()


def test_one_panel_says_it_below_its_chart_and_no_later_page_does(page, tmp_path):
    line = page.locator(LINE)
    assert line.count() == 1, "of all panels one, no hall, no saved page"
    assert line.inner_text().startswith("Drag to zoom, double click to come back.")
    assert page.locator(f".lecture {LINE}").count() == 0
    assert page.locator(f"#recorded {LINE}").count() == 0
    panel = page.locator(".picopanel", has=line)
    assert panel.locator(f".figure {LINE}").count() == 0, "it lies over no reading"
    figure = panel.locator(".figure").element_handle()
    where = "it => { const { y, height } = it.getBoundingClientRect(); return [y + scrollY, height]; }"
    before = figure.evaluate(where)
    assert line.evaluate("it => it.closest('[role=status], [aria-live]')") is None, "nobody is interrupted"
    page.get_by_label("Do not show this again").click()
    line.wait_for(state="detached")
    assert figure.evaluate(where) == before, "the chart has not moved"
    assert page.evaluate("document.activeElement.className").startswith("chart")
    assert again(page, tmp_path) == 0


def test_whoever_zooms_knows_and_a_page_that_is_only_loaded_anew_says_it_no_more(page, tmp_path):
    chart = page.locator(".picopanel", has=page.locator(LINE)).locator(".chart")
    chart.focus()
    page.keyboard.press("+")
    page.locator(LINE).wait_for(state="detached")
    page.keyboard.press("Escape")
    page.evaluate(TWO_FRAMES)
    assert page.locator(LINE).count() == 0
    assert again(page, tmp_path) == 0


def test_in_the_narrowest_panel_it_takes_two_lines(page):
    page.set_viewport_size({"width": 336, "height": 900})
    line = page.locator(LINE)
    line.wait_for()
    assert line.evaluate("it => it.offsetHeight <= 2 * 1.45 * 12.5 + 3"), "of its letters"


def test_on_paper_it_is_not(page):
    page.emulate_media(media="print")
    assert page.locator(LINE).is_hidden()


def test_a_finger_is_told_what_fingers_do(browser, tmp_path):
    with visit(browser, tmp_path, touch=True) as page:
        assert page.locator(LINE).inner_text().startswith("Two fingers zoom; a double tap comes back.")


def test_a_frame_without_storage_says_it_once_a_page(browser, tmp_path):
    with closing(Window(browser, width=900, height=900)) as window:
        page = window.page()
        page.add_init_script(NO_STORAGE)
        open_gallery(page, Dress(), tmp_path)
        assert page.locator(LINE).count() == 1
        assert again(page, tmp_path) == 1
