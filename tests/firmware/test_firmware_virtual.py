"""The virtual Pico on a real broker does what the firmware does: the same list of behaviours."""

import threading

import behaviours
import pytest
from bench import WireBench

from picopanel import Broker
from picopanel._cli.virtual import BoardClient, keep_online
from picopanel._link.virtual_board import VirtualBoard
from picopanel._runtime.waiting import Event
from tests.support.way import Way


@pytest.fixture(scope="module")
def shared_bench(shared_room):
    broker = shared_room.broker()
    notebook = shared_room.notebook(broker, "virtual")
    way = Way(broker.port)
    board = VirtualBoard("virtual", sensor=lambda: 23.4, interval=500)
    client, stopped = BoardClient(board, Broker(f"mqtt://127.0.0.1:{way.port}")), Event()
    thread = threading.Thread(target=keep_online, args=[[client], stopped])
    thread.start()
    yield WireBench(notebook, lambda: (way.cut(), way.mend()))
    stopped.set()
    thread.join(10)
    way.close()
    notebook.close()
    assert not thread.is_alive(), "the virtual Pico ends when it is stopped"


@pytest.mark.parametrize("behaviour", behaviours.ALL, ids=lambda b: b.__name__)
def test_behaviour(behaviour, shared_bench):
    """The virtual Pico cannot be told from a board."""
    for _ in range(2):
        shared_bench.wait("/telemetry")
    shared_bench.forget()
    behaviour(shared_bench)
