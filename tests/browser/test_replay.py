"""A recording in the panel: marked, paused, hurried and played again, without a board or a network."""

from playwright.sync_api import expect

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


WHERE = "print(round(panel.player.position, 2), panel.player.paused)"
LATEST = "print((panel.to_dataframe()['time'].max() - panel.player.time).total_seconds() <= 0)"


def test_the_bar_leads_anywhere_by_mouse_key_and_python(notebook):
    """Wherever it goes, forwards or back, the chart has what was known there, and nothing of later."""
    book = notebook(REPLAY, WHERE, LATEST, "panel.player.seek('lamp and finger')", "panel.player.step(-1)")
    book.run(0)
    panel = book.panel()
    bar = panel.root.get_by_role("slider", name="Place in the recording")
    book.eventually(lambda: len(panel.values()) > 3, "the recording plays", within=30, seen=panel.words)
    panel.click("Pause")
    panel.show("All")

    book.run_to_end(3)
    expect(panel.root.locator(".where")).to_have_text("7:57 of 9:56 lamp and finger")
    assert book.run_to_end(1) == "477.96 True"
    assert book.run_to_end(2) == "True"
    whole = len(panel.values())
    book.run_to_end(4)
    expect(panel.root.locator(".where b")).to_have_text("On")

    box = bar.bounding_box()
    bar.click(position={"x": 8 + (box["width"] - 16) * 134.97 / 596.5, "y": box["height"] / 2})
    expect(panel.root.locator(".where")).to_have_text("2:14 of 9:56 a finger on the chip")
    assert book.run_to_end(1) == "134.97 True", "a click beside a mark goes to the mark"
    book.eventually(
        lambda: 100 < len(panel.values()) < whole / 2,
        "what came later is gone",
        seen=lambda: len(panel.values()),
    )
    assert book.run_to_end(2) == "True"
    assert max(time for time, _ in panel.points()) <= panel.chart()["range"][1]

    panel.root.get_by_role("button", name="Next command or mark").click()
    expect(panel.root.locator(".where b")).to_have_text("Blink")
    panel.root.get_by_role("button", name="Previous command or mark").click()
    expect(panel.root.locator(".where b")).to_have_text("a finger on the chip")
    panel.root.locator(".chart").focus()
    book.page.keyboard.press(".")
    expect(panel.root.locator(".where b")).to_have_text("Blink")
    book.page.keyboard.press(",")
    expect(panel.root.locator(".where b")).to_have_text("a finger on the chip")
    for key, place in (("ArrowRight", "2:20"), ("End", "9:56"), ("Home", "0:00"), ("PageUp", "0:59")):
        bar.focus()
        book.page.keyboard.press(key)
        expect(panel.root.locator(".where")).to_contain_text(f"{place} of")
        book.eventually(lambda key=key: settled(book, panel), "the kernel is there", seen=panel.words)


def settled(book, panel):
    """Whether the bar stands where the kernel does."""
    value = float(panel.root.get_by_role("slider", name="Place in the recording").input_value())
    return abs(value / 1000 - float(book.run_to_end(1).split()[0])) < 0.01
