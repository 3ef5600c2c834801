"""The page's side in Colab: a real browser, Colab's kernel, and 60 ms of network each way."""

import itertools

import pytest

from ..support.browser import Window
from ..support.panel import PanelOnPage
from ..support.waiting import eventually
from .emulation.server import Colab
from .kernel import Kernel

NETWORK = 60
OPEN = "from picopanel import PicoPanel\npanel = PicoPanel.demo()\npanel"
numbers = itertools.count(1)


class Notebook:
    """A Colab notebook in a browser's window."""

    def __init__(self, kernel, window):
        self.colab = Colab(kernel.connection_file)
        self.page = window.page()
        self.page.goto(f"{self.colab.url}?network={NETWORK}")
        self.eventually(lambda: self.colab.socket, "the page is connected")

    def run(self, code):
        """Start a cell and return its name."""
        cell = f"cell-{next(numbers)}"
        self.page.evaluate("([cell, code]) => colab.run(cell, code)", [cell, code])
        return cell

    def run_to_end(self, code):
        cell = self.run(code)
        self.eventually(lambda: cell in self.colab.over, "the cell comes to its end", within=30)
        return cell

    def panel(self, cell):
        frame = self.page.frame_locator(f"iframe[name={cell}]")
        panel = PanelOnPage(frame.locator(".picopanel"), self.eventually)
        panel.wait_until_ready()
        return panel

    def facts(self, cell):
        """Return what was measured in a cell's frame."""
        return self.page.evaluate("cell => [...colab.frames.values()].find(it => it.cell === cell)", cell)

    def pause(self, seconds):
        self.page.wait_for_timeout(seconds * 1000)

    def eventually(self, look, expected, **options):
        return eventually(look, expected, pause=self.pause, **options)


@pytest.fixture
def notebook(browser, colab, tmp_path):
    kernel = Kernel(colab.python, tmp_path)
    window = Window(browser)
    notebook = Notebook(kernel, window)
    yield notebook
    notebook.colab.close()
    window.close()
    kernel.close()
    window.check()


def test_between_cells_every_reading_is_on_the_page_in_time(notebook, measured):
    cell = notebook.run_to_end(OPEN)
    panel = notebook.panel(cell)
    notebook.pause(2)
    before = notebook.facts(cell)
    notebook.pause(6)
    after = notebook.facts(cell)
    lags = after["lags"][len(before["lags"]) :]
    assert notebook.colab.dropped > 20, "the emulation has dropped what threads sent"
    assert len(lags) > 10, f"the chart goes on: {lags}"
    assert max(lags) < 1500, f"a reading came late: {sorted(lags)[-5:]}"
    assert len(after["asked"]) - len(before["asked"]) < 6 / 0.3, "it asks no more often than every 300 ms"
    measured("Colab: first chart, ms", after["drawn"])
    measured("Colab: oldest reading at its drawing, median, ms", sorted(lags)[len(lags) // 2])
    measured("Colab: oldest reading at its drawing, worst, ms", max(lags))
    panel.says("Live: 4 readings a second")


def test_it_stops_asking_when_push_works_again(notebook):
    cell = notebook.run_to_end(OPEN)
    notebook.panel(cell)
    notebook.eventually(lambda: len(notebook.facts(cell)["asked"]) > 5, "it asks")
    notebook.colab.dropping = False
    notebook.pause(1)
    asked = len(notebook.facts(cell)["asked"])
    notebook.pause(4)
    assert len(notebook.facts(cell)["asked"]) == asked, "it asks though everything arrives by itself"
    notebook.colab.dropping = True
    notebook.eventually(lambda: len(notebook.facts(cell)["asked"]) > asked + 3, "it asks again", within=5)


def test_clicks_between_cells_and_in_a_waiting_cell(notebook, measured):
    cell = notebook.run_to_end(OPEN)
    panel = notebook.panel(cell)
    notebook.eventually(lambda: len(notebook.facts(cell)["asked"]) > 3, "it asks")
    for name in ("On", "Off", "On"):
        panel.click(name)
        panel.confirmed(name)
    waiting = notebook.run("panel.sleep(4)")
    notebook.pause(0.5)
    panel.click("Toggle")
    panel.confirmed("Toggle")
    assert waiting not in notebook.colab.over, "the click was handled while the cell waited"
    for took in notebook.facts(cell)["clicks"]:
        measured("Colab: click to confirmation, ms", took)


def test_a_click_that_waits_for_a_cell_says_so_and_the_panel_names_its_own_sleep(notebook):
    cell = notebook.run_to_end(OPEN)
    panel = notebook.panel(cell)
    sleeping = notebook.run("import time; time.sleep(3)")
    notebook.pause(0.3)
    panel.click("On")
    panel.says("waiting for the running cell")
    assert sleeping not in notebook.colab.over
    panel.confirmed("On")
    panel.says("panel.sleep")


def test_the_chart_is_there_while_the_cell_that_displays_it_runs(notebook, measured):
    cell = notebook.run(f"{OPEN.removesuffix('panel')}import time; display(panel); time.sleep(6)")
    panel = notebook.panel(cell)
    notebook.eventually(lambda: len(panel.points()) >= 3, "readings are drawn")
    assert cell not in notebook.colab.over, "the cell was over already"
    measured("Colab: first chart in a busy cell, ms", notebook.facts(cell)["drawn"])


def test_five_frames_of_one_panel_send_its_program_once(notebook):
    first = notebook.run_to_end(OPEN)
    notebook.panel(first)
    before = notebook.page.evaluate("colab.bytes")
    others = [notebook.run_to_end("panel") for _ in range(4)]
    for cell in others:
        notebook.panel(cell)
    assert notebook.page.evaluate("colab.bytes") - before < 200_000
    panels = [notebook.panel(cell) for cell in (first, *others)]
    panels[2].click("On")
    for cell, panel in zip((first, *others), panels, strict=True):
        notebook.page.locator(f"iframe[name={cell}]").evaluate("frame => frame.scrollIntoView()")
        panel.says("LED on")


def test_the_lecture_view_comes_to_life_and_says_that_it_may_not_fill_the_screen(notebook):
    """Its frame builds the panel it refers to by itself; the sandbox forbids the full screen."""
    notebook.run_to_end(OPEN)
    hall = notebook.panel(notebook.run_to_end("panel.lecture()"))
    notebook.eventually(lambda: len(hall.values()) > 2, "readings come", seen=hall.words)
    hall.click("On")
    hall.says("LED on")
    hall.click("Full screen")
    hall.says("does not let its cells fill the screen")
