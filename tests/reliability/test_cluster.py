"""Past one machine: three NATS servers, boards and panels spread over them."""

import re
import time
from pathlib import Path

import pytest

from picopanel import NoAnswer, NotConnected, Pico

from ..support.nats import Nats
from ..support.ports import free_port
from ..support.waiting import eventually
from ..support.way import Way

FLEET = Path(__file__).with_name("fleet.py")
MANY = 30
"""Boards, and panels. The servers are three on one machine, and take part of its two cores."""


@pytest.fixture
def cluster(tmp_path):
    ports = [free_port() for _ in range(3)]
    turned = [tuple(ports[n:] + ports[:n]) for n in range(3)]
    servers = [Nats(tmp_path / f"nats{n}", name=f"nats{n}", cluster=turned[n]) for n in range(3)]
    for server in servers:
        server.launch()
    eventually(lambda: all(server.healthy for server in servers), "the cluster is at work", within=40)
    yield servers
    for server in servers:
        server.stop()


@pytest.mark.timeout(600)
def test_each_panel_reaches_its_board_through_any_server(cluster, run, measured):
    """Board and panel are mostly on different servers: all are answered, and no reading is missing."""
    way = Way(*(server.port for server in cluster))
    fleet = run(FLEET, f"mqtt://127.0.0.1:{way.port}", MANY, 2000)
    eventually(
        lambda: online(fleet) == MANY,
        "all boards are online",
        within=90,
        seen=lambda: (online(fleet), fleet.lines[-9:]),
    )
    # A user name of its own makes each a connection of its own.
    panels = [Pico(f"pico-{n}", broker=f"mqtt://user-{n}@127.0.0.1:{way.port}") for n in range(MANY)]
    started = time.monotonic()
    answered = sum(toggled(panel) for panel in panels)
    assert answered == MANY, "every panel has its board"
    measured(f"{MANY} boards, {MANY} panels: all answered after, ms", 1000 * (time.monotonic() - started))
    eventually(lambda: not holes(panels), "no reading is missing", within=120, seen=lambda: holes(panels))
    assert sum(panel._device.board.lost_samples for panel in panels) == 0
    for panel in panels:
        panel.close()
    way.close()


def online(fleet) -> int:
    return len(
        set(re.findall(r"Online as '(pico-\d+)'", "".join(fleet.lines)))
    )  # its threads print into one another


def toggled(panel) -> bool:
    """Toggle and have the answer, within a minute."""
    end = time.monotonic() + 90
    while time.monotonic() < end:
        try:
            return panel.toggle(timeout=10).certain
        except (NotConnected, NoAnswer):
            panel.sleep(0.2)
    return False


def holes(panels) -> list[object]:
    found = []
    for panel in panels:
        samples = panel._device.board.samples
        boot = samples.get(samples.current)
        if boot is None or len(boot.ranges) != 1 or boot.ranges[0][0] != 0:
            found.append((panel._device.id, boot and boot.ranges))
    return found
