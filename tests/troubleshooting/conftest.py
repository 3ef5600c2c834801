"""Ways to bring a trouble about, and to look whether panel and doctor name it."""

import sys
from pathlib import Path

import pytest

from picopanel import Broker, Pico
from picopanel._doctor import examine
from picopanel._link.mqtt import shared_link

from ..support.waiting import PATIENCE, eventually
from .table import matches, rows

sys.path.append(str(Path(__file__).parents[1] / "firmware"))


@pytest.fixture
def row(request):
    """What the document says of this test's trouble."""
    return rows()[request.node.originalname]


@pytest.fixture
def named(row):
    """Looks whether the panel and the doctor name the trouble: `named(url or broker, "an-id", act=...)`."""

    def look(url, board_id, *, ca=None, act=lambda pico: None, within=PATIENCE, doctor=row.second):
        broker = url if isinstance(url, Broker) else Broker(url, ca=ca)
        with Pico(board_id, broker=broker) as pico:
            act(pico)
            said = lambda: pico._device.diagnosis().trouble  # noqa: E731
            expected = f"the panel says {row.second!r}"
            eventually(lambda: matches(row.second, said()), expected, within=within, seen=said)
        findings = list(examine(board_id, shared_link(broker)))
        failed = [finding for finding in findings if finding.result == "failed"]
        if row.third == "–":
            assert not failed, failed
        else:
            assert failed, f"the doctor fails at {row.third!r}; instead: {findings}"
            assert matches(row.third, failed[0].step), failed
            assert matches(doctor, failed[0].text), failed
            assert failed[0].next, "a failure has a next step"

    return look
