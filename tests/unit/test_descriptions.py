"""The description of a board as a file: what is refused, by which line and words; paths; templates."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picopanel import InvalidArgument, InvalidDescription, InvalidDeviceID
from picopanel._pico.connect import connect
from picopanel._protocol.boards import find_board, names, read_description
from picopanel._protocol.description import Measured, read_from
from picopanel._protocol.paths import MISSING, fill, parse_path, payload_of, told, value_at

WHOLE = """
name = "Thing"
every = 2

[[messages]]
topic = "things/{id}/state"
time = "at"
channels.t = { path = "t", unit = "°C" }
[messages.settings]
heat = "heat"
[messages.answer]
id = "re"

[controls.heat]
type = "range"

[commands.heat]
topic = "things/{id}/set"
json = { heat = "{heat}", re = "{command}" }
"""


def test_a_whole_one_is_taken() -> None:
    board = read_description(WHOLE, "thing.toml")
    assert (board.name, board.units, board.every) == ("Thing", {"t": "°C"}, 2)
    assert board.meanings("ada") == {
        "things/ada/state": "answer: A message of this board. Its description reads t in °C (line 8). "
        "re tells which command it answers.",
        "things/ada/set": "command: What this board is told. It carries heat.",
    }


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "c0"), (2, "c0 and c1"), (4, "c0, c1, c2 and c3"), (6, "c0, c1, c2, c3 and 2 more")],
)
def test_of_many_channels_in_a_message_the_first_are_told_and_how_many_more(count: int, words: str) -> None:
    assert read_from([Measured(f"c{nth}", (f"c{nth}",)) for nth in range(count)]) == words


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('name = "Thing"', 'name = "Thing', 2, "it is no TOML: Illegal character"),
        ('name = "Thing"', "", None, "name is missing"),
        ('name = "Thing"', 'nam = "Thing"', 2, "'nam' is not known here. Did you mean 'name'?"),
        ("every = 2", 'every = "65 s"', 3, "to 86400, without quotation marks and unit: 65."),
        ("[[messages]]", "[[mesages]]", 5, "'mesages' is not known here. Did you mean 'messages'?"),
        ("[[messages]]", "[[message]]", 5, "'message' is not known here. Did you mean 'messages'?"),
        ("[[messages]]", "[messages]\n[messages]", 5, "here [[messages]] is needed"),
        ("[[messages]]", '[[messages]]\ntopic="x/{id}"\nchannels.x="x"\n[[mesages]]', 8, "'mesages' is not"),
        ("[controls.heat]", "[control.heat]", 14, "'control' is not known here. Did you mean 'controls'?"),
        ("things/{id}/state", "things/[serial]/state", 6, "[serial] is written {id} where it is the board's"),
        ('time = "at"', 'presence = "online"', 7, "presence: here a table is needed: presence = { online"),
        ('time = "at"', "samples = true", 7, "samples: a path is a text"),
        ('time = "at"', "channels.x = 7", 7, 'x: here a table is needed: channels.NAME = "path"'),
        ('unit = "°C"', "unit = %", 8, 'texts stand in quotation marks: "%"'),
        ('type = "range"', 'type = "colour"', 15, "'button'. Did you mean 'color'?"),
        (
            're = "{command}" }',
            're = "{command}" }\n[commands.b]\ntopic="b"\ntext="{heat}{command}"',
            20,
            "which is",
        ),
        ("every = 2", "evry = 2", 3, "'evry' is not known here. Did you mean 'every'?"),
        ("every = 2", "every = -1", 3, "every: it must be a number from 0 to 86400"),
        ("every = 2", 'id = "a/#"', 3, "id: The device ID 'a/#' holds '+', '#'"),
        ("[[messages]]", "[messages]", 5, "messages: it is written [[messages]], with two brackets"),
        ("things/{id}/state", "things/+/state", 6, "topic: '+' and '#' are wildcards"),
        ("things/{id}/state", "things/{serial}/state", 6, "topic: a topic may have {id} in it"),
        ("things/{id}/state", "$SYS/{id}", 6, "topic: a topic has no control characters"),
        ('time = "at"', "time = 3", 7, "time: a path is a text such as 'temperature'"),
        ('time = "at"', 'time = "a..b"', 7, "time: 'a..b' is no path"),
        ('time = "at"', 'clock = "min"', 7, "clock: it must be one of 's', 'ms', 'iso'"),
        ('time = "at"', "qos = 3", 7, "qos: it must be 0, 1 or 2"),
        ('time = "at"', 'format = "number"', 8, "a message whose format is 'number' has no parts"),
        ("channels.t", 'channels."<b>"', 8, "'<b>': a name that is not 1 to 32 characters"),
        ('unit = "°C"', 'units = "°C"', 8, "'units' is not known here. Did you mean 'unit'?"),
        ('unit = "°C"', 'on = "open", off = "open"', 8, "on and off are the same word, 'open'"),
        (
            'time = "at"',
            'presence = { online = "1", offline = 1.0 }',
            7,
            "online and offline are the same word",
        ),
        ('time = "at"', "presence = {}", 7, "online or offline is missing"),
        ('heat = "heat"', 'heat = { path = "h", on = 1, off = 1 }', 10, "on and off are the same word"),
        ('heat = "heat"', 'heet = "heat"', 10, "there is no control 'heet'. Did you mean 'heat'?"),
        ('type = "range"', 'type = "dial"', 15, "type: it must be one of 'switch', 'range', 'color', 'choi"),
        ('type = "range"', 'type = "choice"', 14, "a choice, and nothing else, has options"),
        (
            'type = "range"',
            'type = "choice"\noptions = ["a", "a"]',
            16,
            "options: it must be a list of 2 to 32",
        ),
        ('type = "range"', 'type = "range"\nmin = 5\nmax = 5', 14, "min must be less than max"),
        ('type = "range"', 'type = "switch"\nunit = "K"', 16, "a range alone has a unit"),
        ('type = "range"', 'type = "color"\nmax = 5', 16, "a range alone has min, max and step"),
        ('type = "range"', 'type = "color"\non = 1', 16, "a color has no on: a switch has on and off, a"),
        ('type = "range"', 'type = "button"\noff = 1', 16, "a button has no off: a switch has on and off"),
        ('type = "range"', 'type = "choice"\noptions = [1, 2]', 16, "options: each one must be a text"),
        ("[controls.heat]", "[controls.timeout]", None, "'timeout': set(timeout=...) is about the waiting"),
        ("[controls.heat]", "[controls.wait]", None, "'wait': set(wait=...) is about the waiting itself"),
        ('type = "range"', 'type = "switch"\non = 1\noff = 1', 14, "on and off are the same word"),
        ("[controls.heat]", "[controls.id]", None, "'id': a control's name is letters, digits and _"),
        ("things/{id}/set", "things/{id}/state", 18, "the board itself speaks on this topic"),
        ('heat = "{heat}"', 'heat = "{heet}"', 19, "{heet} is neither a control nor one of id, command"),
        ('heat = "{heat}"', "heat = 1", 14, "no command has {heat} in it"),
        ('heat = "{heat}"', 'heat = "{heat}", at = 2026-01-01', 19, "it is no JSON of at most 4 KiB"),
        ('heat = "{heat}"', 'heat = "{heat}", at = nan', 19, "it is no JSON of at most 4 KiB"),
        ('re = "{command}"', "re = 1", 19, "{command} must stand in it; else answered = false"),
        ("json = {", 'text = "x"\njson = {', 17, "what is sent is either json = { ... } or text = '...'"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, line: int | None, words: str) -> None:
    assert WHOLE.count(old) == 1
    with pytest.raises(InvalidDescription) as caught:
        read_description(WHOLE.replace(old, new), "thing.toml")
    said = str(caught.value)
    assert words in said
    if line is not None:
        assert said.startswith(f"thing.toml, line {line}: "), said
    assert said.endswith("https://picopanel.github.io/picopanel/boards.html")


def test_a_file_is_found_read_and_refused_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "thing.toml"
    path.write_text("\ufeff" + WHOLE, encoding="utf-8")
    assert find_board(path) is find_board(str(path)), "the same board again"
    for data, words in ((b"\xff", "not UTF-8"), (b"#" * 70_000, "longer than 64 KiB")):
        path.write_bytes(data)
        with pytest.raises(InvalidDescription, match=words):
            find_board(path)
    with pytest.raises(InvalidDescription, match="there is no such file") as caught:
        find_board(tmp_path / "none.toml")
    assert f"Looked for {str(tmp_path / 'none.toml')!r}; the kernel's folder is " in str(caught.value)
    with pytest.raises(InvalidArgument, match=r"is a file here: board=.*thing\.toml"):
        find_board(tmp_path / "thing")
    with pytest.raises(InvalidArgument, match=r"There is no description named 'sdl-dmo'\. Did you mean"):
        find_board("sdl-dmo")
    with pytest.raises(InvalidArgument, match="board must be the path of a file"):
        find_board(7)


ECHO = """
name = "Lamp"
[[messages]]
topic = "{id}/g"
format = "number"
channels.brightness = { unit = "%" }
settings.brightness = {}
answer = {}
[controls.brightness]
type = "range"
[controls.led]
type = "switch"
[commands.brightness]
topic = "{id}"
text = "{brightness}"
[commands.led]
topic = "{id}"
text = "{led}"
"""


def test_a_command_whose_answer_could_never_be_known_is_refused() -> None:
    with pytest.raises(InvalidDescription) as caught:
        read_description(ECHO, "lamp.toml")
    assert str(caught.value).startswith(
        "lamp.toml, line 16: no message with an answer tells what led is set to, so this one's answer would "
        "never be known: led in the settings of that message, or answered = false here."
    )
    board = read_description(ECHO + "answered = false\n", "lamp.toml")
    assert board.messages[0].channels[0].path == board.messages[0].settings[0].path == (), "a bare number"


def test_an_id_may_stand_in_the_file_or_need_not_be() -> None:
    described = 'name = "My fan"\n[[messages]]\ntopic = "{topic}"\nchannels.rpm = "rpm"\n'
    assert read_description(described.replace("{topic}", "fans/3/rpm"), "a").own_id == "my-fan"
    assert read_description(described.replace("{topic}", "fans/{id}/rpm"), "b").own_id is None
    assert read_description('id = "f3"\n' + described.replace("{topic}", "{id}/rpm"), "c").own_id == "f3"


def test_what_is_wrong_with_a_description_is_told_before_anything_is_opened() -> None:
    with pytest.raises(InvalidArgument, match="There is no description"):
        connect("ada", "mqtt://127.0.0.1", 10, "no-such")
    with pytest.raises(InvalidDeviceID):
        connect("a/#", "mqtt://127.0.0.1", 10, "fan")


def test_those_that_come_along_have_a_source() -> None:
    assert {"sdl-demo", "fan", "magnetometer", "digital-pipette", "ot2"} <= set(names())
    assert all(find_board(each).source.startswith("https://") for each in names())


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (".", {"a": [{"b.c": 7}], "switch:0": {"on": True}}),
        ('a[0]."b.c"', 7),
        ("switch:0.on", True),
        ("a[1]", MISSING),
        ("a.b", MISSING),
        ("switch:0[0]", MISSING),
    ],
)
def test_a_path_leads_there_or_nowhere(path: str, found: object) -> None:
    data = {"a": [{"b.c": 7}], "switch:0": {"on": True}}
    assert value_at(parse_path(path), data) == found


@given(st.text(max_size=200))
def test_any_text_is_a_path_or_is_refused(text: str) -> None:
    try:
        steps = parse_path(text)
    except ValueError:
        return
    assert len(steps) <= 8
    assert value_at(steps, {}) is MISSING or not steps
    assert told(steps)


def test_a_template_has_values_in_it_and_runs_nothing() -> None:
    values = {"R": 5, "id": "ada", "on": True, "word": "{R} {id.__class__}"}
    template = {"R": "{R}", "of": ["{id}/x", "{on}", "{R.real} {}"], "as": "{word}"}
    assert fill(template, values) == {
        "R": 5,
        "of": ["ada/x", True, "{R.real} {}"],
        "as": "{R} {id.__class__}",
    }
    assert payload_of("{R},{on}", values) == b"5,true"
    assert payload_of({"a": "{word}"}, values) == b'{"a":"{R} {id.__class__}"}', "a value is not filled again"
