"""A wall whose kernel is gone: its last tiles where widgets live, a table of text where they do not."""

import json

import nbformat

from ..support.browser import Window, on
from ..support.wall import WallOnPage
from .saved import STATE, executed, jupyter, serve_cdn, write

PASSWORD = "p4ss-of-the-w4ll"
CELLS = (
    "from picopanel import PicoWall\nwall = PicoWall.demo(count=3)\nwall",
    "wall.on(['board-02'])\nwall.sleep(2)",
    f"other = PicoWall({{'ada': 'mqtt://teacher:{PASSWORD}@127.0.0.1:1'}})\nother",
)


def test_a_saved_notebook_shows_the_last_tiles_and_a_table(tmp_path, browser):
    path = executed(write(tmp_path / "run.ipynb", *CELLS))
    notebook = nbformat.read(path, as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.outputs]
    stills = [
        it.data["text/html"] for it in outputs if "picopanel-still" in it.get("data", {}).get("text/html", "")
    ]
    assert any("<td>board-02</td><td>online</td><td>on</td>" in still for still in stills), stills
    models = notebook.metadata["widgets"][STATE]["state"].values()
    recorded = [it["state"]["_recorded"] for it in models if it["state"].get("_recorded")]
    tiles = next(it["tiles"] for it in recorded if len(it["tiles"]) == 3)
    assert tiles[1]["led"] is True
    assert all(tile["spark"] for tile in tiles)
    kept = json.dumps(notebook.metadata) + json.dumps(outputs)
    assert PASSWORD not in kept, "a password is in the outputs or the widgets' state"
    page_shows_the_recording(path, browser)


def page_shows_the_recording(path, browser):
    jupyter("nbconvert", "--to", "html", path.name, folder=path.parent)
    window = Window(browser)
    serve_cdn(window)
    page = window.page()
    page.goto(path.with_suffix(".html").as_uri())
    wall = WallOnPage(page.locator(".picopanel-wall").first, on(page))
    wall.says("the kernel is gone")
    assert list(wall.tiles) == ["board-01", "board-02", "board-03"]
    assert wall.button("On").get_attribute("aria-disabled") == "true"
    assert not page.locator(".picopanel-still").first.is_visible(), "the still picture hides"
    window.close()
