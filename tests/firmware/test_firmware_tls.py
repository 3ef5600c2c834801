"""Certificates and passwords, with a real MicroPython and certificates made for one test."""

import datetime
import subprocess

import behaviours
import pytest
from authority import Authority
from bench import WireBench

pytestmark = pytest.mark.micropython


def test_a_trusted_broker_is_used_over_tls(tls_room):
    authority = Authority()
    broker = tls_room.broker(authority)
    notebook = tls_room.notebook(broker, "tls", tls=str(broker.folder / "ca.pem"))
    tls_room.board(broker, "tls", authority)
    bench = WireBench(notebook, None)
    behaviours.the_course_gets_one_number_for_every_message(bench)
    behaviours.nothing_in_a_message_stops_the_board(bench)
    notebook.close()


NOW, DAY = datetime.datetime.now(datetime.timezone.utc), datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("authority", "cause"),
    [
        (None, "not correctly signed by the trusted CA"),
        (Authority("another.example"), "does not match"),
        (Authority(not_after=NOW - DAY), "expired"),
        (
            Authority(not_before=NOW + DAY, not_after=NOW + 2 * DAY),
            "in the future",
        ),  # the board's clock is slow
    ],
)
def test_a_broker_that_is_not_trusted_is_refused_and_tried_again(tls_room, authority, cause):
    broker = tls_room.broker(authority or Authority())
    board = tls_room.board(broker, "shy", authority or Authority())
    lines = board.says(cause)
    board.says(cause, after=lines)
    assert "Broker: connected." not in board.lines


def test_a_certificate_that_changes_and_changes_back_ends_nothing(tls_room):
    authority = Authority()
    broker = tls_room.broker(authority)
    board = tls_room.board(broker, "loyal", authority)
    lines = board.says("Broker: connected.")
    broker.stop()
    Authority().write(broker.folder)
    broker.start()
    lines = board.says("its certificate is not trusted", after=lines)
    broker.stop()
    authority.write(broker.folder)
    broker.start()
    board.says("Broker: connected.", after=lines)


def test_a_revoked_password_is_told_and_a_new_one_is_found(room):
    broker = room.broker()
    users = broker.folder / "users"
    subprocess.run(["mosquitto_passwd", "-b", "-c", users, "alice", "secret-of-alice"], check=True)
    with_alice = users.read_text()
    broker.stop()
    broker.settings = f"password_file {users}"
    broker.start()
    board = room.board(broker, "pw", HIVEMQ_USERNAME="alice", HIVEMQ_PASSWORD="secret-of-alice")
    lines = board.says("Broker: connected.")
    users.write_text("")
    broker.stop()
    broker.start()
    lines = board.says("Check HIVEMQ_USERNAME and HIVEMQ_PASSWORD", after=lines)
    users.write_text(with_alice)
    broker.stop()
    broker.start()
    board.says("Broker: connected.", after=lines)
    assert not any("secret-of-alice" in line for line in board.lines), "a password was printed"
