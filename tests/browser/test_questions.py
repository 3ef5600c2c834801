"""Ten questions, answered by acting on the panel and reading it, in the steps that docs/chart.md says."""

import csv
import json
import re
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from ..support.downloads import download
from .conftest import notebooks

LESSON = """
from math import pi, sin
from picopanel import PicoPanel
hot, warmth, angle = [False], [20.0], [0.0]
def temperature():
    warmth[0] += 0.1 * ((27 if hot[0] else 20) - warmth[0])
    return warmth[0]
def turn():
    angle[0] += pi / 4
    return sin(angle[0])
def setup(board):
    board.channel("temperature", temperature, unit="°C")
    board.channel("humidity", lambda: 90 - 2 * warmth[0], unit="%")
    board.channel("vibration", turn, unit="g")
panel = PicoPanel.demo("lesson", setup=setup)
panel
""".strip()
IN_IT = """
took = [panel.off().latency]; panel.sleep(2); panel.mark("lid on")
took += [panel.on().latency]; hot[0] = True; panel.sleep(9)
took += [panel.off().latency]; hot[0] = False; panel.sleep(12)
panel.mark("lid off"); panel.sleep(1)
""".strip()
READINGS = """
import json
them = panel.to_dataframe()
marks = {it.text: it.time.timestamp() * 1000 for it in panel.marks}
rows = [[row.channel, row.time.timestamp() * 1000, row.value] for row in them.itertuples()]
print(json.dumps([sorted(took)[1] * 1000, rows, marks]))
""".strip()
DOCS = Path(__file__).parents[2] / "docs" / "chart.md"
STEPS = {
    int(nth): int(steps)
    for nth, steps in re.findall(r"^\| (\d+) \|[^|]+\| (\d+) \|", DOCS.read_text("utf-8"), re.MULTILINE)
}
NUMBER = r"([-+−]?[0-9.,]+)"


class Lesson:
    """What a user sees and does, and the readings that Python has to compare."""

    def __init__(self, book, quiet, median, readings, marks):
        self.book = book
        self.quiet = quiet
        self.median = median
        self.panel = book.panel()
        self.readings = readings
        self.marks = marks
        self.steps = 0

    @contextmanager
    def question(self, nth):
        """Put away what was asked for before, and count the steps to an answer."""
        for away in self.panel.button("Take away").all():
            away.click()
        for opened in ("Save", "Trigger", "More", "Measure"):
            for button in self.panel.root.get_by_role("button", name=opened, exact=True).all():
                if "true" in (button.get_attribute("aria-expanded"), button.get_attribute("aria-pressed")):
                    button.click()
        self.book.page.mouse.move(0, 0)
        self.steps = 0
        yield
        assert self.steps == STEPS[nth], "docs/chart.md says so many"

    # What a user does.

    def press(self, name):
        self.steps += 1
        self.panel.click(name)

    def choose(self, label, option):
        self.steps += 1
        self.panel.root.get_by_label(label, exact=True).select_option(option)

    def write(self, label, text):
        self.steps += 1
        self.panel.root.get_by_label(label, exact=True).click()
        self.book.page.keyboard.type(text)
        self.book.page.keyboard.press("Enter")

    def drag(self, label, time):
        self.steps += 1
        handle = self.panel.root.get_by_label(label, exact=True).bounding_box()
        mouse = self.book.page.mouse
        mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
        mouse.down()
        mouse.move(self.pixel(time), handle["y"] + 40, steps=5)
        mouse.up()

    def point(self, time):
        self.steps += 1
        box = self.plane.bounding_box()
        self.book.page.mouse.move(self.pixel(time), box["y"] + box["height"] / 2)

    # What a user sees.

    @property
    def plane(self):
        return self.panel.root.locator(".nsewdrag").first

    def pixel(self, time):
        box, (start, end) = self.plane.bounding_box(), self.panel.chart()["range"]
        return box["x"] + box["width"] * (time - start) / (end - start)

    def between(self, channel):
        """Return what is told of a channel between the cursors."""
        line = self.panel.root.locator(".between p", has_text=channel)
        return " ".join(line.inner_text().split())

    def command(self, nth):
        return self.panel.marks("sent")[nth]

    # What is so.

    def values(self, channel, start=0.0, end=float("inf")):
        return {at: it for name, at, it in self.readings if name == channel and start <= at <= end}

    def nearest(self, channel, time):
        values = self.values(channel)
        return values[min(values, key=lambda at: abs(at - time))]


def number(pattern, text):
    found = re.search(pattern, text)
    assert found, f"no {pattern} in {text!r}"
    return float(found[1].replace("−", "-").replace(",", ""))


@pytest.fixture(scope="module")
def lesson(lab, tabs):
    with notebooks(lab, tabs) as open_notebook:
        book = open_notebook(LESSON, IN_IT, READINGS)
        book.run_to_end(0)
        book.panel().wait_until_ready()
        book.run_to_end(1)
        panel = book.panel()
        panel.says("median of 3")
        quiet = panel.root.locator(".foot").inner_text()
        panel.click("Pause")  # so that all is still there for the tenth
        yield Lesson(book, quiet, *json.loads(book.run_to_end(2)))


def test_1_how_fast_did_it_cool_in_the_first_ten_seconds_after_off(lesson):
    off = lesson.command(-1)
    with lesson.question(1):
        lesson.press("Measure")
        lesson.drag("Cursor A", off)
        lesson.drag("Cursor B", off + 10_000)
        told = lesson.between("temperature")
        seconds = number(rf"{NUMBER} s from", lesson.panel.root.locator(".between p").first.inner_text())
        rate = number(rf"\({NUMBER} °C/s\)", told)
    assert abs(seconds - 10) < 0.5
    fell = lesson.nearest("temperature", off + 10_000) - lesson.nearest("temperature", off)
    assert rate == pytest.approx(fell / 10, rel=0.1)


def test_2_when_was_it_warmest_and_how_warm(lesson):
    with lesson.question(2):
        lesson.press("Measure")
        told = lesson.between("temperature")
        warmest, clock = re.search(rf"most {NUMBER} at ([0-9:]+)", told).groups()
    values = lesson.values("temperature")
    at = max(values, key=values.get)
    assert float(warmest) == pytest.approx(values[at], abs=0.01)
    assert clock == lesson.book.page.evaluate("at => new Date(at).toTimeString().slice(0, 8)", at)


def test_3_the_mean_of_the_last_minute(lesson):
    start, end = lesson.panel.chart()["range"]
    assert round(end - start, -3) == 60_000, "which the chart shows at first"
    with lesson.question(3):
        lesson.press("Measure")
        mean = number(rf"mean {NUMBER}", lesson.between("temperature"))
        assert lesson.panel.root.locator(".cursor.away").count() == 0, "they are where they are seen"
    values = lesson.values("temperature", start, end).values()
    assert mean == pytest.approx(sum(values) / len(values), rel=0.002)


def test_4_how_long_the_board_takes_to_answer_usually(lesson):
    with lesson.question(4):
        usually = number(rf"median of 3: {NUMBER} ms", lesson.quiet)
    assert usually == pytest.approx(lesson.median, abs=1)


def test_5_what_was_the_led_when_the_temperature_jumped(lesson):
    with lesson.question(5):
        lesson.point(lesson.command(1) + 1500)
        lesson.panel.root.locator(".readout .box", has_text="LED on").wait_for()


def test_6_how_much_humidity_changed_between_two_marks(lesson):
    first, second = lesson.marks["lid on"], lesson.marks["lid off"]
    with lesson.question(6):
        lesson.press("Measure")
        lesson.drag("Cursor A", first)
        lesson.drag("Cursor B", second)
        changed = number(rf"humidity {NUMBER} %", lesson.between("humidity"))
    so = lesson.nearest("humidity", second) - lesson.nearest("humidity", first)
    assert changed == pytest.approx(so, abs=0.5)


def test_7_is_there_a_rhythm_and_of_which_period(lesson):
    with lesson.question(7):
        lesson.press("More")
        lesson.press("Spectrum")
        lesson.choose("Channel of the spectrum", "vibration")
        lesson.panel.says("What swings in vibration: most every ")
        lesson.panel.root.locator(".other .over .js-line").wait_for()
        period = number(rf"most every {NUMBER} s", lesson.panel.words())
    times = sorted(lesson.values("vibration"))
    assert period == pytest.approx(8 * (times[-1] - times[0]) / (len(times) - 1) / 1000, rel=0.05)


def test_8_do_temperature_and_humidity_go_together(lesson):
    with lesson.question(8):
        lesson.press("More")
        lesson.press("XY")
        lesson.panel.says("humidity over temperature:")
        assert number(rf"correlation {NUMBER}", lesson.panel.words()) < -0.95
        dots = lesson.panel.root.locator(".other .over .point")
        assert dots.count() > 20, "and it is seen"


def test_9_when_did_it_cross_25_degrees(lesson):
    with lesson.question(9):
        lesson.press("More")
        lesson.press("Trigger")
        lesson.write("Level", "25")
        lesson.panel.says("1 piece, the last at ")
        clock = re.search(r"the last at ([0-9:.]+)", lesson.panel.words())[1]
    at = min(at for at, value in lesson.values("temperature").items() if value > 25)
    expected = lesson.book.page.evaluate("at => new Date(at).toTimeString().slice(0, 8)", at)
    assert clock.startswith(expected)


def test_10_the_numbers_that_are_seen_in_a_file(lesson, tmp_path):
    start, end = lesson.panel.chart()["range"]
    with lesson.question(10):
        lesson.press("More")
        lesson.press("Save")
        with download(lesson.book.page) as file:
            lesson.press("CSV of this window")
    file.value.save_as(tmp_path / "it.csv")
    with (tmp_path / "it.csv").open(newline="", encoding="utf-8") as saved:
        rows = list(csv.DictReader(saved))
    times = [datetime.fromisoformat(row["time"]).timestamp() * 1000 for row in rows]
    assert start <= min(times) and max(times) <= end
    assert len(rows) == sum(start <= at <= end for _, at, _ in lesson.readings)


def test_all_ten_stand_in_the_docs():
    assert list(STEPS) == list(range(1, 11)) and max(STEPS.values()) <= 3
