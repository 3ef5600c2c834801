"""Free ports of the loopback interface."""

import contextlib
import itertools
import os
import random
import socket

_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
_OWN = range(15_000 + _WORKER % 8, 32_000, 8)
"""No other worker's, and below those that the system gives to outgoing connections: while a server is
down, nobody takes its port."""
_candidates = itertools.cycle(random.sample(_OWN, len(_OWN)))


def free_port() -> int:
    while True:
        port = next(_candidates)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
