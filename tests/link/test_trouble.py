"""Whatever raises on the way to a broker is told in a sentence, and tried again: no thread dies unseen."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from picopanel import Broker, Pico
from picopanel._doctor import examine
from picopanel._link import LinkStatus
from picopanel._link.client import LARGEST
from picopanel._link.mqtt import MqttLink
from picopanel._link.troubles import link_sentences
from picopanel._link.virtual import VirtualLink
from picopanel._link.virtual_board import VirtualBoard

from ..support.listening import Listening
from ..support.mosquitto import Mosquitto
from ..support.outside import Outside
from ..support.waiting import eventually
from ..support.way import Way
from .test_mqtt import Ear


@pytest.fixture
def attached() -> Iterator:
    """Attach an ear to a link of its own: `attached(Broker(url), "a/topic")`."""
    ends: list[tuple[Outside, Ear]] = []

    def attach(broker: Broker, *topics: str, ear: Ear | None = None) -> tuple[Outside, Ear]:
        link, ear = Outside(MqttLink(broker)), ear or Ear()
        link.attach(dict.fromkeys(topics or ("a/x",), 1), ear)
        ends.append((link, ear))
        return link, ear

    yield attach
    for link, ear in ends:
        link.detach(ear)


def test_l4_a_folder_for_tls_keys_that_is_not_there_is_told_and_the_link_comes_up_once_it_is(
    start, attached, monkeypatch, tmp_path: Path
) -> None:
    folder = tmp_path / "keys"
    monkeypatch.setenv("SSLKEYLOGFILE", str(folder / "log"))
    broker = start(listeners=["mqtts"])
    link, ear = attached(Broker(broker.url("mqtts"), ca=broker.ca))
    status = ear.wait("lost")
    assert link_sentences(status)[0] == (
        "This computer's own settings for TLS cannot be used: "
        f"[Errno 2] No such file or directory: '{folder / 'log'}'."
    )
    assert [it.result for it in examine("a", link.link) if it.step == "TLS"] == ["failed"]
    folder.mkdir()
    ear.wait("connected", within=20)


def test_l4_a_broken_certificate_store_is_told_and_not_taken_for_an_unknown_authority(
    start, attached, monkeypatch, tmp_path: Path
) -> None:
    store = tmp_path / "store.pem"
    store.write_text("-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n")
    monkeypatch.setenv("SSL_CERT_FILE", str(store))
    broker = start(listeners=["mqtts"])
    _, ear = attached(Broker(broker.url("mqtts")))
    status = ear.wait("lost")
    assert status.problem == "tls-settings"
    assert f"SSL_CERT_FILE={store}" in link_sentences(status)[0]


def test_l4_a_computer_that_trusts_nobody_is_told_and_not_taken_for_an_unknown_authority(
    start, attached, monkeypatch
) -> None:
    """As Python's own installer leaves a Mac until its certificates have been installed."""
    monkeypatch.setenv("SSL_CERT_FILE", "")
    monkeypatch.setenv("SSL_CERT_DIR", "/nowhere")
    broker = start(listeners=["mqtts"])
    _, ear = attached(Broker(broker.url("mqtts")))
    status = ear.wait("lost")
    sentence, step = link_sentences(status)
    assert sentence == "This computer has no list of the authorities that it trusts."
    assert "Install Certificates.command" in step and "SSL_CERT_DIR" in step


class Clumsy(Ear):
    """A receiver that raises in each of its callbacks."""

    def on_message(self, *message: object, **more: object) -> None:
        super().on_message(*message, **more)
        raise ValueError("a defect")

    def on_gathered(self) -> None:
        raise ValueError("a defect")

    def on_link(self, status: LinkStatus) -> None:
        super().on_link(status)
        if status.phase != "connecting":
            raise ValueError("a defect")

    def on_granted(self, granted) -> None:
        raise ValueError("a defect")

    def on_subscribed(self, refused: Mapping[str, int]) -> None:
        super().on_subscribed(refused)
        raise ValueError("a defect")


def test_l4_a_receiver_that_raises_ends_nothing_for_the_others(broker: Mosquitto, attached, capfd) -> None:
    link, clumsy = attached(Broker(broker.url()), ear=Clumsy())
    eventually(lambda: clumsy.refused, "the subscription is answered", seen=lambda: clumsy.statuses)
    other = Ear()
    link.attach({"a/x": 0}, other)
    eventually(lambda: other.refused, "the other's, too")
    for n in range(3):
        link.publish("a/x", b"%d" % n, qos=1, expiry=10)
    eventually(lambda: len(other.messages) == 3, "all comes", seen=lambda: other.messages)
    assert len(clumsy.messages) == 3
    assert {status.phase for status in clumsy.statuses} == {"connecting", "connected"}
    link.detach(other)
    assert "ValueError: a defect" in capfd.readouterr().err, "it can be found"


def test_l4_an_answer_that_paho_cannot_read_ends_as_lost_and_is_tried_again(attached) -> None:
    """A SUBACK with a code that no version has: paho raises while it reads."""
    greeted: list[bytes] = []

    def attend(client: socket.socket) -> None:
        greeted.append(client.recv(4096))
        client.sendall(b"\x20\x03\x00\x00\x00")
        body = client.recv(4096)
        client.sendall(bytes([0x90, 4, *body[2:4], 0, 0x7F]))
        client.recv(4096)

    with Listening(attend) as server:
        _, ear = attached(Broker(server.url))
        # paho 2.1 raises where 2.2 hangs up.
        assert ear.wait("lost").problem in ("garbled", "fault")
        eventually(lambda: len(greeted) > 1, "it is tried again", within=20)


def test_l4_a_receiver_that_raises_ends_nothing_at_a_virtual_board(capfd) -> None:
    link, clumsy, other = Outside(VirtualLink(VirtualBoard("a", interval=50))), Clumsy(), Ear()
    for ear in (clumsy, other):
        link.attach({"a/telemetry": 0}, ear)
    eventually(lambda: len(other.messages) > 2, "it streams to the other")
    assert len(clumsy.messages) > 1
    assert {status.phase for status in (*clumsy.statuses, *other.statuses)} == {"connected"}
    for ear in (clumsy, other):
        link.detach(ear)
    assert "ValueError: a defect" in capfd.readouterr().err, "it can be found"


BROKEN_PAHO = """
import sys

class Broken:
    def find_spec(self, name, *_):
        if name.startswith("paho"):
            raise AttributeError("module 'ssl' has no attribute 'wrap_socket'")

sys.meta_path.insert(0, Broken())
from picopanel import Pico
pico = Pico("ada", broker="mqtt://127.0.0.1:1")
try:
    pico.on()
except Exception as error:
    print(error)
"""


def test_l4_a_paho_that_raises_anything_as_it_is_loaded_is_told() -> None:
    ran = subprocess.run([sys.executable, "-c", BROKEN_PAHO], capture_output=True, text=True, timeout=60)
    assert "paho-mqtt, through which MQTT goes here, cannot be loaded." in ran.stdout, ran.stderr


def test_l4_a_virtual_board_whose_own_code_raises_is_lost_with_the_reason_and_comes_back() -> None:
    broken = [False]

    class Board(VirtualBoard):
        def tick(self):
            if broken[0]:
                raise RuntimeError("loose wire")
            return super().tick()

    link, ear = Outside(VirtualLink(Board("a", interval=50))), Ear()
    link.attach({"a/telemetry": 0}, ear)
    ear.wait("connected")
    broken[0] = True
    status = ear.wait("lost")
    assert "RuntimeError: loose wire" in link_sentences(status)[0]
    broken[0] = False
    ear.wait("connected", within=20)
    count = len(ear.messages)
    eventually(lambda: len(ear.messages) > count, "it streams again")
    link.detach(ear)


def send(broker: Mosquitto, payload: bytes, qos: int = 0, topic: str = "a/x") -> None:
    """Publish from somewhere else."""
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    client.publish(topic, payload, qos).wait_for_publish(30)
    client.disconnect()
    client.loop_stop()


def test_l9_a_long_message_is_never_sent_to_who_asks_for_short_ones(start, attached) -> None:
    """MQTT 5's Maximum Packet Size: Mosquitto holds it back."""
    broker = start(more=["message_size_limit 0"])
    _, ear = attached(Broker(broker.url()))
    eventually(lambda: ear.refused, "it is subscribed")
    send(broker, b"x" * (LARGEST + 1))
    send(broker, b"short")
    eventually(lambda: ear.messages, "the short one comes")
    assert [payload for _, payload, _ in ear.messages] == [b"short"]


@pytest.mark.parametrize("qos", [0, 1])
def test_l9_of_twenty_megabytes_the_beginning_is_taken_in(start, qos: int) -> None:
    """Over MQTT 3.1.1, where nobody can ask for less; what comes after it is whole."""
    broker = start(more=["message_size_limit 0", "max_queued_bytes 0"])
    way = Way(broker.port, refuse_mqtt5=True)
    code = MEASURED.format(port=way.port, qos=qos)
    program = subprocess.Popen([sys.executable, "-c", code], stdin=-1, stdout=-1, text=True)
    assert program.stdout.readline() == "subscribed\n"
    send(broker, b"x" * 20_000_000, qos)
    send(broker, b"short", qos)
    sizes, grown = program.stdout.readline(), int(program.stdout.readline())
    program.communicate("\n", timeout=10)
    way.close()
    long, short = map(int, sizes.split())
    assert 65536 < long < 8 * LARGEST, "no payload of the protocol is that long: whoever it is for refuses it"
    assert short == 5
    assert grown < 12 * 2**20, f"{grown / 2**20:.1f} MiB"


def test_l9_what_was_too_long_is_counted_as_refused_and_nothing_else_suffers(start) -> None:
    broker = start(more=["message_size_limit 0", "max_queued_bytes 0"])
    way = Way(broker.port, refuse_mqtt5=True)
    with Pico("a", broker=f"mqtt://127.0.0.1:{way.port}") as pico:
        board = pico._device.known
        eventually(lambda: pico.messages(), "it is subscribed")
        send(broker, b"x" * (3 * LARGEST), topic="a/telemetry")
        eventually(lambda: board.refused_payloads == 1, "it is counted", seen=lambda: board.refused_payloads)
        send(broker, b"23.4", topic="a/onboard_temp")
        eventually(lambda: pico.temperature, "the reading after it comes", seen=pico.messages)
        assert board.refused_payloads == 1
    way.close()


MEASURED = """
import resource, sys, time
from picopanel import Broker
from picopanel._link.mqtt import MqttLink
from tests.link.test_mqtt import Ear
from tests.support.outside import Outside

peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
link, ear = Outside(MqttLink(Broker("mqtt://127.0.0.1:{port}"))), Ear()
link.attach({{"a/x": {qos}}}, ear)
end = time.monotonic() + 60
while not ear.refused and time.monotonic() < end:
    time.sleep(0.01)
before = peak()
print("subscribed", flush=True)
while len(ear.messages) < 2 and time.monotonic() < end:
    time.sleep(0.01)
print(*[len(payload) for _, payload, _ in ear.messages], flush=True)
print(peak() - before, flush=True)
sys.stdin.readline()
"""


def test_l12_a_socket_beyond_file_1024_works(broker: Mosquitto) -> None:
    """Where `select` ends; 400 brokers in one wall are more than that."""
    said = subprocess.run(
        [sys.executable, "-c", MANY_FILES.format(url=broker.url())],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert said.stdout == "connected 300\n", said.stderr


MANY_FILES = """
import os, resource, time
from picopanel import Broker
from picopanel._link.mqtt import MqttLink
from tests.link.test_mqtt import Ear
from tests.support.outside import Outside

_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 4096), most))
while os.open(os.devnull, os.O_RDONLY) < 1100:
    pass
link, ear = Outside(MqttLink(Broker("{url}"))), Ear()
link.attach({{"a/x": 0}}, ear)
end = time.monotonic() + 20
while not ear.refused and time.monotonic() < end:
    time.sleep(0.01)
for n in range(300):  # fast enough to be rested for, which looks at the socket, too
    link.publish("a/x", b"1", qos=0, expiry=10)
while len(ear.messages) < 300 and time.monotonic() < end:
    time.sleep(0.01)
print(ear.statuses[-1].phase, len(ear.messages))
link.detach(ear)
"""


def test_l12_where_the_system_gives_no_more_files_the_number_is_said_and_it_is_tried_again(
    broker: Mosquitto,
) -> None:
    code = TOO_MANY_FILES.format(url=broker.url())
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert said.stdout.splitlines() == [
        "This notebook has too many connections: it may have 100 files open.",
        "connected",
    ], said.stderr


TOO_MANY_FILES = """
import os, resource, time
from picopanel import Broker
from picopanel._link.troubles import link_sentences
from picopanel._link.mqtt import MqttLink
from tests.link.test_mqtt import Ear
from picopanel._runtime import loop
from tests.support.outside import Outside

loop.ask(dict)  # the loop is there, as in a notebook that has had a panel
resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))
files = []
try:
    while True:
        files.append(os.open(os.devnull, os.O_RDONLY))
except OSError:
    pass
link, ear = Outside(MqttLink(Broker("{url}"))), Ear()
link.attach({{"a/x": 0}}, ear)
ear.wait("lost")
print(link_sentences(ear.statuses[-1])[0])
for each in files:
    os.close(each)
ear.wait("connected")
print(ear.statuses[-1].phase)
link.detach(ear)
"""
