"""However it is looked at: enlarged, in a system's few colours, with more contrast, without motion, on paper,
in a page that is written from right to left."""

from functools import partial

import pytest

from ..support.browser import on
from ..support.notebook import TWO_FRAMES
from .gallery import DRESSES, Dress, open_gallery

WITH_WORDS = {"well", "well-hall", "ill", "ill-hall", "replay", "recorded", "wall", "setup"}
SECTIONS = "[...document.querySelectorAll('#views .picopanel')]"

# As Firefox does that enlarges text alone.
TWICE_THE_TEXT = r"""() => {
    for (const sheet of document.querySelectorAll('.picopanel style'))
        sheet.textContent = sheet.textContent.replace(/(font(?:-size)?:)([^;}]*)/g,
            (_, name, value) => name + value.replace(/([\d.]+)px/g, (_, size) => `${2 * size}px`));
}"""


@pytest.fixture
def show(tab, tmp_path):
    """Opens the gallery: `show(width, height, dress)`."""

    def show(width=1000, height=900, dress=None):
        tab.set_viewport_size({"width": width, "height": height})
        open_gallery(tab, dress or Dress(), tmp_path)
        tab.evaluate(TWO_FRAMES)
        return tab

    yield show
    tab.emulate_media(media="null", contrast="null", reduced_motion="null")


# What is too wide for its view, but for what ends in an ellipsis, and a drawing, which is drawn anew.
STICKS_OUT = """async root => {
    root.scrollIntoView();
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    const right = root.getBoundingClientRect().right + 0.5;
    const wide = it => it.getBoundingClientRect().right > right && it.getBoundingClientRect().width > 1;
    return [...root.querySelectorAll(':not(svg *, .line *, .chart *)')].filter(wide).map(it => it.outerHTML);
}"""


def sticks_out(page):
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it is scrolled sideways"
    return [found for root in page.locator("#views .picopanel").all() for found in root.evaluate(STICKS_OUT)]


def test_at_400_percent_nothing_sticks_out_and_the_chart_can_be_read(show):
    """WCAG 2.2, 1.4.10: a window of 1280 by 1024 pixels, enlarged, has 320 by 256."""
    page = show(320, 256)
    assert sticks_out(page) == []
    plane = page.locator("#well .nsewdrag").first
    plane.scroll_into_view_if_needed()
    assert plane.bounding_box()["height"] > 60, "of three, one above the other"
    plane.hover()
    box = page.locator("#well .readout .box")
    told, chart = box.bounding_box(), page.locator("#well .chart").bounding_box()
    assert told["width"] * told["height"] < chart["width"] * chart["height"] / 3
    assert told["x"] >= 0 and told["x"] + told["width"] <= 320


def test_with_letters_twice_as_large_nothing_sticks_out_or_is_cut(show):
    """1.4.4, as by a browser that enlarges letters alone; a tile of the wall had its size in pixels."""
    page = show(320, 900)
    page.evaluate(TWICE_THE_TEXT)
    page.evaluate(TWO_FRAMES)
    letters = page.locator("#well .name b").evaluate("it => getComputedStyle(it).fontSize")
    assert letters == "32px"
    assert sticks_out(page) == []
    cut = page.locator("#wall .board").evaluate_all(
        "all => all.filter(it => it.scrollHeight > it.clientHeight)"
    )
    assert cut == []


@pytest.mark.parametrize("name", ["forced colours, light", "forced colours, dark"])
def test_forced_colours_leave_what_is_pressed_chosen_or_on_to_be_seen(show, name):
    page = show(dress=DRESSES[name]())
    ground = lambda what: page.locator(what).first.evaluate("it => getComputedStyle(it).backgroundColor")  # noqa: E731
    on, off = "#well .buttons [aria-pressed=true]", "#well .buttons [aria-pressed=false]"
    assert ground(on) != ground(off)
    assert ground("#wall [aria-selected=true] .pick") != ground("#wall [aria-selected=false] .pick")
    edges = page.locator("#views :is(button, select, input[maxlength], .boards .board)").evaluate_all(
        """all => all.filter(it => it.checkVisibility() && !it.matches('.keys *')).filter(it => {
            const { borderTopWidth, borderTopStyle } = getComputedStyle(it);
            return borderTopWidth === '0px' || borderTopStyle === 'none';
        }).map(it => it.outerHTML)"""
    )
    assert edges == []
    chosen = page.locator("#well .line[aria-selected=true]")
    assert chosen.evaluate("it => getComputedStyle(it).outlineStyle") == "solid"
    leds = page.locator("#wall .led").evaluate_all(
        """all => all.map(it => [it.className, getComputedStyle(it)]).map(
            ([name, { borderTopWidth, backgroundImage }]) => [name, borderTopWidth, backgroundImage]
        )"""
    )
    assert len({tuple(shape) for _, *shape in leds}) == len({name for name, *_ in leds}) == 3, "by its shape"
    page.keyboard.press("Tab")
    page.locator("#well").get_by_role("button", name="Off").focus()
    page.keyboard.press("Tab")
    focus = page.evaluate(
        "(it => [it.outlineStyle, it.outlineWidth])(getComputedStyle(document.activeElement))"
    )
    assert focus == ["solid", "2px"]


def test_who_asks_for_more_contrast_gets_7_to_1(show):
    page = show()
    page.emulate_media(contrast="more")
    page.wait_for_function(f"{SECTIONS}.every(it => it.classList.contains('contrast'))")
    page.evaluate("scrollTo(0, 0)")
    page.evaluate(TWO_FRAMES)
    drawn = ("text", "tspan")  # out of sight no chart is drawn anew
    words = [it for it in page.evaluate("contrasts()") if it["where"] in WITH_WORDS]
    read = [it for it in words if it["where"] == "well" or not it["tag"].startswith(drawn)]
    assert [it for it in read if it["ratio"] < 7] == []


def test_who_asks_for_less_motion_sees_nothing_move(show):
    page = show()
    page.evaluate("delete performance.timeOrigin")  # time goes on
    page.locator("#well").get_by_role("button", name="Toggle").click()
    page.locator("#well .led.waiting").wait_for()
    moving = "document.getAnimations().length"
    assert page.evaluate(moving) > 0, "what waits for an answer turns"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(moving) == 0


NAMES = SECTIONS + ".map(it => it.closest('section').id)"
INKS = (
    SECTIONS
    + """.map(it => [
    it.classList.contains('dark'), getComputedStyle(it.querySelector('.card')).backgroundColor,
    it.querySelector('.js-line')?.style.stroke ?? '',
])"""
)


def test_on_paper_all_views_are_ink_on_white_and_whole(show):
    """From the dark, with most of them out of sight when it is printed, onto a sheet that is narrower."""
    page = show(dress=DRESSES["JupyterLab Dark"]())
    before = page.evaluate(INKS)
    page.evaluate(f"addEventListener('beforeprint', () => {{ window.printed = {INKS} }})")
    assert page.pdf(format="A4").startswith(b"%PDF")
    for dark, ground, line in page.evaluate("printed"):
        assert not dark and ground == "rgb(255, 255, 255)" and line in ("", "rgb(197, 26, 74)")
    for nth, (name, was) in enumerate(zip(page.evaluate(NAMES), before, strict=True)):
        page.evaluate("name => document.getElementById(name).scrollIntoView()", name)  # out of sight it waits
        seen = partial(lambda nth: page.evaluate(INKS)[nth], nth)
        on(page)(lambda seen=seen, was=was: seen() == was, f"{name} is as it was: {was}", seen=seen)
    page.evaluate("scrollTo(0, 0)")

    page.set_viewport_size({"width": 700, "height": 900})
    page.emulate_media(media="print")
    page.evaluate(TWO_FRAMES)
    assert sticks_out(page) == []
    left = page.locator("#views .picopanel :is(button, select, input)").evaluate_all(
        "all => all.filter(it => it.checkVisibility()).map(it => it.className.split(' ')[0])"
    )
    assert set(left) == {"tile"}, "what does nothing on paper is left out"
    figure, drawn = (page.locator(f"#well {it}").first for it in (".figure", ".main-svg"))
    place, size = figure.bounding_box(), drawn.bounding_box()
    assert size["width"] <= place["width"] and size["height"] <= place["height"] + 1
    page.evaluate(TWO_FRAMES)
    assert drawn.bounding_box() == size, "it does not grow with its place, and the place with it"


HEBREW = """() => {
    Object.assign(CHANNELS[1], { name: 'לחות', unit: 'אחוז' });
    const [message, buffers] = news({ ...WELL, id: 'לוח-7', version: 9 }, []);
    Object.assign(message.rows, { first: 43, end: 83 }); // after those of the gallery
    window.places.well.model.say(message, buffers);
}"""
# Where the words of a text are on the screen, from the left.
PLACES = """(element, words) => words.map(word => {
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const at = texts.currentNode.data.indexOf(word);
        if (at < 0) continue;
        const range = document.createRange();
        range.setStart(texts.currentNode, at);
        range.setEnd(texts.currentNode, at + word.length);
        return range.getBoundingClientRect().left;
    }
})"""


def test_from_right_to_left_around_it_words_numbers_and_time_keep_their_order(show):
    """Its words are English; a board, a channel and a unit may be named in Hebrew."""
    page = show(dress=Dress(html='dir="rtl" lang="he"'))
    page.evaluate(HEBREW)
    page.locator("#well .tools").get_by_role("button", name="Measure").click()
    well = page.locator("#well")
    well.get_by_text("לוח-7").first.wait_for()

    def in_order(what, *words):
        places = page.locator(what).first.evaluate(PLACES, list(words))
        assert None not in places and places == sorted(places), f"{what}: {words} at {places}"

    in_order("#well .head", "לוח-7", "virtual", "22.7", "°C")
    in_order("#well .bar", "On", "Off", "Toggle", "Pause")
    number = page.locator("#well .legend .tile:nth-child(2) .value b").inner_text()
    in_order("#well .legend .tile:nth-child(2)", number, "אחוז")
    between = page.locator("#well .between p").nth(2)
    number = between.locator("b").nth(1).inner_text().split()[0]
    in_order("#well .between p:nth-of-type(3)", "לחות", number, "אחוז", "readings", "mean")
    per_second = between.inner_text().split("(")[1].split()[0]
    in_order("#well .between p:nth-of-type(3)", "(", per_second[1:], "/s)")
    in_order("#wall .name", "4", "boards of", "class/", "+")
    in_order("#ill .says", "The Pico", "Is the board", "?")
    in_order("#still p", "alice-07", ", virtual", "recorded")
    ticks = page.locator("#well .xtick text").evaluate_all(
        "all => all.map(it => it.getBoundingClientRect().x)"
    )
    assert len(ticks) > 2 and ticks == sorted(ticks)
