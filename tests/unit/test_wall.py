"""The wall without a page: its boards, tiles, commands and table; virtual Picos are its boards."""

from __future__ import annotations

import csv
import json
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Any

import ipywidgets
import pytest
import traitlets

from picopanel import InvalidArgument, InvalidDeviceID, PanelClosed, Pico, PicoPanel, PicoWall
from picopanel._device.device import Device
from picopanel._device.known import Attendance
from picopanel._page.feed import GAP
from picopanel._pico.connect import connect_virtual, share
from picopanel._protocol.boards import find_board
from picopanel._runtime import loop
from picopanel._runtime.clock import Clock
from picopanel._store import Origin
from picopanel._wall import tables
from picopanel._wall.boards import Boards, Plan, check_pattern, listed
from picopanel._wall.conversation import BEAT, WallConversation
from picopanel._wall.tiles import MOST_BYTES, POINTS, STEP, Spark, Tiles, WallSnapshot

from ..support.waiting import eventually
from .hand import CONTRACT, Hand, HandLink


@pytest.fixture
def wall():
    with_three = PicoWall.demo(count=3)
    eventually(
        lambda: [tile(with_three, each)["word"] for each in with_three] == ["online"] * 3,
        "all boards are online and have sent a reading",
    )
    yield with_three
    with_three.close()


def tile(wall: PicoWall, device_id: str) -> dict[str, Any]:
    return next(each for each in tiles_of(wall) if each["id"] == device_id)


def tiles_of(wall: PicoWall, since: int = 0) -> list[dict[str, Any]]:
    """Look at the boards, and return the tiles that have changed since a version."""
    loop.ask(wall._conversation.refresh)
    return loop.ask(wall._conversation.tiles.changed_since, since)


def say(wall: PicoWall, message: object) -> None:
    """Send what a page sends."""
    wall._on_page_message(wall, message, [])


class Heard:
    """What a wall sends, kept instead of sent."""

    def __init__(self, wall: PicoWall) -> None:
        self.messages: list[dict[str, Any]] = []
        wall.send = lambda message, buffers=None: self.messages.append(message)

    def last(self, kind: str) -> dict[str, Any]:
        return next(message for message in reversed(self.messages) if message["type"] == kind)

    def answer(self, kind: str) -> dict[str, Any]:
        """The last one that was asked for; a push may have followed it."""
        asked = (each for each in reversed(self.messages) if each["type"] == kind)
        return next(each for each in asked if each.get("message", each).get("answer"))


class TestBoards:
    def test_a_panel_of_the_same_id_and_the_wall_show_one_device(self, wall: PicoWall) -> None:
        """Opened before or after, closed first or last: they agree, and neither ends the other."""
        wall["board-01"].off()
        panel = PicoPanel.demo("board-01")
        assert panel.on().led is True
        assert wall["board-01"].led is True
        assert wall["board-01"]._device is panel._device
        assert wall.toggle()["board-01"].led is False
        assert panel.led is False
        panel.close()
        assert wall["board-01"].on().led is True, "the wall goes on after the panel"

    def test_closing_the_wall_leaves_a_panel_alone(self) -> None:
        panel, wall = PicoPanel.demo("board-02"), PicoWall.demo(count=3)
        assert wall["board-02"]._device is panel._device
        wall.close()
        assert panel.on().led is True
        panel.close()

    def test_the_cell_run_again_ends_the_former_wall_and_keeps_its_boards(self, wall: PicoWall) -> None:
        before = wall["board-03"]._device
        again = PicoWall.demo(count=3)
        assert "newer wall" in str(wall._conversation.closed)
        with pytest.raises(PanelClosed):
            wall.on()
        assert again["board-03"]._device is before, "what it has measured is not lost"
        again.close()
        assert before.closed

    def test_a_handle_is_as_pico_is(self, wall: PicoWall) -> None:
        assert isinstance(wall["board-02"], Pico)
        assert wall["board-02"] is wall["board-02"]
        assert list(wall) == wall.ids == ["board-01", "board-02", "board-03"]
        with pytest.raises(InvalidDeviceID, match="no board 'eve'"):
            wall["eve"]

    def test_there_are_never_more_than_there_is_room_for(self) -> None:
        boards, wall = Boards(capacity=1), PicoWall.demo(count=2)
        assert loop.ask(boards.add, "board-01", partial(share, "board-01", None, 100))
        assert not loop.ask(boards.add, "board-02", partial(share, "board-02", None, 100))
        loop.ask(boards.close)
        wall.close()


class TestTiles:
    def test_since_gives_what_has_changed_and_may_be_asked_again(self, wall: PicoWall) -> None:
        whole, tiles = tiles_of(wall), wall._conversation.tiles
        version = tiles.version
        assert [each["id"] for each in whole] == wall.ids
        wall["board-02"].on()
        assert any(each["id"] == "board-02" and each["led"] for each in tiles_of(wall, version))
        assert loop.ask(lambda: tiles.changed_since(version) == tiles.changed_since(version))
        assert loop.ask(lambda: tiles.changed_since(tiles.version)) == []

    def test_a_tile_says_what_is_wrong(self, wall: PicoWall) -> None:
        wall["board-01"].faults.lose_replies(9)  # a refill's answer may be among them
        wall.on(["board-01"], timeout=0.5)
        wall["board-01"].faults.lose_replies(0)
        stuck, well = tile(wall, "board-01"), tile(wall, "board-02")
        assert (stuck["level"], stuck["word"]) == ("bad", "no answer")
        assert stuck["trouble"] == "The last command was not answered."
        assert (well["level"], well["word"], well["trouble"]) == ("ok", "online", None)
        assert well["unit"] == "°C" and 15 < well["value"] < 35

    def test_an_unchanged_line_is_not_sent_again(self, wall: PicoWall) -> None:
        tiles = Tiles(wall._conversation.boards, Clock())
        eventually(lambda: loop.ask(tiles.refresh) or tiles.version > 2, "readings come")
        assert all("spark" in each for each in loop.ask(tiles.changed_since, 0))

        def is_spared() -> bool:
            loop.ask(tiles.refresh)
            return any("spark" not in each for each in loop.ask(tiles.changed_since, tiles.version - 1))

        eventually(is_spared, "a reading comes that leaves the line as it was")

    def test_the_line_is_bounded_and_keeps_a_spike(self) -> None:
        spark = Spark()
        for number in range(1000):
            spark.add(number * STEP / 3, 99.0 if number == 990 else 20.0)
        assert len(spark.points) == POINTS
        assert max(spark.points) == 99.0


def test_a_tile_is_pushed_when_it_changes_and_else_only_that_the_kernel_lives(
    hand: Hand, link: HandLink
) -> None:
    device, sent = Device("ada", link, clock=hand.clock), list[dict[str, Any]]()
    conversation = WallConversation(lambda message, _: sent.append(message), hand.clock)
    conversation.begin(Plan("hand", {"ada": lambda: (device, True)}))
    link.connect()
    conversation.feed.open()
    hand.advance(5)
    conversation.handle({"type": "ask", "since": 0}).sent()
    del sent[:]
    hand.advance(5)
    assert [message["tiles"] for message in sent] == [[]] * 10
    link.deliver("ada/telemetry", next(iter(CONTRACT["wire"]["telemetry"]["accepted"])))
    del sent[:]
    hand.advance(BEAT + GAP)
    ((tile,),) = [message["tiles"] for message in sent if message["tiles"]]
    assert (tile["id"], tile["value"]) == ("ada", 23.4)
    conversation.end("over")
    del sent[:]
    hand.advance(60)
    assert sent == [] and device.closed


def test_a_closed_wall_answers_a_page_and_pushes_nothing() -> None:
    wall = PicoWall.demo(count=1)
    wall.close()
    heard = Heard(wall)
    say(wall, {"type": "ask", "since": 0})
    assert [message["answer"] for message in heard.messages] == [True]
    assert wall._conversation.feed._timer._stopped
    assert wall._conversation._timer is not None and wall._conversation._timer._stopped


def test_a_board_of_a_closed_wall_answers_its_panel_and_pushes_nothing(wall: PicoWall) -> None:
    heard = Heard(wall)
    wall.close()
    say(wall, {"type": "board", "id": "board-01", "message": {"type": "ask", "since": 0}})
    assert heard.answer("board")
    assert wall._conversation.opened._panels["board-01"].feed._timer._stopped


def test_a_closed_wall_leaves_its_boards_as_they_were(wall: PicoWall) -> None:
    heard = Heard(wall)
    wall.close()
    say(wall, {"type": "ask", "since": 0})
    for tiles in (heard.answer("wall")["tiles"], loop.ask(wall._conversation.snapshot).tiles):
        assert [(each["level"], each["word"]) for each in tiles] == [("ok", "online")] * 3


def test_a_device_that_a_panel_replaces_goes_on_in_the_wall_and_in_its_opened_panel(wall: PicoWall) -> None:
    heard = Heard(wall)
    say(wall, {"type": "board", "id": "board-01", "message": {"type": "ask", "since": 0}})
    before = heard.last("board")
    panel = PicoPanel.demo("board-01")
    eventually(
        lambda: heard.last("board")["serial"] != before["serial"],
        "the opened panel tells of the newer device without being asked",
    )
    assert heard.answer("board")["message"]["rows"]["first"] == 0
    panel.close()


class TestShown:
    """What a person sets: the order of the tiles, and the channel that they show."""

    def test_a_page_sets_it_for_every_page_and_the_next_wall(self, wall: PicoWall) -> None:
        heard = Heard(wall)
        look = {"order": "away", "channel": None, "more": True}
        say(wall, {"type": "look", "look": look})
        say(wall, {"type": "ask", "since": 0})
        assert heard.answer("wall")["head"]["look"] == look
        assert loop.ask(wall._conversation.snapshot).recorded["look"] == look
        again = PicoWall.demo(count=3)
        assert again.order == "away"
        again.order = "trouble"
        say(again, {"type": "look", "look": {"order": "trouble", "channel": None, "more": False}})
        again.close()

    @pytest.mark.parametrize(
        "look",
        [
            None,
            {},
            {"order": "upside down", "channel": None, "more": True},
            {"order": "name", "channel": "", "more": True},
            {"order": "name", "channel": "x" * 65, "more": True},
            {"order": "name", "channel": 5, "more": True},
            {"order": "name", "channel": None, "more": "yes"},
        ],
    )
    def test_a_look_of_no_known_form_changes_nothing(self, wall: PicoWall, look: object) -> None:
        say(wall, {"type": "look", "look": look})
        assert (wall.order, wall.channel) == ("trouble", None)

    def test_another_channel_comes_with_the_line_of_what_was_read_before(self, wall: PicoWall) -> None:
        def measure() -> None:
            for number, (_, device) in enumerate(wall._conversation.boards):
                if number < 2:
                    times = [device.known.clock.unix() - STEP * before for before in (2, 1, 0)]
                    device.store.append(Origin("light", "a"), times, [1.0, 9.0, number])
                    device.known.last["light"] = (times[-1], float(number))

        loop.ask(measure)
        assert wall.channels == ["light", "temperature"]
        wall.channel = "light"
        one, none = tile(wall, "board-01"), tile(wall, "board-03")
        assert (one["value"], one["spark"]) == (0.0, [1.0, 9.0, 0.0])
        assert (none["value"], none["at"], none["spark"]) == (None, None, [])
        wall.channel = None
        assert all(15 < each < 35 for each in tile(wall, "board-01")["spark"]), "the temperature's again"

    def test_what_cannot_be_shown_is_refused(self, wall: PicoWall) -> None:
        with pytest.raises(InvalidArgument, match="'trouble', 'name', 'highest', 'lowest', 'away'"):
            wall.order = "value"
        for name in ("", 5):
            with pytest.raises(InvalidArgument, match="name of a channel"):
                wall.channel = name  # type: ignore[assignment]
        with pytest.raises(InvalidArgument, match="Did you mean 'temperature'"):
            wall.spread("temprature")
        wall.read()
        with pytest.warns(UserWarning, match="has a channel 'temprature' yet. Did you mean 'temperature'"):
            wall.channel = "temprature"
        wall.channel = None

    def test_one_value_over_all_boards(self, wall: PicoWall) -> None:
        values = {"board-01": 3.0, "board-02": 1.0, "board-03": 2.0}

        def measure(unit: str, ago: float = 0) -> None:
            for device_id, device in wall._conversation.boards:
                device.known.last["light"] = (device.known.clock.unix() - ago, values[device_id])
            device.known.units["light"] = unit

        loop.ask(measure, "")
        spread = wall.spread("light")
        assert list(spread.items()) == [("board-02", 1.0), ("board-03", 2.0), ("board-01", 3.0)]
        assert (spread.least, spread.median, spread.most) == ("board-02", 2.0, "board-01")
        assert repr(spread) == "<light of 3: least 1 (board-02), median 2, most 3 (board-01)>"
        loop.ask(measure, "%")
        assert list(wall.spread("light")) == ["board-02", "board-01"], "those of the commonest unit"
        loop.ask(measure, "", 1e6)
        assert repr(wall.spread("light")) == "<no values yet>", "a value that has grown old is none"


class TestCommands:
    def test_answers_come_by_id_and_the_missing_are_named(self, wall: PicoWall) -> None:
        wall["board-03"].faults.lose_replies(9)
        answers = wall.toggle(timeout=1)
        wall["board-03"].faults.lose_replies(0)
        assert set(answers) == {"board-01", "board-02"}
        assert answers["board-01"].led in (True, False)
        assert "answer" in answers.missing["board-03"]
        assert repr(answers) == "<toggle: 2 of 3 answered; no answer from board-03>"
        told = loop.ask(wall._conversation.head)["round"]
        assert (told["missing"], told["why"]) == (["board-03"], None), "silence is told by its name alone"

    def test_a_command_to_some_reaches_no_other(self, wall: PicoWall) -> None:
        assert len(wall.off()) == 3
        assert set(wall.on(["board-01"])) == {"board-01"}
        assert [wall[name].led for name in ("board-01", "board-02")] == [True, False]
        with pytest.raises(InvalidDeviceID):
            wall.on(["board-01", "eve"])
        with pytest.raises(InvalidDeviceID, match="no board"):
            wall.on([["board-01"]])  # type: ignore[list-item]

    def test_everyone_blinks(self, wall: PicoWall) -> None:
        assert repr(wall.blink(0.05, n=2)) == "<blink: 3 of 3 answered>"
        with pytest.raises(ValueError, match="3600"):
            wall.blink(0)

    def test_boards_without_an_led_are_offered_no_command_of_it_and_told_why_nothing_was_sent(
        self, hand: Hand
    ) -> None:
        conversation, fan = WallConversation(lambda *_: None, hand.clock), find_board("fan")
        for name in ("a", "b"):
            device = Device(name, link := HandLink(), clock=hand.clock, board=fan)
            assert conversation.boards.add(name, lambda device=device: (device, True))  # type: ignore[misc]
            link.connect()
        answers = conversation.command("on", None).answers()
        assert repr(answers) == "<on: 0 of 2 answered; not sent to a, b>"
        assert "no LED" in answers.missing["a"]
        conversation.refresh()
        head, tiles = conversation.head(), conversation.tiles.changed_since(0)
        assert (head["commands"], head["round"]["why"]) == ([], answers.missing["a"])
        assert [tile["has_led"] for tile in tiles] == [False, False]

    def test_what_was_under_way_when_the_wall_was_closed_was_sent(self) -> None:
        wall = PicoWall.demo(count=2)
        wall.read()
        wall["board-01"].faults.lose_replies(1)
        threading.Timer(0.3, wall.close).start()
        assert repr(wall.on()) == "<on: 1 of 2 answered; no answer from board-01>"


class TestPage:
    def test_a_click_is_carried_out_once_and_told_live(self, wall: PicoWall) -> None:
        heard = Heard(wall)
        for _ in range(2):
            say(wall, {"type": "all", "click": "c1", "command": "on", "ids": None})
        eventually(lambda: loop.ask(wall._conversation._round.summary)["answered"] == 3, "all have answered")
        say(wall, {"type": "ask", "since": 0})
        news = heard.answer("wall")
        assert news["answer"] is True and len(news["tiles"]) == 3
        round_ = {"click": "c1", "command": "on", "asked": 3, "answered": 3, "pending": 0, "missing": []}
        round_["why"] = None
        told = dict(news["head"]["round"])
        assert told.pop("nth") > 0
        assert told == round_
        assert [each["commands"] for each in wall.attendance.to_dataframe().to_dict("records")] == [1, 1, 1]

    def test_a_wall_out_of_sight_holds_its_tiles_back(self, wall: PicoWall) -> None:
        heard = Heard(wall)
        say(wall, {"type": "ask", "since": 0})
        say(wall, {"type": "hidden"})
        assert heard.last("wall")["resting"] is True
        before = len(heard.messages)
        wall.on()
        assert len(heard.messages) == before, "a verb that waits tells a page that nobody sees"
        say(wall, {"type": "ask", "since": 0})
        assert "resting" not in heard.answer("wall") and len(heard.answer("wall")["tiles"]) == 3

    def test_an_opened_board_speaks_the_panels_own_language(self, wall: PicoWall) -> None:
        heard = Heard(wall)
        say(wall, {"type": "board", "id": "board-02", "message": {"type": "ask", "since": 0}})
        news = heard.answer("board")
        assert news["id"] == "board-02" and news["message"]["type"] == "news"
        assert news["message"]["state"]["id"] == "board-02"
        question = {"type": "spectrum", "channel": "none", "at": [0, 1]}
        say(wall, {"type": "board", "id": "board-02", "message": question})
        told = (it for it in heard.messages if it.get("message", {}).get("type") == "spectrum")
        assert "needs 32 readings" in next(told)["message"]["wrong"]
        panel = PicoPanel.demo("board-02")
        say(wall, {"type": "board", "id": "board-02", "message": {"type": "ask", "since": 99}})
        assert heard.last("board")["serial"] != news["serial"], "another device counts its rows anew"
        say(wall, {"type": "shut", "id": "board-02"})
        panel.close()

    @pytest.mark.parametrize(
        "message",
        [
            None,
            [],
            {},
            {"type": "ask", "since": "0"},
            {"type": "all", "command": "explode", "click": "x", "ids": None},
            {"type": "all", "command": "on", "click": 5, "ids": None},
            {"type": "all", "command": "on", "click": "x", "ids": [{}, 1]},
            {"type": "all", "command": "on", "click": "y", "ids": []},
            {"type": "board", "id": ["a"], "message": None},
            {"type": "board", "id": "eve", "message": {"type": "ask", "since": 0}},
            {"type": "shut"},
        ],
    )
    def test_messages_of_no_known_form_do_nothing(self, wall: PicoWall, message: object) -> None:
        say(wall, message)
        assert wall._conversation._round is None

    def test_the_whole_wall_is_one_small_message(self, wall: PicoWall) -> None:
        """300 boards with a reading a second change 75 tiles in a quarter of a second."""
        heard = Heard(wall)
        say(wall, {"type": "ask", "since": 0})
        tiles = heard.answer("wall")["tiles"]
        bare = [{name: value for name, value in each.items() if name != "spark"} for each in tiles]
        assert len(json.dumps(bare)) / len(bare) < 300, "bytes of a tile"


class TestTable:
    def test_who_was_there(self, wall: PicoWall, tmp_path: Path) -> None:
        wall.on()
        wall["board-02"].off()
        wall.attendance.to_csv(tmp_path / "table.csv")
        with (tmp_path / "table.csv").open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert [row["id"] for row in rows] == wall.ids
        assert [(row["commands"], row["answers"]) for row in rows] == [("1", "1"), ("2", "2"), ("1", "1")]
        assert all(row["first_seen"] <= row["last_seen"] and row["firmware"] == "0.2.0" for row in rows)
        frame = wall.attendance.to_dataframe()
        assert list(frame.columns) == list(rows[0])
        assert str(frame["first_seen"].dtype).endswith("UTC]")

    def test_p23_how_often_a_board_was_away_stands_in_its_tile_and_in_the_table(self, wall: PicoWall) -> None:
        wall["board-02"].faults.reboot()
        eventually(lambda: tile(wall, "board-02")["away"] == 1, "the tile tells of it")
        assert tile(wall, "board-01")["away"] == 0
        assert wall.attendance.to_dataframe().set_index("id")["away"].tolist() == [0, 1, 0]

    def test_counts_go_on_in_a_newer_panel(self, wall: PicoWall) -> None:
        wall.on()
        panel = PicoPanel.demo("board-01")
        panel.off()
        panel.close()
        wall["board-01"].on()
        table = wall.attendance.to_dataframe().set_index("id")
        assert table.loc["board-01", ["commands", "answers"]].tolist() == [3, 3]

    def test_a_wall_without_a_board_yet_has_tables_without_rows(self) -> None:
        boards = Boards()
        assert list(tables.readings_frame(boards).columns[:3]) == ["id", "time", "elapsed_s"]
        assert len(tables.readings_frame(boards)) == 0
        assert str(tables.readings_csv(boards, None)).startswith("id,time,elapsed_s,")

    def test_what_panels_ask_by_themselves_is_no_command(self) -> None:
        seen = Attendance()
        for payload in (
            b'{"experiment_id":"a","since":{"seq":1}}',
            b"[1]",
            b"{",
            b'{"experiment_id":5}',
            b"[" * 5000,
        ):
            seen.commanded(payload)
        seen.answered("a")
        assert (seen.commands, seen.answers) == (0, 0)
        for _ in range(2):
            seen.commanded(b'{"experiment_id":"b","led":"on"}')
            seen.answered("b")
        assert seen.answers == seen.commands


def test_without_pandas_a_wall_says_what_to_install(wall: PicoWall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.warns(FutureWarning), pytest.raises(ModuleNotFoundError, match="%pip install pandas"):
        wall.to_dataframe()


class TestStill:
    def test_a_dead_wall_leaves_a_table_with_text_as_text(self, wall: PicoWall) -> None:
        still = loop.ask(wall._conversation.snapshot)
        evil = WallSnapshot([{**still.tiles[0], "id": "<b>x", "trouble": "<script>"}], still.at)
        assert "&lt;b&gt;x" in evil.html() and "<script>" not in evil.html()
        assert still.text.splitlines()[1].startswith("board-01  online")

    def test_the_recording_is_bounded(self, wall: PicoWall) -> None:
        one = {**tile(wall, "board-01"), "spark": [23.4567] * POINTS}
        recorded = WallSnapshot([{**one, "id": f"class/{number}"} for number in range(300)], 0.0).recorded
        assert len(json.dumps(recorded)) <= MOST_BYTES
        assert len(recorded["tiles"]) == 300 and recorded["tiles"][0]["spark"]


class TestGiven:
    @pytest.mark.parametrize("pattern", ["alice", "", "a/#", "+/#", "$SYS/+", "/+", "a+/b", None, "+/"])
    def test_patterns_that_cannot_be_searched_for(self, pattern: object) -> None:
        with pytest.raises(InvalidDeviceID, match=r"class-a/\+"):
            check_pattern(pattern)

    @pytest.mark.parametrize("pattern", ["+", "class-a/+", "+/pico", "a/+/b"])
    def test_patterns_that_can_be_searched_for(self, pattern: str) -> None:
        assert check_pattern(pattern) == pattern

    def test_each_board_may_have_a_broker_of_its_own(self) -> None:
        plan = listed({"a": "mqtt://x.example", "b": "mqtt://y.example"}, None, 100)
        assert {each.host for _, each in plan.key} == {"x.example", "y.example"}  # type: ignore[attr-defined]

    @pytest.mark.parametrize(
        ("boards", "said"),
        [([], "1 to 1000"), ("alice", "list of IDs"), (["a/#"], "wildcard"), ([["a"]], "a text")],
    )
    def test_lists_that_cannot_be_a_wall_are_refused(self, boards: object, said: str) -> None:
        with pytest.raises(InvalidDeviceID, match=said):
            listed(boards, "mqtt://x.example", 100)  # type: ignore[arg-type]

    def test_an_id_given_twice_is_one_board(self) -> None:
        assert list(listed(["a", "a"], "mqtt://x.example", 100).boards) == ["a"]


class TestNothingStaysOpen:
    def test_l6_a_wall_that_cannot_be_made_leaves_no_board_open(self) -> None:
        def no_board() -> tuple[Device, bool]:
            raise OSError("this broker cannot be asked for")

        made: list[Device] = []

        def a_board() -> tuple[Device, bool]:
            made.append(connect_virtual("l6-half", 100))
            return made[0], True

        before = PicoWall(_plan=Plan("l6", {"board-01": partial(share, "board-01", None, 100)}))
        walls = _open_walls()
        with pytest.raises(OSError, match="cannot be asked"):
            PicoWall(_plan=Plan("l6", {"l6-half": a_board, "l6-none": no_board}))
        assert made[0].closed, "what was opened is closed"
        assert _open_walls() == walls, "nor stays its widget"
        assert before.on().missing == {}, "the wall before it goes on"
        before.close()

    def test_l6_a_wall_that_is_closed_while_a_search_adds_a_board_lets_go_of_it(self) -> None:
        boards, device = Boards(), connect_virtual("l6-late", 100)

        def closed_meanwhile() -> tuple[Device, bool]:
            boards.close()
            return device, True

        loop.ask(boards.add, "l6-late", closed_meanwhile)
        assert device.closed
        assert loop.ask(boards.add, "l6-later", closed_meanwhile) is False

    def test_l6_a_board_that_could_not_be_opened_may_be_found_again(self) -> None:
        boards, device = Boards(), connect_virtual("l6-again", 100)
        answers = iter([OSError("not now"), (device, True)])

        def at_the_second_attempt() -> tuple[Device, bool]:
            answer = next(answers)
            if isinstance(answer, OSError):
                raise answer
            return answer

        with pytest.raises(OSError, match="not now"):
            loop.ask(boards.add, "l6-again", at_the_second_attempt)
        assert loop.ask(boards.add, "l6-again", at_the_second_attempt)
        assert boards.ids == ["l6-again"]
        loop.ask(boards.close)
        assert device.closed

    def test_l6_a_panel_that_cannot_be_made_leaves_its_board_closed(self) -> None:
        device = connect_virtual("l6-panel", 100)
        with pytest.raises(traitlets.TraitError):
            PicoPanel(_device=device, layout=5)
        assert device.closed


def _open_walls() -> int:
    known = getattr(ipywidgets.widgets.widget, "_instances", None) or ipywidgets.Widget.widgets
    return sum(isinstance(widget, PicoWall) for widget in tuple(known.values()))
