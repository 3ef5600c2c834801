"""What the loop owns stays whole when an interrupt, as by the stop button, hits the main thread anywhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from picopanel._page.kernel import _interrupts_held_back
from picopanel._runtime import loop

from ..support.interrupts import interrupt

ENDS_WITH_THE_RUN = f"""
from tests.support.ending import end_with
end_with({os.getpid()})
"""

STORM = """
import signal, time
from threading import Thread

def storm(act):
    signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
    for _ in range(3000):
        try:
            end = time.monotonic() + 1  # or the timer was heard where nothing can be raised
            signal.setitimer(signal.ITIMER_REAL, 0.0002)
            while time.monotonic() < end:
                act()
        except KeyboardInterrupt:
            pass

def goes_on(count):
    before, end = len(count), time.monotonic() + 10
    while len(count) < before + 5:
        assert time.monotonic() < end, "the other thread hangs"
        time.sleep(0.01)

count = []
"""

WAITS_FOR_AN_EVENT = """
from picopanel._runtime.waiting import Event

def tell():
    while True:
        event.set()
        event.clear()
        count.append(None)
        time.sleep(0)

event = Event()
Thread(target=tell, daemon=True).start()
storm(lambda: event.wait(0.001))
"""

ASKS_THE_LOOP = """
from picopanel._runtime import loop

asked, half = [], []

def change():
    half.append("begun")
    time.sleep(0)
    half.pop()
    asked.append(None)

def tick():
    count.append(None)
    loop.later(0.001, tick)

loop.post(tick)

def act():
    loop.post(change)
    loop.ask(change)

storm(act)
loop.ask(int)
assert len(asked) > 1000 and not half
"""

ASKS_A_PICO = """
from picopanel import Pico

class Rows:
    def __len__(self):
        return pico._device.store.end

pico, count = Pico.demo(), Rows()
pico.read()
storm(pico.read)
assert pico.read(timeout=30).temperature
lengths = [len(column) for column in pico._device.store._blocks[-1].columns]
assert len(set(lengths)) == 1, f"half a row is in the store: {lengths}"
"""

FLUSHES_A_PANEL = """
from picopanel import PicoPanel

panel, sent, have = PicoPanel.demo(), [], 0
panel.send = lambda message, buffers=None: sent.append(message["rows"])
panel.model_id
storm(panel._at_cell_end)
panel.sleep(2)
store = panel._device.store
for rows in sent:
    if rows["first"] <= have:
        have = max(have, rows["end"])
assert have >= store.end - 2 > 5, "what was not sent has been sent once more, and in order"

class Rows:
    def __len__(self):
        return store.end

count = Rows()
"""

OPENS_A_PICO = """
from picopanel import Pico
from picopanel._runtime import loop

storm(Pico.demo)
pico = Pico.demo()
assert pico.read(timeout=30).temperature
assert loop.ask(lambda: len(pico._device.link._receivers)) == 1, "who was interrupted has made room"

class Rows:
    def __len__(self):
        return pico._device.store.end

count = Rows()
"""


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there is no timer that interrupts")
@pytest.mark.parametrize(
    "act",
    [WAITS_FOR_AN_EVENT, ASKS_THE_LOOP, ASKS_A_PICO, OPENS_A_PICO, FLUSHES_A_PANEL],
    ids=["event", "loop", "pico", "open", "panel"],
)
def test_an_interrupt_jams_nobody_else(act: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"{ENDS_WITH_THE_RUN}{STORM}{act}goes_on(count)"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_what_is_asked_is_done_whole_though_who_asks_is_interrupted() -> None:
    done = []

    def change() -> None:
        interrupt()
        time.sleep(0.1)
        done.append("whole")

    with pytest.raises(KeyboardInterrupt):
        loop.ask(change)
    loop.ask(int)
    assert done == ["whole"]


def test_an_interrupt_waits_until_jupyter_ui_poll_has_done_its_part() -> None:
    done = []

    def poll() -> None:
        with _interrupts_held_back(lambda: done.append("told at once")):
            signal.raise_signal(signal.SIGINT)
            done.append("done")

    with pytest.raises(KeyboardInterrupt):
        poll()
    assert done == ["told at once", "done"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.skipif(os.name == "nt", reason="nohup and trap are of POSIX")
def test_h2_a_run_that_was_started_in_the_background_tests_interrupts_all_the_same() -> None:
    """A shell's `&` in a script, and nohup's kin, hand down that interrupts are ignored."""
    options = ["-q", "-p", "no:cacheprovider", "-k", "event or loop or whole", __file__]
    run = f"{ENDS_WITH_THE_RUN}import pytest, sys\nsys.exit(pytest.main({options}))"
    done = subprocess.run(
        ["sh", "-c", "trap '' INT; exec \"$@\"", "sh", sys.executable, "-c", run],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0 and "3 passed" in done.stdout, done.stdout


STARTS_A_PROGRAM = """
import subprocess, sys

program = '''
import os, time
from tests.support.ending import end_with

end_with(os.getppid())
print("here", flush=True)
time.sleep(30)
print("still here")
'''
subprocess.run([sys.executable, "-c", program])
"""


@pytest.mark.skipif(os.name == "nt", reason="there a process keeps the number of its parent")
def test_a_program_of_these_tests_ends_with_a_run_that_is_killed() -> None:
    run = subprocess.Popen([sys.executable, "-c", STARTS_A_PROGRAM], stdout=subprocess.PIPE)
    assert run.stdout and run.stdout.readline() == b"here\n"
    run.kill()
    assert run.stdout.read() == b"", "its program has not outlived it"
