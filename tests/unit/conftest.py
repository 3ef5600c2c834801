from __future__ import annotations

import pytest

from .hand import Hand, HandLink


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def link() -> HandLink:
    return HandLink()
