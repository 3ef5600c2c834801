"""A recording in the panel: marked, paused, hurried and played again, without a board or a network."""

REPLAY = "from picopanel import PicoPanel\npanel = PicoPanel.replay(speed=20)\npanel"
COUNT = "print(len(panel.to_dataframe()))"


def test_replay_with_pause_and_speed(notebook):
    """It says what it is, takes no commands, pauses, is hurried to its end and begins again."""
    book = notebook(REPLAY, COUNT)
    book.run(0)
    panel = book.panel()
    book.eventually(lambda: len(panel.values()) > 3, "the recording plays", within=30, seen=panel.words)
    title = panel.root.locator(".title").inner_text().split()
    assert title == ["lesson", "virtual", "replay"]
    assert panel.button("On").get_attribute("aria-disabled") == "true"
    assert panel.button("On").get_attribute("title") == "This is a recording: it takes no commands."

    panel.click("Pause")
    panel.says("Replay, paused: Nov 20, 2026")
    paused = book.run_to_end(1)
    assert book.run_to_end(1) == paused, "nothing comes while it is paused"

    speed = panel.root.get_by_label("Speed")
    speed.select_option("1000 ×")
    panel.show("All")
    panel.click("Resume")
    panel.says("Replay: it ended", within=30)
    whole = int(book.run_to_end(1))
    assert whole > 580, "a reading a second for ten minutes"
    assert len(panel.marks("failed")) == 1, "also what went wrong then"

    speed.select_option("1 ×")
    panel.click("Play again")
    panel.says("Replay, as fast as it was")
    book.eventually(
        lambda: 0 < len(panel.values()) < whole / 2, "it begins again", seen=lambda: len(panel.values())
    )
