"""Python as one would try it: `in`, `len`, iteration, `with`, files that go on; what has ended says so."""

from __future__ import annotations

import contextlib
import copy
import csv
import inspect
import io
import pickle
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from picopanel import (
    Broker,
    CommandRefused,
    InvalidArgument,
    NoAnswer,
    NoChannel,
    NotARecording,
    NotConnected,
    NotPickled,
    NotWritten,
    PanelClosed,
    Pico,
    PicoPanel,
    PicoPanelError,
    PicoWall,
)
from picopanel._device.device import Device
from picopanel._doctor.findings import Finding, Findings
from picopanel._link import LinkStatus
from picopanel._store.recording import BUNDLED

from .hand import Hand, HandLink
from .test_device import pico_board, telemetry


@pytest.fixture
def pico() -> Iterator[Pico]:
    with Pico.demo("habits", setup=lambda board: board.channel("light", lambda: 120.0, unit="lx")) as pico:
        yield pico


@pytest.fixture(scope="module")
def wall() -> Iterator[PicoWall]:
    wall = PicoWall.demo(count=2)
    wall.read()
    yield wall
    wall.close()


def test_what_a_board_measures_is_asked_as_of_a_mapping(pico: Pico) -> None:
    assert "light" in pico
    assert "lihgt" not in pico and 3 not in pico
    assert list(pico) == list(pico.channels) == ["temperature", "light"]
    assert len(pico) == 2
    with Pico("nobody", broker="mqtt://127.0.0.1:1") as lonely:
        assert lonely, "a board without channels is a board"


def test_a_wall_has_a_length_and_its_boards(wall: PicoWall) -> None:
    assert len(wall) == 2
    assert "board-01" in wall and "eve" not in wall
    assert list(wall) == ["board-01", "board-02"]
    assert [wall[each].led is not None for each in wall] == [True, True]


def test_a_walls_table_is_its_boards_readings_with_their_ids(wall: PicoWall) -> None:
    for device_id in wall:
        list(wall[device_id].readings(n=2))
    with pytest.warns(FutureWarning, match=r"wall\.attendance\.to_dataframe"):
        frame = wall.to_dataframe()
    assert list(frame.columns) == ["id", *wall["board-01"].to_dataframe().columns]
    assert list(frame["id"].unique()) == ["board-01", "board-02"]
    rows = list(csv.DictReader(io.StringIO(wall.to_csv())))
    assert [*rows[0]] == list(frame.columns)
    assert len(rows) >= len(frame) and {row["channel"] for row in rows} == {"temperature"}


def test_what_was_written_in_the_old_way_is_said_once_a_line_and_goes_on(pico: Pico) -> None:
    pico.limit(high=300)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(3):
            pico.limit("temperature")
    assert [each.category for each in caught] == [DeprecationWarning]
    assert "remove_limit('temperature')" in str(caught[0].message)
    assert pico.limits == ()


def test_without_arguments_the_limits_are_told_and_stay(pico: Pico) -> None:
    pico.limit(low=-100)
    pico.limit("light", high=1000)
    assert pico.limit() == pico.limits
    assert [limit.channel for limit in pico.limits] == ["temperature", "light"]
    pico.remove_limit("light")
    assert [limit.channel for limit in pico.limits] == ["temperature"]
    with pytest.raises(ValueError, match="'light' has no limit"):
        pico.remove_limit("light")
    pico.remove_limit()
    pico.remove_limit()
    assert pico.limits == ()


def test_a_limit_on_what_the_board_does_not_have_is_told_with_the_nearest_name(pico: Pico) -> None:
    with pytest.warns(UserWarning, match="no channel 'lihgt' yet.*Did you mean 'light'") as caught:
        pico.limit("lihgt", high=1)
    assert [each.filename for each in caught] == [__file__], "it points at the user's own line"


def test_a_warning_points_at_the_users_line_and_does_not_print_it(tmp_path: Path) -> None:
    script = tmp_path / "my_script.py"
    line = 'Pico("with space", broker="mqtts://ada:geheim@broker.hivemq.com:1")'
    script.write_text(f"from picopanel import Pico, PicoPanel\n{line}\n{line.replace('Pico', 'PicoPanel')}\n")
    said = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True).stderr
    assert len(re.findall(r"my_script\.py:[23]: UserWarning: ", said)) == 4, "public, and a space"
    assert "geheim" not in said and "Panel(" not in said


def test_a_control_may_have_any_name(device: Device, link: HandLink) -> None:
    pico_board(link)
    pico = Pico(_device=device)
    pico.set({"timeout": 3, "values": 4}, wait=False, controls=5)
    assert link.last_command()["set"] == {"timeout": 3, "values": 4, "controls": 5}
    with pytest.raises(TypeError, match="controls by name"):
        pico.set(40)  # type: ignore[call-overload]


def test_a_recording_ends_with_its_block(pico: Pico, tmp_path: Path) -> None:
    with pico.record(tmp_path / "run.jsonl") as taping:
        pico.on()
        assert repr(taping) == "<recording to run.jsonl>"
        assert pico._device.recorder.says
    assert pico._device.recorder.says is None
    assert repr(taping) == "<recording no more>"
    assert '"answered"' in (tmp_path / "run.jsonl").read_text()
    with pico.record(tmp_path / "first.jsonl"):
        pico.record(tmp_path / "second.jsonl")
    assert pico._device.recorder.says == "recording to second.jsonl", "it is not the block's own"


@pytest.mark.parametrize("kind", [Pico, PicoPanel])
@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickle.dumps])
def test_f7_a_board_is_not_copied_or_pickled_virtual_or_not(kind: Any, copied: Callable[[Any], Any]) -> None:
    with kind.demo("copied") as virtual, kind("ada", broker="mqtt://127.0.0.1:1") as real:
        for board in (virtual, real):
            with pytest.raises(NotPickled, match="copied or pickled"):
                copied(board)
        assert virtual._device.closed is None, "the original goes on"
        assert virtual.on().led is True


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickle.dumps])
def test_f7_nor_is_what_leads_to_one(
    wall: PicoWall, pico: Pico, copied: Callable[[Any], Any], tmp_path: Path
) -> None:
    with PicoPanel.demo("hall") as panel:
        for each in (wall, panel.lecture(), pico.faults, Broker("mqtt://ada:geheim@127.0.0.1")):
            with pytest.raises(NotPickled):
                copied(each)
        with pytest.raises(NotPickled, match="A Register"):
            copied(wall.attendance)
        with pytest.raises(NotPickled, match="A Taping"), panel.record(tmp_path / "run.jsonl") as taping:
            copied(taping)
    if copied is not copy.copy:
        with pytest.raises(NotPickled):
            copied(pico["light"])


@pytest.mark.parametrize(
    "error",
    [
        NoChannel("lihgt", ("light",)),
        NoAnswer("on", 3, "Is it powered?"),
        CommandRefused("on", "busy"),
        NotWritten(Path("nowhere/x.csv"), FileNotFoundError()),
        NotARecording("x.jsonl", "it is empty"),
        NotConnected("The broker is away."),
        InvalidArgument("n must be 1."),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))]
)
def test_f7_an_error_comes_whole_out_of_a_pool_of_processes(
    error: PicoPanelError, copied: Callable[[PicoPanelError], PicoPanelError]
) -> None:
    again = copied(error)
    assert type(again) is type(error)
    assert (str(again), again.args, vars(again)) == (str(error), error.args, vars(error))


def test_f6_no_readings_are_no_readings(pico: Pico) -> None:
    assert list(pico.readings(n=0)) == list(pico["light"].readings(n=0)) == []


@pytest.fixture
def device(hand: Hand, link: HandLink) -> Iterator[Device]:
    device = Device("ada", link, clock=hand.clock)
    yield device
    device.close()


def test_f6_what_has_come_and_waits_to_be_taken_in_is_there_when_it_is_asked_for(
    device: Device, link: HandLink, tmp_path: Path
) -> None:
    pico_board(link)
    pico = Pico(_device=device)
    ask: list[Callable[[], object]] = [
        lambda: pico.to_dataframe()["value"].tolist()[-1],
        lambda: float(pico.to_csv().splitlines()[-1].split(",")[3]),
        lambda: pico.figure().data[0].y[-1],
        lambda: pico["temperature"].value,
        lambda: pico["temperature"].to_dataframe()["value"].tolist()[-1],
        lambda: pico.temperature,
        lambda: pico.messages() and pico._device.known.last["temperature"][1],
    ]
    for number, look in enumerate(ask):
        payload = telemetry(number, 1000 * number, values={"temperature": 20.0 + number})
        assert link.receiver is not None
        link.receiver.on_message("ada/telemetry", _encoded(payload), False, more=True)
        assert look() == 20 + number


def _encoded(payload: Any) -> bytes:
    import json

    return payload if isinstance(payload, bytes) else json.dumps(payload).encode()


def test_c2_readings_of_a_recording_end_with_it() -> None:
    with Pico.replay(BUNDLED, speed=1000) as show:
        everything = list(show.readings())
        assert len(everything) > 20
        assert list(show.readings(n=20)) == list(show["temperature"].readings(n=20)) == []
        show.player.resume()
        assert len(list(show.readings(n=20))) == 20


def test_c2_readings_of_what_is_closed_or_refused_say_so(device: Device, link: HandLink) -> None:
    pico = Pico(_device=device)
    assert link.receiver is not None
    link.status = LinkStatus("refused", "password")
    link.receiver.on_link(link.status)
    with pytest.raises(NotConnected, match="No readings can come"):
        list(pico.readings(n=1))
    pico.close()
    with pytest.raises(PanelClosed):
        pico.readings(n=1)


def test_c2_a_loop_over_readings_ends_when_its_panel_is_closed_in_it(pico: Pico) -> None:
    for _ in pico.readings(n=20):
        pico.close()
    with PicoWall.demo(count=1) as wall:
        for _ in wall["board-01"].readings(n=20):
            wall.close()


def test_c4_the_doctors_findings_are_a_value_that_is_true_when_all_is_well(
    pico: Pico, capsys: pytest.CaptureFixture[str]
) -> None:
    findings = pico.doctor()
    said = capsys.readouterr().out
    assert findings and len(findings) > 10 and findings.failed == ()
    assert repr(findings) == "<doctor: all is well>", "what is said already is not said again"
    assert said == f"{findings}\n"
    assert [each.step for each in findings][:2] == ["ID", "name"]
    ill = Findings([Finding("TLS", "failed", "<b>", "Set it.")])
    assert not ill and repr(ill) == "<doctor: failed: TLS>"
    assert "✗ failed" in ill._repr_html_() and "&lt;b&gt;<br>Set it." in ill._repr_html_()


def test_c6_each_thing_says_what_it_is_and_how_it_is(pico: Pico) -> None:
    pico.off()
    temperature = f"{pico.temperature:g}"
    assert repr(pico).startswith("<Pico 'habits': online, LED off, ")
    with PicoPanel.demo("said") as panel, Pico.replay(speed=1000) as show:
        panel.on()
        assert re.fullmatch(r"<PicoPanel 'said': online, LED on, [0-9.]+ °C>", repr(panel)), repr(panel)
        assert repr(panel.lecture()) == f"<lecture view of {panel!r}>"
        for each in (panel, panel.faults, panel.lecture(), show.player, pico["light"]):
            assert "at 0x" not in repr(each)
        assert repr(show.player).startswith("<player: ")
        assert panel.faults.__repr__().startswith("<faults of a virtual Pico")
    assert repr(panel).startswith("<PicoPanel 'said': closed, LED unknown"), temperature


@pytest.mark.parametrize("kind", [Pico, PicoPanel, PicoWall])
def test_c6_dir_lists_our_names_and_the_docstring_the_verbs(kind: Any) -> None:
    with contextlib.closing(kind.demo()) as held:
        held.mine = 1
        public = {name for name in dir(held) if not name.startswith("_")}
        assert {"on", "sleep", "close", "to_csv", "mine"} <= public
        assert not {"add_traits", "send_state", "get_manager_state", "hold_trait_notifications"} & public
        assert all(hasattr(held, name) for name in public)
        assert "__class__" in dir(held), "what is private is listed as ever"
        told = (inspect.getdoc(kind) or "").split("Args:")[0]
        not_verbs = {
            "mine",
            "layout",
            "observe",
            "unobserve",
            "faults",
            "demo",
            "replay",
            "discover",
            "listen",
        }
        assert [name for name in public - not_verbs if f"`{name}`" not in told] == []
