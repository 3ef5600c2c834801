"""How often: `make soak` tries everything the full number of times, `make test` a tenth of it."""

import os

SOAK = os.environ.get("PICOPANEL_SOAK") == "1"


def times(full: int) -> int:
    """Return how often to try what a soak tries so often."""
    return full if SOAK else max(1, full // 10)
