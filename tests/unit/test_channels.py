"""More than one channel: each with its unit, by its name, on its axis."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from picopanel import Channel, NoChannel, Pico
from picopanel._page.conversation import Conversation
from picopanel._page.snapshot import PanelSnapshot
from picopanel._runtime import loop
from picopanel._store import Origin, Store
from picopanel._store.export import Export
from picopanel._store.levels import Level
from picopanel._store.limit import Limit
from picopanel._store.style import BAD, SOFT
from picopanel._store.trigger import Trigger

from ..support.waiting import eventually

colour: list[str] = []


def garden(board: Any) -> None:
    board.channel("light", lambda: 120.0, unit="lx")
    board.channel("humidity", lambda: 40.5, unit="%")
    board.control("lamp", colour.append, type="color")


@pytest.fixture
def pico() -> Iterator[Pico]:
    with Pico.demo("garden", setup=garden) as pico:
        yield pico


def test_a_channel_is_had_by_its_name_at_once(pico: Pico) -> None:
    light = pico["light"]
    assert isinstance(light, Channel)
    assert (light.name, light.unit) == ("light", "lx")
    readings = list(light.readings(n=2))
    assert [(reading.channel, reading.value) for reading in readings] == [("light", 120.0)] * 2
    assert light.value == 120.0
    assert repr(light) == "<light: 120 lx>"
    frame = light.to_dataframe()
    assert set(frame["channel"]) == {"light"}
    assert list(frame.index) == list(range(len(frame)))


def test_a_channel_that_is_none_names_those_that_are(pico: Pico) -> None:
    with pytest.raises(KeyError) as raised:
        pico["lihgt"]
    assert isinstance(raised.value, NoChannel)
    assert raised.value.known == ("temperature", "light", "humidity")
    assert str(raised.value) == (
        "This board has no channel 'lihgt'. It has: 'temperature', 'light', 'humidity'."
    )


def test_a_reply_and_a_frame_have_every_channel(pico: Pico) -> None:
    reply = pico.read()
    assert reply is not None
    assert {name: value for name, value in reply.values.items() if name != "temperature"} == {
        "light": 120.0,
        "humidity": 40.5,
    }
    list(pico.readings(n=3))
    frame = pico.to_dataframe()
    assert dict(zip(frame["channel"], frame["unit"], strict=True)) == {
        "temperature": "°C",
        "light": "lx",
        "humidity": "%",
    }


def test_what_the_set_up_declares_can_be_set_and_survives_a_restart(pico: Pico) -> None:
    pico.set(lamp="#ff0000")
    assert colour[-1] == "#ff0000"
    pico.faults.reboot()
    eventually(lambda: pico.status == "online" and len(boots(pico)) == 2, "it is back", within=20)
    pico.set(lamp="#00ff00")
    assert colour[-1] == "#00ff00"


def boots(pico: Pico) -> set[str | None]:
    frame = pico._device.export.to_dataframe()
    return set(frame["boot"][frame["channel"] == "light"])


def test_another_set_up_is_another_board_at_once() -> None:
    with Pico.demo("garden", setup=garden):
        pass
    with Pico.demo("garden", setup=lambda board: board.channel("sound", lambda: 1)) as pico:
        assert pico["sound"].name == "sound"
        with pytest.raises(NoChannel):
            pico["light"]
    with Pico.demo("garden") as pico:
        assert pico["sound"].unit == "", "without a set-up it goes on as it was"


def test_a_set_up_that_fails_says_so_where_it_was_called() -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            Pico.demo("broken", setup=lambda board: 1 / 0)
        Pico.demo("broken").close()


def test_a_figure_has_an_axis_for_each_unit() -> None:
    store, limits = Store(), [Limit("415 nm", None, 300.0, 0.0), Limit("temperature", None, 23.5, 0.0)]
    trigger = Trigger("temperature", above=23.5, below=23.5)
    for channel in ("415 nm", "temperature", "445 nm"):
        store.append(Origin(channel), [0.0, 1000.0], [1.0, 2.0])
    units = {"temperature": "°C", "415 nm": "counts", "445 nm": "counts"}
    figure = Export(store.since(0), "ada", units, limits, trigger).figure()
    drawn = {trace.name: trace.yaxis for trace in figure.data if trace.name != "commands"}
    assert drawn == {"temperature (°C)": "y", "415 nm (counts)": "y2", "445 nm (counts)": "y2"}
    assert (figure.layout.yaxis.title.text, figure.layout.yaxis2.title.text) == ("°C", "counts")
    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis2.domain[1], "one above the other"
    drawn = {note.text: (note.yref, note.y, note.x) for note in figure.layout.annotations}
    assert drawn == {
        "415 nm high 300 counts": ("y2", 300, 0),
        "temperature high 23.5 °C": ("y", 23.5, 0),
        "temperature trigger 23.5 °C": ("y", 23.5, 1),
    }, "words at one height are not at one place"
    levels = {(axis, level) for axis, level, _ in drawn.values()}
    assert {(shape.yref, shape.y0) for shape in figure.layout.shapes} == levels


def test_a_figure_and_the_picture_that_is_kept_have_the_same_levels_each_once() -> None:
    with Pico.demo("levels") as pico:
        pico.limit("temperature", low=-50, high=90)
        pico.trigger("temperature", above=60, below=60)
        assert list(pico.readings(n=1))
        kept = loop.ask(Conversation(pico._device, lambda *_: None).snapshot).html()
        drawn = [(shape.y0, shape.line.color) for shape in pico.figure().layout.shapes]
    assert drawn == [(-50, BAD), (90, BAD), (60, SOFT)]
    lines = re.findall('stroke="([^"]*)" stroke-dasharray="8 4"', kept)
    assert lines == [colour for _, colour in drawn]


def test_a_limit_makes_what_is_kept_anew_without_a_reading() -> None:
    rows, state = Store().since(0), {"led": None, "closed": None}
    before, after = (
        PanelSnapshot(state, rows, {}, 0.0, levels=levels) for levels in ([], [Level("light", "high", 9.0)])
    )
    assert before.version != after.version
