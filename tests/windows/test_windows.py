"""What the package does on Windows, seen in Windows's own Python under Wine: `make windows`."""

import os
import re

import pytest

from .python import WindowsPython

pytestmark = pytest.mark.skipif(os.environ.get("PICOPANEL_WINDOWS") != "1", reason="make windows runs it")

DEMO = """
import asyncio, sys
from pathlib import Path
import picopanel
from picopanel import Pico, PicoPanel

assert type(asyncio.new_event_loop()).__name__ == "ProactorEventLoop", "one that watches no sockets"
with Pico.demo() as pico:
    assert pico.toggle().led is True
    pico.record("run.jsonl")
    pico.sleep(1)
    pico.to_csv("run.csv")
panel = PicoPanel.demo()
assert panel.on().led is True
panel.save_html("panel.html")
assert "°C" in Path("run.csv").read_text(encoding="utf-8")
assert len(picopanel.read_recording("run.jsonl")) > 0
print(sys.platform, sys.stdout.encoding)
"""


@pytest.fixture(scope="module")
def windows(tmp_path_factory):
    return WindowsPython(tmp_path_factory.mktemp("wheel"))


def test_a_virtual_pico_and_a_panel_work_and_leave_their_files(windows, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = windows.run("-c", DEMO, seconds=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["win32", "cp1252"], "with the encoding that a pipe has there"


def test_the_command_line_says_what_is_wrong_in_a_pipe(windows):
    doctor = ("-m", "picopanel", "doctor", "--id", "доска-7", "--broker", "mqtt://127.0.0.1:1")
    done = windows.run(*doctor, seconds=120)
    assert done.returncode == 1, done.stderr
    assert re.search("^TCP +failed", done.stdout, re.M), done.stdout


@pytest.mark.timeout(1200)
def test_the_unit_tests_pass(windows):
    """Files without a named encoding are those of the tests: the package names it for each of its own."""
    options = ("-n", "2", "--timeout=120", "-p", "no:cacheprovider", "--quiet")
    done = windows.run("-m", "pytest", "tests/unit", *options, seconds=1100, PYTHONUTF8="1")
    assert done.returncode == 0, done.stdout[-5000:]
    passed = int(re.search(r"(\d+) passed", done.stdout)[1])
    assert passed > 1000, done.stdout[-500:]
