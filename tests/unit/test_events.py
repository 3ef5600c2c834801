"""Each kind of event, and each topic, stands in every table that must know it, here and on the page."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from picopanel._page.news import _NOT_FOR_PAGES
from picopanel._protocol.ids import Topics
from picopanel._store.recording import _OF_EVENTS

from .hand import CONTRACT

ROOT = Path(__file__).parents[2]
WITHOUT_FACTS = {"online", "offline", "start"}
KINDS = _OF_EVENTS.keys() | WITHOUT_FACTS


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def between(text: str, start: str, end: str) -> str:
    return text.split(start, 1)[1].split(end, 1)[0]


def noted(file: Path) -> set[str]:
    """Return the kinds that a file of the package notes as such, written out."""
    calls = [each for each in ast.walk(ast.parse(file.read_bytes())) if isinstance(each, ast.Call)]
    called = [(each.func.attr, each.args) for each in calls if isinstance(each.func, ast.Attribute)]
    first = [args[0] for name, args in called if name == "note" and args]
    words = [part for each in first for part in ast.walk(each) if isinstance(part, ast.Constant)]
    return {word.value for word in words if isinstance(word.value, str)}


def test_what_is_noted_is_of_a_kind_that_a_recording_knows() -> None:
    found = {kind for file in (ROOT / "src/picopanel/_device").glob("*.py") for kind in noted(file)}
    assert len(found) > 10, "expected to find where events are noted"
    # An experiment's own note is of its run: `begun` is one of its states.
    assert found - {"begun"} <= KINDS


def test_the_document_of_recordings_has_each_kind() -> None:
    table = between(read("docs/recording.md"), "| `event` | further keys |", "\n\n")
    assert {
        kind for row in re.findall(r"^\|([^|]*)\|", table, re.M) for kind in re.findall(r"`(\w+)`", row)
    } == KINDS


def test_the_page_is_told_of_each_kind_that_it_knows_and_of_no_other() -> None:
    contract = read("js/src/contract.ts")
    commands = between(contract, "export type CommandEvent", ";\n\n")
    events = between(contract, "export type PanelEvent =", "\n\n/**")
    more = [between(contract, f"export type {name} =", "};") for name in ("ExperimentEvent", "StepEvent")]
    kinds = [
        re.findall(r'"(\w+)"', each)
        for each in re.findall(r"kind: ([^;]*)", "".join([commands, events, *more]))
    ]
    assert {kind for each in kinds for kind in each} == KINDS - set(_NOT_FOR_PAGES)


def test_each_topic_has_examples_of_its_payloads_and_a_meaning_in_the_drawer() -> None:
    topics = {topic.removeprefix("x/") for topic in vars(Topics("x")).values()}
    told_to_boards = {"onboard_led", "cmd"}
    assert CONTRACT["wire"].keys() == topics - told_to_boards
    drawer = read("js/src/messages/meaning.ts")
    came = between(drawer, "const CAME", "\n};")
    assert set(re.findall(r'^  "?([\w/]+)"?:', came, re.M)) == topics - {"status"}
    assert set(re.findall(r"^  (\w+):", between(drawer, "const STATUS", "\n};"), re.M)) == {
        "online",
        "offline",
    }
