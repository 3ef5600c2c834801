"""A kernel that is restarted under a panel: what is on the page is no longer live, and says so."""

from . import cells


def test_p22_after_a_restart_the_chart_stands_still_and_the_panel_says_how_to_go_on(notebook):
    book = notebook(cells.DEMO)
    book.run_to_end(0)
    panel = book.panel()
    panel.wait_until_ready()
    book.eventually(lambda: len(panel.values()) > 3, "readings come", seen=panel.words)
    book.restart()
    panel.says("The kernel does not answer.", within=5)
    panel.says("run this cell again")
    assert panel.root.locator(".foot .lamp.ok").count() == 0, "nothing is green"
    book.eventually(
        lambda: panel.points()[-1][0] > panel.chart()["range"][1] - 2500, "it ends with a reading"
    )
    stands = panel.chart()["range"]
    book.page.wait_for_timeout(1500)
    assert panel.chart()["range"] == stands, "the chart moves on"
    assert len(panel.values()) > 3
