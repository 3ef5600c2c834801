"""A board's recording: what was before comes back, and goes on, whoever is run again."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from picopanel import NotARecording, PanelClosed, Pico, RecordingFailed
from picopanel._device.device import Device
from picopanel._page.conversation import Conversation
from picopanel._runtime import loop
from picopanel._runtime.waiting import Event
from picopanel._store import Origin
from picopanel._store.appender import Appender
from picopanel._store.export import Readings
from picopanel._store.files import read_file
from picopanel._store.limit import Limit

from ..support.waiting import eventually
from .hand import Hand, HandLink

Open = Callable[..., Device]


@pytest.fixture(params=["run.jsonl", "run.parquet"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / str(request.param)


@pytest.fixture
def board(hand: Hand) -> Iterator[Open]:
    """Opens a device with a few readings in its log: `board(1.0, 2.0)`."""
    opened: list[Device] = []

    def open_device(
        *values: float, device_id: str = "ada", virtual: bool = False, capacity: int = 1_000_000
    ) -> Device:
        device = Device(device_id, HandLink(), clock=hand.clock, capacity=capacity)
        opened.append(device)
        measure(device, hand, *values, virtual=virtual)
        return device

    yield open_device
    for device in opened:
        close(device)


def test_what_comes_while_all_is_cleared_is_recorded_or_stays(board: Open, path: Path, hand: Hand) -> None:
    device = board(1.0)
    record(device, path)
    file = device.recorder.file
    assert file is not None
    append, late = file.append, [2.0]
    measure(device, hand, 1.5)

    def append_and_then_hear(lines: bytes) -> None:
        append(lines)
        if late:
            loop.ask(measure, device, hand, late.pop())

    file.append = append_and_then_hear  # type: ignore[method-assign]
    clear(device)
    stop(device)
    assert in_file(path) == [1.0, 1.5, 2.0]


def record(device: Device, path: Path) -> None:
    start = loop.ask(device.record, path)
    loop.wait(start.done, 10)
    if start.error is not None:
        raise start.error


def stop(device: Device) -> None:
    loop.ask(device.recorder.stop)
    assert loop.wait(device.recorder.settled, 10)


def write(device: Device) -> None:
    loop.ask(device.recorder.write)
    assert loop.wait(device.recorder.settled, 10)


def clear(device: Device) -> None:
    loop.ask(device.clear)
    assert loop.wait(device.recorder.settled, 10)


def close(device: Device) -> None:
    loop.ask(device.close)
    assert loop.wait(device.recorder.settled, 10)


def measure(device: Device, hand: Hand, *values: float, virtual: bool = False) -> None:
    for value in values:
        hand.seconds += 1
        device.store.append(Origin("light", "b", 1000, virtual=virtual), [hand.unix], [value])


def in_file(path: Path) -> list[float]:
    rows = read_file(path, 1000).store.since(0)
    return [value for value, number in zip(rows.values, rows.origins, strict=True) if number]


def in_log(device: Device) -> list[float]:
    return list(Readings.of(device.store.since(0)).values)


def kinds(device: Device) -> list[Any]:
    return [event["kind"] for _, event in device.store.since(0).events]


def test_the_file_holds_what_the_panel_holds_and_what_comes(board: Open, hand: Hand, path: Path) -> None:
    device = board(1, 2)
    record(device, path)
    assert in_file(path) == [1, 2], "at once"
    measure(device, hand, 3)
    device.known.note("mark", text="heater on")
    stop(device)
    measure(device, hand, 4)
    recording = read_file(path, 1000)
    assert in_file(path) == [1, 2, 3]
    assert [event["text"] for _, event in recording.store.since(0).events] == ["heater on"]


def test_run_again_after_a_lost_kernel_it_takes_up_where_it_was(board: Open, hand: Hand, path: Path) -> None:
    first = board(1, 2, virtual=True)
    first.known.units["light"] = "lx"
    record(first, path)
    close(first)
    second = board(3)
    record(second, path)
    measure(second, hand, 4)
    assert in_log(second) == [1, 2, 3, 4]
    assert second.export.to_dataframe()["virtual"].tolist() == [True, True, False, False], (
        "and stays what it was"
    )
    assert second.known.units["light"] == "lx"
    assert "start" in kinds(second), "so that no line joins the two runs"
    close(second)
    assert in_file(path) == [1, 2, 3, 4]
    third = board()
    record(third, path)
    assert in_log(third) == [1, 2, 3, 4], "no row twice"


def test_the_same_cell_again_changes_nothing(board: Open, hand: Hand, path: Path) -> None:
    device = board(1)
    record(device, path)
    record(device, path)
    assert in_log(device) == [1]
    stop(device)
    measure(device, hand, 2)
    record(device, path)
    assert in_log(device) == [1, 2]
    close(device)
    assert in_file(path) == [1, 2]


@pytest.mark.parametrize("former", [90, 100, 101, 350])
@pytest.mark.parametrize("full", [False, True])
def test_l1_a_long_past_pushes_out_nothing_that_is_not_written_and_is_not_written_twice(
    board: Open, hand: Hand, path: Path, former: int, full: bool
) -> None:
    past = list(range(former))
    first = board(*past)
    record(first, path)
    close(first)
    new = list(range(1000, 1100 if full else 1020))
    second = board(*new, capacity=100)
    record(second, path)
    assert in_file(path) == past + new
    assert set(new) <= set(in_log(second))
    fits = 100 - len(new) - 1
    assert [value for value in in_log(second) if value < 1000] == past[-fits:] if fits > 0 else True
    for value in range(2000, 2300):
        measure(second, hand, value)
        if not value % 40:
            write(second)
    close(second)
    assert in_file(path) == past + new + list(range(2000, 2300))


def test_l1_past_rows_are_known_though_the_first_of_them_are_pushed_out(
    board: Open, hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.jsonl"
    first = board(*range(90))
    record(first, path)
    close(first)
    second = board(capacity=100)
    with monkeypatch.context() as disk:

        def full(file: Appender, lines: bytes) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        disk.setattr(Appender, "append", full)
        record(second, path)
        measure(second, hand, *range(1000, 1060))
    close(second)
    assert in_file(path) == [*range(90), *range(1000, 1060)]


def test_l8_half_a_character_in_a_mark_or_notice_leaves_log_page_and_recording_whole(
    board: Open, tmp_path: Path
) -> None:
    device = board(1)
    path = tmp_path / ("caf\udce9.jsonl" if os.name == "posix" else "café.jsonl")
    record(device, path)
    device.marks.set("half \ud83d of it")
    device.known.notice("no file caf\udce9.csv")
    answer = Conversation(device, lambda *_: None).handle({"type": "ask", "since": 0})
    said = [message for message, _ in answer.messages]
    json.dumps(said, ensure_ascii=False).encode()
    assert "half ? of it" in str(said)
    close(device)
    assert in_file(path) == [1]


def test_a_slow_disk_holds_up_nothing_but_who_waits_for_it(board: Open, hand: Hand, path: Path) -> None:
    device = board(1)
    record(device, path)
    file = device.recorder.file
    assert file is not None
    append, disk = file.append, Event()

    def append_late(lines: bytes) -> None:
        disk.wait(10)
        append(lines)

    file.append = append_late  # type: ignore[method-assign]
    loop.ask(measure, device, hand, 2)
    loop.ask(device.recorder.write)
    loop.ask(device.recorder.stop)
    loop.ask(measure, device, hand, 3)
    assert not loop.wait(device.recorder.settled, 0.1)
    assert (in_log(device), in_file(path)) == ([1, 2, 3], [1])
    disk.set()
    assert loop.wait(device.recorder.settled, 10)
    assert in_file(path) == [1, 2, 3]


def test_a_file_changed_since_is_not_recorded_to(board: Open, path: Path) -> None:
    device = board(1)
    record(device, path)
    stop(device)
    path.write_bytes(path.read_bytes() * 2)
    with pytest.raises((RecordingFailed, NotARecording)):
        record(device, path)
    path.unlink()
    record(device, path)
    assert in_file(path) == [1], "a file that was removed is begun anew"


@pytest.mark.skipif(os.name != "posix", reason="Windows leaves a file that is open where it is")
def test_a_file_that_is_taken_away_while_it_is_recorded_to_is_told_and_gone_on_with_when_it_is_back(
    board: Open, hand: Hand, tmp_path: Path
) -> None:
    device, path = board(1), tmp_path / "run.jsonl"
    record(device, path)
    elsewhere = path.rename(tmp_path / "elsewhere.jsonl")
    measure(device, hand, 2)
    write(device)
    assert device.recorder.says == "not recording to run.jsonl: the file was deleted or moved"
    assert "has stopped: the file was deleted or moved" in device.known.notices[0]
    elsewhere.rename(path)
    measure(device, hand, 3)
    write(device)
    assert (device.recorder.problem, in_file(path)) == (None, [1, 2, 3])
    path.unlink()
    measure(device, hand, 4)
    write(device)
    stop(device)
    record(device, path)
    assert in_file(path) == [1, 2, 3, 4], "recorded anew, it has all that there is"


@pytest.mark.skipif(os.name != "posix", reason="Windows leaves a file that is open where it is")
@pytest.mark.parametrize(
    "end", [lambda pico: pico.record(None), lambda pico: pico.close(), lambda pico: pico.experiment.wait()]
)
def test_a_script_is_warned_of_a_recording_that_lacks_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    with Pico.demo("lacking") as pico:
        pico.run([{"record": "run.jsonl"}, {"wait": 0.5}], wait=False)
        eventually(lambda: pico._device.recorder.file is not None, "it records")
        Path("run.jsonl").unlink()
        pico.mark("lost")
        with pytest.warns(UserWarning, match=r"run.jsonl lacks the end of what was to be recorded: the file"):
            end(pico)


def test_what_is_cleared_is_recorded_first(board: Open, hand: Hand, path: Path) -> None:
    device = board()
    record(device, path)
    measure(device, hand, 1, 2)
    clear(device)
    measure(device, hand, 3)
    close(device)
    assert in_file(path) == [1, 2, 3]


def test_past_readings_cross_no_limit(board: Open, path: Path) -> None:
    first = board(99)
    record(first, path)
    close(first)
    second, crossed = board(), []
    second.limits.set(Limit("light", None, 50.0, 0.0), crossed.append)
    record(second, path)
    second.known.grown()
    assert second.limits.beyond is None
    assert crossed == []


def test_a_refusal_leaves_the_former_recording_going(board: Open, hand: Hand, tmp_path: Path) -> None:
    device = board(1)
    record(device, tmp_path / "run.jsonl")
    bobs = board(2, device_id="bob")
    record(bobs, tmp_path / "bob.jsonl")
    with pytest.raises(NotARecording, match="'bob', not of 'ada'"):
        record(device, read_only_copy(tmp_path / "bob.jsonl"))
    with pytest.raises(RecordingFailed, match="no directory"):
        record(device, tmp_path / "missing" / "run.jsonl")
    assert device.recorder.says == "recording to run.jsonl"
    measure(device, hand, 3)
    close(device)
    assert in_file(tmp_path / "run.jsonl") == [1, 3]
    assert device.recorder.says is None


def read_only_copy(path: Path) -> Path:
    copy = path.with_name("copy.jsonl")
    copy.write_bytes(path.read_bytes())
    return copy


def test_a_closed_panel_records_no_more(board: Open, tmp_path: Path) -> None:
    device = board(1)
    close(device)
    with pytest.raises(PanelClosed):
        record(device, tmp_path / "run.jsonl")


def test_a_scripts_recording_has_its_commands_units_and_virtual_mark(path: Path) -> None:
    with Pico.demo("taped") as pico:
        pico.record(path)
        pico.on()
        next(pico.readings(n=1))
    recording = read_file(path, 1000)
    events = [event["kind"] for _, event in recording.store.since(0).events]
    assert [kind for kind in events if kind in ("sent", "answered")] == ["sent", "answered"]
    assert recording.units == {"temperature": "°C"}
    assert all(origin.virtual for origin in recording.store.since(0).table.values())
