"""Several views, several panels, several kernels of one board."""

from . import cells


def test_two_views_agree(notebook):
    """Two views of one panel: a click in one shows in both, and both have the same readings."""
    book = notebook(cells.DEMO, "panel", "print('done')")
    book.run_to_end(0)
    book.run_to_end(1)
    views = [book.panel(0), book.panel(1)]
    for view in views:
        view.wait_until_ready()
    views[1].click("On")
    for view in views:
        view.says("LED on")
        book.eventually(
            lambda view=view: len(view.marks("answered")) > 0, "the answer is marked in both views"
        )
    book.eventually(lambda: len(views[0].points()) > 3, "readings come", seen=views[0].words)
    views[0].click("Pause")
    book.eventually(lambda: views[0].button("Resume").count() == 1, "the first view is paused")
    assert views[1].button("Pause").count() == 1, "what a view looks at is its own affair"
    shown = [dict(view.points()) for view in views]
    common = shown[0].keys() & shown[1].keys()
    assert len(common) > 3, f"the views share the readings of {sorted(common)}"
    assert all(shown[0][time] == shown[1][time] for time in common), "they have different values"


def test_rerun_closes_the_former_panel(notebook, broker, board, tmp_path):
    """A new panel of an ID closes this kernel's earlier one, which says so; no reading is doubled."""
    pico = board("pico_layer_board.py", "test-id", "--rate", 20)
    threads = "import threading; print(threading.active_count())"
    book = notebook(cells.panel(broker), cells.panel(broker, name="again"), threads)
    book.run_to_end(0)
    book.panel(0).wait_until_ready()
    before = int(book.run_to_end(2))
    book.run_to_end(1)
    former, panel = book.panel(0), book.panel(1)
    panel.wait_until_ready()
    book.eventually(
        lambda: not former.can_command(), "the former panel takes no more clicks", seen=former.words
    )
    book.eventually(
        lambda: "closed" in former.words().lower() or "newer" in former.words().lower(),
        "the former panel says that it has ended",
        seen=former.words,
    )
    panel.click("Toggle")
    panel.confirmed("Toggle")
    pico.has_heard("toggle")
    values = [row["value"] for row in panel.download(tmp_path / "readings.csv")]
    assert len(values) == len(set(values)), "no reading twice"
    book.eventually(lambda: int(book.run_to_end(2)) <= before, f"there are {before} threads again")


def test_panels_of_two_kernels_agree(notebook, broker, board):
    """What one kernel's panel does, the other's shows: the LED, as the board tells it."""
    board("pico_layer_board.py", "test-id", "--rate", 5)
    books = [notebook(cells.panel(broker)) for _ in range(2)]
    for book in books:
        book.page.bring_to_front()
        book.run_to_end(0)
        book.panel().wait_until_ready()
    books[1].panel().click("On")
    books[1].panel().says("LED on")
    books[0].page.bring_to_front()
    books[0].panel().says("LED on")
