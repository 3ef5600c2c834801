"""A board on USB as its computer sees it: lines that are messages, and all that is not."""

import json

import pytest

from picopanel._link.usb_board import LONGEST_LINE, UsbBoard

from .hand import Hand


class Port:
    """A serial port: what a test puts in comes, in pieces; without a cable it raises as pyserial does."""

    def __init__(self):
        self.coming, self.written, self.unplugged = b"", b"", False

    @property
    def in_waiting(self):
        if self.unplugged:
            raise OSError("device disconnected")
        return len(self.coming)

    def read(self, size):
        came, self.coming = self.coming[:size], self.coming[size:]
        return came

    def write(self, data):
        if self.unplugged:
            raise OSError("device disconnected")
        self.written += data


@pytest.fixture
def hand():
    return Hand()


@pytest.fixture
def port():
    return Port()


@pytest.fixture
def said():
    return []


@pytest.fixture
def board(hand, port, said):
    return UsbBoard("alice", lambda: port, said.append, hand.clock)


def told(port):
    lines, port.written = port.written.splitlines(), b""
    return [json.loads(line) for line in lines]


def test_a_line_is_a_message_once_it_is_whole(board, port):
    port.coming = b'["alice/status", "onl'
    assert board.tick() == []
    port.coming = b'ine", 1, true]\r\nHello'
    assert board.tick() == [("alice/status", "online", 1, True)]


@pytest.mark.parametrize(
    "line",
    [
        b'["alice/ack", {"a": 1}, 1, false]',
        b'["alice/ack", "x", 2, false]',
        b'["alice/ack", "x", 1, "yes"]',
        b'["alicent/ack", "x", 1, false]',
        b'["bob/cmd", "x", 1, false]',
        b'["alice", "x", 1, false]',
        b"[1, 2, 3, 4]",
        b'["alice/ack", "x", 1]',
        b"{}",
        b"17",
        b"[" * 100_000,
        b"\xff\xfe",
        b"Traceback (most recent call last):",
    ],
)
def test_nothing_else_is_passed_on(board, port, line):
    port.coming = line + b"\n"
    assert board.tick() == []
    port.coming = b'["alice/status", "online", 1, true]\n'
    assert board.tick() == [("alice/status", "online", 1, True)], "it goes on"


def test_what_is_for_people_is_said_and_another_id_once(board, port, said):
    port.coming = b'Wi-Fi: none\n["bob/ack", "x", 1, false]\n["bob/ack", "x", 1, false]\n'
    board.tick()
    assert said == ["Wi-Fi: none", "The board on USB answers under another ID than 'alice': 'bob/ack'"]


def test_a_line_without_end_takes_no_memory(board, port):
    for _ in range(100):
        port.coming = b"x" * 10_000
        board.tick()
    assert len(board._line) <= LONGEST_LINE


def test_info_is_marked_and_what_cannot_be_read_is_left(board, port):
    port.coming = b'["alice/info", "{\\"board\\":\\"Pico\\"}", 1, true]\n["alice/info", "[", 1, true]\n'
    good, bad = board.tick()
    assert json.loads(good[1]) == {"board": "Pico", "via": "usb"}
    assert bad[1] == "["


def test_the_board_is_told_the_time_while_there_is_a_broker(board, port, hand):
    board.tick()
    assert told(port) == [[0], [0]], "a board that believes it is connected hears that it is not"
    board.connected()
    assert told(port) == [[0], [round(hand.clock.unix())]]
    hand.advance(5)
    board.tick()
    assert told(port) == [[round(hand.clock.unix())]]
    board.device.online = False
    hand.advance(5)
    board.tick()
    assert told(port) == [[0]]


def test_commands_reach_it_and_not_while_it_is_unplugged(board, port, said):
    board.receive("alice/cmd", b'{"led":"on"}', False)
    board.tick()
    told(port)
    board.receive("alice/cmd", b'{"led":"on"}', False)
    assert told(port) == [["alice/cmd", '{"led":"on"}', 1, False]]
    port.unplugged = True
    board.receive("alice/cmd", b'{"led":"off"}', False)
    assert board.tick() == [("alice/status", "offline", 1, True)]
    assert said == ["The board is gone: device disconnected"]


def test_a_port_that_cannot_be_opened_is_said_once_and_tried_each_second(hand, said):
    tries = []

    def refuse():
        tries.append(hand.clock.monotonic())
        raise OSError("Permission denied")

    board = UsbBoard("alice", refuse, said.append, hand.clock)
    for _ in range(3):
        assert board.tick() == []
        assert board.due == hand.clock.monotonic() + 1
        hand.advance(1)
    assert len(tries) == 3
    assert said == ["The board's port cannot be opened: Permission denied"]


def test_a_farewell_is_offline_for_all_and_no_broker_for_the_board(board, port):
    board.tick()
    board.connected()
    told(port)
    assert board.stopping() == [("alice/status", "offline", 1, True)]
    assert told(port) == [[0]]
