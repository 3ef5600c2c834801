"""JupyterLite has neither threads nor sockets: there, the page's questions and the verbs do the work."""

import subprocess
import sys

import pytest

NO_THREADS = """
import _thread, threading, time

def refuse(*_):
    raise RuntimeError("can't start new thread")  # as Pyodide does

_thread.start_new_thread = threading._start_new_thread = refuse

from picopanel import NotConnected, Pico, PicoPanel

def page_of(panel):
    news = []
    panel.send = lambda content, buffers=None: news.append((content, buffers))
    def ask(message):
        panel._on_page_message(panel, message, [])
    return news, ask
"""


def run(code):
    done = subprocess.run(
        [sys.executable, "-c", NO_THREADS + code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_pages_questions_keep_the_virtual_pico_going():
    run("""
panel = PicoPanel.demo()
panel._repr_mimebundle_()
news, ask = page_of(panel)
for _ in range(8):
    ask({"type": "ask", "since": 0})
    time.sleep(0.3)
rows = news[-1][0]["rows"]
assert rows["end"] >= 6, rows
assert news[-1][0]["state"]["mode"] == "pico"

ask({"type": "click", "click": "one", "command": "on"})
for _ in range(5):
    ask({"type": "ask", "since": 0})
    time.sleep(0.1)
kinds = [event["kind"] for _, event in news[-1][0]["rows"]["events"] if event.get("click") == "one"]
assert kinds == ["sent", "answered"], kinds
assert news[-1][0]["state"]["led"] is True
""")


@pytest.mark.parametrize("kind", ["Pico", "PicoPanel"])
def test_verbs_are_answered_though_no_thread_can_start(kind):
    run(f"""
board = {kind}.demo()
assert board.on().led is True
assert [reading.channel for reading in board.readings(n=3)] == ["temperature"] * 3
start = time.monotonic()
board.blink(0.2, 0.2, n=2, wait=True)
assert time.monotonic() - start > 0.7, 'it came back before the blinking was over'
board.sleep(0.5)
assert len(list(board.readings(seconds=1))) >= 3
board.close()
""")


def test_a_real_broker_is_refused_with_what_to_do_instead():
    said = run("""
try:
    PicoPanel("alice-07", broker="mqtts://user:password@broker.example")
except NotConnected as error:
    print(error)
""")
    assert "runs in the browser" in said
    assert "PicoPanel.demo()" in said
    assert "password" not in said


def test_c7_where_the_page_keeps_clicks_until_a_cell_is_over_no_verb_is_recommended_for_that():
    said = run("""
from picopanel._page import kernel
from picopanel._panel import panel as module
module.cells_block_the_page = lambda: True
panel = PicoPanel.demo()
news, ask = page_of(panel)
kernel.cells._began, kernel.cells._ended = time.monotonic() - 5, time.monotonic()
ask({"type": "click", "click": "one", "command": "on"})
print(panel._device.known.notices)
""")
    assert "the page itself keeps clicks" in said
    assert "sent at once" not in said


def test_what_needs_more_than_a_page_has_says_where_to_do_it():
    said = run("""
import picopanel
panel = PicoPanel.demo()
try:
    picopanel.serve(panel, opcua=True)
except picopanel.PicoPanelError as error:
    print(error)
card = picopanel.BoardSetup("alice-07", broker="mqtts://user:password@broker.example")._card
print(card._state["trouble"])
for message in ({"type": "start", "click": "1", "id": "alice-07"}, {"type": "console", "click": "2"}):
    card._on_page_message(card, message, [])
assert not card._state["running"] and not card._state["reading"]
import pathlib, tempfile
with tempfile.TemporaryDirectory() as folder:
    panel.record(file := pathlib.Path(folder, "run.jsonl"))
    panel.sleep(1)
    panel.record(None)
    assert len(file.read_text().splitlines()) > 1
""")
    assert "`picopanel serve` in a terminal" in said
    assert "`picopanel board setup` in a terminal" in said
