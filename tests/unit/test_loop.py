"""The one loop: what is posted, asked and due is done in turn, whole, whoever raises or is interrupted."""

from __future__ import annotations

import asyncio
import contextvars
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread, current_thread, get_ident

import pytest

from picopanel._runtime import loop, observers
from picopanel._runtime.clock import Timer, every
from picopanel._runtime.loop import Stepped
from picopanel._runtime.waiting import Event

from ..support.waiting import eventually
from .hand import Hand


def test_what_is_asked_is_done_in_the_loops_own_thread_and_answered() -> None:
    assert loop.ask(lambda one, *, two: one + two, 1, two=2) == 3
    assert loop.ask(lambda: current_thread().name) == "picopanel-loop"
    assert loop.ask(lambda: loop.ask(lambda: current_thread().name)) == "picopanel-loop", "within it, at once"


def test_what_raises_is_raised_where_it_was_asked_and_ends_nothing() -> None:
    with pytest.raises(ZeroDivisionError):
        loop.ask(lambda: 1 / 0)
    with pytest.raises(SystemExit):
        loop.ask(lambda: exec("raise SystemExit"))
    loop.post(lambda: exec("raise SystemExit"))
    assert loop.ask(lambda: "it goes on") == "it goes on"


def test_an_interrupt_ends_the_waiting_and_what_was_asked_is_done_whole() -> None:
    done = list[str]()

    def slow() -> None:
        signal.raise_signal(signal.SIGINT)  # as by the stop button, while the cell waits
        time.sleep(0.05)
        done.append("whole")

    with pytest.raises(KeyboardInterrupt):
        loop.ask(slow)
    eventually(lambda: done == ["whole"], "it is done all the same")


def test_who_is_interrupted_while_it_begins_has_not_begun_it_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A storm of interrupts left a thread for each, until there were no more: the loop then went without."""
    begun, start = list[Thread](), Thread.start

    def start_and_interrupt(thread: Thread) -> None:
        start(thread)
        if thread.name == "picopanel-loop":
            begun.append(thread)
            signal.raise_signal(signal.SIGINT)
            time.sleep(0.1)

    monkeypatch.setattr(loop, "_only", {})
    monkeypatch.setattr(Thread, "start", start_and_interrupt)
    with pytest.raises(KeyboardInterrupt):
        loop.ask(int)
    assert loop.ask(get_ident) == begun[0].ident
    assert len(begun) == 1


def test_what_keeps_it_from_beginning_is_raised_where_it_was_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(loop, "_only", {})
    monkeypatch.setattr(asyncio, "SelectorEventLoop", refuse)
    with pytest.raises(OSError, match="Too many open files"):
        loop.ask(int)
    monkeypatch.undo()
    assert loop.ask(int) == 0


def test_the_cell_that_posts_does_not_lend_its_context() -> None:
    cell = contextvars.ContextVar("cell", default="none")
    cell.set("the first cell")
    assert loop.ask(cell.get) == "none"


def test_what_blocks_is_done_aside_and_its_end_told_in_the_loop() -> None:
    told = list[object]()
    loop.aside(lambda: current_thread().name, lambda name: told.extend((name, current_thread().name)))
    eventually(lambda: told, "it is told")
    assert told == ["picopanel-aside", "picopanel-loop"]
    told.clear()
    loop.aside(lambda: 1 / 0, told.append)
    eventually(lambda: told, "a failure is told")
    assert isinstance(told[0], ZeroDivisionError)


def test_the_loop_never_waits_for_itself() -> None:
    with pytest.raises(RuntimeError, match="cannot wait"):
        loop.ask(loop.wait, Event(), 1)


def test_observers_are_called_in_one_thread_one_after_the_other() -> None:
    heard = list[str]()
    loop.ask(observers.call, lambda: 1 / 0)
    loop.ask(observers.call, lambda: heard.append(current_thread().name))
    eventually(lambda: heard, "the second is called though the first has raised")
    assert heard == ["picopanel-observers"]


def test_a_timer_calls_at_its_period_or_sooner_until_it_is_stopped(hand: Hand) -> None:
    at = list[float]()
    timer = Timer(hand.clock, 1.0, lambda: at.append(hand.seconds - 1000))
    hand.advance(2.5)
    timer.hurry()
    hand.advance(0)
    timer.hurry(not_before=1003.0)
    hand.advance(1)
    assert at == [1, 2, 2.5, 3]
    timer.every(0.25)
    hand.advance(0.5)
    assert at[4:] == [3.75, 4]
    timer.stop()
    timer.hurry()
    hand.advance(9)
    assert len(at) == 6


def test_what_many_do_every_so_often_is_one_timer_until_the_last_has_stopped(hand: Hand) -> None:
    clock, calls = hand.clock, list[tuple[str, float]]()

    def first() -> None:
        calls.append(("first", hand.seconds - 1000))
        stop_third()

    def second() -> None:
        calls.append(("second", hand.seconds - 1000))
        raise ValueError("it ends nothing for the others")

    stops = [every(0.25, clock, first)]
    hand.advance(0.1)
    stops.append(every(0.25, clock, second))
    stop_third = every(0.25, clock, lambda: calls.append(("third", 0)))
    hand.advance(0.4)
    assert calls == [("first", 0.25), ("second", 0.25), ("first", 0.5), ("second", 0.5)]
    assert len(hand._due) == 1
    for stop in stops:
        stop()
    hand.advance(9)
    assert len(calls) == 4 and not hand._due


def test_a_timer_without_a_period_waits_to_be_hurried(hand: Hand) -> None:
    calls = list[str]()
    timer = Timer(hand.clock, None, lambda: calls.append("called"))
    hand.advance(100)
    assert calls == []
    timer.hurry()
    timer.hurry()
    hand.advance(100)
    assert calls == ["called"]


def test_what_is_stopped_by_what_came_before_it_is_called_no_more(hand: Hand) -> None:
    calls = list[str]()

    def first() -> None:
        calls.append("first")
        second.stop()

    Timer(hand.clock, 1, first)
    second = Timer(hand.clock, 1, lambda: calls.append("second"))
    hand.advance(1)
    assert calls == ["first"]


def test_without_threads_who_waits_does_what_is_due(hand: Hand) -> None:
    steps = Stepped(lambda: hand.seconds)
    done = list[str]()
    steps.later(1, lambda: done.append("late"))
    steps.later(2, lambda: done.append("never")).cancel()
    steps.post(lambda: 1 / 0)
    steps.post(lambda: done.append("soon"))
    steps.pass_by()
    assert done == ["soon"]
    hand.seconds += 5
    steps.pass_by()
    assert done == ["soon", "late"]


def test_without_threads_a_host_that_runs_a_loop_of_its_own_passes_by() -> None:
    done = list[str]()

    async def notebook() -> None:
        steps, over = Stepped(), asyncio.Event()
        steps.later(0.02, lambda: steps.later(0.01, over.set))
        steps.later(0.01, lambda: done.append("soon"))
        await asyncio.wait_for(over.wait(), 30)  # no cell runs, and nobody else passes by

    with ThreadPoolExecutor(1) as elsewhere:  # a browser's test may have left its own loop in this thread
        elsewhere.submit(lambda: asyncio.run(notebook())).result()
    assert done == ["soon"]


def test_an_event_is_waited_for_once_or_by_many_and_comes_again() -> None:
    event = Event()
    assert not event.wait(0.01)
    waiting = [Thread(target=event.wait) for _ in range(2)]
    for each in waiting:
        each.start()
    event.set()
    for each in waiting:
        each.join(10)
        assert not each.is_alive(), "all who wait go on"
    event.set()
    assert event.wait() and event.wait(0) and event.is_set()
    event.clear()
    event.clear()
    assert not event.wait(0.01)


FORKS = """
import os, sys
from picopanel import PicoPanel

panel = PicoPanel.demo()
assert panel.on().led
panel.record(sys.argv[1])
if os.fork() == 0:
    try:
        panel.led
    except RuntimeError as error:
        print(error, flush=True)
    sys.exit()  # with all that Python does at an end
os.wait()
assert panel.off().led is False
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_in_a_process_that_was_forked_off_nobody_waits_for_a_loop_that_is_not_there(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-c", FORKS, str(tmp_path / "run.jsonl")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert "in the process that began it" in done.stdout
