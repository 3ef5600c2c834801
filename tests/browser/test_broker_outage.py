"""A broker that goes and comes back."""

import pytest

from . import cells

TRY = """
try:
    panel.toggle()
except ConnectionError as error:
    print("refused:", error)
"""


@pytest.mark.parametrize("end", ["stop", "kill"])
@pytest.mark.parametrize("program", ["course_board.py", "pico_layer_board.py"])
def test_an_outage_of_the_broker_is_told_and_no_toggle_comes_late(notebook, broker, board, program, end):
    """It is told within 5 s, and the panel recovers by itself."""
    pico = board(program, "test-id")
    book = notebook(cells.panel(broker), TRY)
    book.run_to_end(0)
    panel = book.panel()
    panel.wait_until_ready()
    panel.click("On")
    panel.confirmed("On")

    getattr(broker, end)()
    book.eventually(
        lambda: "not connected" in panel.words() and not panel.can_command(),
        "the panel says that the broker is away and disables its buttons",
        within=5,
        seen=panel.words,
    )
    panel.button("Toggle").click(force=True)
    assert book.run_to_end(1).startswith("refused:")

    broker.start()
    panel.wait_until_ready()
    panel.click("Off")
    panel.confirmed("Off")
    pico.has_heard("on", "off")  # no toggle arrives late
    book.eventually(
        lambda: "not connected" not in panel.words(), "the panel is quiet again", seen=panel.words
    )
