"""What the trials share."""

from collections import Counter

import pytest

from ..browser.conftest import lab, notebook  # noqa: F401
from ..support.waiting import eventually
from .trial import Trial, alive, footprint, no_more


@pytest.fixture
def trial(broker):
    """A streaming board and a panel; in the end threads, sockets and memory must be what they were."""
    before, held = footprint(), alive()
    trial = Trial(broker)
    yield trial
    trial.close()
    expected = f"no more threads and sockets than {before}"
    eventually(lambda: no_more(footprint(), before), expected, within=20, seen=footprint)
    expected = f"no more devices, stores and connections than {held}"
    eventually(lambda: not Counter(alive()) - Counter(held), expected, within=20, seen=alive)
