"""Rubbish on all topics of a board: `flood.py PORT ID RATE SECONDS`; prints how many it sent a second.

Written to the socket as it goes over the wire: a client library could not send so fast.
"""

import random
import socket
import sys
import time

port, board_id, rate, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
NAMES = ["telemetry", "ack", "info", "status", "onboard_led/state", "onboard_temp"]
RUBBISH = [
    b"",
    b"x",
    b"{",
    b"nan",
    b"\xff\xfe",
    b"[1,2,3]",
    b'{"boot":1}',
    b'{"boot":"a","seq":-1}',
    b"9" * 100,
]


def packet(kind: int, body: bytes) -> bytes:
    size, length = len(body), b""
    while True:
        size, low = divmod(size, 128)
        length += bytes([low | (0x80 if size else 0)])
        if not size:
            return bytes([kind]) + length + body


def text(value: str) -> bytes:
    return len(value.encode()).to_bytes(2, "big") + value.encode()


def publish() -> bytes:
    return packet(0x30, text(f"{board_id}/{random.choice(NAMES)}") + random.choice(RUBBISH))


with socket.create_connection(("127.0.0.1", int(port))) as broker:
    broker.sendall(packet(0x10, text("MQTT") + bytes([4, 2, 0, 60]) + text("flood")))
    broker.recv(4)
    share = b"".join(publish() for _ in range(rate // 100))
    start = time.monotonic()
    for turn in range(round(seconds * 100)):
        broker.sendall(share)
        time.sleep(max(0, start + (turn + 1) / 100 - time.monotonic()))
    print(round(rate // 100 * seconds * 100 / (time.monotonic() - start)), flush=True)
