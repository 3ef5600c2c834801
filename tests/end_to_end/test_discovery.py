"""A wall that finds its boards: by what is retained, by what passes, and never by a stranger's nonsense."""

import json

import pytest

from picopanel import PicoWall
from picopanel._runtime import loop
from picopanel._wall.discovery import RETAINED_WITHIN

from ..support.mosquitto import Mosquitto
from ..support.nats import Nats
from ..support.waiting import eventually

INFO = json.dumps({"protocol": 1, "boot": "ab12cd34", "interval": 1000, "firmware": "0.1.0"})
SAMPLE = json.dumps({"boot": "ab12cd34", "seq": 0, "up": 0, "values": {"temperature": 20}})


@pytest.fixture
def discover(broker):
    walls = []

    def start(pattern, url=None):
        walls.append(PicoWall.discover(pattern, broker=url or broker.url()))
        return walls[-1]

    yield start
    for wall in walls:
        wall.close()


def found(wall, *ids):
    eventually(lambda: sorted(wall.ids) == sorted(ids), f"the wall has {ids}", seen=lambda: wall.ids)


def test_boards_of_both_layers_are_found_and_answer(discover, broker, board, spy):
    """One that was there before; one that comes later; one of the course when it is commanded."""
    board("pico_layer_board.py", "class-a/ada")
    wall = discover("class-a/+")
    found(wall, "class-a/ada")
    board("pico_layer_board.py", "class-a/bob")
    board("course_board.py", "class-a/eve")
    found(wall, "class-a/ada", "class-a/bob")
    spy.publish("class-a/eve/onboard_led", "toggle")
    found(wall, "class-a/ada", "class-a/bob", "class-a/eve")
    assert len(wall.on()) == 3
    board("pico_layer_board.py", "other/zoe")
    board("pico_layer_board.py", "flat")
    found(discover("+"), "flat")
    assert sorted(wall.ids) == ["class-a/ada", "class-a/bob", "class-a/eve"]


def test_what_no_board_says_finds_nothing(discover, spy):
    """Foreign payloads, placeholders and IDs that are too long stay away; a good one comes in the end."""
    wall = discover("+")
    eventually(lambda: not wall._conversation._discovery.settling, "the search has begun")
    spy.publish("home/status", "available", retain=True)
    spy.publish("scale/info", "not JSON", retain=True)
    spy.publish("meter/onboard_temp", "warm")
    spy.publish("<your_id_here>/info", INFO, retain=True)
    spy.publish("x" * 61 + "/info", INFO, retain=True)
    spy.publish("ada/info", INFO, retain=True)
    found(wall, "ada")


def test_h1_in_a_house_with_home_assistant_only_boards_are_found(discover, spy):
    """A status is everybody's word; an answer, a reading, and an info with its protocol are a board's."""
    wall = discover("+")
    eventually(lambda: not wall._conversation._discovery.settling, "the search has begun")
    spy.publish("homeassistant/status", "online", retain=True)
    spy.publish("kitchen-esp/status", "offline", retain=True)
    spy.publish("shelly/info", json.dumps({"boot": "a", "channels": {}}), retain=True)
    spy.publish("ada/ack", json.dumps({"experiment_id": "a", "ok": True, "boot": "b", "up": 1}))
    spy.publish("bob/onboard_temp", "23.4")
    spy.publish("eve/info", INFO, retain=True)
    found(wall, "ada", "bob", "eve")


def test_a_search_stops_when_the_wall_is_full_and_says_so(discover, spy):
    """Tried with room for three; a wall has room for a thousand."""
    wall = discover("+")
    wall._conversation.boards._capacity = 3
    for number in range(6):
        spy.publish(f"b{number}/info", INFO, retain=True)
    eventually(
        lambda: any("More than" in notice for notice in wall._conversation._notices), "the wall says so"
    )
    assert len(wall.ids) == 3


def head(wall):
    """Return what is told of the wall as a whole."""
    return loop.ask(wall._conversation.head)


def test_a_search_that_is_not_permitted_says_so(discover, tmp_path, request):
    broker = Mosquitto(tmp_path / "locked", users={"ada": "right"}).start()
    request.addfinalizer(broker.stop)
    wall = discover("class-a/+", broker.url(login="ada:wrong"))
    eventually(lambda: "password" in str(head(wall)["trouble"]), "the wall says why", seen=lambda: head(wall))


def test_a_broker_that_keeps_nothing_for_a_search_is_told_of(discover, spy):
    """A board is found by what it sends; one that has just come online proves nothing."""
    wall = discover("+")
    search = wall._conversation._discovery
    eventually(lambda: search._subscribed_for(RETAINED_WITHIN), "what is retained has had its time")
    spy.publish("new/info", INFO)
    spy.publish("new/telemetry", SAMPLE)
    found(wall, "new")
    assert wall._conversation._notices == []
    spy.publish("ada/telemetry", SAMPLE)
    found(wall, "ada", "new")
    assert "no retained messages" in wall._conversation._notices[0]


def test_a_search_works_on_nats_in_mqtt_3_1_1(discover, tmp_path, run, request):
    server = Nats(tmp_path / "nats").start()
    request.addfinalizer(server.stop)
    url = f"mqtt://127.0.0.1:{server.port}"
    run("-m", "picopanel", "class", "--count", 2, "--broker", url).wait_for("Online: 2 of 2", within=40)
    wall = discover("class/+", url)
    found(wall, "class/01", "class/02")
    assert wall._conversation._notices == []
