"""Waiting for what must become true, instead of sleeping for luck."""

import time
from collections.abc import Callable
from typing import TypeVar

import pytest

T = TypeVar("T")
PATIENCE = 60
"""Seconds. Only what never comes takes so long: what bounds a time says its own."""
SHORTEST, LONGEST = 0.02, 0.1
"""Seconds between two looks, at first and in the end."""


def eventually(
    look: Callable[[], T],
    expected: str,
    *,
    within: float = PATIENCE,
    seen: Callable[[], object] | None = None,
    pause: Callable[[float], object] = time.sleep,
) -> T:
    """Look until something true is seen and return it; fail with what was expected and what is there.

    Args:
        look: What is asked again and again.
        expected: Completes the sentence "expected that ...".
        within: Seconds.
        seen: Tells what was there instead, for the failure's message.
        pause: Waits between two looks, longer and longer: looking takes time from what is waited for. A
            browser's page must go on working meanwhile.
    """
    end, rest = time.monotonic() + within, SHORTEST
    while not (found := look()):
        if time.monotonic() > end:
            instead = f"; instead: {seen()!r}" if seen else ""
            pytest.fail(f"expected within {within:g} s that {expected}{instead}", pytrace=False)
        pause(rest)
        rest = min(1.2 * rest, LONGEST)
    return found
