"""Every reason code of MQTT 3.1.1 and 5, said by a broker on a socket, heard through paho and the link."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from picopanel import Broker
from picopanel._doctor import examine
from picopanel._link import LinkStatus
from picopanel._link.mqtt import MqttLink
from picopanel._link.troubles import link_sentences

from ..support.listening import Listening, packed
from ..support.outside import Outside
from ..support.waiting import eventually
from ..support.way import protocol_level
from ..troubleshooting.doubles import refusing
from .test_mqtt import Ear

# From the tables of the standard, and not from ours: MQTT 5.0, 3.2.2.2, and 3.14.2.1 (what a server
# sends) with 2.4 (which adds 0x8C); MQTT 3.1.1, 3.2.2.3.
CONNACK_5 = (
    *(0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A),
    *(0x8C, 0x90, 0x95, 0x97, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9F),
)
CONNACK_311 = (1, 2, 3, 4, 5)
DISCONNECT_5 = (
    *(0x00, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8B, 0x8C, 0x8D, 0x8E, 0x8F, 0x90, 0x93, 0x94, 0x95, 0x96),
    *(0x97, 0x98, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F, 0xA0, 0xA1, 0xA2),
)
FINAL = {
    # What the same user at the same address cannot mend by coming again; "server moved" is for good.
    ("connack", 5): {0x85, 0x86, 0x87, 0x8A, 0x8C, 0x90, 0x95, 0x99, 0x9A, 0x9B, 0x9D},
    ("connack", 4): {2, 4, 5},
    ("disconnect", 5): {0x8C, 0x9D},
}


class Speaking(Listening):
    """A broker that says one thing to whoever connects with one version, and takes no other.

    Args:
        packet: `connack`, or `disconnect` after a good CONNACK.
        version: 5 or 4, which is MQTT 3.1.1.
        code: The reason code.
        properties: Those of its packet, in MQTT 5.
    """

    def __init__(self, packet: str, version: int, code: int, properties: bytes = b"") -> None:
        self.packet, self.version, self.code = packet, version, code
        self.heard: list[int] = []
        self._properties = bytes([len(properties)]) + properties if version == 5 else b""
        super().__init__(self._answer)

    def _answer(self, client: socket.socket) -> None:
        greeting = client.recv(4096)
        if not greeting:
            return
        level = protocol_level(greeting)
        self.heard.append(level)
        if level != self.version:
            client.sendall(b"\x20\x02\x00\x01")
            return
        if self.packet == "connack":
            client.sendall(packed(0x20, bytes([0, self.code]) + self._properties))
            return
        client.sendall(b"\x20\x03\x00\x00\x00")
        client.recv(4096)  # its subscription
        client.sendall(packed(0xE0, bytes([self.code]) + self._properties))


ALL = [
    *(("connack", 5, code) for code in CONNACK_5),
    *(("connack", 4, code) for code in CONNACK_311),
    *(("disconnect", 5, code) for code in DISCONNECT_5),
]


@pytest.fixture
def told() -> Iterator:
    """Return what a link says of such a broker: `told("connack", 5, 0x88)`; and the broker."""
    ends = []

    def say(packet: str, version: int, code: int, properties: bytes = b"") -> tuple[LinkStatus, Speaking]:
        broker, ear = Speaking(packet, version, code, properties), Ear()
        link = Outside(MqttLink(Broker(broker.url)))
        link.attach({"a/x": 0}, ear)
        ends.append((link, ear, broker))
        eventually(lambda: problem_of(ear), "the link says what is wrong", seen=lambda: ear.statuses)
        return problem_of(ear), broker

    yield say
    for link, ear, broker in ends:
        link.detach(ear)
        broker.close()


def problem_of(ear: Ear) -> LinkStatus | None:
    return next((status for status in ear.statuses if status.problem), None)


@pytest.mark.parametrize(("packet", "version", "code"), ALL)
def test_w1_each_reason_code_has_its_own_sentence_and_next_step(told, packet, version, code) -> None:
    status, _ = told(packet, version, code)
    assert status.code == code
    sentence, step = link_sentences(status)
    assert "unknown" not in status.problem and "reason code" not in sentence
    assert "not as an MQTT broker" not in sentence
    assert sentence.endswith(".") and step.endswith(".")
    final = code in FINAL[packet, version]
    assert status.phase == ("refused" if final else "lost")
    assert final == ("run the cell again" in step.lower()), "what passes is tried again, what is final is not"
    if not final and status.problem != "version":
        assert "by itself" in step


def test_w1_no_two_codes_of_one_table_have_the_same_sentence(told) -> None:
    for packet, version in FINAL:
        codes = [code for *table, code in ALL if (*table,) == (packet, version)]
        sentences = [link_sentences(told(packet, version, code)[0])[0] for code in codes]
        assert len(set(sentences)) == len(codes), sorted(sentences)


def test_w1_what_passes_is_tried_again_and_what_is_final_is_not(told) -> None:
    brokers = [told(*each)[1] for each in ALL]
    tries = lambda broker: broker.heard.count(broker.version)  # noqa: E731
    passing = [it for it in brokers if it.code not in FINAL[it.packet, it.version]]
    eventually(lambda: all(tries(it) > 1 for it in passing), "they are tried again", within=30)
    final = [it for it in brokers if it not in passing]
    assert {tries(it) for it in final} == {1}


@pytest.mark.parametrize(
    ("packet", "version", "code", "sentence"),
    [
        ("connack", 5, 0xA9, "The broker refused: reason code 0xA9."),
        ("connack", 5, 0x8D, "The broker refused: reason code 0x8D."),
        ("connack", 4, 6, "The broker refused: return code 6 of MQTT 3.1.1."),
        ("disconnect", 5, 0xFE, "The broker ended the connection: reason code 0xFE."),
        ("disconnect", 5, 0x88, "The broker ended the connection: reason code 0x88."),
    ],
)
def test_w1_an_unknown_code_is_quoted(told, packet, version, code, sentence) -> None:
    """Also one that exists for another packet: paho does not take it there."""
    status, _ = told(packet, version, code)
    assert (link_sentences(status)[0], status.phase) == (sentence, "lost")


@pytest.mark.parametrize("code", [1, 2, 3, 4, 5])
def test_w1_a_311_code_for_mqtt_5_means_that_it_speaks_311(told, code) -> None:
    """As NATS and other brokers of version 3.1.1 alone answer; what they then say counts."""
    status, broker = told("connack", 5, code)
    assert broker.heard[:2] == [5, 4]
    assert status.problem == "version", "this one takes 3.1.1 neither"


def test_w1_where_the_broker_says_more_it_is_passed_on(told) -> None:
    """The server's other address, and a reason in words: from outside, so in one line and not for ever."""
    elsewhere = b"\x1c\x00\x0bother.examp"
    status, _ = told("connack", 5, 0x9D, elsewhere)
    assert link_sentences(status)[0] == "The broker has moved for good: other.examp."
    words = b"\x1f\x00\x0dclosed\n today"
    status, _ = told("disconnect", 5, 0x98, words)
    assert status.detail == "reason code 0x98, closed today"
    status, _ = told("connack", 5, 0x9C)
    assert link_sentences(status)[0] == "The broker asks to use another one for now: it does not say where."


@pytest.mark.parametrize("code", [0x81, 0x82])
def test_w1_who_understands_no_mqtt_5_may_understand_311(told, code) -> None:
    _, broker = told("connack", 5, code)
    assert broker.heard[:2] == [5, 4]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [(b"HTTP/1.1 400 Bad Request\r\n\r\n", "no-mqtt"), (b"SSH-2.0-OpenSSH\r\n", "no-mqtt"), (b"", "hung-up")],
)
def test_w1_no_mqtt_is_said_of_what_is_none(answer: bytes, problem: str) -> None:
    """Who hangs up without a word may be a broker that is full, or one that wants TLS."""

    def attend(client: socket.socket) -> None:
        client.recv(4096)
        client.sendall(answer)

    ear = Ear()
    with Listening(attend) as server:
        link = Outside(MqttLink(Broker(server.url)))
        link.attach({"a/x": 0}, ear)
        eventually(lambda: problem_of(ear), "the link says what is wrong")
        link.detach(ear)
    assert problem_of(ear).problem == problem


SAID = {
    0x88: "The broker answers, but its service is not available now. (reason code 0x88)",
    0x89: "The broker is too busy for this connection. (reason code 0x89)",
    0x8A: "The broker has banned this user or computer. (reason code 0x8A)",
    0x9C: "The broker asks to use another one for now: it does not say where.",
}


@pytest.mark.parametrize("code", [*SAID])
def test_w1_the_doctor_knows_a_broker_that_refuses_for_one_that_speaks_mqtt(code: int) -> None:
    with refusing(mqtt5=code, mqtt311=3) as port:
        findings = {it.step: it for it in examine("a", MqttLink(Broker(f"mqtt://127.0.0.1:{port}")))}
    assert findings["MQTT"].result == "passed"
    assert findings["password"].result == "failed"
    assert findings["password"].text.startswith(SAID[code])
