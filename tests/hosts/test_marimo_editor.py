"""marimo's editor, whose cells a person runs, and runs again."""

from contextlib import closing

import pytest

from .behaviours import click_confirmed, more_readings, streams
from .servers import Marimo, MarimoSeat


class EditorSeat(MarimoSeat):
    def run(self, cell):
        place = self.page.locator("[id^=cell-]").nth(list(self.host.sources).index(cell))
        place.get_by_test_id("run-button").click()


class Editor(Marimo):
    """Two cells, of which the second shows the first one's panel, too, and is run whenever that is."""

    seat = EditorSeat
    command = ("marimo", "edit", "--skip-update-check", *Marimo.command[2:])

    @property
    def sources(self):
        return {name: source for name, source in super().sources.items() if name in ("panel", "view")}


class EditorStack(Editor):
    shows = "mo.hstack([mo.ui.anywidget({})])"


@pytest.mark.parametrize("kind", [Editor, EditorStack], ids=lambda kind: kind.__name__)
def test_a_cell_that_is_run_again_leaves_one_panel_the_new_one(kind, start_browser, tmp_path):
    host = kind(tmp_path).start()
    with closing(host), closing(kind.seat(host, start_browser, "Chromium")) as seat:
        seat.open()
        streams(seat)
        click_confirmed(seat)
        first = seat.panel().points()[0]
        seat.run("panel")
        shown = lambda: seat.page.locator(".picopanel").count()  # noqa: E731
        seat.eventually(lambda: first not in seat.panel().points(), "the new panel begins anew")
        more_readings(seat, seat.panel())
        click_confirmed(seat)
        seat.panel("view").says("LED on")
        assert shown() == 2, "one in each cell"
        seat.check()
