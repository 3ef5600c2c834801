"""What a person does with a panel: one list, for all hosts and browsers.

Each behaviour is a function; its name, in plain words, stands in the table of docs/hosts.md. It is given a
`Seat` (`seat.py`): a person at one host in one browser, who opens the cells that `cells` names, each by its
name. `test_behaviours.py` runs host by host, browser by browser; behaviours of a seat share its page, so each
leaves the panel live, in the host's own theme.

A host plugs in with two classes, and its place in `hosts.py`: a `Host`, as those in `servers.py` are,
which starts whatever serves the page and writes the cells, and its `Seat`, which says how a person opens them
there: at least `open` and `place`, and `run`, `run_to_end`, `runs` and `end` where cells are run by hand. A
kernel in the page, a kernel behind a proxy or a frame for each cell are the seat's affair: whatever `place`
returns is used as a Playwright `Locator`. What the host cannot have at all stands in its `cannot`, with the
reason; that is a "–" in the table. Whatever else is not seen to work is a failure, and the table says so.
"""

from __future__ import annotations

from collections.abc import Callable

from ..support.downloads import download
from ..support.panel import PanelOnPage
from .seat import Seat

Behaviour = Callable[[Seat], None]
BEHAVIOURS: dict[str, Behaviour] = {}
CORE: list[str] = []
"""Those that `make test` looks at in every browser."""


def cells(gate: str, seconds: int = 60) -> dict[str, str]:
    """Return the cells of a notebook, by name.

    Args:
        gate: A file; cells that go on and on end when it is there.
        seconds: After so long they end by themselves, for hosts where no such file can be made.
    """
    until = f"import pathlib, time\nend = time.monotonic() + {seconds}\n" + (
        f"while time.monotonic() < end and not pathlib.Path({gate!r}).exists():\n    "
    )
    return {
        "panel": "from picopanel import PicoPanel, PicoWall\npanel = PicoPanel.demo()\npanel",
        "running": f"running = PicoPanel.demo('running')\ndisplay(running)\n{until}time.sleep(0.1)",
        "waiting": f"{until}panel.sleep(0.1)",
        "view": "panel",
        "lecture": "panel.lecture()",
        "wall": "wall = PicoWall.demo(6)\nwall",
        "still": "list(panel.readings(n=5))\npanel.snapshot()",
        "saved": "panel.save_html('saved.html')",
    }


def behaviour(see: Behaviour) -> Behaviour:
    BEHAVIOURS[see.__name__.replace("_", " ")] = see
    return see


def core(see: Behaviour) -> Behaviour:
    CORE.append(see.__name__.replace("_", " "))
    return behaviour(see)


@core
def draws_while_its_cell_runs(seat: Seat) -> None:
    seat.panel()
    seat.run("running")
    panel = PanelOnPage(seat.place("running").locator(".picopanel").last, seat.eventually)
    seat.eventually(lambda: len(panel.points()) > 3, "readings are drawn", seen=panel.words)
    more_readings(seat, panel)
    assert seat.runs("running"), "its cell is over"
    seat.end("running")


@core
def streams(seat: Seat) -> None:
    more_readings(seat, seat.panel())


@core
def click_confirmed(seat: Seat) -> None:
    panel = seat.panel()
    panel.click("On")
    panel.confirmed("On")
    panel.says("LED on")


@behaviour
def click_in_a_running_cell(seat: Seat) -> None:
    """In `panel.sleep()`, as in the course's loop."""
    panel = seat.panel()
    seat.run("waiting")
    seat.eventually(lambda: seat.runs("waiting"), "the cell runs")
    panel.click("Toggle")
    panel.confirmed("Toggle")
    assert seat.runs("waiting"), "the cell was over before"
    seat.end("waiting")


@core
def keyboard(seat: Seat) -> None:
    """Enter and Space press, keys read and measure the chart, and none of them reaches the notebook."""
    panel, press = seat.panel(), seat.page.keyboard.press
    before = seat.cells()
    for name, key in (("On", "Enter"), ("Off", " ")):
        panel.button(name).focus()
        press(key)
        panel.confirmed(name)
    for key in ("b", "a", "d", "d", "x", "m"):
        press(key)
    panel.root.locator(".chart").focus()
    press("Enter")
    told = panel.root.locator(".readout [role=status]")
    seat.eventually(lambda: told.count() == 1 and "temperature" in told.inner_text(), "a reading is told")
    press("Escape")
    seat.eventually(lambda: told.count() == 0, "Escape ends it")
    panel.button("Measure").focus()
    press("Enter")
    cursor = panel.root.get_by_label("Cursor A")
    seat.eventually(lambda: cursor.count() == 1, "there are cursors")
    cursor.focus()
    for _ in range(3):
        press("ArrowLeft")
    between = panel.root.locator(".between")
    seat.eventually(
        lambda: "mean" in between.inner_text(), "what lies between is told", seen=between.inner_text
    )
    press("Escape")
    seat.eventually(lambda: cursor.count() == 0, "Escape takes them away")
    assert seat.cells() == before, "a key of the panel has inserted or deleted a cell"


@core
def reload(seat: Seat) -> None:
    seat.panel()
    seat.reload()
    panel = seat.panel()
    panel.click("Toggle")
    panel.confirmed("Toggle")
    seat.eventually(lambda: len(panel.points()) > 1, "there are readings after it", seen=panel.words)


@behaviour
def zoom_and_back(seat: Seat) -> None:
    """By the mouse: a drag, a value that is pointed at, a double click; and by keys."""
    panel = seat.panel()
    panel.root.scroll_into_view_if_needed()
    more_readings(seat, panel)
    live = span(panel)
    plane = panel.root.locator(".nsewdrag").first
    box = plane.bounding_box()
    middle = box["y"] + box["height"] / 2
    seat.page.mouse.move(box["x"] + box["width"] * 0.6, middle)
    seat.page.mouse.down()
    seat.page.mouse.move(box["x"] + box["width"] * 0.98, middle, steps=5)
    seat.page.mouse.up()
    seat.eventually(lambda: span(panel) < live / 2, "the drag zooms", seen=lambda: span(panel))
    zoomed = panel.chart()["range"]
    more_readings(seat, panel)
    assert panel.chart()["range"] == zoomed, "the zoom stays while readings come"
    reading = panel.root.locator(".readout .box")
    seat.page.mouse.move(box["x"] + box["width"] * 0.8, middle)
    seat.eventually(lambda: reading.count() == 1, "what is pointed at is read")
    plane.dblclick()
    back = lambda: abs(span(panel) - live) < live / 100  # noqa: E731
    seat.eventually(back, "the double click returns to live", seen=lambda: span(panel))
    panel.root.locator(".chart").focus()
    seat.page.keyboard.press("+")
    seat.eventually(lambda: span(panel) < live * 0.6, "plus zooms", seen=lambda: span(panel))
    seat.page.keyboard.press("Escape")
    seat.eventually(back, "Escape returns to live", seen=lambda: span(panel))
    seat.page.mouse.move(0, 0)


@behaviour
def theme_change(seat: Seat) -> None:
    panel = seat.panel()
    light, colour = panel.root.evaluate(BRIGHTNESS), panel.chart()["colour"]
    with seat.dressed("dark") as dark:
        panel = dark.panel()
        dark.eventually(lambda: panel.root.evaluate(BRIGHTNESS) > light + 200, "its text is light on dark")
        dark.eventually(lambda: panel.chart()["colour"] != colour, "the chart's words follow")


@behaviour
def high_contrast(seat: Seat) -> None:
    with seat.dressed("high contrast") as other:
        panel = other.panel()
        sharp = lambda: "contrast" in panel.root.get_attribute("class")  # noqa: E731
        other.eventually(sharp, "the panel knows of it")


@behaviour
def forced_colours(seat: Seat) -> None:
    """The chart is drawn in the system's colours, as words are."""
    with seat.dressed("forced colours") as other:
        panel = other.panel()
        ink = panel.root.evaluate(INK)
        other.eventually(lambda: panel.chart()["colour"] == ink, "the chart is drawn in the forced ink")


@behaviour
def two_views(seat: Seat) -> None:
    views = [seat.panel(), seat.panel("view")]
    views[1].click("Off")
    views[1].confirmed("Off")
    views[1].click("On")
    for view in views:
        view.root.scroll_into_view_if_needed()
        view.says("LED on")
    shown = [dict(view.points()) for view in views]
    common = shown[0].keys() & shown[1].keys()
    assert len(common) > 3 and all(shown[0][time] == shown[1][time] for time in common)


@behaviour
def lecture_view(seat: Seat) -> None:
    seat.panel()
    hall = seat.panel("lecture")
    focus = lambda: hall.root.locator(".head").click(position={"x": 4, "y": 4})  # noqa: E731
    focus()
    seat.page.keyboard.press("1")
    hall.confirmed("On")
    hall.says("LED on")


@behaviour
def full_screen(seat: Seat) -> None:
    hall = seat.panel("lecture")
    button = lambda name: hall.root.get_by_role("button", name=name, exact=True)  # noqa: E731
    button("Full screen").click()
    whole = "it => it.offsetWidth === innerWidth && it.offsetHeight === innerHeight"
    seat.eventually(lambda: hall.root.locator(".card").evaluate(whole), "it is as large as the screen")
    seat.page.keyboard.press("0")
    hall.confirmed("Off")
    button("Leave full screen").click()
    seat.eventually(lambda: button("Full screen").count() == 1, "it is left")


@behaviour
def wall(seat: Seat) -> None:
    seat.panel()
    wall = seat.wall()
    seat.eventually(lambda: len(wall.tiles) == 6, "there are six tiles", seen=wall.words)
    seat.eventually(lambda: all(it["line"] for it in wall.tiles.values()), "each has its line")
    wall.button("On").click()
    wall.says("On: 6 of 6 answered")
    first = next(iter(wall.tiles))
    panel = wall.open(first)
    panel.click("Off")
    panel.confirmed("Off")
    wall.button("← All boards").click()
    seat.eventually(lambda: wall.tiles[first]["led"] == "off", "the tile agrees", seen=lambda: wall.tiles)


@behaviour
def drawer_of_messages(seat: Seat) -> None:
    panel = seat.panel()
    summary = panel.root.locator("summary")
    summary.click()
    panel.click("Toggle")
    panel.confirmed("Toggle")
    panel.root.locator(".drawer").scroll_into_view_if_needed()
    lines = panel.root.locator(".line")
    for topic in ("demo/cmd", "demo/ack"):
        listed = lambda topic=topic: any(topic in line for line in lines.all_text_contents())  # noqa: E731
        seat.eventually(listed, f"a message on {topic} is listed", seen=lines.all_text_contents)
    panel.root.get_by_label("Only with this text").fill("ack")
    filtered = lambda: all("ack" in it for it in lines.all_text_contents())  # noqa: E731
    seat.eventually(filtered, "the others are filtered out", seen=lines.all_text_contents)
    panel.root.get_by_label("Only with this text").fill("")
    summary.click()


@behaviour
def CSV_download(seat: Seat) -> None:  # noqa: N802
    panel = seat.panel()
    more_readings(seat, panel)
    path = seat.host.folder / "readings.csv"
    rows = panel.download(path)
    assert len(rows) >= 5
    assert {(row["channel"], row["unit"]) for row in rows} == {("temperature", "°C")}


@behaviour
def picture_download(seat: Seat) -> None:
    panel = seat.panel()
    panel.click("More")
    panel.click("Save")
    path = seat.host.folder / "chart.png"
    with download(seat.page) as file:
        panel.click("PNG")
    file.value.save_as(path)
    assert path.read_bytes().startswith(b"\x89PNG"), "it is a picture"
    panel.click("Save")
    panel.click("More")


@behaviour
def still_picture(seat: Seat) -> None:
    """What `panel.snapshot()` leaves in the output."""
    seat.panel()
    seat.run_to_end("still")
    line = seat.place("still").locator("svg path, svg polyline")
    seat.eventually(lambda: line.count() > 0, "the picture has its lines")


@behaviour
def saved_page(seat: Seat) -> None:
    """What `panel.save_html()` writes is opened as a file, with no server and no kernel."""
    seat.panel()
    seat.run_to_end("still")
    seat.run_to_end("saved")
    path = seat.host.folder / "to-open.html"
    seat.eventually(lambda: b"</html>" in seat.file("saved.html"), "the page is written")
    path.write_bytes(seat.file("saved.html"))
    page = seat.window.page()
    try:
        page.goto(path.as_uri())
        panel = PanelOnPage(page.locator(".picopanel").first, seat.eventually)
        panel.says("Recorded at")
        assert len(panel.points()) >= 5
        assert not panel.can_command(), "there is no board behind it"
    finally:
        page.close()


BRIGHTNESS = """element => {
    const [red, green, blue] = getComputedStyle(element).color.match(/[0-9.]+/g).map(Number);
    return red + green + blue;
}"""
INK = """root => {
    const probe = document.createElement('i');
    probe.style.cssText = 'forced-color-adjust: none; color: CanvasText';
    root.append(probe);
    const [red, green, blue] = getComputedStyle(probe).color.match(/[0-9.]+/g).map(Number);
    probe.remove();
    return `rgba(${red}, ${green}, ${blue}, 1)`;
}"""


def more_readings(seat: Seat, panel: PanelOnPage) -> None:
    last = (panel.points() or [(0, 0)])[-1][0]
    newer = lambda: len([time for time, _ in panel.points() if time > last]) >= 5  # noqa: E731
    seat.eventually(newer, "five readings come", seen=panel.words)


def span(panel: PanelOnPage) -> float:
    start, end = panel.chart()["range"]
    return float(end - start)
