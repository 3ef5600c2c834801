"""What a user gives to a verb is looked at before anything is done: one sentence with the argument's name."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy
import pytest

import picopanel
from picopanel import (
    Broker,
    InvalidArgument,
    InvalidCommand,
    InvalidDeviceID,
    NotWritten,
    Pico,
    PicoPanel,
    PicoPanelError,
    PicoWall,
    RecordingFailed,
)
from picopanel._device.command import Command
from picopanel._device.device import Device
from picopanel._device.replay import Player
from picopanel._store.files import read_file
from picopanel._store.recording import BUNDLED

from .hand import Hand, HandLink
from .test_device import pico_board

NAN = float("nan")


@pytest.fixture(scope="module")
def pico() -> Iterator[Pico]:
    with Pico.demo("arguments") as pico:
        pico.read()
        yield pico


@pytest.fixture(scope="module")
def wall() -> Iterator[PicoWall]:
    wall = PicoWall.demo(count=1)
    yield wall
    wall.close()


@pytest.fixture
def device(hand: Hand, link: HandLink) -> Iterator[Device]:
    device = Device("ada", link, clock=hand.clock)
    yield device
    device.close()


def refused(name: str, call: Callable[[], object]) -> None:
    """Hold a call to one sentence that begins with the argument's name."""
    with pytest.raises(InvalidArgument) as error:
        call()
    assert str(error.value).startswith(name), error.value
    assert len(error.value._render_traceback_()) == 1


@pytest.mark.parametrize("timeout", [NAN, "3", -1, 0, True, object(), float("inf")])
def test_l3_a_timeout_that_is_no_time_is_refused_by_every_verb(
    pico: Pico, wall: PicoWall, timeout: Any
) -> None:
    for verb in (pico.on, pico.off, pico.toggle, pico.read, pico.blink, wall.on, wall.off, wall.blink):
        refused("timeout", lambda verb=verb: verb(timeout=timeout))  # type: ignore[misc]
    refused("timeout", lambda: pico.set(led=True, timeout=timeout))
    refused("timeout", lambda: pico.send_and_receive("on", timeout))


@pytest.mark.parametrize("bad", [NAN, "1", -1, True, object(), float("inf")])
def test_c5_times_and_numbers_that_cannot_be_are_refused_with_their_names(pico: Pico, bad: Any) -> None:
    refused("seconds", lambda: pico.sleep(bad))
    refused("seconds", lambda: pico.readings(seconds=bad))
    refused("seconds", lambda: pico["temperature"].readings(seconds=bad))
    refused("n", lambda: pico.readings(n=bad))
    refused("on_time", lambda: pico.blink(bad))
    refused("off_time", lambda: pico.blink(1, bad))
    refused("n", lambda: pico.blink(1, 1, bad))
    refused("capacity", lambda: Pico.demo("capacity", capacity=bad))
    refused("speed", lambda: Player(read_file(BUNDLED, 100), None, bad))
    refused("seconds", lambda: pico.faults.wifi_drop(bad))
    refused("n", lambda: pico.faults.lose_replies(bad))
    refused("count", lambda: PicoWall.demo(bad))
    if bad != -1:
        refused("low", lambda: pico.limit(low=bad))
        refused("high", lambda: pico.limit(high=bad))
    refused("margin", lambda: pico.limit(high=1, margin=bad))


@pytest.mark.parametrize("bad", ["no", 1, None, object()])
def test_c5_wait_is_true_or_false(pico: Pico, bad: Any) -> None:
    for verb in (pico.on, pico.blink):
        refused("wait", lambda verb=verb: verb(wait=bad))  # type: ignore[misc]


def test_c5_what_cannot_be_compared_or_called_is_refused_in_a_sentence(pico: Pico) -> None:
    refused("low must be less than high", lambda: pico.limit(low=5, high=1))
    refused("call", lambda: pico.limit(high=5, call=3))  # type: ignore[arg-type]
    refused("channel", lambda: pico.limit(3, high=5))  # type: ignore[arg-type]
    refused("on_time", lambda: pico.blink("a"))  # type: ignore[arg-type]
    refused("setup", lambda: Pico.demo(setup=3))  # type: ignore[arg-type]
    refused("points", lambda: pico.figure(points="a"))  # type: ignore[arg-type]
    refused("mark()", lambda: pico.mark(""))
    refused("path", lambda: pico.to_csv(3))  # type: ignore[arg-type]
    refused("within", lambda: pico.xy("temperature", "other", within=-1))
    refused("derive() takes", lambda: pico.derive("m", "mean", ["temperature"]))  # type: ignore[arg-type]


def test_l3_numbers_of_numpy_are_numbers(pico: Pico, wall: PicoWall) -> None:
    assert pico.on(timeout=numpy.float32(5)).led is True
    assert pico.on(wait=numpy.True_).led is True  # type: ignore[call-overload]
    assert len(list(pico.readings(n=numpy.int64(2), seconds=numpy.float64(20)))) == 2  # type: ignore[arg-type]
    pico.limit(high=numpy.int64(300))
    assert json.dumps([limit.high for limit in pico.limits]) == "[300.0]"
    assert pico.set(led=numpy.False_).led is False
    pico.remove_limit()
    assert len(wall.read(timeout=numpy.int8(5))) == 1


NO_JSON = [object(), NAN, None, [1], {"a": 1}, 1j, "\ud800", "x" * 65, 10**400]


@pytest.mark.parametrize("bad", NO_JSON, ids=lambda bad: type(bad).__name__)
@pytest.mark.parametrize("connected", [True, False])
def test_l2_a_control_is_not_set_to_what_is_no_json_and_nobody_waits(
    device: Device, link: HandLink, bad: Any, connected: bool
) -> None:
    if connected:
        pico_board(link)
    with pytest.raises(InvalidArgument, match="brightness"):
        device.start_set({"led": True, "brightness": bad})
    assert link.published == []


@pytest.mark.parametrize("name", ["\ud800", "a" * 65])
def test_l2_a_name_that_no_control_has_is_refused(device: Device, link: HandLink, name: str) -> None:
    pico_board(link)
    with pytest.raises(InvalidArgument, match="is not the name of a control"):
        device.start_set({name: 1})


def test_l2_more_than_a_board_reads_is_not_sent_and_nobody_waits(device: Device, link: HandLink) -> None:
    pico_board(link)
    link.published.clear()
    command = device.start_set({f"lamp {number}": "x" * 64 for number in range(64)})
    assert isinstance(command.error, InvalidCommand) and "4096 bytes" in str(command.error)
    assert link.published == []


def test_l2_numbers_of_numpy_are_sent_as_numbers(device: Device, link: HandLink) -> None:
    pico_board(link)
    device.start_set({"brightness": numpy.int64(40), "speed": numpy.float32(0.5), "fan": numpy.True_})
    assert json.dumps(link.last_command()["set"]) == '{"brightness": 40, "speed": 0.5, "fan": true}'


def test_l2_whatever_goes_wrong_in_building_a_command_ends_it(
    device: Device, link: HandLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    pico_board(link)

    def broken(*arguments: object, **more: object) -> int:
        raise RuntimeError("a defect")

    monkeypatch.setattr(link, "publish", broken)
    command: Command = device.start("on")
    assert command.done.is_set(), "whoever waits for it goes on"
    assert isinstance(command.error, InvalidCommand) and "a defect" in str(command.error)


@pytest.mark.parametrize("make", [Pico, PicoPanel])
def test_s5_an_argument_that_there_is_not_is_refused_and_shows_no_password(make: Callable[..., Pico]) -> None:
    with pytest.raises(TypeError, match="password") as error:
        make("ada", broker=Broker("mqtt://127.0.0.1"), pasword="geheim")
    assert "geheim" not in str(error.value) and "pasword" in str(error.value)
    assert error.value._render_traceback_() == [f"InvalidArgument: {error.value}"]  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match="Did you mean 'capacity'"):
        make("ada", capcity=5)
    with pytest.raises(TypeError, match="Did you mean 'boards'"):
        PicoWall(bords=["ada"])


def test_c5_a_wall_takes_a_list_of_ids_and_names_the_nearest(wall: PicoWall) -> None:
    refused("boards", lambda: wall.on(3))  # type: ignore[arg-type]
    with pytest.raises(InvalidDeviceID, match="takes a list of IDs"):
        PicoWall(3)  # type: ignore[arg-type]
    with pytest.raises(InvalidDeviceID, match=r"no board 'bord-01'.*Did you mean 'board-01'"):
        wall["bord-01"]


@pytest.mark.parametrize("make", [Pico, PicoPanel, PicoWall, Broker])
def test_s5_no_slip_in_what_makes_one_shows_a_password(make: Callable[..., object]) -> None:
    """Python's own refusal of an argument shows the whole line; that of ours is one sentence."""
    for call in (
        lambda: make("ada", "mqtts://ada:geheim@h"),
        lambda: make("h", "ada", "geheim"),
        lambda: make("h", pasword="geheim"),
        lambda: make(host="h", username="ada", password="geheim"),
        lambda: make(username="ada", password="geheim"),
    ):
        with pytest.raises(PicoPanelError) as error:
            call()
        assert error.value._render_traceback_() == [f"{type(error.value).__name__}: {error.value}"]
        assert "geheim" not in str(error.value)


def test_s5_what_every_widget_takes_reaches_it() -> None:
    with PicoPanel.demo("layout") as demo:
        panel = PicoPanel(_device=demo._device, layout={"width": "500px"})
        assert panel.layout.width == "500px"


def test_c5_what_there_is_not_cannot_be_observed_and_the_nearest_is_named(pico: Pico, wall: PicoWall) -> None:
    with pytest.raises(InvalidArgument, match="Did you mean 'temperature'"):
        pico.observe(print, "temprature")
    with PicoPanel.demo("observed") as panel:
        with pytest.raises(InvalidArgument, match="Did you mean 'temperature'"):
            panel.observe(print, ["led", "temprature"])
        panel.observe(print, "layout")
        panel.observe(print)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    return tmp_path


def test_s6_the_home_folder_may_be_written_as_a_tilde(home: Path, pico: Pico, wall: PicoWall) -> None:
    pico.to_csv("~/run.csv")
    wall.to_csv("~/wall.csv")
    wall.attendance.to_csv("~/who.csv")
    with PicoPanel.demo("tilde") as panel:
        panel.save_html("~/run.html")
        panel.record("~/run.jsonl")
    bundle = picopanel.board_bundle("ada", "~/ada.zip", mqtt_as=str(home), fetch=lambda url: b"")
    assert bundle == home / "ada.zip"
    assert {"run.csv", "wall.csv", "who.csv", "run.html", "run.jsonl", "ada.zip"} <= set(os.listdir(home))
    (home / "ca.pem").write_text("none")
    with pytest.raises(picopanel.InvalidBroker, match="no certificate in PEM"):
        Broker("mqtts://broker.example", ca="~/ca.pem")


def test_s6_a_table_goes_into_an_open_file_or_comes_back_as_text(pico: Pico, wall: PicoWall) -> None:
    for table in (pico, wall, wall.attendance):
        file = io.StringIO()
        assert table.to_csv(file) is None  # type: ignore[attr-defined]
        text = table.to_csv()  # type: ignore[attr-defined]
        assert text.splitlines()[0] == file.getvalue().splitlines()[0]
        assert not file.closed


def test_c5_a_folder_that_is_not_there_is_named(tmp_path: Path, pico: Pico, wall: PicoWall) -> None:
    path = tmp_path / "nowhere" / "run.csv"
    with PicoPanel.demo("nowhere") as panel:
        for write in (pico.to_csv, wall.to_csv, wall.attendance.to_csv, panel.save_html):
            with pytest.raises(OSError, match="there is no folder") as error:
                write(path)
            assert isinstance(error.value, NotWritten) and str(path.parent) in str(error.value)


@pytest.mark.parametrize("path", ["", ".", "a" * 300])
def test_a_board_that_is_no_name_and_no_file_is_refused_with_those_that_there_are(path: str) -> None:
    with pytest.raises(InvalidArgument, match=f"no description named '{path[:64]}'.*'fan'"):
        Pico("ada", board=path)


def test_a_file_without_a_name_is_refused(pico: Pico, tmp_path: Path) -> None:
    refused("path must be the path of a file, not an empty text", lambda: pico.to_csv(""))
    refused("path must be the path of a file, not an empty text", lambda: pico.record(""))
    refused("path must be the path of a file, and no file's name holds", lambda: pico.to_csv("a\0.csv"))
    refused("path must be the path of a file, and no file's name holds", lambda: pico.record("a\0.csv"))
    with pytest.raises(NotWritten):
        pico.to_csv(tmp_path)
    with pytest.raises(RecordingFailed, match="It is a folder: give the name of a file in it"):
        pico.record(tmp_path)


def test_an_open_file_that_takes_no_such_text_is_told_how_to_be_opened(pico: Pico, tmp_path: Path) -> None:
    for how in (
        {"mode": "wb"},
        {"mode": "w", "encoding": "ascii"},
        {"mode": "a", "closed": True},
        {"mode": "r"},
    ):
        closed = how.pop("closed", False)
        with open(tmp_path / "run.csv", **how) as file:
            if closed:
                file.close()
            refused("path is open, and does not take this text", lambda: pico.to_csv(file))


@pytest.mark.parametrize("time", [datetime.min, datetime.max])
def test_a_time_that_no_clock_has_is_refused_in_a_sentence(pico: Pico, time: datetime) -> None:
    refused(f"The time {time} is too early or too late", lambda: pico.mark("x", at=time))


def test_what_is_laid_over_a_replay_is_files_and_aligning_needs_one() -> None:
    over: Any = 5
    refused("over must be the path of a file, not 5", lambda: Pico.replay(over=over))
    refused("align tells what is at one time in several recordings", lambda: Pico.replay(align="command"))


@pytest.mark.parametrize("names", [5, print, [5], [[]], b"led", [None]])
@pytest.mark.parametrize("verb", ["observe", "unobserve"])
def test_what_is_observed_is_a_name_or_several(pico: Pico, verb: str, names: Any) -> None:
    with pytest.raises(InvalidArgument, match="There are: 'led', 'temperature', 'status', 'failing'"):
        getattr(pico, verb)(print, names)


def test_a_function_that_observes_nothing_of_that_name_cannot_be_taken_away(pico: Pico) -> None:
    pico.observe(print, ["led", "status"])
    refused("This function does not observe 'temperature'", lambda: pico.unobserve(print, "temperature"))
    refused("This function does not observe everything", lambda: pico.unobserve(print))
    refused("This function does not observe 'led'", lambda: pico.unobserve(lambda change: None, "led"))
    refused("There is nothing named 'lde' to observe. Did", lambda: pico.unobserve(print, "lde"))
    pico.unobserve(print, ["led", "status"])
    refused("This function does not observe 'led'", lambda: pico.unobserve(print, "led"))


def test_what_cannot_be_called_observes_nothing(pico: Pico) -> None:
    handler: Any = 5
    refused("observe() takes a function", lambda: pico.observe(handler, "temperature"))


@pytest.mark.parametrize(
    ("channel", "unit", "said"),
    [
        (5, "", "channel must be a text, not 5."),
        ("", "", "channel must be 1 to 32 characters without '<'"),
        ("f", 5, "unit must be a text, not 5."),
        ("f", "\ud800", "unit must be Unicode."),
    ],
)
def test_a_derived_channel_s_name_and_unit_are_texts(pico: Pico, channel: Any, unit: Any, said: str) -> None:
    refused(said, lambda: pico.derive(channel, lambda value: value, "temperature", unit=unit))
