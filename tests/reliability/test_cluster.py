"""Past one machine: three NATS servers, boards and panels spread over them, and one server killed."""

import json
import time
from pathlib import Path

import pytest

from ..support.nats import Nats
from ..support.ports import free_port
from ..support.waiting import eventually
from .counts import times
from .messenger import Messenger

HERE = Path(__file__).parent
MANY = times(300)
"""Boards, and as many panels."""

TOGETHER = 75
"""In one process; paho's `select` takes no more than 1024 open files."""


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


class Class:
    """Boards and panels behind one address."""

    def __init__(self, run, servers) -> None:
        door = run("-m", "tests.reliability.door", *(server.port for server in servers))
        port = door.wait_for("")
        groups = [(first, min(TOGETHER, MANY - first)) for first in range(0, MANY, TOGETHER)]
        boards = [run(HERE / "fleet.py", f"mqtt://127.0.0.1:{port}", *group, 2000) for group in groups]
        online = lambda: sum("".join(program.lines).count("Online as") for program in boards)  # noqa: E731
        eventually(lambda: online() >= MANY, "all boards are online", within=120, seen=online)
        self._panels = [run(HERE / "panels.py", port, *group) for group in groups]

    def figures(self) -> dict[str, int]:
        """Return the newest figures of all panels together, and how many rounds each has done at least."""
        lines = [list(program.lines) for program in self._panels]
        newest = [json.loads(each[-1]) for each in lines if each]
        total = {name: sum(each[name] for each in newest) for name in newest[0]} if newest else {}
        return total | {"rounds": min(map(len, lines))}

    def all_well(self, since: int = 0, *, within: float) -> float:
        """Wait until a round after this one finds all panels well; return how many seconds it took."""
        began = time.monotonic()
        all_of_them = {"answered": MANY, "well": MANY, "complete": MANY, "lost": 0}

        def well() -> bool:
            figures = self.figures()
            return figures.pop("rounds") > since and figures == all_of_them

        eventually(well, "all panels are answered and complete", within=within, seen=self.figures)
        return time.monotonic() - began


@pytest.mark.timeout(1200)
def test_a_server_killed(cluster, run, measured):
    """All reach their boards through any server; one is killed, and all are well again by themselves."""
    group = Class(run, cluster)
    measured(f"cluster, {MANY} boards and {MANY} panels: all answered after, s", group.all_well(within=400))
    messenger = Messenger(cluster[1].port, cluster[2].port)
    eventually(lambda: len(messenger.arrived) > 20, "messages pass", seen=lambda: messenger.arrived)
    before = group.figures()["rounds"]
    cluster[0].kill()
    # The round that was under way ends by itself, well or not; the one after it counts.
    measured("  one of three servers killed: all well again after, s", group.all_well(before + 1, within=600))
    messenger.stop()
    lost = lambda: messenger.acknowledged - messenger.arrived  # noqa: E731
    eventually(lambda: not lost(), "all that was acknowledged arrives", within=30, seen=lost)
    measured("  messages acknowledged meanwhile, none lost", len(messenger.acknowledged))
    messenger.close()
