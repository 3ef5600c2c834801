"""As little MQTT as publishing needs: what publishes must cost less than what is measured."""

import socket
import struct


def connect(port: int) -> socket.socket:
    """Return a connection to a broker that has accepted us (MQTT 3.1.1)."""
    broker = socket.create_connection(("127.0.0.1", port))
    broker.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    body = b"\x00\x04MQTT\x04\x02\x00\x00" + _text("bench-publisher")
    broker.sendall(b"\x10" + _length(len(body)) + body)
    assert broker.recv(4) == b"\x20\x02\x00\x00", "the broker refused the benchmark's publisher"
    return broker


def publish(topic: str, payload: bytes) -> bytes:
    """Return a PUBLISH packet, QoS 0."""
    body = _text(topic) + payload
    return b"\x30" + _length(len(body)) + body


def _text(text: str) -> bytes:
    return struct.pack(">H", len(text.encode())) + text.encode()


def _length(size: int) -> bytes:
    digits = bytearray()
    while True:
        size, digit = divmod(size, 128)
        digits.append(digit | (128 if size else 0))
        if not size:
            return bytes(digits)
