"""What the trials share."""

import pytest

from ..browser.conftest import lab, notebook, tabs  # noqa: F401
from .trial import Trial, alive, footprint, leaves_nothing


@pytest.fixture
def trial(broker):
    """A streaming board and a panel; in the end threads, sockets and memory must be what they were."""
    before, held = footprint(), alive()
    trial = Trial(broker)
    yield trial
    trial.close()
    leaves_nothing(before, held)
