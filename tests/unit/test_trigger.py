"""The trigger: what crosses, and the pieces around it; `js/test/data/pieces.test.ts` has it for the page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from picopanel import InvalidArgument, Pico, Trigger
from picopanel._device.device import Device
from picopanel._page.conversation import Conversation
from picopanel._page.news import panel_state
from picopanel._runtime import loop
from picopanel._store import Origin
from picopanel._store.trigger import MOST_PIECES, usual_noise

from .hand import Hand, HandLink

CONTRACT = json.loads((Path(__file__).parents[1] / "contract.json").read_text("utf-8"))
START = 1_795_330_430_123.0  # of a whole millisecond, as a table has them
ASKED = {"channel": "light", "above": 30, "below": None, "before": 5, "after": 20, "each": True}


@pytest.mark.parametrize("example", CONTRACT["triggers"], ids=lambda it: it["about"])
def test_the_examples_that_the_page_has_too(example: dict[str, Any]) -> None:
    given = example["trigger"]
    since = given["since"] and datetime.fromtimestamp(given["since"] / 1000, timezone.utc)
    trigger = Trigger("light", **(given | {"since": since}))
    times = [1000.0 * second for second in range(len(example["values"]))]
    found = list(trigger.crossings(times, example["values"]))
    assert found == [1000 * second for second in example["crossings"]]


@pytest.fixture
def pico() -> Iterator[Pico]:
    """One whose readings a test writes itself."""
    with Pico.demo("trigger") as pico:
        pico._device.link.detach(pico._device._inbox)  # type: ignore[union-attr]
        loop.ask(pico._device.store.clear)
        yield pico


def measured(
    pico: Pico, seconds: range | list[float], values: list[float], channel: str = "temperature"
) -> None:
    times = [START + 1000 * second for second in seconds]
    loop.ask(pico._device.store.append, Origin(channel), times, values)


def test_pieces_have_all_channels_and_the_time_to_their_crossing(pico: Pico) -> None:
    measured(pico, range(8), [20, 20, 40, 40, 20, 20, 40, 40])
    measured(pico, [0.5, 1.5, 2.5, 3.5], [1, 2, 3, 4], "light")
    pico.trigger("temperature", above=30, before=1, after=1, each=True, margin=0, past=True)
    found = pico.pieces()
    assert list(found.columns)[:4] == ["piece", "relative_s", "time", "elapsed_s"]
    one = found[found.piece == 1]
    assert list(zip(one.channel, one.relative_s, one.value, strict=True)) == [
        ("temperature", -1, 20),
        ("light", -0.5, 2),
        ("temperature", 0, 40),
        ("light", 0.5, 3),
        ("temperature", 1, 40),
    ]
    assert list(found[found.piece == 2].relative_s) == [-1, 0, 1]


def test_a_reading_that_comes_late_moves_the_crossing_to_where_it_was(pico: Pico) -> None:
    measured(pico, [0, 10], [20, 40])
    pico.trigger("temperature", above=30, before=0, after=1, margin=0, past=True)
    crossing = lambda: pico.pieces().time[0].timestamp() * 1000 - START  # noqa: E731
    assert crossing() == 10_000
    measured(pico, [4, 5], [29, 31])
    assert crossing() == 5000


def test_what_was_measured_before_counts_only_if_asked_for(pico: Pico) -> None:
    measured(pico, range(3), [20, 40, 40])
    pico.trigger("temperature", above=30, margin=0)
    assert pico.pieces().empty
    assert list(pico.pieces().columns)[:2] == ["piece", "relative_s"]
    pico.trigger("temperature", above=30, margin=0, past=True)
    assert set(pico.pieces().piece) == {1}


def test_of_many_pieces_the_newest_are_kept_with_their_numbers(pico: Pico) -> None:
    measured(pico, range(400), [20, 40] * 200)
    pico.trigger("temperature", above=30, before=0, after=0.5, each=True, margin=0, past=True)
    assert list(pico.pieces().piece) == list(range(201 - MOST_PIECES, 201))


def test_the_margin_is_what_noise_does_not_take(pico: Pico) -> None:
    assert usual_noise([]) == usual_noise([7, 7]) == 0
    assert usual_noise([20, 20.1, 20, 20, 20.1, 30]) == 0.2
    measured(pico, range(20), [20, 20.25] * 10)
    assert pico.trigger("temperature", above=30).margin == 0.5


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({}, "needs a level"),
        ({"above": float("nan")}, "above must be a number"),
        ({"above": 1, "before": -1}, "before must be"),
        ({"above": 1, "after": 0}, "after must be"),
        ({"above": 1, "after": 1e9}, "after must be"),
        ({"above": 1, "margin": -1}, "margin must be"),
        ({"above": 1, "each": "yes"}, "each must be"),
        ({"above": 1, "past": "yes"}, "past must be"),
        ({"above": 1, "channel": 7}, "name of a channel"),
    ],
)
def test_what_cannot_be_is_refused_and_sets_nothing(pico: Pico, wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidArgument, match=says):
        pico.trigger(**wrong)
    with pytest.raises(InvalidArgument, match="Set a trigger"):
        pico.pieces()


def test_a_channel_that_is_not_there_is_told_with_the_nearest(pico: Pico) -> None:
    measured(pico, [0], [1])
    with pytest.warns(UserWarning, match="its trigger waits for nothing. Did you mean 'temperature'"):
        pico.trigger("temperatur", above=30)


def test_a_page_sets_it_and_takes_it_away(hand: Hand) -> None:
    device = Device("ada", HandLink(), clock=hand.clock)
    talk = Conversation(device, lambda message, buffers: None)
    talk.handle({"type": "trigger", "trigger": ASKED | {"past": False}})
    told = panel_state(device)["trigger"]
    assert told == ASKED | {"margin": 0, "since": round(hand.clock.unix())}
    talk.handle({"type": "trigger", "trigger": ASKED | {"past": True}})
    assert panel_state(device)["trigger"]["since"] is None
    for wrong in ({}, ASKED | {"above": "30"}, ASKED | {"after": None}, ASKED | {"channel": "a" * 65}):
        talk.handle({"type": "trigger", "trigger": wrong})
        assert panel_state(device)["trigger"]["channel"] == "light", "what cannot be changes nothing"
    assert any("after must be" in notice for notice in panel_state(device)["notices"])
    talk.handle({"type": "trigger", "trigger": None})
    assert panel_state(device)["trigger"] is None
