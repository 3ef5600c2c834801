"""The page's side in Colab: a real browser, Colab's kernel, and 60 ms of network each way."""

import pytest

from ..support.downloads import download
from .kernel import OPEN


def test_between_cells_every_reading_is_on_the_page_in_time(notebook, measured):
    cell = notebook.run_to_end(OPEN)
    panel = notebook.panel(cell)
    notebook.eventually(lambda: len(notebook.facts(cell)["lags"]) > 15, "the chart goes on")
    facts = notebook.facts(cell)
    lags, asked = facts["lags"], facts["asked"]
    median = sorted(lags)[len(lags) // 2]
    notebook.eventually(lambda: notebook.colab.dropped > 20, "the emulation drops what threads send")
    assert median < 1500, f"readings come late: {lags}"
    pause = (asked[-1] - asked[0]) / (len(asked) - 1)
    assert pause > 300, f"it asks every {pause:.0f} ms"
    measured("Colab: first chart, ms", facts["drawn"])
    measured("Colab: oldest reading at its drawing, median, ms", median)
    measured("Colab: oldest reading at its drawing, worst, ms", max(lags))
    panel.says("Live: 4 readings a second")


def test_it_stops_asking_when_push_works_again(notebook):
    cell = notebook.run_to_end(OPEN)
    notebook.panel(cell)
    notebook.eventually(lambda: len(notebook.facts(cell)["asked"]) > 5, "it asks")
    notebook.colab.dropping = False
    notebook.page.wait_for_timeout(1000)
    asked = len(notebook.facts(cell)["asked"])
    notebook.page.wait_for_timeout(4000)
    # Rightly once more after each time that a crowded machine has kept the kernel for over a second.
    more = len(notebook.facts(cell)["asked"]) - asked
    assert more <= 3, f"it asks {more} times though everything arrives by itself"
    notebook.colab.dropping = True
    asked += more
    notebook.eventually(lambda: len(notebook.facts(cell)["asked"]) > asked + 3, "it asks again")


def test_clicks_between_cells_and_in_a_waiting_cell(notebook, measured):
    cell = notebook.run_to_end(OPEN)
    panel = notebook.panel(cell)
    notebook.eventually(lambda: len(notebook.facts(cell)["asked"]) > 3, "it asks")
    for name in ("On", "Off", "On"):
        panel.click(name)
        panel.confirmed(name)
    waiting = notebook.run("panel.sleep(60)")
    panel.click("Toggle")
    panel.confirmed("Toggle")
    assert waiting not in notebook.colab.over, "the click was handled while the cell waited"
    for took in notebook.facts(cell)["clicks"]:
        measured("Colab: click to confirmation, ms", took)


def test_a_click_that_waits_for_a_cell_says_so_and_the_panel_names_its_own_sleep(notebook, tmp_path):
    cell = notebook.run_to_end(OPEN)
    panel = notebook.panel(cell)
    gate = tmp_path / "gate"
    sleeping = notebook.run(
        "import pathlib, time\n"
        "started = time.monotonic()\n"
        "while not pathlib.Path('gate').exists() or time.monotonic() < started + 2: time.sleep(0.02)"
    )
    panel.click("On")
    panel.says("waiting for the running cell")
    assert sleeping not in notebook.colab.over, "the cell was over already"
    gate.touch()
    panel.confirmed("On")
    panel.says("panel.sleep")


def test_the_chart_is_there_while_the_cell_that_displays_it_runs(notebook, measured):
    cell = notebook.run(f"{OPEN.removesuffix('panel')}import time; display(panel); time.sleep(60)")
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
    came = notebook.page.evaluate("colab.bytes") - before
    assert came < 200_000, f"four more frames took {came} bytes: has the program come again?"
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


@pytest.mark.parametrize("shown", ["panel", "panel.lecture()", "PicoWall.demo(count=3)"])
def test_a_frame_is_as_high_as_what_is_in_it_and_stays_so(notebook, shown):
    """Nothing in it may take its own height from the frame's, which is made after it."""
    notebook.run_to_end(f"from picopanel import PicoWall\n{OPEN.removesuffix('panel')}")
    cell = notebook.run_to_end(shown)
    frame = notebook.page.locator(f"iframe[name={cell}]")
    frame.content_frame.locator(".chart, .board").first.wait_for()
    body = frame.content_frame.locator("body")
    sizes = lambda: body.evaluate("() => [document.documentElement.scrollHeight, innerHeight]")  # noqa: E731
    asked = lambda: len(notebook.facts(cell)["asked"])  # noqa: E731
    heights = set()
    for _ in range(4):
        before = asked()
        notebook.eventually(lambda before=before: asked() > before + 3, "it asks for readings")
        heights.add(tuple(sizes()))
    (whole, seen), *others = heights
    assert whole == seen > 200, f"something in it is to be scrolled for: {whole} in {seen} pixels"
    assert not others, f"it grows or shrinks while readings come: {heights}"


def test_the_drawer_makes_the_frame_higher_and_gives_the_place_back(notebook):
    cell = notebook.run_to_end(OPEN)
    panel = notebook.panel(cell)
    height = lambda: notebook.page.locator(f"iframe[name={cell}]").bounding_box()["height"]  # noqa: E731
    closed = height()
    panel.root.locator("summary").click()
    notebook.eventually(lambda: height() > closed + 100, "it has its place", seen=height)
    panel.root.locator("summary").click()
    notebook.eventually(lambda: height() == closed, "the place is given back", seen=height)


def test_what_the_frame_may_not_copy_can_be_saved(notebook, tmp_path):
    panel = notebook.panel(notebook.run_to_end(OPEN))
    panel.click("More")
    panel.click("Save")
    panel.click("Copy picture")
    panel.says("Save it as PNG instead.")
    (refusal,) = notebook.window.errors
    assert "Clipboard API has been blocked because of a permissions policy" in refusal
    notebook.window.errors.clear()
    with download(notebook.page) as file:
        panel.click("PNG")
    file.value.save_as(tmp_path / "chart.png")
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")
