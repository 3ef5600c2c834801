"""What the trials share."""

import pytest

from ..browser.conftest import lab, notebook  # noqa: F401
from ..support.waiting import eventually
from .trial import Trial, alive, footprint


@pytest.fixture
def trial(broker):
    """A streaming board and a panel; in the end threads, sockets and memory must be what they were."""
    before, held = footprint(), alive()
    trial = Trial(broker)
    yield trial
    trial.close()
    eventually(lambda: footprint() == before, f"threads and sockets are {before} again", seen=footprint)
    eventually(lambda: alive() == held, f"devices, stores and connections are {held} again", seen=alive)
