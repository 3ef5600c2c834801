"""The course's own notebook with our virtual Pico, and the course's own board with our notebook side."""

from pathlib import Path

import pytest

from picopanel import Pico

from ..support.waiting import eventually

NOTEBOOK = Path(__file__).parents[1] / "course" / "notebook_procedure.py"


@pytest.mark.parametrize("options", [["--course"], []], ids=["course layer only", "both layers"])
def test_course_notebook_with_the_virtual_pico(broker, spy, run, options):
    """30 toggles by the course's procedure: one bare number each, nothing unasked, nothing retained."""
    pico = run("-m", "picopanel", "pico", "test-id", "--broker", broker.url(), *options)
    ready(broker, pico)
    spy.messages.clear()
    notebook = run(NOTEBOOK, "127.0.0.1", broker.port, "test-id")
    assert notebook.finish() == 0, notebook.lines
    assert len(notebook.lines) == 30
    assert all(0 < float(line) < 60 for line in notebook.lines)
    eventually(lambda: spy.on("test-id/onboard_temp") == notebook.lines, "the replies are what it printed")
    replies = [heard for heard in spy.messages if heard.topic == "test-id/onboard_temp"]
    assert not any(heard.retain for heard in replies)
    assert {heard.topic for heard in spy.messages if "--course" in options} <= {
        "test-id/onboard_led",
        "test-id/onboard_temp",
    }, "a board of the course layer speaks nothing else"


def test_unknown_words_change_nothing_and_are_answered(broker, spy, run):
    """Any other payload is answered with a temperature, too, and leaves the LED as it is."""
    pico = run("-m", "picopanel", "pico", "test-id", "--broker", broker.url())
    ready(broker, pico)
    spy.publish("test-id/onboard_led", "on")
    eventually(lambda: spy.on("test-id/onboard_led/state")[-1:] == ["on"], "the LED is on")
    eventually(lambda: spy.on("test-id/onboard_temp"), "its answer has come")
    before = len(spy.on("test-id/onboard_temp"))
    for word in ("read", "ON", "", '{"a":1}'):
        spy.publish("test-id/onboard_led", word)
    eventually(lambda: len(spy.on("test-id/onboard_temp")) == before + 4, "each message has its answer")
    assert spy.on("test-id/onboard_led/state")[-1] == "on"


def test_course_board_with_a_script(broker, board, spy):
    """The course's loop against an unmodified board: 30 toggles, 30 certain answers, all recorded."""
    pico_board = board("course_board.py", "test-id")
    with Pico("test-id", broker=broker.url()) as pico:
        replies = [pico.toggle() for _ in range(30)]
        assert [reply.temperature for reply in replies] == pytest.approx([20 + n / 10 for n in range(1, 31)])
        assert all(reply.certain for reply in replies)
        assert replies[-1].led is None, "nobody can know what 30 toggles have led to"
        assert pico.on().led is True
        assert pico.toggle().led is False
        assert len(pico.to_dataframe()) == 32
    pico_board.has_heard(*["toggle"] * 30, "on", "toggle")
    commands = [heard for heard in spy.messages if heard.topic == "test-id/onboard_led"]
    assert {heard.qos for heard in commands} == {2}
    assert not any(heard.retain for heard in commands)


def test_every_number_is_a_reading(broker, board, spy):
    """A number on the reply topic is a reading, whoever asked for it; what is none is refused."""
    board("course_board.py", "test-id")
    with Pico("test-id", broker=broker.url()) as pico:
        pico.on()
        for payload in ("1000.5", "-3", "nan", "[1]", "hot", b"\xff", "1e999"):
            spy.publish("test-id/onboard_temp", payload)
        spy.publish("test-id/onboard_led", "toggle")  # a classmate's
        eventually(
            lambda: pico.temperature == pytest.approx(20.2), "the answer to the classmate is a reading"
        )
        assert pico.to_dataframe()["value"].tolist() == pytest.approx([20.1, 1000.5, -3, 20.2])


def ready(broker, pico):
    """Wait until the virtual Pico listens."""
    eventually(
        lambda: "test-id/onboard_led (QoS 1)" in broker.log.read_text(),
        "the virtual Pico subscribes at QoS 1, as the course's board",
        seen=lambda: pico.lines,
        within=20,
    )
