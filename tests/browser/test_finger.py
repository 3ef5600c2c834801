"""A phone: each control has room for a finger, and fingers on the chart do what fingers elsewhere do."""

import re
from contextlib import closing

import pytest
from playwright.sync_api import expect

from picopanel._page.snapshot import PanelSnapshot
from picopanel._page.widget import loader, shared_assets
from picopanel._store import Origin, Store

from ..support.browser import Window
from ..support.notebook import TWO_FRAMES
from .gallery import Dress, open_gallery

PHONE = {"width": 360, "height": 780}
LEAST = 44
"""Pixels; WCAG 2.2, 2.5.5."""

# Of each control what is its own around its middle, in pixels each way, if that is less.
TOO_SMALL = """([root, least]) => {
    const CONTROLS = ':is(button, select, summary, input, textarea, .pick, [role=option])';
    const found = [];
    for (const control of document.querySelectorAll(`${root} .picopanel ${CONTROLS}`)) {
        const target = control.type === 'checkbox' ? control.closest('label') : control;
        if (!target.checkVisibility({ checkVisibilityCSS: true })) continue;
        target.scrollIntoView({ block: 'center' });
        const { left, top, width, height } = target.getBoundingClientRect();
        const own = (right, down) => {
            const hit = document.elementFromPoint(left + width / 2 + right, top + height / 2 + down);
            return target === control ? hit?.closest(CONTROLS) === control : target.contains(hit);
        };
        const reach = (right, down) => {
            let far = 0.5;
            while (far < least && own(right * far, down * far)) far++;
            return far - 0.5;
        };
        const size = [reach(-1, 0) + reach(1, 0), reach(0, -1) + reach(0, 1)];
        const corners = [[-15, -15], [15, -15], [-15, 15], [15, 15]];
        const whole = control.matches('.pick') || corners.every(corner => own(...corner));
        if (Math.min(...size) < least - 1 || !whole) found.push(`${size}: ${control.outerHTML}`);
    }
    return found;
}"""


@pytest.fixture(scope="module")
def tab(browser):
    with closing(Window(browser, **PHONE, touch=True)) as window:
        yield window.page()
        window.check()


@pytest.fixture
def page(tab, tmp_path):
    open_gallery(tab, Dress(), tmp_path)
    return tab


class Fingers:
    """The browser's own input, on a view's chart."""

    def __init__(self, page, view):
        self._page = page
        self._view = page.locator(f"#{view}")
        self._session = page.context.new_cdp_session(page)
        self.plane = self._view.locator(".nsewdrag").first
        self.box = self._view.locator(".readout .box")
        self.back = self._view.get_by_role("button", name="Back to live")
        self.plane.scroll_into_view_if_needed()
        page.evaluate(TWO_FRAMES)

    @property
    def middle(self):
        box = self.plane.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    @property
    def range(self):
        return self._view.locator(".js-plotly-plot").evaluate("it => it.layout.xaxis.range")

    def time_at(self, x):
        """Return the time at a place of the page, and how much of it a pixel is."""
        box, (start, end) = self.plane.bounding_box(), self.range
        pixel = (end - start) / box["width"]
        return start + (x - box["x"]) * pixel, pixel

    def touch(self, kind, *points):
        touches = [{"x": x, "y": y, "id": nth} for nth, (x, y) in enumerate(points)]
        self._session.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": touches})
        self._page.evaluate(TWO_FRAMES)

    def move(self, *ways, steps=8):
        """Put fingers down, move each from one point to another, and lift them."""
        for step in range(steps + 1):
            at = [
                (x + (to_x - x) * step / steps, y + (to_y - y) * step / steps)
                for (x, y), (to_x, to_y) in ways
            ]
            self.touch("Move" if step else "Start", *at)
        self.touch("End")

    def tap(self):
        for kind, points in (("touchStart", [self.middle]), ("touchEnd", [])):
            touches = [{"x": x, "y": y} for x, y in points]
            self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def pen(self, kind, x, y, pressed=False):
        facts = {"button": "left", "buttons": int(kind != "Released"), "clickCount": 1} if pressed else {}
        event = {"type": f"mouse{kind}", "x": x, "y": y, "pointerType": "pen", **facts}
        self._session.send("Input.dispatchMouseEvent", event)


def test_every_control_has_room_for_a_finger(page):
    """Panel, drawer, cursors, hall, wall, an opened board, the set-up; none reaches into another's room."""
    for name in ("Measure", "Pause"):
        page.locator("#well").get_by_role("button", name=name).click()
    page.locator("#well .back").wait_for()
    assert page.evaluate("matchMedia('(pointer: coarse)').matches")
    assert page.evaluate(TOO_SMALL, ["#views", LEAST]) == []
    page.evaluate("openBoard()")
    assert page.evaluate(TOO_SMALL, ["#wall", LEAST]) == []


def test_a_mouse_finds_the_controls_as_small_as_before(browser, tmp_path):
    with closing(Window(browser, **PHONE)) as window:
        page = window.page()
        open_gallery(page, Dress(), tmp_path)
        heights = page.locator("#well .bar :is(button, select)").evaluate_all(
            "all => all.map(it => it.getBoundingClientRect().height)"
        )
        assert set(heights) == {36, 32}
        assert len(page.evaluate(TOO_SMALL, ["#setup", LEAST])) > 3, "the measure finds what is too small"


def test_p7_one_finger_scrolls_the_page_or_takes_time_along(page):
    fingers = Fingers(page, "well")
    x, y = fingers.middle
    before = page.evaluate("scrollY")
    fingers.move([(x, y), (x + 30, y - 150)])
    page.wait_for_function("before => scrollY > before + 50", arg=before)
    assert fingers.back.count() == 0, "one finger up has moved the chart"

    x, y = fingers.middle
    before = page.evaluate("scrollY")
    time, pixel = fingers.time_at(x)
    fingers.move([(x, y), (x + 80, y - 60)])
    fingers.back.wait_for()
    now, _ = fingers.time_at(x + 80)
    assert abs(now - time) < 3000 + 2 * pixel, "what was under the finger still is; the chart was live"
    assert page.evaluate("scrollY") == before, "the page stays"


def test_two_fingers_zoom_around_their_middle_and_a_double_tap_leads_back(page):
    page.locator("#well").get_by_role("button", name="Pause").click()
    fingers = Fingers(page, "well")
    x, y = fingers.middle
    x -= 40
    time, pixel = fingers.time_at(x)
    fingers.move([(x - 30, y), (x - 60, y)], [(x + 30, y), (x + 60, y)])
    now, finer = fingers.time_at(x)
    assert 0.45 < finer / pixel < 0.55
    assert abs(now - time) < pixel
    fingers.move([(x - 30, y), (x + 30, y)], [(x + 30, y), (x + 90, y)])
    moved, same = fingers.time_at(x + 60)
    assert abs(moved - time) < pixel and abs(same - finer) < 1e-6 * pixel, "two that move along take it along"
    assert page.evaluate("visualViewport.scale") == 1, "the page itself is not made larger"
    for _ in range(20):  # on a crowded machine two taps may be too far apart
        fingers.tap()
        fingers.tap()
        page.wait_for_timeout(500)
        if fingers.back.count() == 0:
            break
    assert fingers.back.count() == 0
    assert page.evaluate("visualViewport.scale") == 1


def test_a_finger_that_rests_reads_and_asks_for_no_menu(page):
    """Chromium on Linux asks for no menu where a finger rests: what others ask with is said to the chart."""
    fingers = Fingers(page, "well")
    x, y = fingers.middle
    fingers.touch("Start", (x, y))
    fingers.box.wait_for()
    fingers.touch("Move", (x - 80, y + 60))
    fingers.touch("End")
    assert fingers.box.is_visible() and fingers.back.count() == 0
    prevented = """(chart, pointerType) =>
        !chart.dispatchEvent(new PointerEvent('contextmenu', { pointerType, cancelable: true }))"""
    chart = page.locator("#well .chart")
    assert [chart.evaluate(prevented, kind) for kind in ("touch", "pen", "mouse")] == [True, False, False]
    looks = chart.evaluate("it => [getComputedStyle(it).userSelect, getComputedStyle(it).touchAction]")
    assert looks == ["none", "pan-y"]

    fingers.touch("Start", (x, y))
    fingers.touch("Start", (x, y), (x + 60, y))
    page.wait_for_timeout(600)  # longer than a finger rests that reads
    assert fingers.box.count() == 0, "two that rest read nothing"
    fingers.touch("End")


def test_a_tap_sets_a_mark_where_marks_are_set_and_its_handle_has_room(page):
    panel = page.locator("#well")
    panel.get_by_role("button", name="More").click()
    panel.get_by_role("button", name="Set marks").click()
    panel.get_by_label("Mark heater on").wait_for()
    assert page.evaluate(TOO_SMALL, ["#well", LEAST]) == []
    fingers = Fingers(page, "well")
    fingers.tap()
    field = panel.locator(".marking input")
    expect(field).to_be_focused()
    assert page.evaluate(TOO_SMALL, ["#well", LEAST]) == []
    panel.get_by_role("button", name="Cancel").click()
    x, y = fingers.middle
    fingers.touch("Start", (x, y))
    fingers.box.wait_for()
    fingers.touch("End")
    fingers.move([(x, y), (x + 80, y)])
    fingers.back.wait_for()
    assert field.count() == 0, "neither a finger that rests nor one that moves the chart sets one"


def test_all_of_more_has_room_and_a_trigger_is_set_with_a_finger(page):
    panel = page.locator("#well")
    panel.get_by_role("button", name="More").tap()
    for word in ("Axes", "Save", "Keys", "Trigger"):
        panel.get_by_role("button", name=word, exact=True).tap()
        assert panel.locator(".more [aria-expanded=true]").all_inner_texts() == [f"{word} ▾"], "one at a time"
        assert page.evaluate(TOO_SMALL, ["#well", LEAST]) == [], word
    share = "it => it.offsetHeight / it.closest('.card').offsetHeight"
    assert panel.locator(".more").evaluate(share) < 0.36
    page.wait_for_timeout(400)  # at one place of the screen, two within 0.3 s are a double tap
    panel.get_by_label("Level").tap()
    expect(panel.get_by_label("Level")).to_be_focused()
    page.keyboard.type("23.5")
    panel.get_by_role("button", name="Set", exact=True).tap()
    asked = page.evaluate("places.well.model.sent.find(({ type }) => type === 'trigger').trigger")
    wanted = {"channel": "temperature", "above": 23.5, "below": None, "each": True, "past": True}
    assert wanted.items() <= asked.items()


def test_a_pen_is_a_mouse_that_points_and_drags(page):
    fingers = Fingers(page, "well")
    x, y = fingers.middle
    fingers.pen("Moved", x, y)
    fingers.box.wait_for()
    fingers.pen("Moved", x, 2)
    fingers.box.wait_for(state="detached")
    _, pixel = fingers.time_at(x)
    fingers.pen("Moved", x, y)
    fingers.pen("Pressed", x, y, pressed=True)
    for far in range(10, 71, 10):
        fingers.pen("Moved", x + far, y, pressed=True)
    fingers.pen("Released", x + 70, y, pressed=True)
    fingers.back.wait_for()
    assert fingers.time_at(x)[1] < 0.5 * pixel


def test_what_a_hall_has_keys_for_can_be_touched(page):
    hall = page.locator("#well-hall")
    assert hall.locator("kbd").first.is_hidden()
    hall.get_by_role("button", name="pause").tap()
    hall.get_by_role("button", name="resume").wait_for()
    hall.get_by_role("button", name="cursors").tap()
    hall.get_by_label("Cursor A").wait_for()


def test_the_page_that_is_saved_fits_a_phone(page, tmp_path):
    store = Store()
    store.append(Origin("temperature"), [1e12, 1e12 + 1000], [23.0, 24.0])
    snapshot = PanelSnapshot(page.evaluate("({ ...WELL, version: 0 })"), store.since(0), {}, 1e12)
    saved = tmp_path / "run.html"
    saved.write_text(snapshot.page(loader("panel"), shared_assets("panel").bundle), encoding="utf-8")
    page.goto(saved.as_uri())
    page.locator(".main-svg").first.wait_for(state="attached")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate(TOO_SMALL, ["body", LEAST]) == []


def test_a_tap_on_a_walls_strip_tells_who_and_the_next_one_leads_there(page):
    strip, pointed = page.locator("#wall .dots"), page.locator("#wall .about > b")
    strip.scroll_into_view_if_needed()
    strip.tap()
    told = pointed.filter(has_text=re.compile("^(alice-07|bob-08)"))
    told.wait_for()  # it is drawn with the next frame
    who = told.inner_text().split(":")[0]
    assert not page.evaluate("document.activeElement.dataset.id"), "it tells, and leads nowhere yet"
    strip.tap()
    page.wait_for_function("who => document.activeElement.dataset.id === who", arg=who)
