"""The chart's own controls: zoom, pause, window, clear, CSV."""

import re
from datetime import datetime

import pytest

from . import cells


@pytest.fixture
def book(demo):
    """The demo's notebook with a live chart of one minute."""
    panel = demo.panel()
    panel.wait_until_ready()
    if panel.button("Resume").count():
        panel.click("Resume")
    panel.show("30 s")
    panel.show("1 min")
    demo.eventually(lambda: 59_000 < span(panel) < 61_000, "the chart is live and shows one minute")
    return demo


def span(panel):
    start, end = panel.chart()["range"]
    return end - start


BETWEEN_TICKS = """({ _fullLayout: { xaxis: { range, tickvals } } }) =>
    (range[1] - tickvals[0]) / (tickvals[1] - tickvals[0]) % 1"""
"""What share of the way to its next tick the time axis has gone."""


def new_readings(book):
    """Five readings come, and have had the time to be drawn."""
    assert book.run_to_end(1) == "5"
    book.draw()


def drag(book, panel):
    """Drag over the chart from its middle to four fifths of it, and return what range it showed then."""
    area = panel.root.locator(".nsewdrag").first
    box = area.bounding_box()
    middle = box["y"] + box["height"] / 2
    book.page.mouse.move(box["x"] + box["width"] * 0.5, middle)
    book.page.mouse.down()
    shown = panel.chart()["range"]
    book.page.mouse.move(box["x"] + box["width"] * 0.8, middle, steps=5)
    book.page.mouse.up()
    return shown


def test_zoom_survives_new_readings_and_double_click_returns(book):
    """A zoom stays where it is while readings come; a double click goes back to live."""
    panel = book.panel()
    live = span(panel)
    book.eventually(
        lambda: 0.5 < panel.plot.evaluate(BETWEEN_TICKS) < 0.8, "the axis has been moved since it was drawn"
    )
    start, end = drag(book, panel)
    book.eventually(lambda: span(panel) < live / 2, "the drag zooms", seen=lambda: span(panel))
    zoomed = panel.chart()["range"]
    dragged = [start + share * (end - start) for share in (0.5, 0.8)]
    assert zoomed == pytest.approx(dragged, abs=0.01 * live), "it zooms to what was dragged over"
    new_readings(book)
    assert panel.chart()["range"] == pytest.approx(zoomed, abs=1)
    panel.root.locator(".nsewdrag").first.dblclick()
    book.eventually(lambda: span(panel) == pytest.approx(live, rel=0.01), "the double click returns to live")
    at = panel.chart()["range"][1]
    book.eventually(lambda: panel.chart()["range"][1] > at, "the chart moves on")


def test_keys_zoom_and_return(book):
    """The chart is worked with the keyboard, too: plus, arrows, Escape."""
    panel = book.panel()
    live = span(panel)
    panel.root.locator(".chart").focus()
    book.page.keyboard.press("+")
    book.eventually(lambda: span(panel) == pytest.approx(live / 2, rel=0.05), "plus zooms in")
    book.page.keyboard.press("Escape")
    book.eventually(lambda: span(panel) == pytest.approx(live, rel=0.01), "Escape returns to live")


def test_a_pause_holds_the_chart_and_loses_nothing(book):
    """Paused, the chart stands still while readings come; resumed, they are all there."""
    panel = book.panel()
    panel.click("Pause")
    book.eventually(lambda: panel.button("Resume").count() == 1, "the button offers to resume")
    stopped = panel.chart()["range"]
    new_readings(book)
    assert panel.chart()["range"] == stopped, "the chart stands still"
    panel.says("Paused: the chart stands still")
    assert panel.button("Back to live").count() == 1, "the way back is where it is from a zoom"
    panel.click("Resume")
    book.eventually(lambda: panel.chart()["range"][1] > stopped[1], "the chart moves on")
    since = lambda: [time - stopped[1] for time, _ in panel.points() if time > stopped[1]]  # noqa: E731
    book.eventually(
        lambda: len([at for at in since() if at < 1100]) >= 4, "what came in the pause is drawn", seen=since
    )


@pytest.mark.parametrize(
    ("window", "seconds"), [("30 s", 30), ("1 min", 60), ("5 min", 300), ("30 min", 1800)]
)
def test_the_chart_shows_the_chosen_window(book, window, seconds):
    """It was another one before."""
    panel = book.panel()
    panel.show("5 min" if window == "1 min" else "1 min")
    book.eventually(lambda: span(panel) != pytest.approx(seconds * 1000, rel=0.01), "another window is shown")
    panel.show(window)
    book.eventually(lambda: span(panel) == pytest.approx(seconds * 1000, rel=0.01), f"the window is {window}")


def test_all_shows_from_the_first_reading(book):
    """`All` begins with the first reading."""
    panel = book.panel()
    panel.show("All")
    book.eventually(
        lambda: panel.chart()["range"][0] == pytest.approx(panel.points()[0][0], abs=1),
        "the chart begins with the first reading",
        seen=lambda: (panel.chart()["range"], panel.points()[0]),
    )


def test_clear_asks_once_more_then_forgets_all(book):
    """Here and in the kernel."""
    panel = book.panel()
    new_readings(book)
    last = panel.points()[-1][0]
    panel.click("Clear")
    panel.click("Clear all?")
    book.eventually(
        lambda: all(time > last for time, _ in panel.points()),
        "the old readings are gone",
        seen=panel.points,
    )
    new_readings(book)
    assert float(book.run_to_end(2)) > last, "the kernel has forgotten them, too"


def test_clear_empties_a_paused_chart_too(book):
    panel = book.panel()
    new_readings(book)
    panel.click("Pause")
    panel.click("Clear")
    panel.click("Clear all?")
    book.eventually(lambda: not panel.points(), "nothing is left of what was forgotten", seen=panel.points)
    panel.click("Resume")
    new_readings(book)


def test_a_csv_file_has_every_reading_with_time_and_unit(book, tmp_path):
    """UTC time, elapsed seconds, channel, value, unit, and `virtual`."""
    new_readings(book)
    count = len(book.panel().points())
    rows = book.panel().download(tmp_path / "readings.csv")
    assert len(rows) >= count >= 4
    assert rows[0].keys() >= {"time", "elapsed_s", "channel", "value", "unit", "virtual"}
    assert {row["channel"] for row in rows} == {"temperature"}
    assert {row["unit"] for row in rows} == {"°C"}
    assert {row["virtual"].lower() for row in rows} == {"true"}
    assert all(10 < float(row["value"]) < 60 for row in rows)
    times = [datetime.fromisoformat(row["time"].replace("Z", "+00:00")) for row in rows]
    assert times == sorted(times)
    assert times[0].utcoffset().total_seconds() == 0
    elapsed = [float(row["elapsed_s"]) for row in rows]
    assert elapsed[0] == 0
    assert elapsed[-1] == pytest.approx((times[-1] - times[0]).total_seconds(), abs=0.01)


def test_nothing_is_drawn_out_of_sight(book):
    """A panel that is scrolled away is not drawn; back in sight it is up to date."""
    panel = book.panel()
    panel.plot.evaluate("it => { window.plots = 0; it.on('plotly_afterplot', () => window.plots++); }")
    panel.root.evaluate("it => { it.parentElement.style.transform = 'translateY(-20000px)'; }")
    new_readings(book)  # the last frame that was asked for is over
    before = book.page.evaluate("window.plots")
    new_readings(book)
    assert book.page.evaluate("window.plots") == before, "what nobody sees is drawn"
    panel.root.evaluate("it => { it.parentElement.style.transform = ''; }")
    book.eventually(lambda: book.page.evaluate("window.plots") > before, "it is drawn again")


MEASURED = """() => {
    window.measured = [];
    for (const name of ['clientWidth', 'clientHeight', 'offsetWidth', 'offsetHeight']) {
        const of = name.startsWith('client') ? Element.prototype : HTMLElement.prototype;
        const size = Object.getOwnPropertyDescriptor(of, name);
        const get = function () {
            if (this.closest('.picopanel')) window.measured.push(`${name} of ${this.className}`);
            return size.get.call(this);
        };
        Object.defineProperty(of, name, { ...size, get });
        addEventListener('unmeasured', () => Object.defineProperty(of, name, size), { once: true });
    }
}"""


def test_a_reading_is_drawn_without_laying_the_page_out_to_measure_it(book):
    """A chart of another look, which nobody had asked for, was measured with each paint: 0.8 of 5 ms."""
    before = book.panel().points()
    book.page.evaluate(MEASURED)
    book.panel().root.evaluate("it => it.clientWidth")
    new_readings(book)
    book.page.evaluate("dispatchEvent(new Event('unmeasured'))")
    assert book.panel().points()[-1] > before[-1]
    in_sight_again = {f"{size} of chart js-plotly-plot" for size in ("clientWidth", "clientHeight")}
    assert set(book.page.evaluate("measured")) - in_sight_again == {"clientWidth of picopanel"}, "this test's"


def test_no_cloud_button_and_no_logo(book):
    """Plotly's own buttons lead nowhere outside."""
    assert book.panel().root.locator("a, .modebar-btn--logo").count() == 0


def test_every_command_keeps_its_label(book):
    """Each command with room for it keeps its label on the chart, also after the next ones."""
    panel = book.panel()
    panel.show("30 s")
    for command in ("On", "Off", "Toggle"):
        panel.click(command)
        panel.confirmed(command)
        end = panel.chart()["range"][1]
        book.eventually(lambda end=end: panel.chart()["range"][1] > end + 4000, "the label has room")
    book.eventually(
        lambda: [text.split()[0] for text in labels(panel)][:3] == ["toggle", "off", "on"],
        "the three labels are seen",
        seen=lambda: labels(panel),
    )


def labels(panel):
    return [text for text in panel.root.locator(".textpoint").all_text_contents() if text.strip()]


def comes(value, book, panel, spy):
    """A board of the course sends a value to a panel that hears it, and it is drawn."""
    panel.wait_until_ready()
    spy.publish("test-id/onboard_temp", str(value))
    book.eventually(lambda: panel.values()[-1:] == [value], f"{value} is drawn", seen=panel.values)


def test_what_comes_moves_the_chart_and_its_axes_but_makes_nothing_anew(notebook, broker, spy):
    """Points and ranges follow every reading; labels and lines stay the elements they are."""
    book = notebook(cells.panel(broker))
    book.run_to_end(0)
    panel = book.panel()

    for value in (20, 21, 20.5):
        comes(value, book, panel, spy)
    panel.plot.evaluate("it => { it.querySelector('.ytick').mark = 'kept'; }")
    comes(20.7, book, panel, spy)
    assert panel.plot.evaluate("it => it.querySelector('.ytick').mark") == "kept"
    comes(99, book, panel, spy)
    labels = panel.plot.evaluate("it => [...it.querySelectorAll('.ytick text')].map(it => +it.textContent)")
    assert max(labels) >= 80, "the axis has made room for the spike"


def test_new_ticks_come_with_a_range_and_make_nothing_else_anew(notebook, broker, spy):
    book = notebook(cells.panel(broker))
    book.run_to_end(0)
    panel = book.panel()

    def come(value):
        comes(value, book, panel, spy)
        return panel.plot.evaluate("it => [...it.querySelectorAll('.ytick text')].map(it => +it.textContent)")

    for value in (30, 50, 40):
        before = come(value)
    panel.plot.evaluate("it => { it.made = 0; it.on('plotly_react', () => it.made++); }")
    after = come(57)
    assert max(after) >= 55 > max(before), "the new range has its own"
    assert panel.plot.evaluate("it => it.made") == 0


WHERE = """plot => {
    const { left, width } = plot.querySelector('.nsewdrag').getBoundingClientRect();
    const day = 86_400_000, [from, to] = plot._fullLayout.xaxis.range.map(it => new Date(it));
    const midnight = new Date(from).setHours(0, 0, 0, 0);
    const middle = it => { const { x, width } = it.getBoundingClientRect(); return x + width / 2 - left; };
    const right = ({ textContent: words }) => {
        const seconds = words.split(':').reduce((sum, part) => 60 * sum + +part, 0);
        return (1000 * seconds - (from - midnight) + day) % day / (to - from) * width;
    };
    return {
        labels: [...plot.querySelectorAll('.xtick text')].map(it => [middle(it), right(it)]),
        lines: [...plot.querySelectorAll('.xgrid')].map(middle),
    };
}"""


def test_labels_of_time_stay_at_their_times_while_the_chart_moves(book):
    """The axis is moved more often than it is drawn: what it says must be right all the same."""
    panel = book.panel()
    panel.show("30 s")
    end = panel.chart()["range"][1]
    looks = 0
    while looks <= 20 or panel.chart()["range"][1] < end + 6000:
        places = panel.plot.evaluate(WHERE)
        labels, lines = places["labels"], places["lines"]
        assert len(labels) >= 4 and len(lines) >= len(labels) - 2
        for seen, right in labels:
            assert seen == pytest.approx(right, abs=1.5), "a label stands where its time is not"
        for line in lines:
            assert min(abs(line - right) for _, right in labels) <= 1.5, "a line stands where no label is"
        looks += 1
        book.draw()


LOWEST_POINT = """(plot, trace) => {
    const { _fullLayout: { xaxis }, _fullData, calcdata } = plot;
    const at = _fullData.findIndex(it => it.name === trace && it.mode !== 'text');
    const point = calcdata[at].reduce((low, it) => it.y < low.y ? it : low);
    const yaxis = plot._fullLayout[_fullData[at].yaxis.replace('y', 'yaxis')];
    return { x: xaxis._offset + xaxis.l2p(point.x), y: yaxis._offset + yaxis.l2p(point.y) };
}"""
TO_THE_MILLISECOND = r"\d\d:\d\d:\d\d\.\d\d\d"


def read_out(book, panel, expected):
    """Return the lines of what is read off the chart, once it tells what is expected."""
    box = panel.root.locator(".readout .box")
    book.eventually(lambda: box.count() == 1 and expected in box.inner_text(), f"{expected!r} is read off")
    return [line.strip() for line in box.inner_text().splitlines() if line.strip()]


def test_p10_p19_a_line_tells_a_readings_time_value_channel_and_led_and_a_command_nearby(book):
    """It stands still, for a mouse to point at."""
    panel = book.panel()
    panel.click("On")
    panel.confirmed("On")
    new_readings(book)
    panel.click("Pause")
    panel.plot.hover(position=panel.plot.evaluate(LOWEST_POINT, "temperature"))
    time, channel, value, unit, led = read_out(book, panel, "temperature")[:5]
    assert re.fullmatch(TO_THE_MILLISECOND, time), time
    assert (channel, unit) == ("temperature", "°C")
    assert float(value) == pytest.approx(min(value for _, value in panel.points()), abs=1e-4)
    assert led in ("LED on", "LED off")
    panel.plot.hover(position=panel.plot.evaluate(LOWEST_POINT, "commands"))
    read_out(book, panel, "On, answered after ")
    book.page.mouse.move(0, 0)
    book.eventually(lambda: panel.root.locator(".readout .box").count() == 0, "the mouse is away")


def test_values_are_read_with_the_keyboard_from_reading_to_reading_and_told(book):
    panel = book.panel()
    new_readings(book)
    panel.button("Pause").press("Enter")  # after a click JupyterLab takes the focus, when it comes to it
    panel.root.locator(".chart").focus()
    book.page.keyboard.press("Enter")
    told = panel.root.locator(".readout [role=status]")
    last, shown = told.inner_text(), panel.chart()["range"]
    assert re.match(rf"{TO_THE_MILLISECOND}, temperature [0-9.]+ °C", last), last
    book.page.keyboard.press("ArrowLeft")
    book.eventually(lambda: told.inner_text() != last, "the reading before it is told")
    book.page.keyboard.press("ArrowRight")
    book.eventually(lambda: told.inner_text() == last, "and the last one again")
    assert panel.chart()["range"] == shown, "the chart stands still"
    book.page.keyboard.press("Escape")
    book.eventually(lambda: told.count() == 0, "Escape ends it")
