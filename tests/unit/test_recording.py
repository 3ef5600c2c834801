"""What was recorded is what is reloaded, wherever a crash cuts it; and nothing else is taken for it."""

from __future__ import annotations

import io
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, cast

import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st

from picopanel import NotARecording, PicoPanelError, RecordingFailed, read_recording
from picopanel._store import EVENT, NO_CLOCK, Origin, Rows, Store, recording
from picopanel._store.appender import Appender
from picopanel._store.export import Export
from picopanel._store.files import read_file
from picopanel._store.recording import START, Recording, header, lines, read

from ..support.programs import Program

POSIX = pytest.mark.skipif(os.name != "posix", reason="it is of POSIX")

times = st.floats(0, 4e12).map(abs)  # -0.0 is 0.0 to everybody but repr()
texts = st.text(max_size=30)
origins = st.builds(
    Origin,
    channel=st.from_regex(r"\w[\w .-]{0,10}", fullmatch=True),
    boot=st.none() | st.from_regex(r"[0-9a-f]{1,8}", fullmatch=True),
    interval=st.none() | st.integers(50, 3_600_000),
    led=st.none() | st.booleans(),
    virtual=st.booleans(),
)
readings = st.tuples(
    origins,
    times,
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-1000, 10_000),
    st.just(NO_CLOCK) | st.integers(0, 9 * 10**12),
)
command = st.fixed_dictionaries({"id": texts, "command": texts, "click": st.none() | texts})
events = st.one_of(
    command.map(lambda it: {"kind": "sent", **it}),
    st.builds(
        lambda it, latency, led: {"kind": "answered", **it, "latency": latency, "certain": True, "led": led},
        command,
        st.integers(0, 10_000),
        st.none() | st.booleans(),
    ),
    st.builds(
        lambda text, change: {"kind": "mark", "mark": "1f2e3d4c", "text": text, "change": change},
        texts,
        st.integers(0, 9),
    ),
    # Kinds that this version does not know.
    st.builds(lambda text, value: {"kind": "novelty", "text": text, "value": value}, texts, st.integers()),
)
logs = st.lists(readings | st.tuples(times, events), max_size=30)
units = st.dictionaries(st.from_regex(r"\w{1,3}", fullmatch=True), texts.filter(bool), max_size=3)


def filled(log: list[Any]) -> Store:
    store = Store()
    for item in log:
        if len(item) == 2:
            store.append_event(*item)
        else:
            origin, time, value, lag, stamp = item
            store.append(origin, [time], [value], [time + lag], [stamp])
    return store


def plain(rows: Rows) -> list[Any]:
    """Rows as values that can be compared, whatever their origins' numbers."""
    told = dict(rows.events)
    columns = zip(rows.times, rows.values, rows.lags, rows.stamps, rows.origins, strict=True)
    return [
        (time, told[row]) if number == EVENT else (time, value, lag, stamp, rows.table[number])
        for row, (time, value, lag, stamp, number) in enumerate(columns, rows.first)
    ]


def reread(content: bytes, capacity: int = 1_000_000) -> Recording:
    with Scratch(content) as file:
        return read(file, "run.jsonl", capacity)


class Scratch:
    """A real file: the reader asks for its size."""

    def __init__(self, content: bytes) -> None:
        self._file = cast(io.BufferedReader, TemporaryFile())  # noqa: SIM115
        self._file.write(content)
        self._file.seek(0)

    def __enter__(self) -> io.BufferedReader:
        return self._file

    def __exit__(self, *_: object) -> None:
        self._file.close()


@given(log=logs, units=units)
def test_what_was_recorded_is_what_is_reloaded(log: list[Any], units: dict[str, str]) -> None:
    rows = filled(log).since(0)
    content = header("alice-07") + b"".join(lines(rows, units))
    recording = reread(content)
    assert plain(recording.store.since(0)) == plain(rows)
    assert (recording.device_id, recording.size) == ("alice-07", len(content))
    known = {origin.channel: units.get(origin.channel, "") for origin in rows.table.values()}
    assert recording.units == known


def test_a_recording_is_the_frame_that_the_panel_would_give(tmp_path: Path) -> None:
    path, units = tmp_path / "run.jsonl", {"temperature": "°C"}
    store = Store()
    store.append(Origin("temperature", "1234e567", 200, True), [5e11], [23.4], [5e11 + 50], [int(5e11) - 7])
    store.append_event(5e11 + 1, {"kind": "mark", "text": "0042"})
    store.append(Origin("light"), [5e11 + 2], [7.0])
    rows = store.since(0)
    path.write_bytes(header("alice-07") + b"".join(lines(rows, units)) + b'{"time":50')
    before = path.read_bytes()
    frame = read_recording(path)
    pandas.testing.assert_frame_equal(frame, Export(rows, "alice-07", units).to_dataframe())
    assert frame["mark"].isna().tolist() == [True, False]
    assert path.read_bytes() == before, "reading a file leaves it as it is"


def test_no_frame_is_made_of_what_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(RecordingFailed, match=r"no recording 'none\.jsonl'"):
        read_recording(tmp_path / "none.jsonl")
    (tmp_path / "other.jsonl").write_text('{"time":1}\n')
    with pytest.raises(NotARecording, match="does not begin like one"):
        read_recording(tmp_path / "other.jsonl")


@given(log=logs, share=st.floats(0, 1))
def test_torn_at_any_byte_it_holds_the_whole_lines(log: list[Any], share: float) -> None:
    rows = filled(log).since(0)
    content = header("Zoë") + b"".join(lines(rows, {"a": "°C"}))
    cut = content[: round(share * len(content))]
    recording = reread(cut)
    # A line that lacks nothing but its line feed is whole.
    whole = cut if content[len(cut) : len(cut) + 1] == b"\n" else cut[: cut.rfind(b"\n") + 1]
    assert plain(recording.store.since(0)) == plain(rows)[: max(0, len(whole.splitlines()) - 1)]
    assert recording.size == len(whole)


@given(batches=st.lists(logs, min_size=2, max_size=3))
def test_a_log_added_to_another_follows_it_row_by_row(batches: list[list[Any]]) -> None:
    store = Store()
    for log in batches:
        store.extend(filled(log).since(0))
    assert plain(store.since(0)) == [row for log in batches for row in plain(filled(log).since(0))]


READING = '{"time":1000.0,"value":1.5,"channel":"light","unit":"lx","virtual":true}'


@pytest.mark.parametrize(
    "line",
    [
        "[]",
        "temperature,23.4",
        READING[:-1],
        READING.replace("1.5", "NaN"),
        READING.replace("1.5", "1e999"),
        READING.replace("1.5", '"1.5"'),
        READING.replace("1.5", "9" * 400),
        READING.replace("1.5", "9" * 5000),
        READING.replace("1000.0", "-1"),
        READING.replace("1000.0", "9000000000001"),
        READING.replace("1000.0", "1e18"),
        READING.replace('"light"', '"<b>"'),
        READING.replace('"light"', '["light"]'),
        READING.replace("true", "1"),
        READING.replace("true", 'true,"lag":0.5'),
        READING.replace("true", 'true,"board_time":1e99'),
        READING.replace("true", 'true,"board_time":9000000000001'),
        READING.replace('"lx"', '"\\ud800"'),
        '{"time":1,"event":"answered","id":"1","command":"on"}',
        '{"time":1,"event":"sent","id":7,"command":"on"}',
        '{"time":1,"event":"mark","id":"1"}',
        '{"time":1,"event":["sent"]}',
        '{"time":1}',
        "[" * 60_000,
        '{"time":1,"event":"mark","text":"' + "x" * 70_000 + '"}',
    ],
)
def test_a_line_that_is_none_is_refused_by_its_number(line: str) -> None:
    content = header("ada") + READING.encode() + b"\n" + line.encode() + b"\n" + READING.encode() + b"\n"
    with pytest.raises(NotARecording, match=r"run\.jsonl .* line 3 "):
        reread(content)


NUMBERS = [
    b"0",
    b"-0",
    b"01",
    b"1.",
    b".5",
    b"1e5",
    b"1E5",
    b"-2.5e-3",
    b"1e400",
    b"9000000000000.5",
    b"NaN",
    b"true",
]
FACTS = [
    b'"channel":"light","unit":"lx","virtual":false',
    b'"channel":"light","unit":"lx","virtual":false,"time":7',
    b'"channel":"light","virtual":true,"event":"mark"',
    b'"channel":"light","virtual":true,"lag":5,"novelty":[1]',
    b'"channel":["light"],"virtual":true',
    b'"channel":"light","boot":7,"virtual":true',
    b'"channel":"light"',
    b'"channel":"\xff","virtual":true',
]


@given(
    time=st.sampled_from(NUMBERS),
    value=st.sampled_from(NUMBERS),
    lag=st.sampled_from([b"", b',"lag":-12', b',"lag":2147483648', b',"lag":1.5', b',"lag":-0']),
    stamp=st.sampled_from(
        [b"", b',"board_time":8999999999999', b',"board_time":9000000000001', b',"board_time":-1']
    ),
    facts=st.sampled_from(FACTS),
)
def test_a_line_read_the_short_way_says_what_it_says_the_long_way(
    time: bytes, value: bytes, lag: bytes, stamp: bytes, facts: bytes
) -> None:
    line = b'{"time":' + time + b',"value":' + value + lag + stamp + b"," + facts + b"}\n"
    short: dict[str, str] = {}
    read_shortly = recording._as_written(line, short)
    if read_shortly is None:
        assert short == {}
    else:
        long: dict[str, str] = {}
        assert (read_shortly, short) == (recording._parse_line(line, long), long)


def test_most_lines_are_read_the_short_way() -> None:
    log: list[Any] = [(Origin("light", "b1", 250, True), 1795393089658.0422, 1e-7, 12, 1795393089635)]
    log.append((Origin("°C, 2"), 1e3, -2e22, 0, NO_CLOCK))
    for line in lines(filled(log).since(0), {"light": "lx"}):
        assert recording._as_written(line, {}) is not None, line


def test_more_channels_than_any_board_has_are_refused() -> None:
    many = "".join(READING.replace("light", f"c{n}") + "\n" for n in range(65))
    with pytest.raises(NotARecording, match="64 channels"):
        reread(header("ada") + many.encode())


def test_a_recording_larger_than_memory_is_wanted_leaves_the_newest() -> None:
    store = filled([(Origin("light"), float(n), float(n), 0, NO_CLOCK) for n in range(5000)])
    rows = reread(header("ada") + b"".join(lines(store.since(0), {})), capacity=500).store.since(0)
    assert list(rows.values)[-500:] == [float(n) for n in range(4500, 5000)]
    assert len(rows.values) < 1000


@pytest.mark.parametrize("name", ["text", "id", "cause"])
def test_l8_half_a_character_in_a_recordings_event_is_replaced_and_all_else_is_read(name: str) -> None:
    line = json.dumps({"time": 1, "event": "novelty", "more": {name: ["a\ud800b", 1.5]}})
    rows = reread(f"{header('ada').decode()}{line}\n{READING}\n".encode()).store.since(0)
    assert rows.events[0][1] == {"kind": "novelty", "more": {name: ["a?b", 1.5]}}
    assert rows.values[-1] == 1.5


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n", "\n \n", '\n{"time":1000.0,"val'])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("between", ["\n", "\r\n", "\n\n", "\n\t\n"])
def test_l11_what_an_editor_leaves_is_read_and_no_whole_line_is_cut_away(
    tmp_path: Path, mark: str, between: str, end: str
) -> None:
    whole = mark + between.join([header("ada").decode().strip(), READING, READING.replace("1.5", "2.5")])
    path = tmp_path / "run.jsonl"
    path.write_bytes((whole + end).encode())
    assert list(read_file(path, 100).store.since(0).values) == [1.5, 2.5]
    appender = Appender(path, "ada", 100)
    appender.append(READING.replace("1.5", "3.5").encode() + b"\n")
    appender.close()
    assert path.read_bytes().startswith(whole.encode())
    assert list(read_file(path, 100).store.since(0).values) == [1.5, 2.5, 3.5]


@pytest.mark.parametrize("end", ["", "\n"])
def test_l11_a_whole_last_line_that_is_wrong_is_told_of_and_not_cut_away(tmp_path: Path, end: str) -> None:
    path = tmp_path / "run.jsonl"
    content = header("ada") + READING.replace("1000.0", "-1").encode() + end.encode()
    path.write_bytes(content)
    with pytest.raises(NotARecording, match="line 2 "):
        Appender(path, "ada", 100)
    assert path.read_bytes() == content


@pytest.mark.parametrize("content", [header("bob")[:-1], START.encode() + b'"id":7}'])
def test_l11_a_foreign_beginning_without_line_feed_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "run.jsonl"
    path.write_bytes(content)
    with pytest.raises(NotARecording, match="left as it is"):
        Appender(path, "ada", 100)
    assert path.read_bytes() == content


FOREIGN = {
    "notes.txt": b"Dear diary,\n",
    "one line.txt": b"Dear diary",
    "run.csv": b"time,value\n1,2\n",
    "other.json": b'{"picopanel":"recording","version":2,"id":"ada"}\n',
    "no id.jsonl": START.encode() + b'"id":7}\n',
    "placeholder.jsonl": START.encode() + b'"id":"<your_id_here>"}\n',
    "bobs.jsonl": header("bob"),
    "broken.jsonl": header("ada") + b"what?\n" + READING.encode(),
    "zeros": bytes(200_000),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_file_of_something_else_is_refused_and_left_untouched(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(FOREIGN[name])
    with pytest.raises(NotARecording, match="left as it is"):
        Appender(path, "ada", 100)
    assert path.read_bytes() == FOREIGN[name]


@pytest.mark.parametrize("content", [b"", START[:9].encode(), header("ada")[:-1], header("ada")])
def test_a_file_without_a_whole_line_is_begun_anew(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_bytes(content)
    appender = Appender(path, "ada", 100)
    appender.append(READING.encode() + b"\n")
    appender.close()
    assert path.read_bytes() == header("ada") + READING.encode() + b"\n"


def test_a_torn_last_line_is_mended(tmp_path: Path) -> None:
    path, next_line = tmp_path / "run.jsonl", READING.replace("1.5", "2.5").encode() + b"\n"
    whole = header("ada") + READING.encode() + b"\n"
    path.write_bytes(whole + READING[:20].encode() + b" " * 500)
    appender = Appender(path, "ada", 100)
    assert list(appender.past.store.since(0).values) == [1.5]
    appender.append(next_line)
    appender.close()
    assert path.read_bytes() == whole + next_line, "nothing of it is left"


def no_directory(folder: Path) -> Path:
    return folder / "missing" / "run.jsonl"


def a_directory(folder: Path) -> Path:
    return folder


def a_pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def a_directory_in_a_file(folder: Path) -> Path:
    (folder / "file").touch()
    return folder / "file" / "run.jsonl"


@pytest.mark.parametrize(
    ("place", "says"),
    [
        (no_directory, "There is no directory"),
        (a_directory, "is not a file"),
        pytest.param(a_pipe, "is not a file", marks=POSIX),
        (a_directory_in_a_file, "Not a directory" if os.name == "posix" else "There is no directory"),
    ],
)
def test_where_nothing_can_be_recorded_a_sentence_says_so(
    place: Callable[[Path], Path], says: str, tmp_path: Path
) -> None:
    with pytest.raises(RecordingFailed, match=says) as raised:
        Appender(place(tmp_path), "ada", 100)
    assert isinstance(raised.value, (OSError, PicoPanelError))


def test_two_do_not_write_to_one_file(tmp_path: Path) -> None:
    first = Appender(tmp_path / "run.jsonl", "ada", 100)
    with pytest.raises(RecordingFailed, match="by another panel"):
        Appender(tmp_path / "run.jsonl", "ada", 100)
    first.close()
    Appender(tmp_path / "run.jsonl", "ada", 100).close()


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from picopanel._device.device import Device
from picopanel._runtime import loop
from picopanel._store import Origin
from tests.unit.hand import HandLink

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # what is over the limit fails, as on a full disk
def room(size): resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

def write():
    loop.ask(recorder.write)
    loop.wait(recorder.settled, None)

device = loop.ask(Device, "ada", HandLink())
recorder, told = device.recorder, device.known
loop.wait(loop.ask(device.record, Path(sys.argv[1])).done, None)
room(1000)
for n in range(100):
    loop.ask(device.store.append, Origin("light"), [float(n)], [float(n)])
    write()
print(recorder.problem, len(told.notices), Path(sys.argv[1]).stat().st_size)
room(resource.RLIM_INFINITY)
write()
print(recorder.problem, told.notices[0])
"""


@POSIX
def test_a_full_disk_is_told_once_and_gone_on_with_when_there_is_room(tmp_path: Path, run: Any) -> None:
    path = tmp_path / "run.jsonl"
    program: Program = run("-c", FULL_DISK, str(path))
    assert program.finish() == 0, program.lines
    full, mended = program.lines[-2:]
    assert full.startswith("File too large 1 ")
    assert int(full.split()[-1]) <= 1000
    assert mended.startswith("None The recording in run.jsonl has stopped: File too large.")
    rows = read_file(path, 1000).store.since(0)
    kept = [value for value, number in zip(rows.values, rows.origins, strict=True) if number != EVENT]
    assert kept == [float(n) for n in range(100)]


ENDS = """
import sys
from picopanel import Pico

pico = Pico.demo("ada")
pico.record(sys.argv[1])
list(pico.readings(n=5))
print(pico._device.store.end)
"""


def test_a_program_that_ends_has_written_all(tmp_path: Path, run: Any) -> None:
    path = tmp_path / "run.jsonl"
    program: Program = run("-c", ENDS, str(path))
    assert program.finish() == 0, program.lines
    assert read_file(path, 1000).store.end >= int(program.lines[-1])


KILLED = """
import os, signal, sys
from picopanel import Pico
from picopanel._runtime import loop

pico = Pico.demo("ada")
pico.record(sys.argv[1])
pico.read()
loop.ask(pico._device.start, "interval", action={"interval": 50})
for reading in pico.readings(n=70):
    pass
print(pico._device.store.end, flush=True)
os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))  # on Windows, the latter is as hard
"""
PER_SECOND = 20


def test_a_kernel_that_is_killed_loses_at_most_a_second(tmp_path: Path, run: Any) -> None:
    path = tmp_path / "run.jsonl"
    program: Program = run("-c", KILLED, str(path))
    assert program.finish() in (-9, signal.SIGTERM), program.lines
    rows = int(program.lines[0])
    kept = read_file(path, 1000).store.end
    assert rows >= 70
    assert kept >= rows - PER_SECOND, f"of {rows} rows, {kept} are in the file"


def test_every_line_is_json(tmp_path: Path) -> None:
    store = filled(
        [(Origin("light", led=True), 1.0, 2.0, 3, 4), (5.0, {"kind": "mark", "text": "a\nb\u2028"})]
    )
    content = header("ada") + b"".join(lines(store.since(0), {"light": "lx"}))
    assert [json.loads(line) for line in content.splitlines()] == [
        {"picopanel": "recording", "version": 1, "id": "ada"},
        {
            "time": 1.0,
            "value": 2.0,
            "lag": 3,
            "board_time": 4,
            "channel": "light",
            "unit": "lx",
            "virtual": False,
            "led": True,
        },
        {"time": 5.0, "event": "mark", "text": "a\nb\u2028"},
    ]
