"""A terminal with a program at its other end."""

import os
import re
import select

from .waiting import PATIENCE, eventually


def read_until(terminal, pattern, within=PATIENCE):
    """Return what a terminal shows from now on, until a pattern is found in it."""
    seen = b""

    def more():
        nonlocal seen
        if select.select([terminal], [], [], 0)[0]:
            seen += os.read(terminal, 1000)
        return re.search(pattern, seen)

    eventually(more, f"the terminal shows {pattern}", within=within, seen=lambda: seen)
    return seen
