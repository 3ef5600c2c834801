"""A whole class in one cell, at a real broker: boards of both layers, and some that never come."""

import csv
from contextlib import ExitStack

import pytest
from axe_core_python.sync_playwright import Axe

from ..reliability.counts import times
from ..support.mosquitto import Mosquitto
from ..support.programs import Program
from .conftest import notebooks
from .test_layout import OVERFLOW

PICO = max(20, times(280))
COURSE, DEAD = 7, 3
ALL = PICO + COURSE + DEAD

CLASS = """
from picopanel import PicoPanel, PicoWall
boards = [f"class/{{n:0{digits}}}" for n in range(1, {pico} + 1)]
boards += [f"course/{{n:02}}" for n in range(1, {course} + 1)] + [f"dead/{{n}}" for n in range({dead})]
wall = PicoWall(boards, broker={url!r})
wall
"""
PANEL = "panel = PicoPanel('class/{first}', broker={url!r})\npanel"


class World:
    """A class at a broker, and a teacher's notebook on it."""

    def __init__(self, broker, open_notebook):
        digits = max(2, len(str(PICO)))
        self.first = f"{1:0{digits}}"
        cell = CLASS.format(pico=PICO, course=COURSE, dead=DEAD, digits=digits, url=broker.url())
        panel = PANEL.format(first=self.first, url=broker.url())
        self.book = open_notebook(
            cell.strip(),
            "print(wall.read(timeout=8))",
            panel,
            f"panel.close(); print(wall['class/{self.first}'].on())",
        )
        self.book.run_to_end(0)
        self.wall = self.book.wall()


@pytest.fixture(scope="module")
def world(lab, tabs, tmp_path_factory):
    with ExitStack() as ends:
        broker = Mosquitto(tmp_path_factory.mktemp("class")).start()
        ends.callback(broker.stop)

        def pupils(*options):
            program = Program(["-m", "picopanel", "class", "--broker", broker.url(), *options])
            ends.callback(program.kill)
            return program

        pico = pupils("--count", PICO)
        course = pupils("--count", COURSE, "--prefix", "course/", "--course")
        pico.wait_for(f"Online: {PICO} of {PICO}", within=90)
        course.wait_for(f"Online: {COURSE} of {COURSE}")
        yield World(broker, ends.enter_context(notebooks(lab, tabs)))


def online(wall):
    return [each for each, tile in wall.tiles.items() if tile["level"] == "ok"]


def test_a_tile_for_each_board(world):
    """Boards that stream are online with value and line; others say that they were not heard yet."""
    wall = world.wall
    wall.eventually(lambda: len(online(wall)) == PICO, "all boards that stream are online")
    wall.eventually(lambda: all(wall.tiles[it]["line"] for it in online(wall)), "each has its line")
    tiles = wall.tiles
    assert len(tiles) == ALL
    assert "°C" in tiles[f"class/{world.first}"]["words"]
    assert "not heard yet" in tiles["course/01"]["words"]
    assert "Plotly" not in world.book.page.evaluate("Object.keys(window).join()")
    wall.says(f"{ALL} boards")


def test_a_command_to_all_counts_its_answers_and_names_who_gave_none(world):
    """`wall.read()` reaches the course's boards, too; then they show what they answered."""
    wall = world.wall
    said = world.book.run_to_end(1)
    assert f"<read: {PICO + COURSE} of {ALL} answered; no answer from dead/0, dead/1, dead/2>" in said
    wall.says(f"Read: {PICO + COURSE} of {ALL} answered; not dead/0, dead/1, dead/2")
    wall.eventually(lambda: "°C" in wall.tiles["course/01"]["words"], "the answer is on the tile")
    wall.eventually(
        lambda: list(wall.tiles)[:DEAD] == [f"dead/{n}" for n in range(DEAD)], "trouble comes first"
    )
    assert "Nobody answers under this ID." in wall.tiles["dead/1"]["words"]
    assert "Is the board running" in wall.tiles["dead/1"]["title"], "the next step"


def test_everyone_blinks_and_a_selection_does(world):
    """The button commands all, or who is selected; progress is told live."""
    wall = world.wall
    wall.tile("class/" + world.first).locator(".pick").click()
    wall.tile("course/02").locator(".pick").click()
    wall.says("to 2 selected")
    wall.button("On").click()
    wall.says("On: 2 of 2 answered")
    wall.eventually(
        lambda: (
            [it for it, tile in wall.tiles.items() if tile["led"] == "on"]
            == ["class/" + world.first, "course/02"]
        ),
        "these two, and no other, are on",
        seen=lambda: wall.tiles["course/02"],
    )
    wall.button("Select none").click()
    wall.says(f"to all {ALL}")
    wall.button("Blink").click()
    wall.says(f"Blink: {PICO + COURSE} of {ALL} answered", within=30)


def test_a_tile_opens_its_panel_and_leads_back(world):
    """The whole panel, with its chart, in the wall's place; Escape's way is the button before it."""
    wall, page = world.wall, world.book.page
    panel = wall.open("class/" + world.first)
    panel.click("On")
    panel.confirmed("On")
    wall.eventually(lambda: len(panel.points()) > 2, "the chart has readings")
    panel.says("LED on")
    page.keyboard.press("Tab")
    wall.button("← All boards").click()
    wall.eventually(lambda: wall.tiles["class/" + world.first]["led"] == "on", "the tile agrees")
    assert page.evaluate("document.activeElement.dataset.id") == "class/" + world.first


def test_a_panel_of_the_same_board_agrees_and_neither_ends_the_other(world):
    """A cell with a panel of a board of the wall, while the wall has it open, too."""
    book, wall, board = world.book, world.wall, "class/" + world.first
    inside = wall.open(board)
    book.run_to_end(2)
    panel = book.panel(2)
    panel.wait_until_ready()
    panel.click("Off")
    panel.says("LED off")
    inside.says("LED off")
    inside.click("On")
    panel.says("LED on")
    assert "newer" not in panel.words().lower() + inside.words().lower()
    wall.button("← All boards").click()
    wall.eventually(lambda: wall.tiles[board]["led"] == "on", "the tile agrees")
    assert "LED on" in book.run_to_end(3), "the wall's board goes on after the panel"
    wall.eventually(lambda: wall.tiles[board]["level"] == "ok", "and the tile is well")


def test_the_wall_is_worked_with_the_keyboard_alone(world):
    """One stop of Tab; arrows move, Enter opens, Space selects; no key reaches the notebook."""
    wall, page = world.wall, world.book.page
    focused = "document.activeElement.dataset.id"
    wall.button("Read").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Home")
    first, second = list(wall.tiles)[:2]
    assert page.evaluate(focused) == first
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) == second
    page.keyboard.press(" ")
    wall.eventually(lambda: wall.tiles[second]["selected"], "Space selects the tile")
    for key in ("b", "a", "d", "d", "Escape"):
        page.keyboard.press(key)
    wall.eventually(lambda: len(wall.tiles) == ALL, "Escape leads back from a name that nobody has")
    assert page.evaluate(focused) == second and wall.tiles[second]["selected"]
    page.keyboard.press("Escape")
    wall.eventually(lambda: not wall.tiles[second]["selected"], "Escape selects none")
    assert world.book.cells == 4, "a key of the wall has inserted or deleted a cell"
    page.keyboard.press("End")
    last = page.evaluate(focused)
    page.keyboard.press("Enter")
    wall.opened()
    page.keyboard.press("Enter")
    wall.eventually(lambda: page.evaluate(focused) == last, "Enter on the way back leads back to the tile")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing_on_the_wall(world, theme):
    world.book.theme(theme)
    found = Axe().run(world.book.page, ".picopanel-wall")["violations"]
    assert [f"{it['id']}: {node['html'][:200]}" for it in found for node in it["nodes"]] == []


@pytest.mark.parametrize("width", [320, 640, 1600])
def test_no_tile_sticks_out_at_any_width(world, width):
    world.book.page.set_viewport_size({"width": max(1280, width + 600), "height": 1000})
    world.wall.set_width(width)
    assert world.wall.root.evaluate(OVERFLOW) == []


def test_the_table_of_attendance(world, tmp_path):
    """A file with a row a board, from the button."""
    with world.book.page.expect_download() as download:
        world.wall.button("Attendance CSV").click()
    download.value.save_as(tmp_path / "table.csv")
    with (tmp_path / "table.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert len(rows) == ALL
    assert int(rows["course/01"]["answers"]) >= 1 and rows["course/01"]["first_seen"]
    assert rows["dead/0"]["first_seen"] == "" and rows["dead/0"]["answers"] == "0"
    assert rows["class/" + world.first]["firmware"]
