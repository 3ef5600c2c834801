"""A notebook in VS Code, as far as it can be had here: Microsoft's widget manager, in a page like its own."""

import json
import os
from contextlib import closing

import pytest

from ..support.browser import Window
from ..support.panel import PanelOnPage
from .servers import CELL
from .vscode.editor import Editor
from .vscode.host import VSCode

everything = pytest.mark.skipif("PICOPANEL_BROWSERS" not in os.environ, reason="`make browsers` runs it")
VIEWS = """
from picopanel import PicoPanel, PicoWall
panel, wall = PicoPanel.demo(), PicoWall.demo(2)
display(panel, panel.lecture(), wall)
"""

GROUNDS = """it => {
    const found = [];
    for (; it.id !== 'container'; it = it.parentElement) found.push(getComputedStyle(it).backgroundColor);
    return found;
}"""
WITHOUT_MPREMOTE = """
import sys
sys.path[:] = [folder for folder in sys.path if "site-packages" not in folder]
sys.modules.pop("mpremote", None)
"""
WHITE = "rgb(255, 255, 255)"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with closing(VSCode(tmp_path_factory.mktemp("vscode"))) as server:
        yield server.start()


@pytest.fixture
def window(browser):
    with closing(Window(browser)) as window:
        yield window
        window.check()


@pytest.fixture
def vscode(server, window):
    """An empty notebook."""
    editor = Editor(window.page(), server.url)
    yield editor
    assert editor.told("opened") == [], "a cell can open no page there"


def look(place, vscode):
    """Return the panel in a cell's outputs, once its buttons work."""
    panel = PanelOnPage(place.locator(".picopanel"), vscode.eventually)
    panel.wait_until_ready()
    return panel


def test_a_lesson(vscode, tmp_path):
    """It draws while its cell runs, hears clicks, keeps its keys, is saved from, and knows of a restart."""
    shown_in_a_running_cell = CELL.removesuffix("panel") + "display(panel)\npanel.sleep(60)"
    panel = look(vscode.run(shown_in_a_running_cell, "one"), vscode)
    panel.streams()
    panel.click("On")
    panel.confirmed("On")
    assert vscode.runs("one"), "the click has waited for the cell"
    vscode.interrupt()

    vscode.run("import time; time.sleep(60)", "two")
    panel.click("Off")
    panel.confirmed("Off")
    assert vscode.runs("two"), "the click has waited for the cell"
    vscode.interrupt()

    panel.button("Toggle").focus()
    for key in ("b", "a", "Enter", "Escape"):
        vscode.page.keyboard.press(key)
    panel.confirmed("Toggle")
    assert vscode.told("keys") == [], "an editor's `b` inserts a cell"
    assert len(panel.download(tmp_path / "readings.csv")) > 5
    assert vscode.told("saved") == ["demo.csv"], "it is the editor that saves it"

    vscode.theme("dark")
    worn = lambda: panel.root.get_attribute("class").split()  # noqa: E731
    vscode.eventually(lambda: "dark" in worn(), "it is dark", seen=worn)
    assert WHITE not in panel.root.evaluate(GROUNDS), "an edge is white"

    vscode.restart()
    panel.says("The kernel does not answer.")
    panel.says("run this cell again")
    again = look(vscode.run_to_end(CELL, "one"), vscode)
    again.click("On")
    again.confirmed("On")
    sent = [json.loads(text) for text in vscode.told("sent")]
    assert sent and not any(it["header"].get("subshell_id") for it in sent), "the extension has no subshells"


def test_a_set_up_is_the_kernels_because_no_cell_can_open_a_page(vscode):
    """The browser's way would end at a button that does nothing."""
    card = vscode.run_to_end("from picopanel import BoardSetup\nBoardSetup(broker='mqtt://127.0.0.1:1')")
    card.get_by_text("Plug it into the computer that runs this notebook").wait_for()
    assert card.get_by_role("button", name="Set up", exact=True).is_enabled()
    assert card.get_by_text("It is plugged into the computer in front of you").count() == 0
    assert card.get_by_text("picopanel board setup").is_visible(), "for a board at another computer"
    vscode.theme("dark")
    vscode.eventually(lambda: card.locator(".picopanel.dark").count(), "it is dark")
    assert WHITE not in card.locator(".picopanel").first.evaluate(GROUNDS), "an edge is white"

    card = vscode.run_to_end(f"{WITHOUT_MPREMOTE}\nBoardSetup(broker='mqtt://127.0.0.1:1')")
    words = card.inner_text
    vscode.eventually(lambda: "VS Code lets no cell open a page" in words(), "the card says why", seen=words)
    assert "picopanel board setup" in words()
    assert "%pip install 'picopanel[board]'" in words()


@everything
@pytest.mark.parametrize("theme", ["light", "dark", "high-contrast", "high-contrast-light"])
def test_every_view_stands_on_the_editors_own_ground(vscode, theme):
    place = vscode.run_to_end(VIEWS)
    views = place.locator(".picopanel")
    vscode.eventually(lambda: views.count() == 3, "panel, lecture and wall are there")
    vscode.theme(theme)
    dark = theme in ("dark", "high-contrast")
    for nth in range(3):
        view = views.nth(nth)
        worn = lambda view=view: view.get_attribute("class").split()  # noqa: E731
        vscode.eventually(lambda worn=worn: ("dark" in worn()) == dark, "it is as the editor is", seen=worn)
        assert ("contrast" in worn()) == ("contrast" in theme) or nth == 1, "a hall has contrast in any theme"
        assert (WHITE in view.evaluate(GROUNDS)) != dark


@everything
def test_after_a_reload_of_the_window_the_picture_stands_there_until_the_cell_is_run_again(vscode):
    look(vscode.run_to_end(CELL, "one"), vscode)
    still = vscode.place("one")
    vscode.eventually(lambda: still.locator("[class*=picopanel-still] svg").count(), "it is made")
    vscode.reload()
    still.get_by_text("recorded").wait_for()
    assert still.locator("svg").count() == 1
    assert still.locator(".picopanel").count() == 0
    look(vscode.run_to_end(CELL, "one"), vscode)
    assert not still.get_by_text("recorded").is_visible()


@everything
def test_where_no_program_may_come_from_a_blob_the_picture_is_there(server, browser):
    """`notebook.experimental.enableCsp` lets no anywidget of anybody begin."""
    with closing(Window(browser)) as window:
        vscode = Editor(window.page(), server.url, "?csp")
        place = vscode.run_to_end(CELL)
        place.get_by_text("recorded").wait_for()
        vscode.eventually(lambda: window.errors, "the page says what it refuses")
        assert place.locator(".picopanel").count() == 0
        assert "Content Security Policy" in "".join(window.errors)
