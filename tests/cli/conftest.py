"""What the command line's tests share."""

import pytest


@pytest.fixture
def locked_broker(start):
    """A broker that lets in `ada` with `right`, and nobody else."""
    return start(users={"ada": "right"})


@pytest.fixture
def tls_broker(start):
    """A broker with TLS and an authority of its own."""
    return start(listeners=["mqtts"])
