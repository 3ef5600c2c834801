"""Every word is readable in every theme of every host, measured."""

import pytest

from ..support.notebook import TWO_FRAMES
from .gallery import DRESSES, open_gallery

WORDS, LINES = 4.5, 3.0
"""WCAG 2.2, 1.4.3 and 1.4.11."""

VIEWS = {"well", "ill-hall", "replay", "recorded", "wall", "still", "still-wall"}


@pytest.fixture
def dressed(tab, tmp_path):
    """Opens the gallery in the dress of a host: `dressed("Colab, dark")`."""

    def open_dressed(name):
        open_gallery(tab, DRESSES[name](), tmp_path)
        return tab

    return open_dressed


@pytest.mark.parametrize("name", DRESSES)
def test_p12_every_word_and_line_of_every_view_is_readable(dressed, name):
    """Panel, wall, lecture, drawer and what is recorded: light, dark, in high contrast, in forced colours."""
    page = dressed(name)
    found = page.evaluate("contrasts()")
    assert {it["where"] for it in found} >= VIEWS
    least = {"still": min(WORDS, page.evaluate("own()"))}  # around its picture are the page's own words
    least["still-wall"] = least["still"]
    assert [it for it in found if it["ratio"] < least.get(it["where"], WORDS)] == []
    assert [it for it in page.evaluate("shapes()") if it["ratio"] < LINES] == []
    roots = page.evaluate("[...document.querySelectorAll('.picopanel')].map(it => it.className)")
    assert all(("dark" in root.split()) == DRESSES[name]().dark for root in roots), roots


WIDTHS = """() => [...document.querySelectorAll('.picopanel :is(.card, .card > *, .chart)')].map(
    it => `${it.getAttribute('class')} ${Math.round(it.getBoundingClientRect().width)}`
)"""


@pytest.mark.parametrize("name", ["Bootstrap, light", "Pico CSS, dark"])
def test_p12_what_a_page_calls_a_card_or_a_group_changes_none_of_ours(dressed, name):
    """Bootstrap's `.card` has an ink of its own; in Pico CSS's `[role=group]` a chart had 20 pixels."""

    def widths(name):
        page = dressed(name)
        page.add_style_tag(content="body { margin: 0 !important }")
        page.evaluate(TWO_FRAMES)
        return page.evaluate(WIDTHS)

    assert widths(name) == widths("Sphinx, light")


@pytest.mark.parametrize("name", [name for name in DRESSES if name.startswith("VS Code")])
def test_p12b_no_white_of_vs_codes_output_shows_through(dressed, name):
    """Its widget manager's sheet says white in every theme: one ground up to the card's corners."""
    grounds = dressed(name).evaluate(
        """() => [...document.querySelectorAll('#well .picopanel, #well .card, #well .buttons button')]
            .map(it => getComputedStyle(it).backgroundColor)"""
    )
    assert len(set(grounds)) == 1
    own = {"VS Code, dark": "rgb(31, 31, 31)", "VS Code, light": "rgb(255, 255, 255)"}
    assert grounds[0] == own.get(name, grounds[0]), "VS Code's own ground, where all is readable on it"


def test_p6_vs_codes_high_contrast_light_is_light(dressed):
    """Its body says `vscode-high-contrast`, too, as that of the dark one does."""
    page = dressed("VS Code, high contrast light")
    assert page.locator(".picopanel.dark").count() == 0
    assert page.locator("#well .picopanel.contrast").count() == 1


def test_p12_a_theme_is_looked_at_only_when_it_may_have_changed(dressed):
    """What else a host writes at its body lays no page out, and makes no chart anew."""
    page = dressed("JupyterLab Light")
    page.evaluate(TWO_FRAMES)
    page.evaluate(
        """() => {
            window.measured = 0;
            const width = Object.getOwnPropertyDescriptor(Element.prototype, 'clientWidth');
            const get = function () { window.measured++; return width.get.call(this); };
            Object.defineProperty(Element.prototype, 'clientWidth', { ...width, get });
        }"""
    )
    page.evaluate(
        """async () => {
            for (let nth = 0; nth < 50; nth++) {
                document.body.dataset.busy = nth;
                document.body.classList.toggle('lm-mod-override-cursor');
                await new Promise(requestAnimationFrame);
            }
        }"""
    )
    assert page.evaluate("window.measured") < 50, "not even one of the page's seven charts each time"
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    page.wait_for_function("document.querySelectorAll('.picopanel:not(.dark)').length === 0")
    assert page.evaluate("window.measured") > 0


def test_p12_a_theme_is_looked_at_once_a_frame_however_often_a_host_writes(dressed):
    """One change of a theme is several attributes, of each of which every view was told."""
    page = dressed("JupyterLab Light")
    page.evaluate(TWO_FRAMES)
    looks = page.evaluate(
        """async () => {
            const { getComputedStyle } = window;
            let looks = 0;
            window.getComputedStyle = (...of) => { looks++; return getComputedStyle(...of); };
            await new Promise(requestAnimationFrame);
            for (let nth = 0; nth < 50; nth++) {
                document.body.classList.toggle('lm-mod-override-cursor');
                await null; // what observes the body is told now
            }
            for (let nth = 0; nth < 2; nth++) await new Promise(requestAnimationFrame);
            return looks;
        }"""
    )
    views = page.locator(".picopanel").count()
    assert views <= looks < 3 * views
