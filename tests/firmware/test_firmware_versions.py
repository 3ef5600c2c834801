"""The logic in other MicroPythons than the system's: the last before 1.22.0, and a new one.

They run in WebAssembly, which has no network; so it is the logic alone that is shown to work there.
"""

import json
import shutil
import subprocess

import behaviours
import pytest
from bench import LogicBench
from harness import FIRMWARE, HERE

from tests.support.npm import npm_file

PACKAGE = "@micropython/micropython-webassembly-pyscript"
VERSIONS = {"1.22.0-preview": "1.21.0-278", "1.28.0": "1.28.0-6"}
PREPARE = [
    "import binascii, json, sys",
    "from pico.device import PicoDevice",
    "device = PicoDevice('alice', boot='b1', interval=500)",
    "device.channel('temperature', lambda: 23.42, unit='Cel')",
]


class RemoteDevice:
    """The logic in a MicroPython that is spoken to line by line."""

    id = "alice"

    def __init__(self, package_version: str) -> None:
        node = shutil.which("node")
        assert node, "Node.js is needed: see `make check`"
        package = npm_file(f"{PACKAGE}@{package_version}", "")
        command = [node, HERE / "micropython_in_node.mjs", package, FIRMWARE / "pico"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for line in PREPARE:
            self._say(line)
        self.version = self._ask("list(sys.implementation[1])")

    @property
    def next_tick(self):
        return self._ask("device.next_tick")

    def connected(self, now):
        return self._ask(f"device.connected({now})")

    def tick(self, now):
        return self._ask(f"device.tick({now})")

    def receive(self, topic, payload, retained, now):
        octets = f"binascii.unhexlify('{payload.hex()}')"
        return self._ask(f"device.receive({topic!r}, {octets}, {retained}, {now})")

    def close(self):
        self._process.stdin.close()
        assert self._process.wait(20) == 0

    def _ask(self, expression):
        self._say(f"print(json.dumps({expression}))")
        line = self._process.stdout.readline()
        assert line, f"MicroPython ended at {expression}"
        return json.loads(line)

    def _say(self, line):
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()


@pytest.fixture(scope="module", params=VERSIONS)
def device(request):
    device = RemoteDevice(VERSIONS[request.param])
    numbers = [int(number) for number in request.param.split("-")[0].split(".")]
    assert device.version[:3] == numbers, "it is the version that the test says"
    yield device
    device.close()


@pytest.mark.parametrize("behaviour", behaviours.ALL, ids=lambda b: b.__name__)
def test_behaviour(device, behaviour):
    """In the oldest MicroPython that is supported, and in a new one."""
    behaviour(LogicBench(device))
