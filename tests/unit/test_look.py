"""How a chart was set is kept for the next page and the next run, if it is of the form it should have."""

from __future__ import annotations

import pytest

from picopanel._device.device import Device
from picopanel._page import look
from picopanel._page.conversation import Conversation
from picopanel._page.news import panel_state

from .hand import Hand, HandLink

LOOK = {"span": 300_000, "hidden": ["light"], "axes": [["°C", "hold", [1.5, 2]], ["%", "log", None]]}


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look, "_looks", type(look._looks)())


def device(hand: Hand, device_id: str = "ada") -> Device:
    return Device(device_id, HandLink(), clock=hand.clock)


def test_a_cell_that_is_run_again_has_the_look_of_its_board_and_no_others(hand: Hand) -> None:
    first = device(hand)
    told: list[dict[str, object]] = []
    talk = Conversation(first, lambda message, buffers: told.append(message))
    talk.handle({"type": "look", "look": LOOK})
    talk.feed.open()
    hand.seconds += 1
    assert panel_state(first)["look"] == LOOK
    assert panel_state(device(hand))["look"] == LOOK
    assert panel_state(device(hand, "bob"))["look"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        {},
        LOOK | {"span": "1 min"},
        LOOK | {"span": 0},
        LOOK | {"span": float("nan")},
        LOOK | {"span": True},
        LOOK | {"hidden": "light"},
        LOOK | {"hidden": [1]},
        LOOK | {"hidden": ["a" * 65]},
        LOOK | {"hidden": ["a"] * 65},
        LOOK | {"axes": {"°C": "log"}},
        LOOK | {"axes": [["°C", "log"]]},
        LOOK | {"axes": [["°C", "wild", None]]},
        LOOK | {"axes": [["°C", [], None]]},
        LOOK | {"axes": [["°C", "hold", [2, 1]]]},
        LOOK | {"axes": [["°C", "hold", [1, float("inf")]]]},
        LOOK | {"axes": [[7, "hold", None]]},
    ],
)
def test_what_is_no_look_is_not_kept(hand: Hand, wrong: object) -> None:
    talk = Conversation(device(hand), lambda message, buffers: None)
    talk.handle({"type": "look", "look": LOOK})
    talk.handle({"type": "look", "look": wrong})
    assert look.look_of("ada") == LOOK


def test_the_boards_set_last_are_kept() -> None:
    for nth in range(100):
        look.keep_look(f"board-{nth}", LOOK)
    look.keep_look("board-50", LOOK | {"span": None})
    look.keep_look("board-100", LOOK)
    kept = [name for name in (f"board-{nth}" for nth in range(101)) if look.look_of(name)]
    assert len(kept) == 64
    assert {"board-50", "board-100"} <= set(kept)
