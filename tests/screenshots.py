"""Makes the pictures of the panel in docs/pictures: `python -m tests.screenshots`.

A real JupyterLab, a real broker, and a virtual Pico on it; about two minutes; clients of OPC UA and ROS 2.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import nbformat
from playwright.sync_api import Locator, Page, Position

from picopanel import Pico, serve

from .browser.cells import panel as panel_cell
from .hosts.pictures import side_by_side
from .support import serial_page
from .support.browser import Window, chromium
from .support.browsers import browsers
from .support.environments import Environment
from .support.jupyter import JupyterLab
from .support.mosquitto import Mosquitto
from .support.notebook import Notebook
from .support.npm import npm_file
from .support.png import smaller
from .support.ports import free_port
from .support.programs import Program
from .support.ros import Rosbridge
from .support.usb_board import UsbBoard
from .support.wall import WallOnPage

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
BOARD_ID = "alice-07"
REMARKS = 'panel.mark("window open")\npanel.limit(high=23.6)'
LECTURE = "panel.lecture()"
TRIGGER = """
panel.remove_limit()
panel.off(); panel.sleep(30)
level = round(panel.temperature + 0.5, 1)
panel.trigger("temperature", above=level, before=6, after=14, each=True, margin=0.1)
for _ in range(3):
    panel.on(); panel.sleep(16); panel.off(); panel.sleep(30)
"""
DERIVED = """
from math import log, sin
from time import time
def setup(board):
    board.channel("humidity", lambda: 48 + 4 * sin(time() / 6), unit="%")
def dew_point(celsius, percent):
    it = log(percent / 100) + 17.62 * celsius / (243.12 + celsius)
    return 243.12 * it / (17.62 - it)
greenhouse = PicoPanel.demo("greenhouse", setup=setup)
greenhouse.derive("dew point", dew_point, "temperature", "humidity", unit="°C")
greenhouse.derive("mean of 10 s", "mean", "humidity")
greenhouse
"""
LOOKS = """
from math import pi, sin
from picopanel import PicoPanel
warmth = [21.0, 0]
def temperature():
    warmth[1] += 1
    warmth[0] += 0.06 * ((26 if warmth[1] % 90 < 40 else 20) - warmth[0])
    return warmth[0]
def setup(board):
    board.channel("temperature", temperature, unit="°C")
    board.channel("humidity", lambda: 88 - 1.7 * warmth[0] + 0.8 * sin(warmth[1] / 7), unit="%")
    swing = lambda: round(0.8 * sin(warmth[1] * pi / 5) + 0.3 * sin(warmth[1] * pi / 2), 3)
    board.channel("vibration", swing, unit="g")
drying = PicoPanel.demo("drying-3", setup=setup)
drying
"""
DEEDS = """
import json
from picopanel._runtime import loop
def setup(board):
    board.control("brightness", lambda value: None)
deeds = PicoPanel.demo("bench-2", setup=setup)
deeds
"""
DONE = """
deeds.on(); deeds.sleep(6); deeds.faults.finger(3); deeds.sleep(8)
theirs = json.dumps({"experiment_id": "theirs", "set": {"brightness": 40}}).encode()
loop.ask(lambda: deeds._device.link.publish("bench-2/cmd", theirs, qos=1, expiry=10))
deeds.sleep(7); deeds.faults.wifi_drop(4); deeds.sleep(8); deeds.off(); deeds.sleep(2)
"""
WARM_UP = '''panel.run("""
name: Warm up
steps:
  - on
  - wait: 8 s
  - wait until: {channel: temperature, above: 23.4, within: 1 min}
  - mark: warm
  - repeat: 40
    steps: [toggle, wait: 5 s]
finally: [off]
""", wait=False)'''
REPLAY = "from picopanel import PicoPanel\nshow = PicoPanel.replay(speed=30)\nshow"
OVER = """
import json
from picopanel import PicoPanel
from picopanel._store.recording import BUNDLED
head, *rows = BUNDLED.read_text("utf-8").splitlines()
for name, start in (("finger", 1_795_166_225_000), ("lamp", 1_795_166_570_000)):
    some = [row for row in rows if start <= json.loads(row)["time"] < start + 90_000]
    with open(f"{name}.jsonl", "w", encoding="utf-8") as file:
        print(head, *some, sep="\\n", file=file)
both = PicoPanel.replay("finger.jsonl", over="lamp.jsonl")
both.player.pause()
both.player.seek(80)
both
"""
AT_A_MARK = "show.player.pause()\nshow.player.seek('lamp and finger')"


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with desk() as (broker, lab, window):
        pico = Program(["-m", "picopanel", "pico", BOARD_ID, "--broker", broker.url(), "--interval", 200])
        cells = [panel_cell(broker, BOARD_ID), REMARKS, LECTURE, REPLAY, TRIGGER, DERIVED, AT_A_MARK, OVER]
        book = Notebook(lab, window, cells)
        visit(book)
        live(book)
        pictures(book, panel=880, wide=1600, narrow=400, narrowest=320)
        with open_drawer(book):
            pictures(book, part="details", messages=880)
        remarks(book)
        pictures(book, marks=880)
        with setting_marks(book):
            pictures(book, **{"setting-marks": 880})
        pictures(book, point=0.55, reading=880)
        with pieces(book):
            pictures(book, part=".pieces:not(.other)", trigger=880)
        lecture(book)
        pictures(book, cell=2, lecture=1280)
        experiment(broker, lab, window)
        pico.kill()
        trouble(book)
        pictures(book, trouble=880)
        replay(book)
        pictures(book, cell=3, replay=880)
        over(book, 7)
        pictures(book, cell=7, over=880)
        derived(book)
        pictures(book, cell=5, derived=880)
        book.close()
        other_looks(lab, window)
        deeds(lab, window)
        another_board(lab, window)
        light_mixing(lab, window)
        a_class(broker, lab, window)
        set_up(broker, lab, window)
        ros_2(window)
    opc_ua()
    hosts()


@contextmanager
def desk() -> Iterator[tuple[Mosquitto, JupyterLab, Window]]:
    with tempfile.TemporaryDirectory() as folder, chromium() as browser, ExitStack() as ends:
        broker = Mosquitto(Path(folder) / "broker").start()
        ends.callback(broker.stop)
        (Path(folder) / "jupyter").mkdir()
        lab = JupyterLab(Path(folder) / "jupyter").start()
        ends.callback(lab.stop)
        window = Window(browser, width=2100, height=900, scale=2)
        ends.callback(window.close)
        yield broker, lab, window


def another_board(lab: JupyterLab, window: Window) -> None:
    """Light mixing, a colour after the other, and one of its messages explained."""
    colours = "for R, G, B in ((10, 80, 0), (60, 10, 5), (0, 0, 90), (40, 40, 40), (90, 30, 0)):"
    book = Notebook(
        lab,
        window,
        [
            "from picopanel import PicoPanel\npanel = PicoPanel.demo('mixer', board='sdl-demo')\npanel",
            f"{colours}\n    panel.set(R=R, G=G, B=B)\n    panel.sleep(3)",
        ],
    )
    book.run_to_end(0)
    book.run_to_end(1)
    book.panel().click("Pause")  # the dark picture is taken a while after
    book.page.set_viewport_size({"width": 2100, "height": 1300})
    pictures(book, boards=880)
    root = book.panel().root
    root.locator("summary").click()
    root.locator(".line.in", has_text="as7341").last.click()
    pictures(book, part="details", **{"boards-messages": 880})
    book.close()


def light_mixing(lab: JupyterLab, window: Window) -> None:
    """The example's own cells, until its optimiser is done."""
    example = nbformat.read(PICTURES.parents[1] / "examples" / "06-light-mixing.ipynb", as_version=4)
    cells = [cell.source for cell in example.cells if cell.cell_type == "code" and "%pip" not in cell.source]
    book = Notebook(lab, window, cells[:7])
    for at in range(7):
        book.run_to_end(at, within=240)
    book.page.set_viewport_size({"width": 2100, "height": 1200})
    panel = book.panel()
    panel.root.scroll_into_view_if_needed()  # one that is out of sight draws nothing
    panel.show("1 min")
    pictures(book, **{"light-mixing": 880})
    book.close()


def a_class(broker: Mosquitto, lab: JupyterLab, window: Window) -> None:
    """A wall of 24, some of them in trouble, in the middle of a command to all."""
    command = ["-m", "picopanel", "class", "--count", 21, "--broker", broker.url(), "--prefix", "class-a/"]
    pupils = Program([*command, "--faults", "some"])
    pupils.wait_for("Online: 21")
    ids = [f"class-a/{number:02}" for number in range(1, 25)]
    cell = f"from picopanel import PicoWall\nwall = PicoWall({ids}, broker={broker.url()!r})\nwall"
    book = Notebook(lab, window, [cell, "wall.on(['class-a/03', 'class-a/08', 'class-a/24'], timeout=3)"])
    book.run_to_end(0)
    book.page.wait_for_timeout(40_000)
    book.run_to_end(1)
    wall = book.wall()
    pictures(book, of=wall, **{"class": 1000})
    wall.button("More").click()
    strip = wall.root.get_by_role("slider")
    for key in ("End", "ArrowLeft", "ArrowLeft", "ArrowLeft"):
        strip.press(key)
    strip.blur()
    book.page.set_viewport_size({"width": 2100, "height": 1200})
    pictures(book, of=wall, **{"class-more": 1000})
    on_the_whole_screen(book, wall)
    book.close()
    pupils.kill()


def on_the_whole_screen(book: Notebook, wall: WallOnPage) -> None:
    before = book.page.viewport_size
    assert before
    book.page.set_viewport_size({"width": 1600, "height": 900})
    for theme, shade in (("Light", ""), ("Dark", "-dark")):
        book.theme(f"JupyterLab {theme}")
        wall.button("Full screen").click()
        book.page.wait_for_timeout(1_000)
        save(wall.root, f"class-hall{shade}")
        wall.button("Leave full screen").click()
    book.page.set_viewport_size(before)


def set_up(broker: Mosquitto, lab: JupyterLab, window: Window) -> None:
    """A board that has its program, and is on its way to the broker."""
    with tempfile.TemporaryDirectory() as folder:
        mqtt_as = Path(folder) / "mqtt_as.py"
        mqtt_as.write_text("VERSION = (0, 8, 3)\n")
        about = ("micropython", (1, 27, 0), "Raspberry Pi Pico W with RP2040")
        board = UsbBoard(Path(folder) / "flash", implementation=about)
        given = f"broker={broker.url()!r}, port={board.port!r}, mqtt_as={str(mqtt_as)!r}"
        cell = f"from picopanel import BoardSetup\nsetup = BoardSetup({given})\nsetup"
        book = Notebook(lab, window, [cell])
        book.run_to_end(0)
        card = WallOnPage(book.page.locator(".picopanel-setup"), book.eventually)  # it has no chart, either
        for name, text in {"id": BOARD_ID, "ssid": "lab", "password": "a Wi-Fi's"}.items():
            card.root.locator(f"[name={name}]").fill(text)
        card.root.locator(".begin").click()
        card.root.locator(".doing", has_text="online").wait_for()
        pictures(book, of=card, setup=700)
        card.root.get_by_role("button", name="Stop").click()
        serial_page.install(window.context, board.port)
        card.root.get_by_role("button", name="It is plugged into the computer in front of you").click()
        with window.context.expect_page() as opened:
            card.root.locator(".begin").click()
        at_the_board(opened.value)
        book.close()
        board.unplug()


def at_the_board(page: Page) -> None:
    """The browser's own page, while it writes."""
    page.set_viewport_size({"width": 640, "height": 480})
    page.get_by_role("button", name="Choose the board").click()
    page.get_by_text("pico/").wait_for()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(400)
        save(page.locator(".picopanel"), "setup-page" + {"light": "", "dark": "-dark"}[scheme])
    page.close()


def visit(book: Notebook) -> None:
    """The first, which is told how to zoom."""
    book.run_to_end(0)
    panel = book.panel()
    panel.wait_until_ready()
    panel.show("30 s")
    book.page.wait_for_timeout(20_000)
    pictures(book, visit=880)
    panel.click("Do not show this again")


def live(book: Notebook) -> None:
    """Half a minute of a student's life."""
    panel = book.panel()
    for command, seconds in (("", 6), ("On", 9), ("Off", 9), ("Toggle", 2)):
        if command:
            panel.click(command)
        book.page.wait_for_timeout(seconds * 1000)


def remarks(book: Notebook) -> None:
    """What a teacher has said and set."""
    book.panel().click("Off")
    book.page.wait_for_timeout(6_000)
    book.run_to_end(1)
    book.page.wait_for_timeout(6_000)
    book.panel().click("On")
    book.page.wait_for_timeout(9_000)


@contextmanager
def setting_marks(book: Notebook) -> Iterator[None]:
    """Words are written for a moment that was clicked on."""
    panel = book.panel()
    panel.click("Pause")
    panel.click("More")
    panel.click("Set marks")
    panel.click("More")
    panel.root.locator(".nsewdrag").first.click(position=place_in(panel.root, 0.3))
    panel.root.locator(".marking input").fill("lid off")
    yield
    panel.click("Cancel")
    panel.click("Done")
    panel.click("Back to live")


@contextmanager
def open_drawer(book: Notebook) -> Iterator[None]:
    """The messages, with the last command chosen."""
    root = book.panel().root
    root.locator("summary").click()
    root.get_by_label("Only with this text").fill("experiment")
    root.locator(".line.out").last.click()
    yield
    root.locator("summary").click()


@contextmanager
def pieces(book: Notebook) -> Iterator[None]:
    """How it warms each time that the LED is switched on."""
    panel = book.panel()
    book.run(4)
    book.eventually(lambda: book.count(4) is not None, "it has been switched on three times", within=240)
    panel.click("Lay over one another")
    yield
    panel.click("Take away")


def experiment(broker: Mosquitto, lab: JupyterLab, window: Window) -> None:
    """A board that is warmed up, step by step."""
    pico = Program(["-m", "picopanel", "pico", "bench-1", "--broker", broker.url(), "--interval", 200])
    book = Notebook(lab, window, [panel_cell(broker, "bench-1"), WARM_UP])
    book.run_to_end(0)
    panel = book.panel()
    panel.wait_until_ready()
    book.page.wait_for_timeout(8_000)
    book.run_to_end(1)
    panel.says("wait 5 s", within=90)
    pictures(book, experiment=880)
    book.close()
    pico.kill()


def lecture(book: Notebook) -> None:
    """What the last row sees."""
    book.run_to_end(2)
    panel = book.panel(2)
    panel.wait_until_ready()
    panel.click("Off")
    panel.confirmed("Off")


def trouble(book: Notebook) -> None:
    """The board is gone. A panel that nobody sees draws nothing."""
    book.panel().root.scroll_into_view_if_needed()
    book.panel().says("The Pico went offline.", within=30)


def replay(book: Notebook) -> None:
    """The lesson that comes with PicoPanel, at one of its marks."""
    book.run_to_end(3)
    book.panel(3).show("5 min")
    book.run_to_end(6)
    book.page.wait_for_timeout(2_000)


def over(book: Notebook, cell: int) -> None:
    """Two fingers on the chip, one of them beside a lamp."""
    book.run_to_end(cell)
    book.panel(cell).show("All")
    book.page.wait_for_timeout(2_000)


def derived(book: Notebook) -> None:
    """A dew point and a mean beside what they are made of."""
    book.run_to_end(5)
    book.panel(5).wait_until_ready()
    book.page.wait_for_timeout(45_000)


def other_looks(lab: JupyterLab, window: Window) -> None:
    """What swings, and what goes together."""
    book = Notebook(lab, window, [LOOKS])
    book.page.set_viewport_size({"width": 2100, "height": 1200})
    book.run_to_end(0)
    panel = book.panel()
    panel.wait_until_ready()
    book.page.wait_for_timeout(60_000)
    panel.click("Pause")
    panel.click("Measure")
    pictures(book, measure=880)
    panel.click("Measure")
    panel.click("More")
    panel.click("Trigger")
    pictures(book, part=".more", more=880)
    panel.click("Spectrum")
    panel.root.get_by_label("Channel of the spectrum").select_option("vibration")
    panel.says("What swings in vibration: most every")
    pictures(book, part=".other", spectrum=880)
    panel.click("XY")
    panel.says("humidity over temperature:")
    pictures(book, part=".other", xy=880)
    book.close()


def deeds(lab: JupyterLab, window: Window) -> None:
    """What was done on purpose: faults of a virtual board, and what somebody else has set."""
    book = Notebook(lab, window, [f"from picopanel import PicoPanel{DEEDS}", DONE])
    book.run_to_end(0)
    panel = book.panel()
    panel.wait_until_ready()
    panel.show("30 s")
    book.run_to_end(1)
    panel.click("Pause")
    pictures(book, part=".figure", deeds=880)
    book.close()


def opc_ua() -> None:
    """A client of OPC UA, with a window, at a board that is served as a device of LADS."""
    python = Environment("opcua-window", ["opcua-client==0.8.4"]).python
    client = Path(__file__).parent / "support" / "opcua_window.py"
    nodesets = npm_file("node-opcua-nodesets@2.182.0", "nodesets")
    with (
        tempfile.TemporaryDirectory() as settings,
        Pico.demo("bench-1") as pico,
        serve(pico, opcua=f"127.0.0.1:{free_port()}", nodesets=nodesets) as serving,
    ):
        pico.on()
        command = [python, client, serving.addresses["opcua"], "bench-1", PICTURES / "opcua.png"]
        subprocess.run(command, cwd=settings, check=True)


def ros_2(window: Window) -> None:
    """A client of ROS 2, in a terminal, at a board that is served through a rosbridge."""
    client = Path(__file__).parent / "support" / "ros_window.py"
    with tempfile.TemporaryDirectory() as folder, Pico.demo("bench-1") as pico, ExitStack() as ends:
        bridge = Rosbridge(Path(folder), "rosight==0.2.0").start()
        ends.callback(bridge.kill)
        ends.enter_context(serve(pico, ros=bridge.address))
        drawing = Path(folder) / "ros.svg"
        bridge.node(client, "/bench_1", drawing).wait_for("saved")
        page = window.context.new_page()
        page.set_content(f"<style>svg {{ width: 900px }}</style>{drawing.read_text('utf-8')}")
        save(page.locator("svg"), "ros")
        page.close()


def hosts() -> None:
    """Every host and browser, with a panel."""
    with tempfile.TemporaryDirectory() as folder, browsers() as start:
        side_by_side(start, Path(folder), save)


def pictures(
    book: Notebook,
    *,
    cell: int = 0,
    of: WallOnPage | None = None,
    part: str | None = None,
    point: float | None = None,
    **widths: int,
) -> None:
    """Save what is shown, or a part of it, in the light theme and in the dark, each picture so wide.

    With the mouse at a share of the chart's width, or away.
    """
    shown = of or book.panel(cell)
    for theme, shade in (("Light", ""), ("Dark", "-dark")):
        book.theme(f"JupyterLab {theme}")
        for name, width in widths.items():
            shown.set_width(width)
            shown.root.scroll_into_view_if_needed()
            book.page.mouse.move(0, 0)
            if point is not None:
                shown.root.locator(".nsewdrag").first.hover(position=place_in(shown.root, point))
            book.page.wait_for_timeout(400)  # transitions
            save(shown.root.locator(part) if part else shown.root, name + shade)
    book.theme("JupyterLab Light")


def place_in(root: Locator, share: float) -> Position:
    box = root.locator(".nsewdrag").first.bounding_box()
    assert box
    return {"x": share * box["width"], "y": box["height"] / 2}


def save(part: Locator, name: str) -> None:
    path = PICTURES / f"{name}.png"
    path.write_bytes(smaller(part.page, part.screenshot()))
    print(f"{path.relative_to(PICTURES.parents[1])}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    sys.exit(main())
