"""What the firmware's tests share: brokers, boards and notebooks that end with their test."""

import sys
from pathlib import Path

import pytest
from authority import TlsRoom
from harness import FIRMWARE, Broker, MicroPythonBoard, Notebook, secrets

sys.path.append(str(FIRMWARE))  # as it lies on a board


def pytest_configure(config):
    config.addinivalue_line("markers", "micropython: runs the firmware in a native MicroPython")


class Room:
    """Makes parts with folders of their own and ends them all."""

    def __init__(self, folder: Path):
        self._folder, self._parts = folder, []

    def _new_folder(self) -> Path:
        folder = self._folder / f"part{len(self._parts):04}"
        folder.mkdir()
        return folder

    def broker(self, settings: str = "allow_anonymous true") -> Broker:
        self._parts.append(Broker(self._new_folder(), settings))
        return self._parts[-1].start()

    def board(
        self,
        broker: Broker,
        device_id: str,
        *,
        run="session",
        heap="2M",
        clock=None,
        kind="rp2",
        prepare=None,
        **more: object,
    ) -> MicroPythonBoard:
        values = secrets(broker, device_id, **more)
        board = MicroPythonBoard(self._new_folder(), values, run=run, heap=heap, clock=clock, kind=kind)
        if prepare:
            prepare(board.folder)
        self._parts.append(board)
        return board.start()

    def notebook(self, broker: Broker, device_id: str, **login: str) -> Notebook:
        return Notebook(broker, device_id, **login)

    def close(self) -> None:
        for part in reversed(self._parts):
            part.stop()


@pytest.fixture
def room(tmp_path):
    room = Room(tmp_path)
    yield room
    room.close()


@pytest.fixture
def tls_room(room):
    return TlsRoom(room)


@pytest.fixture(scope="module")
def shared_room(tmp_path_factory):
    room = Room(tmp_path_factory.mktemp("room"))
    yield room
    room.close()
