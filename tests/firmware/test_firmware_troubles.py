"""What goes wrong at the board: its console and its LED name the true cause, as docs/board.md says."""

import json
import subprocess
from pathlib import Path

import pytest
from authority import Authority, TlsRoom
from harness import grouped

from tests.support.waiting import eventually

pytestmark = pytest.mark.micropython

PLUGIN = "mosquitto_dynamic_security.so"


def wifi(status):
    return lambda folder: (folder / "wifi").write_text(str(status))


def without_time(folder):
    (folder / "no_time").touch()


def silent_refusal(room):
    broker = room.broker()
    (broker.folder / "acl").write_text("topic write #\n")
    return again(broker, f"allow_anonymous true\nacl_file {broker.folder}/acl")


def open_refusal(room):
    broker = room.broker()
    may = {"publishClientSend": True, "publishClientReceive": True, "subscribe": False, "unsubscribe": True}
    rules = broker.folder / "rules.json"
    rules.write_text(json.dumps({"defaultACLAccess": may}))
    folders = ("/usr/lib", "/usr/local/lib", "/opt/homebrew")
    plugins = [path for folder in folders for path in Path(folder).rglob(PLUGIN)]
    assert plugins, f"Mosquitto's {PLUGIN} is needed"
    return again(broker, f"allow_anonymous true\nplugin {plugins[0]}\nplugin_opt_config_file {rules}")


def passwords(room):
    broker = room.broker()
    users = broker.folder / "users"
    subprocess.run(["mosquitto_passwd", "-b", "-c", users, "alice", "hers"], check=True)
    return again(broker, f"password_file {users}")


def again(broker, settings):
    broker.stop()
    broker.settings = settings
    return broker.start()


@pytest.fixture(scope="module")
def boards(shared_room):
    """All of them at once: each takes its time."""
    room, tls_room = shared_room, TlsRoom(shared_room)
    closed = room.broker()
    closed.stop()

    def board(broker, *, prepare=None, run="session", **more):
        return room.board(broker, "a", prepare=prepare, run=run, **more)

    return {
        "no network": board(closed, prepare=wifi(-2)),
        "wrong Wi-Fi password": board(closed, prepare=wifi(-3)),
        "no address": board(closed, prepare=wifi(2), run="hurried"),
        "captive portal": board(closed, prepare=without_time),
        "unknown host": board(closed, HIVEMQ_HOST="no-such-broker.invalid"),
        "closed port": board(closed),
        "not trusted": tls_room.board(tls_room.broker(Authority()), "a", Authority()),
        "wrong password": board(passwords(room), HIVEMQ_USERNAME="alice", HIVEMQ_PASSWORD="his"),
        "may not subscribe": board(open_refusal(room)),
        "hears nothing": board(silent_refusal(room)),
    }


@pytest.mark.parametrize(
    ("trouble", "console", "codes"),
    [
        ("no network", "Wi-Fi: no such network: check SSID", {1}),
        ("wrong Wi-Fi password", "Wi-Fi: the password was refused: check PASSWORD", {1}),
        ("no address", "Wi-Fi: no address from the router", {1}),
        ("captive portal", "A network with a login page", {2, 3}),
        ("unknown host", "Broker: no address for no-such-broker.invalid. Check HIVEMQ_HOST", {3}),
        ("closed port", "does not answer", {3}),
        ("not trusted", "its certificate is not trusted", {4}),
        ("wrong password", "Check HIVEMQ_USERNAME and HIVEMQ_PASSWORD", {4}),
        ("may not subscribe", "Broker: this user may not subscribe", {4}),
    ],
)
def test_console_and_led_name_the_cause(trouble, console, codes, boards):
    board = boards[trouble]
    start = board.says(console)

    def told():
        groups = grouped(board.flashes_since(start))
        assert set(groups) <= codes, f"expected {codes} flashes between two pauses, there were {groups}"
        return len(groups) >= 2 and set(groups) == codes

    eventually(told, f"its LED flashes {codes} times", seen=lambda: board.lines)


def test_a_broker_that_refuses_without_a_word_is_named(boards):
    board = boards["hears nothing"]
    board.says("it delivers nothing. This user may not publish or subscribe there.", seconds=30)


def test_a_healthy_board_is_not_suspected(room):
    board = room.board(room.broker(), "fine", prepare=hurry_the_doubt, run="doubting")
    board.says("sure")
    assert not any("delivers nothing" in line for line in board.lines)


def hurry_the_doubt(folder):
    """Longer than the doubt takes, in a time that passes quickly."""
    (folder / "doubting.py").write_text(
        "import pico.board\n"
        "pico.board.ECHO = 2000\n"
        "import my_secrets\n"
        "board = pico.board.Board(my_secrets)\n"
        "board.channel('doubt', lambda: print('sure') if board._uptime.now() > 6000 else 1)\n"
        "board.run()\n"
    )
