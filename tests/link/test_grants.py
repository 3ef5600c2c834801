"""Every reason code with which a broker refuses a topic or a command, heard through paho and a device."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from picopanel import Broker, NoAnswer
from picopanel._device.device import Device
from picopanel._link.mqtt import MqttLink
from picopanel._runtime import loop
from picopanel._wall.discovery import Discovery

from ..support.listening import Listening, packed, packets
from ..support.mosquitto import Mosquitto
from ..support.waiting import eventually
from ..support.way import protocol_level

# From the tables of the standard: MQTT 5.0, 3.9.3; and 3.4.2.1, which 3.5.2.1 repeats.
SUBACK_5 = (0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2)
PUBACK_5 = (0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99)
PUBCOMP_5 = (0x92,)  # 3.7.2.1

CONNECT = 1
"""As `Granting.heard` has it."""


class Granting(Listening):
    """A broker that answers what it is asked for with codes of its own, and delivers nothing.

    Args:
        suback: The code of each topic; `None` grants what is asked.
        puback: The code of each message, which is changed at will.
        pubcomp: The code of each message of QoS 2 that it has taken.
        version: 5 or 4, which is MQTT 3.1.1.
        board: The ID under which a board of the PicoPanel layer seems to be there.
    """

    def __init__(
        self, suback: int | None = None, puback: int = 0, version: int = 5, board: str = "", pubcomp: int = 0
    ) -> None:
        self.suback, self.puback, self.version, self.pubcomp = suback, puback, version, pubcomp
        self.heard: list[int] = []
        self._board = board
        super().__init__(self._speak)

    def _speak(self, client: socket.socket) -> None:
        for head, body in packets(client):
            self._answer(client, head, body)

    def _answer(self, client: socket.socket, head: int, body: bytes) -> None:
        self.heard.append(head >> 4)
        five = self.version == 5
        if head == 0x10:
            if protocol_level(bytes([head, len(body)]) + body) != self.version:
                client.sendall(b"\x20\x02\x00\x01")
                client.shutdown(socket.SHUT_RDWR)
            else:
                client.sendall(packed(0x20, b"\0\0\0" if five else b"\0\0"))
        elif head == 0x82:
            asked = _asked(body[3:] if five else body[2:])
            codes = [qos if self.suback is None else self.suback for qos in asked]
            client.sendall(packed(0x90, body[:2] + (b"\0" if five else b"") + bytes(codes)))
            if self._board:
                about = {"protocol": 1, "boot": "ab12cd34", "interval": 1000, "channels": {}}
                client.sendall(_retained(f"{self._board}/info", json.dumps(about)))
                client.sendall(_retained(f"{self._board}/status", "online"))
        elif head >> 4 == 3:
            at = 2 + int.from_bytes(body[:2], "big")
            kind = 0x40 if head & 6 == 2 else 0x50
            client.sendall(packed(kind, body[at : at + 2] + bytes([self.puback])))
        elif head == 0x62:
            client.sendall(packed(0x70, body[:2] + (bytes([self.pubcomp]) if self.pubcomp else b"")))


def _asked(filters: bytes) -> list[int]:
    found, at = [], 0
    while at < len(filters):
        at += 2 + int.from_bytes(filters[at : at + 2], "big") + 1
        found.append(filters[at - 1] & 3)
    return found


def _retained(topic: str, payload: str) -> bytes:
    return packed(0x31, len(topic).to_bytes(2, "big") + topic.encode() + b"\0" + payload.encode())


@pytest.fixture
def opened() -> Iterator:
    """Open a device at such a broker: `opened(suback=0x97)`; and the broker."""
    ends = []

    def open_(**how: object) -> tuple[Device, Granting]:
        broker = Granting(**how)  # type: ignore[arg-type]
        device = loop.ask(Device, "ada", MqttLink(Broker(broker.url)))
        ends.append((device, broker))
        eventually(
            lambda: device.link_status.phase == "connected",
            "it is connected",
            seen=lambda: (how, device.link_status, broker.heard),
        )
        return device, broker

    yield open_
    for device, broker in ends:
        loop.ask(device.close)
        broker.close()


def said(device: Device) -> tuple[str, str, str]:
    told = loop.ask(device.diagnosis)
    return str(told.trouble), str(told.next), told.lamps[0].word


def refused(opened, code: int, **how: object) -> tuple[str, str, str]:
    device, _ = opened(suback=code, **how)
    eventually(lambda: loop.ask(device.diagnosis).trouble, "it is told")
    return said(device)


def commanded(opened, code: int, board: str) -> tuple[Device, Granting]:
    device, broker = opened(puback=code, board=board)
    eventually(lambda: device.mode, "the layer is known", within=5)
    loop.ask(device.start, "on", 1)
    eventually(lambda: loop.ask(device.diagnosis).trouble, "it is told", within=6)
    return device, broker


@pytest.mark.parametrize("code", SUBACK_5)
def test_w1_a_topic_that_is_not_granted_is_told_with_its_true_reason(opened, code: int) -> None:
    trouble, step, lamp = refused(opened, code)
    permission = "does not let this user listen to the board" in trouble
    assert permission == (code == 0x87)
    assert lamp == ("no permission" if permission else "refuses")
    assert trouble.endswith(".") and "asked again by itself" in step
    assert "…" not in trouble + step and "reason code" not in trouble


@pytest.mark.parametrize("code", [0xA9, 0xFF])
def test_w1_an_unknown_code_for_a_topic_is_quoted_and_ends_no_connection(opened, code: int) -> None:
    """paho cannot read it."""
    device, broker = opened(suback=code)
    eventually(lambda: loop.ask(device.diagnosis).trouble, "it is told")
    trouble, step, lamp = said(device)
    assert trouble == f"The broker refuses the topics that it is asked for: reason code 0x{code:02X}."
    assert (lamp, broker.heard.count(CONNECT)) == ("refuses", 1)
    assert "asked again by itself" in step


@pytest.mark.parametrize("board", ["ada", ""], ids=["QoS 1", "QoS 2"])
def test_w1_an_unknown_code_for_a_command_is_quoted_and_ends_no_connection(opened, board: str) -> None:
    device, broker = commanded(opened, 0xA9, board)
    assert said(device)[::2] == ("The broker refused the command: reason code 0xA9.", "refuses")
    assert broker.heard.count(CONNECT) == 1


@pytest.mark.parametrize("code", [0x80, 0xB1])
def test_w1_a_topic_that_is_not_granted_over_311_has_no_reason(opened, code: int) -> None:
    assert refused(opened, code, version=4)[::2] == (
        "The broker does not let this user listen to the board.",
        "no permission",
    )


def test_w1_a_quota_of_topics_is_no_missing_permission_and_passes(opened) -> None:
    device, broker = opened(suback=0x97)
    eventually(lambda: loop.ask(device.diagnosis).trouble, "it is told")
    assert said(device)[0] == "The broker gives this user no more topics: a limit that it sets is reached."
    broker.suback = None
    eventually(
        lambda: loop.ask(device.diagnosis).trouble is None, "it is asked again, and granted", within=20
    )


@pytest.mark.parametrize("board", ["ada", ""], ids=["QoS 1", "QoS 2"])
@pytest.mark.parametrize("code", [code for code in PUBACK_5 if code != 0x10])
def test_w1_a_command_that_is_not_taken_is_told_with_its_true_reason(opened, code: int, board: str) -> None:
    device, broker = commanded(opened, code, board)
    trouble, step, lamp = said(device)
    permission = "does not let this user command the board" in trouble
    assert permission == (code == 0x87)
    assert lamp == ("no permission" if permission else "refuses")
    assert trouble.endswith(".") and step.endswith(".") and "…" not in trouble + step
    assert 6 not in broker.heard, "what was refused is over, and not released"


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (0x92, "The broker took the command, and then knew nothing of it any more."),
        (0xA9, "The broker refused the command: reason code 0xA9."),
    ],
)
def test_w1_a_command_that_is_forgotten_after_it_was_taken_is_told_so(opened, code: int, sentence) -> None:
    device, broker = opened(pubcomp=code)
    eventually(lambda: device.mode, "the layer is known", within=5)
    loop.ask(device.start, "on", 1)
    eventually(lambda: loop.ask(device.diagnosis).trouble, "it is told", within=6)
    assert said(device)[::2] == (sentence, "refuses")
    assert broker.heard.count(CONNECT) == 1


def test_w1_no_two_codes_of_topics_and_commands_have_the_same_sentence(opened) -> None:
    topics = [refused(opened, code)[0] for code in SUBACK_5]
    commands = [said(commanded(opened, code, "ada")[0])[0] for code in PUBACK_5 if code != 0x10]
    assert len({*topics, *commands}) == len(SUBACK_5) + len(PUBACK_5) - 1, sorted([*topics, *commands])


def test_w1_a_command_for_nobody_is_said_once_it_has_not_come_back(opened) -> None:
    device, _ = commanded(opened, 0x10, "ada")
    assert said(device)[2] == "connected", "it may still come"
    nobody = "The broker takes this user's commands and delivers them to nobody."
    eventually(lambda: said(device)[0] == nobody, "it has not come", seen=lambda: said(device))


def test_w1_a_command_over_a_quota_asked_no_board_and_the_next_that_is_taken_ends_it(opened) -> None:
    device, broker = commanded(opened, 0x97, "ada")
    command = loop.ask(device.start, "on", 0.5)
    assert command.done.wait(5)
    assert isinstance(command.error, NoAnswer)
    assert "The broker took no more commands: a limit that it sets this user is reached." in str(
        command.error
    )
    assert "check the board" not in str(command.error)
    assert device.outbox.unanswered == 0
    broker.puback = 0
    loop.ask(device.start, "on", 5)
    eventually(lambda: "no more commands" not in said(device)[0], "it has passed")


def test_w1_a_command_that_mosquitto_does_not_permit_is_told_so(start, tmp_path) -> None:
    rules = tmp_path / "acl"
    rules.write_text("topic read #\n")
    rules.chmod(0o644)
    broker: Mosquitto = start(more=[f"acl_file {rules}"])
    device = loop.ask(Device, "ada", MqttLink(Broker(broker.url())))
    eventually(lambda: device.mode, "the layer is known", within=5)
    loop.ask(device.start, "on", 1)
    eventually(
        lambda: device.known.publish_refused or loop.ask(device.diagnosis).trouble, "it is told", within=6
    )
    seen = said(device)
    loop.ask(device.close)
    assert seen[2] == "no permission"


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (0x87, "The broker does not let this user listen to class/+."),
        (0x97, "The broker gives this user no more topics: a limit that it sets is reached."),
        (0xA2, "The broker does not let anyone listen to many topics at once."),
    ],
)
def test_w1_a_wall_that_looks_for_boards_tells_the_true_reason(code: int, sentence: str) -> None:
    broker = Granting(suback=code)
    search = Discovery("class/+", Broker(broker.url), lambda _: None, lambda _: None)
    loop.ask(search.start)
    eventually(lambda: (search.trouble or ("",))[0] == sentence, "it is told", seen=lambda: search.trouble)
    loop.ask(search.close)
    broker.close()
