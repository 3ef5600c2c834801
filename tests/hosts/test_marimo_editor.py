"""marimo's editor, whose cells a person runs, and runs again."""

from contextlib import closing

import pytest

from .behaviours import click_confirmed, more_readings, streams
from .servers import Marimo, MarimoSeat


class EditorSeat(MarimoSeat):
    def run_to_end(self, cell):
        self.page.wait_for_load_state("networkidle")  # before it has all of its parts it hears no key
        self.page.locator("[id^=cell-] .cm-content").first.focus()
        self.page.keyboard.press("Control+Enter")


class Editor(Marimo):
    """One cell."""

    seat = EditorSeat
    command = ("marimo", "edit", "--skip-update-check", *Marimo.command[2:])

    @property
    def sources(self):
        return {"panel": super().sources["panel"]}


class EditorStack(Editor):
    shows = "mo.hstack([mo.ui.anywidget({})])"


@pytest.mark.parametrize("kind", [Editor, EditorStack], ids=lambda kind: kind.__name__)
def test_a_cell_that_is_run_again_leaves_one_panel_the_new_one(kind, start_browser, tmp_path):
    host = kind(tmp_path).start()
    with closing(host), closing(kind.seat(host, start_browser, "Chromium")) as seat:
        seat.open()
        streams(seat)
        click_confirmed(seat)
        old = seat.panel().root.element_handle()
        seat.run_to_end("panel")
        seat.eventually(lambda: not old.evaluate("it => it.isConnected"), "the old panel goes")
        more_readings(seat, seat.panel())
        click_confirmed(seat)
        assert seat.page.locator(".picopanel").count() == 1
        seat.check()
