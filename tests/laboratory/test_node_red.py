"""The flow of docs/node-red.md in a real Node-RED."""

import json
import os
import subprocess
import urllib.request
from pathlib import Path

import pytest

from ..support.npm import npm_package
from ..support.ports import free_port, is_open
from ..support.waiting import eventually

NODE_RED = "node-red@4.1.15"
FLOW = Path(__file__).parents[2] / "docs" / "node-red.json"


@pytest.fixture
def node_red(tmp_path, broker):
    """Imports the flow, with the broker and the ID set as a user does, and presses its buttons."""
    flow = json.loads(FLOW.read_text(encoding="utf-8"))
    nodes = {node["id"].removeprefix("picopanel-"): node for node in flow}
    nodes["broker"] |= {"broker": "127.0.0.1", "port": str(broker.port)}
    nodes["tab"]["env"][0]["value"] = "shelf"
    nodes["blink"]["payload"] = json.dumps({"set": {"nothing": 1}})
    for node in flow:
        if node["type"] == "debug":
            node["console"] = True
    (tmp_path / "flows.json").write_text(json.dumps(flow))
    (tmp_path / "settings.js").write_text(
        "module.exports = { uiHost: '127.0.0.1', telemetry: { enabled: false } }"
    )
    program = NodeRed(tmp_path)
    yield program
    program.kill()


class NodeRed:
    def __init__(self, folder):
        self._port, self._log = free_port(), folder / "log"
        red = npm_package(NODE_RED) / "node_modules/node-red/red.js"
        command = ["node", red, "--userDir", folder, "--port", str(self._port), "flows.json"]
        environment = {**os.environ, "HOME": str(folder), "FORCE_COLOR": "0"}
        self._process = subprocess.Popen(
            command, stdout=self._log.open("w"), stderr=subprocess.STDOUT, env=environment
        )
        eventually(lambda: is_open(self._port), "Node-RED listens", seen=self.said)

    def said(self):
        return self._log.read_text()

    def press(self, name):
        address = f"http://127.0.0.1:{self._port}/inject/picopanel-{name}"
        urllib.request.urlopen(urllib.request.Request(address, data=b"{}", method="POST"), timeout=10)

    def shows(self, *words):
        eventually(lambda: all(word in self.said() for word in words), f"{words} are shown", seen=self.said)

    def kill(self):
        self._process.kill()
        self._process.wait(10)


def test_a_command_ends_in_an_answer_or_in_words(node_red, broker, run):
    board = run("-m", "picopanel", "pico", "shelf", "--broker", broker.url())
    node_red.shows(
        "Connected to broker", "[debug:online or offline]", "online", "[debug:readings]", "temperature"
    )
    node_red.press("on")
    node_red.shows("[debug:the board has answered]", "led: 'on'")
    node_red.press("blink")
    node_red.shows("[debug:it has not]", "The board declined: set: this board has no such control")
    board.kill()
    node_red.shows("offline")
    node_red.press("toggle")
    node_red.shows("[debug:it has not]", "No answer within 3 s")
    assert node_red.said().count("[debug:the board has answered]") == 1
