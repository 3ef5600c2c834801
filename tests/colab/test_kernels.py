"""The kernel's side, on Colab's kernel and on later ones alike, with a page played by the test."""

import pytest

from .conftest import KERNELS
from .kernel import OPEN

pytestmark = pytest.mark.parametrize("python", KERNELS, indirect=True)


def test_a_page_gets_rows_and_state_and_then_more_by_itself(kernel, page):
    assert page.answered >= 1, "the page's question was answered"
    assert page.state["id"] == "demo"
    before, answers = len(page.values), page.answered
    kernel.until(lambda: len(page.values) >= before + 5, "five more readings come")
    assert page.answered == answers, "they came without being asked for"
    assert not page.missing


@pytest.mark.parametrize(("command", "led"), [("on", True), ("off", False)])
def test_a_click_is_sent_answered_and_seen(kernel, page, command, led):
    click = page.click(command)
    kernel.until(lambda: page.outcome(click) == "answered", "the click is answered")
    kernel.until(lambda: page.state["led"] is led, f"the LED is known to be {command}")
    assert kernel.run("print(panel.led)") == f"{led}\n"


def test_a_click_that_comes_twice_is_done_once(kernel, page):
    for _ in range(2):
        page.send({"type": "click", "click": "the-same", "command": "toggle"})
    kernel.until(lambda: page.outcome("the-same") == "answered", "the click is answered")
    kernel.listen(0.5)
    assert [event["kind"] for event in page.events if event.get("click") == "the-same"] == [
        "sent",
        "answered",
    ]


def test_a_reload_ends_with_the_same_rows(kernel, page, open_page):
    page.click("on")
    again = open_page(page.comm)
    kernel.until(lambda: again.have >= page.have > 5, "the reloaded page has caught up")
    shorter = min(len(page.values), len(again.values))
    assert again.values[:shorter] == page.values[:shorter]


def test_the_chart_moves_while_a_cell_sleeps(kernel, page):
    before = len(page.values)
    cell = kernel.start("import time; time.sleep(60)")
    kernel.until(lambda: len(page.values) >= before + 4, "four readings come while the cell runs")
    assert not kernel.over(cell)


@pytest.mark.parametrize(
    "wait",
    [
        "panel.sleep(30)",
        "for _ in range(100): panel.toggle(); panel.sleep(0.3)",
        "for _ in panel.readings(seconds=30): pass",
        "panel.blink(0.5, 0.5, n=30, wait=True)",
    ],
)
def test_a_click_is_handled_in_a_cell_that_waits(kernel, page, wait):
    cell = kernel.start(f"try:\n    {wait}\nexcept KeyboardInterrupt:\n    print('interrupted')")
    before = len(page.values)
    kernel.until(lambda: len(page.values) > before, "the cell runs")
    for _ in range(2):
        click = page.click("read")
        kernel.until(lambda click=click: page.outcome(click) == "answered", "the click is answered")
    assert not kernel.over(cell), "the cell was over already"
    kernel.interrupt()
    kernel.until(lambda: kernel.over(cell), "the cell can be interrupted")
    assert kernel.run("print('next')") == "next\n"


def test_a_cell_queued_behind_a_waiting_one_runs_afterwards(kernel, page):
    first = kernel.start("panel.sleep(1.5); print('first')")
    second = kernel.start("print('second')")
    click = page.click("read")
    kernel.until(lambda: page.outcome(click) == "answered", "the click is answered")
    kernel.until(lambda: kernel.over(first) and kernel.over(second), "both cells come to their end")
    assert "".join(output.get("text", "") for output in kernel.outputs) == "first\nsecond\n"


def test_time_sleep_holds_clicks_up_only_without_subshells_and_the_panel_names_its_own(kernel, page):
    cell = kernel.start(f"import time; time.sleep({60 if kernel.has_subshells else 1.5})")
    click = page.click("read")
    kernel.until(lambda: page.outcome(click) == "answered", "the click is answered")
    if kernel.has_subshells:
        assert not kernel.over(cell), "the click did not wait"
        assert not page.notices
    else:
        assert kernel.over(cell)
        kernel.until(lambda: any("panel.sleep" in notice for notice in page.notices), "panel.sleep is named")


def test_a_verb_in_a_thread_goes_on_between_cells(kernel, page):
    kernel.run("import threading; threading.Thread(target=panel.on, daemon=True).start()")
    kernel.until(lambda: page.state["led"] is True, "the thread's command was answered")


def test_a_verb_in_a_widgets_handler_leaves_the_kernel_usable(kernel, page):
    kernel.run(
        "import ipywidgets; button = ipywidgets.Button(); button.on_click(lambda _: panel.on())\nbutton"
    )
    kernel.send(kernel.display(), {"event": "click"})
    kernel.until(lambda: page.state["led"] is True, "the handler's command was answered")
    assert kernel.run("print('alive')") == "alive\n"


def test_what_the_page_says_cannot_break_the_kernel(kernel, page):
    for nonsense in (
        None,
        [],
        {"type": "ask"},
        {"type": "ask", "since": -5},
        {"type": "click"},
        {"type": "set", "click": "x"},
    ):
        page.send(nonsense)
    click = page.click("on")
    kernel.until(lambda: page.outcome(click) == "answered", "a real click is answered still")


def test_a_panel_is_alive_in_the_waiting_cell_that_displays_it(kernel, open_page):
    cell = kernel.start(f"{OPEN.removesuffix('panel')}display(panel)\npanel.sleep(60)")
    page = open_page(kernel.display())
    click = page.click("on")
    kernel.until(lambda: page.outcome(click) == "answered", "the click is answered")
    kernel.until(lambda: len(page.values) >= 5, "readings come")
    assert not kernel.over(cell), "the cell was over already"
