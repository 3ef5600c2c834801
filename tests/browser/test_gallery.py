"""Views that stand beside and inside each other on one page."""

from contextlib import closing

import pytest

from picopanel._page.widget import loader

from ..support.browser import Window
from ..support.notebook import TWO_FRAMES
from .gallery import DRESSES, open_gallery

STYLES = """root => {
    const drawer = document.querySelector(root + ' .messages');
    return [...drawer.querySelectorAll('*')].map(it => {
        const { display, height, width, color, padding, margin, border, contain } = getComputedStyle(it);
        const style = [display, height, width, color, padding, margin, border, contain];
        return [it.localName, it.className, ...style].join(' ');
    });
}"""


@pytest.fixture
def page(tab, tmp_path):
    """The gallery, loaded anew."""
    tab.set_viewport_size({"width": 1000, "height": 900})
    open_gallery(tab, DRESSES["JupyterLab Light"](), tmp_path)
    tab.add_style_tag(content=".line { content-visibility: visible !important }")
    return tab


def test_p3_a_drawer_in_a_board_of_the_wall_looks_as_in_a_panel(page):
    """The wall has boards, lines and ways of its own: its style sheet reaches none of the panel's."""
    page.evaluate("openBoard()")
    heights = page.evaluate(
        "[...document.querySelectorAll('#wall .messages .line')].map(it => it.getBoundingClientRect().height)"
    )
    assert heights == [48, 24, 24, 24, 24], "the first tells of some that are not listed"
    inside, alone = page.evaluate(STYLES, "#wall"), page.evaluate(STYLES, "#well")
    assert inside == alone


def test_p12c_a_file_comes_from_a_link_in_the_page(page):
    """VS Code's page takes a download from the click on its link, which it hears only from within."""
    page.evaluate(
        """document.addEventListener('click', ({ target }) => {
            if (target.localName === 'a') window.saved = [target.download, target.isConnected];
        }, true)"""
    )
    page.locator("#ill").get_by_role("button", name="CSV").evaluate("it => it.click()")
    page.wait_for_function("window.saved")
    assert page.evaluate("window.saved") == ["alice-07.csv", True]
    assert page.locator("body > a").count() == 0, "the link stays in the page"


FITS = """() => {
    const card = document.querySelector('#well-hall .card');
    const foot = it => it.getBoundingClientRect().bottom;
    const cut = [...card.children].filter(it => foot(it) > card.clientHeight - 6);
    const chart = card.querySelector('.chart').getBoundingClientRect();
    const over = card.scrollHeight - card.clientHeight;
    return { over, cut: cut.map(it => it.className), chart: chart.height };
}"""


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080), (1024, 768)])
def test_p18_a_hall_on_the_whole_screen_shows_all_of_it(page, width, height):
    """With three channels, controls, a notice and the field for a mark; and the button leads back."""
    page.set_viewport_size({"width": width, "height": height})
    hall = page.locator("#well-hall")
    hall.get_by_role("button", name="Full screen").click()
    back = hall.get_by_role("button", name="Leave full screen")
    back.wait_for()
    assert hall.locator(".marking input").is_visible() and hall.locator(".notice").is_visible()
    page.evaluate(TWO_FRAMES)
    fits = page.evaluate(FITS)
    assert fits["over"] <= 0 and fits["cut"] == [] and fits["chart"] > height / 5, fits
    back.click()
    page.wait_for_function("document.fullscreenElement === null")
    hall.get_by_role("button", name="Full screen", exact=True).wait_for()


@pytest.mark.parametrize(("view", "width"), [("replay-hall", 1000), ("ill-hall", 600), ("well-hall", 1280)])
def test_p15_what_a_hall_says_of_a_command_has_a_line_of_its_own(page, view, width):
    """Beside the buttons it was four lines high, or a word alone in the middle of the card."""
    page.set_viewport_size({"width": width, "height": 900})
    echo = page.locator(f"#{view} .echo")
    echo.scroll_into_view_if_needed()
    page.evaluate(TWO_FRAMES)
    lines = echo.evaluate(
        "it => it.getBoundingClientRect().height / parseFloat(getComputedStyle(it).fontSize)"
    )
    assert lines < 2, "it is one line"


def test_p18_a_hall_is_as_tall_without_the_focus_as_with_it(page):
    """It grew by a line as a button below it was pressed, which then was not where it was released."""
    hall = page.locator("#well-hall")
    for width in range(500, 1300, 100):
        page.set_viewport_size({"width": width, "height": 900})
        hall.locator(".card").focus()
        focused = hall.locator(".keys").bounding_box()["height"]
        page.evaluate("document.activeElement.blur()")
        assert hall.locator(".keys").bounding_box()["height"] == focused, f"at {width} pixels"


def test_p15_a_halls_buttons_of_a_replay_are_of_one_size_and_one_outline(page):
    """Pause and speed were as small as in a cell; a pressed button that cannot be used had both outlines."""
    looks = page.locator("#replay-hall :is(.bar, .player) :is(button, select)").evaluate_all(
        "all => all.map(it => getComputedStyle(it)).map(it => [it.fontSize, it.minHeight, it.boxShadow])"
    )
    assert len(looks) > 6
    assert len({size for size, _, _ in looks}) == len({height for _, height, _ in looks}) == 1
    disabled = page.locator("#replay-hall .buttons [aria-disabled=true][aria-pressed=true]")
    assert disabled.evaluate("it => getComputedStyle(it).boxShadow") == "none"


@pytest.mark.parametrize("width", [1000, 400])
def test_p15_no_line_of_the_drawer_is_cut_in_half(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.locator("#well .listing").scroll_into_view_if_needed()  # out of sight nothing is drawn
    messages = [[0, "in", "alice-07/status", f"nr {nth}", 6, 1, 1, False] for nth in range(60)]
    page.evaluate(
        """async rows => {
            const messages = { since: 0, first: 8, rows };
            window.places.well.model.say({ type: 'news', now: Date.now(), messages });
            await until(() => document.querySelector('#well .newest'));  // a chosen line holds the list
            document.querySelector('#well .newest').click();
            await until(() => document.querySelectorAll('#well .listing .line').length > 60);
        }""",
        messages,
    )
    page.evaluate(TWO_FRAMES)
    cut = page.evaluate(
        """() => {
            const list = document.querySelector('#well .listing');
            const { top } = list.getBoundingClientRect();
            const lines = [...list.querySelectorAll('.line')].map(it => it.getBoundingClientRect());
            return Math.min(...lines.map(it => Math.abs(it.top - top - 1)));
        }"""
    )
    assert cut < 1, "a line begins where the list does"


LOADED = """async loader => {
    const url = URL.createObjectURL(new Blob([loader], { type: "text/javascript" }));
    const [el, sent] = [document.createElement("div"), []];
    const model = { get: () => null, on() {}, off() {}, send: message => sent.push(message) };
    const host = (await import(url)).default();
    host.initialize({ model });
    host.render({ model, el });
    return [el.textContent, sent.length];
}"""


@pytest.mark.parametrize("program", ["panel", "wall", "setup"])
def test_a_browser_that_is_too_old_is_told_which_to_take_and_asks_the_kernel_nothing(browser, program):
    with closing(Window(browser)) as window:
        page = window.page()
        page.goto("about:blank")
        assert page.evaluate(LOADED, loader(program)) == ["", 1]
        page.evaluate("delete Array.prototype.toSorted")
        said, asked = page.evaluate(LOADED, loader(program))
        assert said.startswith("This browser is too old for PicoPanel") and asked == 0
