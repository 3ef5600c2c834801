"""Certificates and passwords, with a real MicroPython and certificates made for one test."""

import datetime
import subprocess

import behaviours
import pytest
from authority import Authority
from bench import WireBench

import picopanel
from picopanel._setup.certificates import own_files

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


def test_b1_a_brokers_authority_may_change_to_another_one_that_the_board_trusts(tls_room):
    first, second = Authority(), Authority()
    broker = tls_room.broker(first)
    board = tls_room.board(broker, "both", first.der() + second.der())
    lines = board.says("Broker: connected.")
    broker.stop()
    second.write(broker.folder)
    broker.start()
    board.says("Broker: connected.", after=lines)
    assert not any("not trusted" in line for line in board.lines)


def test_b1_a_certificate_file_that_the_board_cannot_read_is_what_the_console_names(tls_room):
    """As text, which the MicroPython of a Pico W cannot read before 1.29."""
    authority = Authority()
    broker = tls_room.broker(authority)
    board = tls_room.board(broker, "text", authority.ca.cert_pem.bytes())
    lines = board.says("Broker: a certificate file of the board is unusable (ca.der: invalid cert)")
    board.says("unusable (ca.der", after=lines)
    assert not any("clock" in line or "not trusted" in line for line in board.lines), board.lines


@pytest.mark.parametrize(
    ("content", "said"), [(None, "roots.der: [Errno 2] ENOENT"), (b"", "roots.der: empty")]
)
def test_b1_a_certificate_file_that_is_not_there_is_what_the_console_names(room, content, said):
    def prepare(folder):
        (folder / "roots.der").unlink()
        if content is not None:
            (folder / "roots.der").write_bytes(content)

    board = room.board(room.broker(), "none", prepare=prepare, HIVEMQ_TLS=True)
    board.says(f"Broker: a certificate file of the board is unusable ({said}")


def test_b1_without_the_time_it_is_the_clock_that_the_console_names(room, tls_room):
    authority = Authority(not_before=NOW + DAY, not_after=NOW + 2 * DAY)  # the board's clock is behind
    broker = tls_room.broker(authority)

    def prepare(folder):
        (folder / "no_time").touch()
        (folder / "ca.der").write_bytes(authority.der())

    board = room.board(broker, "late", prepare=prepare, HIVEMQ_TLS=True, HIVEMQ_HOST="localhost")
    board.says("Broker: its certificate cannot be checked, for the board has no time", seconds=40)


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


def test_w2_a_broker_that_wants_a_client_certificate_gets_the_boards_own(room):
    """Its files as `board setup` writes them."""
    authority = Authority()
    broker = room.broker()
    broker.stop()
    authority.write(broker.folder)
    tls = "cafile {0}/ca.pem\ncertfile {0}/chain.pem\nkeyfile {0}/key.pem\nrequire_certificate true"
    broker.settings = "allow_anonymous true\n" + tls.format(broker.folder)
    broker.start()
    own = authority.ca.issue_cert("board")
    own.private_key_and_cert_chain_pem.write_to_path(str(broker.folder / "board.pem"))
    known = picopanel.Broker(
        f"mqtts://localhost:{broker.port}", ca=broker.folder / "ca.pem", cert=broker.folder / "board.pem"
    )
    certificates = own_files(known)
    assert set(certificates) == {"ca.der", "cert.der", "key.der"}

    def start(name, files):
        def prepare(folder):
            for file in files:
                (folder / file).write_bytes(certificates[file])

        return room.board(broker, name, prepare=prepare, HIVEMQ_TLS=True, HIVEMQ_HOST="localhost")

    shown, without, half = (
        start("shown", certificates),
        start("without", ["ca.der"]),
        start("half", ["ca.der", "cert.der"]),
    )
    shown.says("Broker: connected.")
    lines = without.says("Broker: it hung up")
    assert "it wants the board's own certificate" in without.lines[lines - 1]
    half.says("a certificate file of the board is unusable (cert.der, key.der: [Errno 2] ENOENT")


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
