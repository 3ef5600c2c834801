"""axe-core finds nothing, and a screen reader hears what matters, no more."""

import pytest
from axe_core_python.sync_playwright import Axe

from . import cells


def findings(book):
    found = Axe().run(book.page, ".picopanel")["violations"]
    return [
        f"{it['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for it in found
        for node in it["nodes"]
    ]


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing_in_a_healthy_panel(notebook, theme):
    """In both themes, with a second view of it."""
    book = notebook(cells.DEMO, "panel")
    book.run_to_end(0)
    book.run_to_end(1)
    book.theme(theme)
    panel = book.panel(0)
    panel.wait_until_ready()
    panel.click("On")
    panel.confirmed("On")
    assert findings(book) == []


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing_in_a_panel_in_trouble(notebook, broker, board, theme):
    """Its broker is gone, twice on the page: lamps, sentences, disabled buttons, dimmed value."""
    board("pico_layer_board.py", "test-id", "--rate", 20)
    book = notebook(cells.panel(broker), "panel")
    book.run_to_end(0)
    book.run_to_end(1)
    book.theme(theme)
    panel = book.panel(0)
    panel.wait_until_ready()
    book.eventually(lambda: len(panel.values()) > 3, "readings have come")
    broker.kill()
    book.eventually(lambda: not panel.can_command(), "the panel is in trouble", seen=panel.words)
    assert findings(book) == []


def test_a_screen_reader_hears_the_led_and_no_readings(notebook):
    """The LED's change is announced politely."""
    book = notebook(cells.DEMO, "print(len(list(panel.readings(n=5))))")
    book.run_to_end(0)
    panel = book.panel()
    panel.wait_until_ready()
    status = panel.root.locator("[role=status]")
    assert status.get_attribute("aria-live") == "polite"
    panel.click("On")
    book.eventually(
        lambda: "LED on" in status.text_content(), "the LED is announced", seen=status.text_content
    )
    status.evaluate(
        "it => { window.said = 0;"
        " const all = { childList: true, characterData: true, subtree: true };"
        " new MutationObserver(() => window.said++).observe(it, all); }"
    )
    book.run_to_end(1)
    assert book.page.evaluate("window.said") == 0, "readings are not announced"


def test_disabled_buttons_say_why(notebook, broker, board):
    """A button that cannot work says why, in words that belong to it."""
    board("course_board.py", "test-id")
    book = notebook(cells.panel(broker))
    book.run_to_end(0)
    panel = book.panel()
    panel.wait_until_ready()
    broker.kill()
    book.eventually(lambda: not panel.can_command(), "the buttons are disabled", seen=panel.words)
    on = panel.button("On")
    reason = on.evaluate(
        "it => document.getElementById(it.getAttribute('aria-describedby'))?.textContent ?? it.title"
    )
    assert "broker" in reason.lower()
