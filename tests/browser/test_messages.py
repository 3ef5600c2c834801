"""The drawer "Messages": what a student used to open a browser client for."""

import re

from . import cells
from .test_accessibility import findings

COPIED = (
    "mosquitto_pub -h YOUR_HOST -p 8883 --tls-use-os-certs -u YOUR_USER -P YOUR_PASSWORD -q 2 "
    "-t 'test-id/onboard_led' -m 'toggle'"
)


def summary(panel):
    return panel.root.locator("summary")


def listing(panel):
    return panel.root.get_by_role("listbox", name="Messages")


def lines(panel):
    """Return the listed lines as a person reads them, without the time."""
    texts = panel.root.locator(".line").all_inner_texts()
    return [re.sub(r"^[\d:.]+ ", "", " ".join(text.split())) for text in texts]


def lists(book, panel, *expected):
    """Wait until these lines are the last ones."""
    book.eventually(
        lambda: lines(panel)[-len(expected) :] == list(expected),
        f"the drawer lists {expected}",
        seen=lambda: lines(panel),
    )


def test_a_course_board_at_a_real_broker_by_keyboard_alone(notebook, broker, board, spy):
    """A command at QoS 2 and its answer; retained; choose, read, copy, filter; it follows and holds still."""
    board("course_board.py", "test-id")
    spy.publish("test-id/status", "\u202eonline<b>\n", retain=True)
    book = notebook(cells.panel(broker), "for n in range(60): panel.read()")
    book.run_to_end(0)
    panel = book.panel()
    panel.wait_until_ready()
    assert lines(panel) == [], "it is closed at first, and nothing is listed"
    panel.click("Toggle")
    panel.confirmed("Toggle")
    summary(panel).focus()
    book.page.keyboard.press("Enter")
    command = (
        "sent test-id/onboard_led ← toggle QoS 2 command",
        "received test-id/onboard_led → toggle QoS 1 command, to all",
        "received test-id/onboard_temp → 20.1 QoS 1 answer",
    )
    lists(book, panel, *command)
    all_lines = lines(panel)
    assert "subscribe test-id/telemetry QoS 0 asked, 0 granted subscription" in all_lines
    assert "received test-id/status → ⟨U+202E⟩online<b>␊ retained QoS 0" in all_lines
    assert findings(book) == []

    for _ in range(3):
        book.page.keyboard.press("Tab")
    book.page.keyboard.press("Tab")
    assert listing(panel).evaluate("it => it === document.activeElement"), "Tab leads to the list"
    for _ in range(3):
        book.page.keyboard.press("ArrowUp")
    panel.says("QoS 2, exactly once")
    assert findings(book) == []
    for _ in range(2):  # past the conversation
        book.page.keyboard.press("Tab")
    book.page.keyboard.press("Enter")
    book.eventually(
        lambda: panel.root.locator("textarea").input_value() == COPIED, "the command is there to be copied"
    )
    panel.says("Copied.")

    chosen = panel.root.locator("[aria-selected=true]")
    before = chosen.bounding_box()["y"]
    book.run_to_end(1)
    panel.says("180 newer")
    assert chosen.bounding_box()["y"] == before, "it holds still while messages come"
    listing(panel).press("Escape")
    book.eventually(lambda: lines(panel)[-1].endswith("→ 26.1 QoS 1 answer"), "it follows again")

    panel.root.get_by_label("Only with this text").fill("toggle")
    lists(book, panel, *command[:2])
    panel.root.get_by_label("Direction").select_option("Received")
    lists(book, panel, command[1])
    assert len(lines(panel)) == 1

    panel.root.get_by_label("Direction").select_option("All directions")
    panel.root.get_by_label("Only with this text").fill("")
    for topic in ("onboard_led", "status"):
        panel.root.get_by_label("Topic", exact=True).select_option(topic)
    whats = panel.root.locator(".line .what")  # what is out of sight has a text, but none that is seen
    names = lambda: set(re.findall(r"test-id/\w+", " ".join(whats.all_text_contents())))  # noqa: E731
    book.eventually(lambda: names() == {"test-id/onboard_led", "test-id/status"}, "two topics", seen=names)
    panel.root.get_by_role("button", name="Without the filter status").click()
    book.eventually(lambda: names() == {"test-id/onboard_led"}, "one of them is taken away", seen=names)
    panel.root.get_by_label("Only with this text").fill("toggle")
    panel.root.locator(".line.out").click()
    panel.click("Show this conversation")
    book.eventually(lambda: lines(panel) == list(command), "command, copy, answer", seen=lambda: lines(panel))
    panel.click("Show all messages")
    book.eventually(lambda: len(names()) > 3, "all are listed again", seen=names)


def test_the_virtual_pico_and_a_page_that_is_reloaded(notebook):
    """The demo lists the same; after a reload all that passed is there again; closed, nothing is sent."""
    book = notebook(cells.DEMO, "print(len(list(panel.readings(n=8))))", load=True)
    book.run_to_end(0)
    panel = book.panel()
    panel.wait_until_ready()
    summary(panel).click()
    panel.click("On")
    panel.confirmed("On")
    for start in ("received demo/ack →", "received demo/onboard_led/state → on"):
        book.eventually(
            lambda start=start: any(line.startswith(start) for line in lines(panel)),
            f"the drawer lists {start!r}",
            seen=lambda: lines(panel),
        )
    listed = but_samples(panel)
    assert "sent demo/cmd ←" in [" ".join(line.split(" ")[:3]) for line in listed]

    frames = []
    book.page.on("websocket", lambda socket: socket.on("framereceived", lambda it: frames.append(it)))
    book.save()
    book.reload()
    panel = book.panel()
    panel.wait_until_ready()
    book.eventually(lambda: having(frames, b'"answer"'), "the kernel has heard that this page lists nothing")
    before = told(frames)
    book.run_to_end(1)
    assert told(frames) == before, "nothing is sent to a drawer that is closed"
    summary(panel).click()
    book.eventually(
        lambda: but_samples(panel) == listed, "all that passed is listed again", seen=lambda: lines(panel)
    )
    summary(panel).click()
    book.run_to_end(1)
    closed = told(frames)
    assert closed > before, "the kernel's messages are seen"
    book.run_to_end(1)
    assert told(frames) == closed, "it is closed again"


def but_samples(panel):
    return [line for line in lines(panel) if "telemetry" not in line]


def told(frames):
    """Count the frames that list messages."""
    return having(frames, b'"messages"')


def having(frames, word):
    return sum(word in (it if isinstance(it, bytes) else it.encode()) for it in frames)
