"""After the kernel is gone: the recorded chart where widgets live, a still picture where they do not."""

import json
import re

import nbformat
import pytest

from ..support.browser import Window, on
from ..support.mosquitto import Mosquitto
from ..support.panel import PanelOnPage
from .saved import CELLS, STATE, executed, jupyter, serve_cdn, write


@pytest.fixture
def window(browser):
    window = Window(browser)
    yield window
    window.close()


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """A notebook that has run and was saved with its widgets' state; its cells 2 and 3 save the run."""
    cells = (*CELLS, "panel.snapshot()", "panel.save_html('run.html')")
    return executed(write(tmp_path_factory.mktemp("saved") / "run.ipynb", *cells))


@pytest.fixture(scope="module")
def html(notebook):
    """The same, converted to a page."""
    jupyter("nbconvert", "--to", "html", notebook.name, folder=notebook.parent)
    return notebook.with_suffix(".html")


def open_page(window, path):
    page = window.page()
    page.goto(path.as_uri())
    return PanelOnPage(page.locator(".picopanel").first, on(page))


def is_recorded(panel):
    """Check that a panel shows a recording, and can command nothing."""
    panel.says("Recorded at")
    panel.says("the kernel is gone")
    on(panel.root.page)(lambda: len(panel.points()) > 5, "the recorded readings are drawn", seen=panel.points)
    assert not panel.can_command(), "the buttons can be pressed"


def test_nbconvert_to_html_shows_the_recorded_chart(html, window):
    serve_cdn(window)
    panel = open_page(window, html)
    is_recorded(panel)
    assert not panel.root.page.locator(".picopanel-still").is_visible(), "the still picture hides"


def test_nbconvert_executing_to_html_shows_the_recorded_chart(tmp_path, window):
    path = write(tmp_path / "run.ipynb", *CELLS)
    jupyter("nbconvert", "--execute", "--to", "html", path.name, folder=tmp_path)
    serve_cdn(window)
    is_recorded(open_page(window, path.with_suffix(".html")))


def test_without_its_cdn_a_page_shows_the_still_picture(html, window):
    page = open_page(window, html).root.page
    still = page.locator(".picopanel-still")
    still.wait_for(state="visible")
    assert still.locator("polyline").count() == 1
    assert "°C" in still.inner_text()


def test_a_page_of_sphinx_and_myst_nb_shows_the_recorded_chart(tmp_path, window):
    path = write(tmp_path / "index.ipynb", *CELLS)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell("# A run"))
    nbformat.write(notebook, path)
    (tmp_path / "conf.py").write_text('extensions = ["myst_nb"]\nnb_execution_mode = "force"\n')
    jupyter("sphinx", "-q", ".", "out", folder=tmp_path)
    page = tmp_path / "out" / "index.html"
    # The page names require.js by the hash of the CDN's minified file, which npm does not have.
    page.write_text(re.sub(r'integrity="[^"]*"', "", page.read_text()))
    serve_cdn(window)
    is_recorded(open_page(window, page))


def test_any_number_of_panels_saves_plotly_once(tmp_path):
    cells = [f"import picopanel\npicopanel.PicoPanel.demo('board-{n}')" for n in range(4)]
    saved = nbformat.read(executed(write(tmp_path / "many.ipynb", *cells)), as_version=4)
    sizes = [len(json.dumps(model)) for model in saved.metadata.widgets[STATE]["state"].values()]
    assert len([size for size in sizes if size > 100_000]) == 1, f"the models take {sorted(sizes)} bytes"
    assert sum(sizes) < 700_000, f"the models take {sorted(sizes)} bytes"


def test_without_saved_state_a_panel_takes_less_than_100_kb(tmp_path):
    many = (
        "import random, time, picopanel._store\n"
        "times, values = zip(*((time.time() * 1000 + n, random.gauss(0, 1)) for n in range(20000)))\n"
        "panel._device.store.append(picopanel._store.Origin('noise'), times, values)"
    )
    cells = ("import picopanel\npanel = picopanel.PicoPanel.demo()\npanel", many, "panel")
    path = executed(write(tmp_path / "stripped.ipynb", *cells))
    saved = nbformat.read(path, as_version=4)
    del saved.metadata["widgets"]
    nbformat.write(saved, path)
    assert path.stat().st_size < 100_000, "the still picture is too large for a notebook in git"


def test_a_viewer_without_widgets_finds_one_picture_and_table_that_are_up_to_date(notebook):
    outputs = nbformat.read(notebook, as_version=4).cells[0].outputs
    stills = [output.data for output in outputs if "picopanel-still" in output.data.get("text/html", "")]
    assert len(stills) == 1
    assert "<polyline" in stills[0]["text/html"], "it was updated after the cell with the readings"
    assert "temperature" in stills[0]["text/plain"]
    assert "<script" not in stills[0]["text/html"]


def test_snapshot_leaves_a_picture_and_a_table(notebook):
    (output,) = nbformat.read(notebook, as_version=4).cells[2].outputs
    assert "<polyline" in output.data["text/html"]
    assert "picopanel-still" not in output.data["text/html"], "a living panel would hide it"
    assert re.search(r"temperature +[0-9.]+ °C", output.data["text/plain"])


def test_save_html_writes_one_page_that_needs_nothing_else(notebook, window):
    is_recorded(open_page(window, notebook.with_name("run.html")))
    window.check()


def test_no_password_user_or_host_is_in_any_of_them(tmp_path, run, request):
    password, user, board_id = "Geheim-4711", "ada-lovelace", "secret-board"
    broker = Mosquitto(tmp_path / "broker", users={user: password}).start()
    request.addfinalizer(broker.stop)
    login = {"HIVEMQ_USERNAME": user, "HIVEMQ_PASSWORD": password, "COURSE_ID": board_id}
    run("-m", "picopanel", "pico", board_id, "--interval", 200, HIVEMQ_HOST=broker.url(), **login)
    folder = tmp_path / "notebook"
    folder.mkdir()
    lines = [f"{name} = {value!r}" for name, value in {"HIVEMQ_HOST": broker.url(), **login}.items()]
    (folder / "my_secrets.py").write_text("\n".join(lines))
    cells = (
        "from picopanel import PicoPanel\npanel = PicoPanel()\npanel",
        "panel.toggle()\npanel.sleep(1)",
        "panel.snapshot()\npanel.save_html('run.html')\npanel",
        "panel.close()",
    )
    path = executed(write(folder / "secret.ipynb", *cells))
    jupyter("nbconvert", "--to", "html", path.name, folder=folder)
    texts = [path, path.with_suffix(".html"), folder / "run.html"]
    assert "polyline" in path.read_text(), "the panel had readings"
    for text in texts:
        for secret in (password, user, "127.0.0.1", str(broker.port)):
            assert secret not in text.read_text(), f"{secret} is in {text.name}"
