"""`picopanel class`: a whole virtual class on a real broker."""

import re
import sys
from types import SimpleNamespace

import pytest

from picopanel._cli import main, virtual

from ..support.waiting import eventually

COUNT = 20


def a_class(run, broker, *options):
    program = run("-m", "picopanel", "class", "--broker", broker.url(), "--count", COUNT, *options)
    program.wait_for(f"Online: {COUNT} of {COUNT}", within=30)
    return program


def boards(spy, last):
    return {heard.topic.removesuffix(last) for heard in spy.messages if heard.topic.endswith(last)}


def test_every_board_is_there_answers_and_leaves(run, broker, spy):
    """All of them under their IDs, in one thread; all say goodbye at Ctrl-C."""
    program = a_class(run, broker)
    expected = {f"class/{number:02}" for number in range(1, COUNT + 1)}
    eventually(lambda: boards(spy, "/telemetry") == expected, "each sends its samples")
    for board_id in expected:
        spy.publish(f"{board_id}/onboard_led", "toggle")
    eventually(lambda: boards(spy, "/onboard_temp") == expected, "each answers")
    program.interrupt()
    assert program.finish() == 0
    eventually(
        lambda: all(spy.on(f"{board_id}/status") == ["online", "offline"] for board_id in expected),
        "each has said that it goes",
        seen=lambda: {board_id: spy.on(f"{board_id}/status") for board_id in expected},
    )
    assert program.lines[-1] == "Stopped."


def test_a_class_too_large_for_select_is_served(run, broker):
    """A process whose files have numbers beyond 1024, as those of 400 boards have."""
    many = "import os, resource, runpy, sys; most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]; "
    many += "resource.setrlimit(resource.RLIMIT_NOFILE, (most, most)); [os.dup(0) for _ in range(1100)]; "
    many += "sys.argv[0] = 'picopanel'; runpy.run_module('picopanel', run_name='__main__')"
    program = run("-c", many, "class", "--broker", broker.url(), "--count", 3)
    program.wait_for("Online: 3 of 3", within=30)
    program.interrupt()
    assert program.finish() == 0


def test_says_who_has_which_fault(run, broker, spy):
    """A fifth of them; the losers of replies lose every third, and nobody else loses any."""
    program = a_class(run, broker, "--faults", "some", "--prefix", "room-", "--course")
    faults = dict(line.split(": ") for line in program.lines if line.startswith("room-"))
    assert len(faults) == COUNT / 5
    loser = next(board_id for board_id, fault in faults.items() if "third reply" in fault)
    well = next(each for number in range(1, COUNT + 1) if (each := f"room-{number:02}") not in faults)
    for _ in range(9):
        spy.publish(f"{loser}/onboard_led", "toggle")
        spy.publish(f"{well}/onboard_led", "toggle")
    eventually(
        lambda: len(spy.on(f"{well}/onboard_temp")) == 9, "all nine are answered", seen=lambda: spy.messages
    )
    eventually(lambda: len(spy.on(f"{loser}/onboard_temp")) >= 6, "most are answered")
    spy.publish(f"{well}/onboard_led", "toggle")
    eventually(lambda: len(spy.on(f"{well}/onboard_temp")) == 10, "the class has been through all before it")
    assert len(spy.on(f"{loser}/onboard_temp")) == 6, "six of nine are answered"
    assert not spy.on(f"{loser}/telemetry"), "the course layer only"


def test_comes_back_after_the_broker(run, broker):
    program = a_class(run, broker)
    broker.kill()
    eventually(
        lambda: re.match("The broker closed|Nothing listens", program.lines[-1]),
        "it says what is wrong",
        seen=lambda: program.lines[-3:],
    )
    broker.start()
    eventually(lambda: program.lines.count(f"Online: {COUNT} of {COUNT}") == 2, "all are back", within=40)


def test_refused_by_the_broker_ends_with_the_reason(run, locked_broker):
    program = run("-m", "picopanel", "class", "--broker", locked_broker.url(login="ada:wrong"))
    assert program.finish() == 1
    assert "refused" in program.lines[-1], program.lines


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (["--prefix", "a/#"], 1, "wildcards"),
        (["--prefix", "/a"], 1, "must not start"),
        (["--count", "1001"], 2, "1 to 1000"),
    ],
)
def test_arguments_that_cannot_work_get_a_sentence_and_no_traceback(run, options, status, said):
    program = run("-m", "picopanel", "class", "--broker", "mqtt://127.0.0.1:1", *options)
    assert program.finish() == status
    assert said in " ".join(program.lines)
    assert not any("Traceback" in line for line in program.lines), program.lines


@pytest.mark.parametrize("most", [500, 2**63 - 1], ids=["so many", "macOS: no limit"])
def test_a_program_is_allowed_as_many_sockets_as_the_system_gives(monkeypatch, most):
    """macOS says that there is no limit, and takes no more than OPEN_MAX (its setrlimit(2))."""
    allowed = [256]

    def setrlimit(_, limits):
        if limits[0] > min(most, 10_240):
            raise ValueError("current limit exceeds maximum limit")
        allowed[:] = [limits[0]]

    system = SimpleNamespace(RLIMIT_NOFILE=8, getrlimit=lambda _: (256, most), setrlimit=setrlimit)
    monkeypatch.setitem(sys.modules, "resource", system)
    virtual._allow_many_sockets()
    assert allowed == [min(most, 10_240)]


def test_windows_watches_no_more_than_512_sockets_which_is_said_before(monkeypatch, capsys):
    monkeypatch.setattr(sys, "platform", "win32")
    assert main(["class", "--broker", "mqtt://127.0.0.1:1", "--count", "501"]) == 1
    assert "--count can be 500 at most" in capsys.readouterr().err
