"""What the command line's tests share."""

import pytest

from ..support.usb_board import UsbBoard


@pytest.fixture
def locked_broker(start):
    """A broker that lets in `ada` with `right`, and nobody else."""
    return start(users={"ada": "right"})


@pytest.fixture
def tls_broker(start):
    """A broker with TLS and an authority of its own."""
    return start(listeners=["mqtts"])


@pytest.fixture
def plug_in(tmp_path):
    """Plugs a board in: `plug_in({"main.py": "..."})` with these files on it, or a former one's flash."""
    boards = []

    def start(files=(), flash=None, **more):
        flash = flash or tmp_path / f"flash{len(boards)}"
        for name, text in dict(files).items():
            (flash / name).parent.mkdir(parents=True, exist_ok=True)
            (flash / name).write_text(text)
        boards.append(UsbBoard(flash, **more))
        return boards[-1]

    yield start
    for board in boards:
        board.unplug()
