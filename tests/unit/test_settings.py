"""Setting what a board declares: the firmware's own logic behind it, and what a page may ask for."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from picopanel import CommandRefused, InvalidCommand, Pico
from picopanel._device.device import Device
from picopanel._link.virtual import VirtualLink
from picopanel._link.virtual_board import VirtualBoard
from picopanel._page.conversation import Conversation
from picopanel._page.news import panel_state
from picopanel._runtime import loop

from ..support.waiting import eventually


@pytest.fixture
def told() -> dict[str, object]:
    """What the board's own functions were given."""
    return {}


@pytest.fixture
def pico(told: dict[str, object]) -> Iterator[Pico]:
    board = VirtualBoard("rgb")
    controls = board.device.control
    controls("brightness", lambda value: told.update(brightness=value), min=0, max=100, step=5)
    controls("color", lambda value: told.update(color=value), type="color")
    controls("fan", lambda value: told.update(fan=value), type="switch")
    with Pico(_device=loop.ask(lambda: Device("rgb", VirtualLink(board)))) as pico:
        yield pico


def values(pico: Pico) -> dict[str, object]:
    return {it["name"]: it["value"] for it in panel_state(pico._device)["controls"]}


def test_the_board_is_told_and_its_answer_confirms(pico: Pico, told: dict[str, object]) -> None:
    pico.read()
    assert values(pico) == {"led": None, "brightness": None, "color": None, "fan": None}
    reply = pico.set(brightness=40, color="#ff8800", fan=True)
    assert reply is not None
    assert reply.command == "brightness=40, color=#ff8800, fan=on"
    assert told == {"brightness": 40, "color": "#ff8800", "fan": True}
    assert values(pico) == {"led": None} | told


@pytest.mark.parametrize(
    ("controls", "reason"),
    [
        ({"hue": 1}, "no such control. There are: 'led', 'brightness', 'color', 'fan'."),
        ({"colour": "#ff8800"}, "no such control. Did you mean 'color'?"),
        ({"led": "on"}, "not a value of this control. led must be True or False, not 'on'."),
        ({"brightness": 101}, "brightness must be a number from 0 to 100, not 101."),
        ({"brightness": "40"}, "brightness must be a number from 0 to 100, not '40'."),
        ({"color": "red"}, "color must be a colour such as \"#ff8800\", not 'red'."),
        ({"fan": 1}, "fan must be True or False, not 1."),
    ],
)
def test_what_the_board_does_not_take_is_refused_and_not_shown(
    pico: Pico, told: dict[str, object], controls: dict[str, float], reason: str
) -> None:
    with pytest.raises(CommandRefused, match=reason):
        pico.set(**controls)
    assert told == {}
    assert not any(values(pico).values())


def test_a_restarted_board_is_set_to_nothing_that_is_known(pico: Pico) -> None:
    pico.set(brightness=40)
    pico.faults.reboot()
    eventually(lambda: not pico._device.known.settings, "a new boot's settings are unknown", within=20)


def test_setting_nothing_says_how_it_is_done(pico: Pico) -> None:
    with pytest.raises(InvalidCommand, match="brightness=40"):
        pico.set()


def test_a_page_sets_and_a_strangers_page_cannot_send_anything_else(
    pico: Pico, told: dict[str, object]
) -> None:
    pico.read()
    device = pico._device
    page = loop.ask(Conversation, device, lambda *_: None)
    loop.ask(page.handle, {"type": "set", "click": "1", "name": "brightness", "value": 55})
    eventually(lambda: told == {"brightness": 55}, "the page's value reaches the board", seen=lambda: told)
    for value in ({"a": 1}, ["x"], None, "x" * 65):
        click = f"bad {value}"[:64]
        loop.ask(page.handle, {"type": "set", "click": click, "name": "brightness", "value": value})
        kinds = [event["kind"] for _, event in device.store.since(0).events if event.get("click") == click]
        assert kinds == ["refused"], f"{value!r} is no value of any control"
    assert told == {"brightness": 55}


def done(pico: Pico) -> list[str]:
    return [event["text"] for _, event in loop.ask(pico._device.store.events, "done")]


def tell(pico: Pico, command: dict[str, object]) -> None:
    """Have somebody else tell the board something."""
    link = pico._device.link
    assert isinstance(link, VirtualLink)
    loop.ask(lambda: link.publish("rgb/cmd", json.dumps(command).encode(), qos=1, expiry=10))


def test_what_somebody_else_has_set_is_marked_and_shown_once_the_board_confirms_it(pico: Pico) -> None:
    pico.set(brightness=10)
    tell(pico, {"experiment_id": "theirs", "set": {"brightness": 40, "fan": True}})
    tell(pico, {"experiment_id": "wrong", "set": {"brightness": 4000}})
    tell(pico, {"experiment_id": "asks", "read": True})
    tell(pico, {"experiment_id": "late", "led": "on"})
    eventually(lambda: len(done(pico)) > 1, "the board has answered the last", seen=lambda: done(pico))
    assert done(pico) == ["brightness=40, fan=on (elsewhere)", "on (elsewhere)"], "neither ours nor refused"
    assert values(pico) == {"led": None, "brightness": 40, "color": None, "fan": True}


def test_a_stranger_who_commands_leaves_no_more_than_a_board_confirms(pico: Pico) -> None:
    pico.read()
    for nth in range(200):
        tell(pico, {"experiment_id": f"{nth}", "set": {"brightness": [nth]}})
        tell(pico, {"experiment_id": f"x{nth}", "set": {f"no{nth}": nth}})
    pico.read()
    assert done(pico) == []
    assert set(values(pico)) == {"led", "brightness", "color", "fan"}
