"""The document of the wire: each topic has a section, and each example is taken by who reads that topic."""

from __future__ import annotations

import json
import re

import pytest

from picopanel._link.virtual_board import VirtualBoard
from picopanel._protocol import payloads
from picopanel._protocol.ids import Topics

from .blocks import ROOT

PAGE = (ROOT / "docs" / "wire.md").read_text(encoding="utf-8")
SECTIONS = {
    topic: re.findall(r"^```(?:json|text)\n(.*?)\n```$", section, re.M | re.S)[0].splitlines()
    for topic, section in re.findall(r"^### `\{id\}/(\S+)`$(.*?)(?=^##)", PAGE, re.M | re.S)
}
READERS = {
    "onboard_temp": payloads.parse_reading,
    "status": payloads.parse_status,
    "info": payloads.parse_info,
    "onboard_led/state": payloads.parse_led_state,
    "telemetry": payloads.parse_telemetry,
    "ack": payloads.parse_ack,
}


def test_each_topic_has_its_section() -> None:
    topics = {topic.removeprefix("x/") for topic in vars(Topics("x")).values()}
    assert SECTIONS.keys() == topics == READERS.keys() | {"onboard_led", "cmd"}


@pytest.mark.parametrize("topic", READERS)
def test_what_a_board_says_there_is_read(topic: str) -> None:
    for example in SECTIONS[topic]:
        assert READERS[topic](example.encode()) is not None


def answers(example: str, topic: str, told_on: str) -> list[str]:
    """Return what a board says on a topic to a message and to what follows from it."""
    board = VirtualBoard("x", setup=lambda it: it.control("lid", lambda value: None, min=20, max=90))
    board.connected()
    payload = example.replace("ab12cd34", board.device.boot).encode()
    sent = [*board.receive(f"x/{told_on}", payload, False), *board.tick(), *board.tick()]
    return [said for name, said, *_ in sent if name == f"x/{topic}"]


@pytest.mark.parametrize("example", SECTIONS["onboard_led"])
def test_a_word_of_the_course_has_one_number_for_its_answer(example: str) -> None:
    assert len(answers(example, "onboard_temp", "onboard_led")) == 1


@pytest.mark.parametrize("example", SECTIONS["cmd"])
def test_a_command_is_carried_out_and_answered_once(example: str) -> None:
    (ack,) = map(json.loads, answers(example, "ack", "cmd"))
    assert ack["ok"] and ack["experiment_id"] == json.loads(example)["experiment_id"]
