"""What the command line's tests share."""

import pytest

from ..support.mosquitto import Mosquitto


@pytest.fixture
def locked_broker(tmp_path):
    """A broker that lets in `ada` with `right`, and nobody else."""
    broker = Mosquitto(tmp_path / "locked", users={"ada": "right"}).start()
    yield broker
    broker.stop()


@pytest.fixture
def tls_broker(tmp_path):
    """A broker with TLS and an authority of its own."""
    broker = Mosquitto(tmp_path / "tls", listeners=["mqtts"]).start()
    yield broker
    broker.stop()
