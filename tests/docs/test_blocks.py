"""What the README and docs/ tell a reader to run, runs, and prints what they say."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from operator import attrgetter

import pytest

from ..support.mosquitto import Mosquitto
from ..support.programs import Program
from .blocks import EVERY, NOT_RUN, ON_THE_BOARD, PAGES, ROOT, Block

NAME = attrgetter("stem")
BOARD_ID = "my-course-id"
UNTIL_CTRL_C = "until-ctrl-c"
COMMANDS = {"picopanel": ["-m", "picopanel"], "python": []}


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    """A broker, and a virtual Pico on it under the ID of the examples."""
    broker = Mosquitto(tmp_path_factory.mktemp("broker")).start()
    pico = Program(["-m", "picopanel", "pico", BOARD_ID, "--broker", broker.url(), "--interval", 200])
    pico.wait_for("")
    yield broker
    pico.stop()
    broker.stop()


@pytest.fixture
def desk(broker, tmp_path, monkeypatch):
    """An empty folder, with the broker and the ID where a reader has put them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PICOPANEL_BROKER", broker.url())
    monkeypatch.setenv("COURSE_ID", BOARD_ID)


@pytest.mark.parametrize("page", PAGES, ids=NAME)
def test_every_block_says_what_it_is(page):
    for block in (block for block in EVERY if block.page == page):
        assert block.language, f"{block.place}: fence it, and say in which language it is"
        assert block.language not in ("py", "sh", "shell", "console"), f"{block.place}: write python or bash"
        if block.note.startswith(NOT_RUN):
            assert block.note.removeprefix(NOT_RUN).strip(), f"{block.place}: say why it is not run"
        elif block.language in ("python", "bash"):
            assert block.note in ("", UNTIL_CTRL_C, ON_THE_BOARD), f"{block.place}: {block.note!r}?"


@pytest.mark.parametrize("page", sorted({block.page for block in EVERY if block.runs}), ids=NAME)
def test_what_a_page_tells_to_run_runs_and_prints_what_it_says(page, desk):
    names: dict[str, object] = {"__name__": "__main__"}
    try:
        for block in (block for block in EVERY if block.page == page and block.runs):
            printed = run_python(block, names) if block.language == "python" else run_bash(block)
            assert block.output is None or shape(printed) == shape(block.output), f"{block.place} prints else"
    finally:
        for value in list(names.values()):
            if hasattr(value, "close") and not isinstance(value, type):
                value.close()


def test_most_blocks_are_run(measured):
    code = [block for block in EVERY if block.language in ("python", "bash")]
    left_out = [block for block in code if not block.runs]
    measured("code blocks of the docs that run", len(code) - len(left_out))
    measured("code blocks that cannot run in a test, each for a reason that it gives", len(left_out))
    assert len(left_out) < len(code) / 2, [block.place for block in left_out]


def run_python(block: Block, names: dict[str, object]) -> str:
    """Run a block after the earlier ones of its page, and return what it prints."""
    code = compile("\n" * block.line + block.code, str(block.page), "exec")
    with redirect_stdout(StringIO()) as printed:
        exec(code, names)
    return printed.getvalue()


def run_bash(block: Block) -> str:
    """Run each line, and return what they print."""
    lines = block.code.replace("\\\n", " ").splitlines()
    commands = [words for line in lines if (words := shlex.split(line, comments=True))]
    return "".join(run_command(block, words) for words in commands)


def run_command(block: Block, words: list[str]) -> str:
    if words[0] == "make":
        return run([*words[:1], "--dry-run", "--directory", str(ROOT), *words[1:]], block) and ""
    assert words[0] in COMMANDS, f"{block.place}: a test cannot run {words[0]}; say `bash not-run: why`"
    arguments = [*COMMANDS[words[0]], *words[1:]]
    if block.note == UNTIL_CTRL_C:
        return until_ctrl_c(block, arguments)
    return run([sys.executable, *arguments], block)


def run(command: list[str], block: Block) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, f"{block.place} ends with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


def until_ctrl_c(block: Block, arguments: list[str]) -> str:
    program = Program(arguments)
    try:
        program.wait_for("Online" if "class" in arguments else "")  # where Ctrl-C is its end
        program.interrupt()
        assert program.finish() == 0, f"{block.place}:\n" + "\n".join(program.lines)
    finally:
        program.kill()
    return "\n".join(program.lines)


def shape(text: str) -> str:
    """Return a text without what differs from run to run: its numbers, and the space that they need."""
    lines = (re.sub(" +", " ", line.strip()) for line in text.strip().splitlines())
    return re.sub(r"-?\d+([.:]\d+)*", "0", "\n".join(lines))
