"""Waiting for what must become true, instead of sleeping for luck."""

import time
from collections.abc import Callable
from typing import TypeVar

import pytest

T = TypeVar("T")
PATIENCE = 60
"""Seconds. Only what never comes takes so long: what bounds a time says its own."""


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
        pause: Waits between two looks; a browser's page must go on working meanwhile.
    """
    end = time.monotonic() + within
    while not (found := look()):
        if time.monotonic() > end:
            instead = f"; instead: {seen()!r}" if seen else ""
            pytest.fail(f"expected within {within:g} s that {expected}{instead}", pytrace=False)
        pause(0.02)
    return found
