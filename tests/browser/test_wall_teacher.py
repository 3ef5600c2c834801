"""What a teacher wants of a wall: a name found, an order, a channel, one value over all, the whole screen."""

import pytest
from axe_core_python.sync_playwright import Axe

from .conftest import notebooks

BOARDS = 24
CELL = f"""
from picopanel import PicoWall
wall = PicoWall.demo({BOARDS})
wall
"""
# A second channel: each board's own number, which does not grow old.
LIGHT = """
from picopanel._runtime import loop
from picopanel._store import Origin
def measure():
    for number, (_, device) in enumerate(wall._conversation.boards, 1):
        now = device.known.clock.unix()
        device.store.append(Origin("light", "a"), [now], [float(number)])
        device.known.last["light"], device.known.units["light"] = (now + 1e7, float(number)), "lx"
loop.ask(measure)
"""
FOCUSED = "document.activeElement.dataset.id"
# How high letters of tiles are, of the screen, and whether all tiles are seen at once.
IN_A_HALL = """root => {
    const size = name => parseFloat(getComputedStyle(root.querySelector(name)).fontSize) / innerHeight;
    const boards = root.querySelector('.boards');
    return {
        name: size('.board .id'), value: size('.board .value b'), lamp: size('.board .lamp'),
        all: boards.scrollHeight <= boards.clientHeight,
        whole: root.offsetWidth === innerWidth && root.offsetHeight === innerHeight,
    };
}"""


@pytest.fixture(scope="module")
def book(lab, tabs):
    with notebooks(lab, tabs) as open_notebook:
        book = open_notebook(CELL, LIGHT, "print(wall.order, wall.channel, wall.spread())")
        book.run_to_end(0)
        book.wall().says(f"{BOARDS} well")
        book.run_to_end(1)
        yield book


def more(wall, wanted=True):
    """Open or shut what only some want."""
    button = wall.button("More")
    if (button.get_attribute("aria-expanded") == "true") != wanted:
        button.click()


def test_the_first_look_is_calm(book):
    wall = book.wall()
    more(wall, False)
    assert wall.root.locator("input, .strip, .more").count() == 0


def test_a_name_is_found_by_typing_it_on_any_tile(book):
    """Letters go into a field that appears; Enter opens the only one; Escape leads back to all."""
    wall, page = book.wall(), book.page
    more(wall, False)
    wall.tile("board-03").focus()
    for key in "D-1":
        page.keyboard.press(key)
    wall.eventually(
        lambda: list(wall.tiles) == [f"board-{n}" for n in range(10, 20)], "these have it in them"
    )
    wall.says("to the 10 found")
    assert "10 of 24 boards" in wall.root.get_by_role("status").last.inner_text(), "a screen reader is told"
    page.keyboard.press("7")
    wall.eventually(lambda: list(wall.tiles) == ["board-17"], "it is the only one")
    wall.button("On").click()
    wall.says("On: 1 of 1 answered")
    wall.root.get_by_role("searchbox").focus()
    page.keyboard.press("Enter")
    wall.opened()
    page.keyboard.press("Enter")
    wall.eventually(lambda: page.evaluate(FOCUSED) == "board-17", "back at its tile")
    page.keyboard.press("Escape")
    wall.eventually(lambda: len(wall.tiles) == BOARDS, "Escape leads back to all")
    assert page.evaluate(FOCUSED) == "board-17"
    assert wall.root.locator("input").count() == 0
    assert book.cells == 3, "a key of the wall has inserted or deleted a cell"


def test_a_name_is_found_in_the_field(book):
    """By mouse, or a finger; what nobody is called commands nobody."""
    wall, page = book.wall(), book.page
    more(wall)
    field = wall.root.get_by_role("searchbox")
    field.fill("nobody")
    wall.says("No board’s name has “nobody” in it")
    assert wall.button("Blink").get_attribute("aria-disabled") == "true"
    field.fill("BOARD 08")
    wall.eventually(lambda: list(wall.tiles) == ["board-08"], "in any case, and part by part")
    page.keyboard.press("Escape")
    wall.eventually(lambda: len(wall.tiles) == BOARDS, "Escape leads back to all")


def test_a_channel_an_order_and_python(book):
    """Chosen on the page, read in Python, and there again after a reload."""
    wall = book.wall()
    more(wall)
    wall.root.get_by_label("Values and lines").select_option("light")
    wall.root.get_by_label("Order").select_option("Highest value")
    wall.says("light of 24 boards, median ┊ 12.5 lx")
    wall.eventually(lambda: list(wall.tiles)[:2] == ["board-24", "board-23"], "the highest come first")
    wall.eventually(
        lambda: "highest light <light of 24: least 1 (board-01), median 12.5, most 24" in book.run_to_end(2),
        "Python knows",
    )
    book.save()
    book.reload()
    wall = book.wall()
    wall.says("light of 24 boards")
    wall.eventually(lambda: next(iter(wall.tiles)) == "board-24", "the order is as it was")
    assert wall.root.get_by_label("Order").evaluate("it => it.selectedIndex") == 2


def test_the_cell_run_again_looks_the_same(book):
    wall = book.wall()
    more(wall)
    wall.root.get_by_label("Order").select_option("By name")
    book.eventually(lambda: book.run_to_end(2).startswith("name "), "the kernel has heard it")
    book.run_to_end(0)
    book.run_to_end(1)
    wall = book.wall()
    wall.says("24 boards")
    wall.eventually(
        lambda: wall.root.get_by_label("Order").evaluate("it => it.selectedIndex") == 1, "the order is kept"
    )
    assert wall.root.locator(".more").count() == 1


def test_one_value_over_all_boards_is_pointed_at(book):
    """A dot for each board: a mouse points, arrow keys go from one to the next, and it leads to the tile."""
    wall, page = book.wall(), book.page
    more(wall)
    wall.root.get_by_label("Values and lines").select_option("light")
    wall.says("least 1.0 lx board-01")
    wall.says("most 24.0 lx board-24")
    strip = wall.root.get_by_role("slider")
    dots = strip.locator("svg")
    box = dots.bounding_box()
    dots.hover(position={"x": box["width"] * 6 / 23, "y": box["height"] - 2})  # where the page comes to rest
    wall.says("board-07: 7.0 lx, 7 of 24")
    page.mouse.down()
    page.mouse.up()
    wall.eventually(lambda: page.evaluate(FOCUSED) == "board-07", "its tile")
    dots.hover()
    strip.focus()
    page.keyboard.press("End")
    page.mouse.move(0, 0)  # what keys have gone to stays
    page.keyboard.press("ArrowLeft")
    wall.says("board-23: 23.0 lx, 23 of 24")
    wall.eventually(
        lambda: strip.get_attribute("aria-valuetext") == "board-23: 23.0 lx, 23 of 24", "a reader is told"
    )
    page.keyboard.press("Enter")
    wall.eventually(lambda: page.evaluate(FOCUSED) == "board-23", "its tile")


def test_axe_finds_nothing_on_it(book):
    more(book.wall())
    found = Axe().run(book.page, ".picopanel-wall")["violations"]
    assert [f"{it['id']}: {node['html'][:200]}" for it in found for node in it["nodes"]] == []


@pytest.mark.parametrize("wanted", [False, True])
def test_the_whole_screen_shows_a_class_to_the_last_row(book, wanted):
    """All 24 at once, in letters of 2.2 % of its height, values of 3 %; also with what is under *More*."""
    wall = book.wall()
    more(wall)
    book.page.set_viewport_size({"width": 1920, "height": 1080})
    wall.button("Full screen").click()
    wall.eventually(lambda: wall.root.evaluate(IN_A_HALL)["whole"], "it fills the screen")
    more(wall, wanted)
    wall.eventually(
        lambda: (
            (seen := wall.root.evaluate(IN_A_HALL))["all"]
            and seen["name"] >= 0.022
            and seen["value"] >= 0.03
            and seen["lamp"] >= 0.019
        ),
        "all are seen, and large enough",
        seen=lambda: wall.root.evaluate(IN_A_HALL),
    )
    more(wall)
    wall.button("Leave full screen").click()
    wall.eventually(lambda: not wall.root.evaluate(IN_A_HALL)["whole"], "it is in its cell again")
    book.page.set_viewport_size({"width": 1280, "height": 1000})
