"""320 px to 1600 px wide, light and dark."""

import pytest

from . import cells

OVERFLOW = """root => {
    const right = root.getBoundingClientRect().right + 0.5;
    const seen = element => {
        const { width, height } = element.getBoundingClientRect();
        return width > 1 && height > 1 && !element.closest('svg');
    };
    const sticksOut = element => seen(element) && element.getBoundingClientRect().right > right;
    return [...root.querySelectorAll('*')].filter(sticksOut).map(it => it.outerHTML.slice(0, 120));
}"""

RECENT = """() => Array.from({ length: 150 }, (_, second) =>
    new Date(Date.now() + (second - 120) * 1000).toTimeString().slice(0, 8))"""
# Of each LED that waits for an answer, whether it moves.
TURNING = "root => [...root.querySelectorAll('.led.waiting')].map(it => it.getAnimations().length > 0)"


@pytest.fixture
def book(demo):
    demo.panel().wait_until_ready()
    yield demo
    demo.page.set_viewport_size({"width": 1280, "height": 1400})
    demo.panel().root.evaluate("it => it.closest('.jp-OutputArea-output').removeAttribute('style')")
    demo.panel().wait_until_it_fits()


@pytest.mark.parametrize("width", [320, 400, 640, 1600])
def test_nothing_sticks_out_at_any_width(book, width):
    """Nothing sticks out of the panel, and the chart takes its new width."""
    book.page.set_viewport_size({"width": max(1280, width + 600), "height": 1000})
    panel = book.panel()
    panel.set_width(width)
    assert panel.root.evaluate(OVERFLOW) == []
    assert panel.root.evaluate("it => it.scrollWidth <= it.clientWidth")
    assert panel.root.evaluate("it => it.getBoundingClientRect().width") <= width


def test_follows_jupyterlabs_panels(book):
    """The chart resizes when JupyterLab's side bar is closed, which no window event tells."""
    panel = book.panel()
    width = "it => it._fullLayout.width"
    before = panel.plot.evaluate(width)
    book.page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
    book.eventually(lambda: panel.plot.evaluate(width) > before, "the chart uses the new room")


def test_follows_the_theme(book):
    """Panel and chart take their colours from the page's theme, and follow its change."""
    panel = book.panel()
    book.theme("JupyterLab Light")
    book.eventually(lambda: brightness(ground(panel)) > 200, "the panel is light", seen=lambda: ground(panel))
    light = (panel.chart()["colour"], ground(panel))
    book.theme("JupyterLab Dark")
    book.eventually(lambda: panel.chart()["colour"] != light[0], "the chart's text follows the theme")
    assert brightness(ground(panel)) < 80 < brightness(light[1])
    book.theme("JupyterLab Light")
    book.eventually(lambda: (panel.chart()["colour"], ground(panel)) == light, "and back")


def test_time_axis_is_local(notebook):
    """Times on the axis are the viewer's, whatever the kernel's clock is set to."""
    book = notebook(cells.DEMO, load=True)
    session = book.page.context.new_cdp_session(book.page)
    session.send(
        "Emulation.setTimezoneOverride", {"timezoneId": "Asia/Kolkata"}
    )  # +05:30: minutes differ, too
    book.reload()
    book.run_to_end(0)
    panel = book.panel()
    panel.wait_until_ready()
    book.eventually(lambda: panel.root.locator(".xtick text").count() > 2, "the axis has its times")
    ticks = panel.root.locator(".xtick text").all_text_contents()
    recent = book.page.evaluate(RECENT)
    assert ticks[0].strip()[:8] in recent, f"{ticks} are not between {recent[0]} and {recent[-1]}"
    session.detach()


def test_who_asks_for_less_motion_gets_none(notebook):
    """The LED that waits for an answer turns, but not for somebody whom motion makes ill."""
    book = notebook(cells.DEMO, "panel.faults.lose_replies(9)", load=True)
    book.run_to_end(0)
    panel = book.panel()
    panel.wait_until_ready()
    book.run_to_end(1)
    panel.click("On")
    book.eventually(lambda: panel.root.evaluate(TURNING) == [True], "the waiting LED turns")
    book.page.emulate_media(reduced_motion="reduce")
    panel.click("On")
    book.eventually(
        lambda: panel.root.evaluate(TURNING) == [False],
        "the waiting LED stands still",
        seen=lambda: panel.root.evaluate(TURNING),
    )
    book.page.emulate_media(reduced_motion="null")


def ground(panel):
    return panel.root.locator(".card").evaluate("it => getComputedStyle(it).backgroundColor")


def brightness(colour):
    red, green, blue = (float(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3])
    return 0.3 * red + 0.6 * green + 0.1 * blue
