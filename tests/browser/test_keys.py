"""Keyboard complete, and no key pressed in the panel reaches the notebook."""

import pytest

COMMAND_KEYS = ["b", "a", "d", "d", "x", "m", "Escape", "ArrowDown", "1"]
INSERTED = "a key of the panel has inserted or deleted a cell"


@pytest.fixture
def book(demo):
    demo.panel().wait_until_ready()
    return demo


@pytest.mark.parametrize("place", ["Toggle", "Time window", "chart"])
def test_keys_stay_in_the_panel(book, place):
    """JupyterLab's one-letter shortcuts (b inserts a cell, d d deletes one) do not hear the panel's keys."""
    panel = book.panel()
    target = {
        "Toggle": panel.button("Toggle"),
        "Time window": panel.root.get_by_label("Time window"),
        "chart": panel.root.locator(".chart"),
    }[place]
    target.focus()
    for key in COMMAND_KEYS:
        book.page.keyboard.press(key)
    assert book.cells == 3, INSERTED
    assert book.page.evaluate(
        "jupyterapp.shell.currentWidget.content.widgets.map(it => it.model.type).join()"
    ) == ("code,code,code")


def test_enter_and_space_press_the_button(book):
    """Enter and Space are a click, not an edit of the cell."""
    panel = book.panel()
    panel.button("On").focus()
    book.page.keyboard.press("Enter")
    panel.confirmed("On")
    panel.button("Off").focus()
    book.page.keyboard.press(" ")
    panel.confirmed("Off")
    assert book.cells == 3, INSERTED
    assert book.page.evaluate("jupyterapp.shell.currentWidget.content.mode") == "command"


def test_tab_reaches_every_control(book):
    """All controls are reached with Tab, in the order in which they are seen."""
    panel = book.panel()
    panel.button("On").focus()
    reached = ["On"]
    for _ in range(10):
        book.page.keyboard.press("Tab")
        reached.append(
            book.page.evaluate(
                "(it => it.getAttribute('aria-label') ?? it.textContent.trim())(document.activeElement)"
            ).split(".")[0]
        )
    assert reached == [
        "On",
        "Off",
        "Toggle",
        "Blink",
        "Pause",
        "Time window",
        "Clear",
        "Measure",
        "CSV",
        "More",
        "Chart",
    ]


def test_focus_stays_while_readings_come(book):
    """A reading that comes does not take the focus from the button."""
    panel = book.panel()
    panel.button("Blink").focus()
    last = panel.points()[-1][0]
    book.eventually(lambda: len([time for time, _ in panel.points() if time > last]) > 5, "readings come")
    assert book.page.evaluate("document.activeElement.textContent.trim()") == "Blink", "the focus has moved"
