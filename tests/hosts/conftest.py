"""What is seen in hosts and browsers, kept as data by `make browsers`."""

import json
import os
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "docs" / "hosts.json"
KEPT = "seen in a host"


class Seen:
    """What is to be kept of one behaviour in one host and browser."""

    def __init__(self, request, record):
        self._facts = {name: request.getfixturevalue(name) for name in ("host", "browser", "behaviour")}
        self._facts["versions"] = {}
        record(KEPT, self._facts)

    def __call__(self, result, why=""):
        self._facts |= {"result": result, "why": why.strip().splitlines()[0] if why.strip() else ""}

    def versions(self, seat):
        started = seat.window.context.browser
        self._facts["versions"] = {
            seat.host.name: seat.host.version,
            seat.browser: started.version,
        }


@pytest.fixture
def seen(request, record_property):
    return Seen(request, record_property)


facts = []


def pytest_runtest_logreport(report):
    if report.when == "call":
        facts.extend(kept for name, kept in report.user_properties if name == KEPT and "result" in kept)


def pytest_sessionfinish():
    """A run of a few hosts or browsers leaves the others as they were."""
    if not os.environ.get("PICOPANEL_BROWSERS") or "PYTEST_XDIST_WORKER" in os.environ or not facts:
        return
    data = json.loads(DATA.read_text("utf-8")) if DATA.exists() else {"versions": {}, "seen": {}}
    for fact in facts:
        data["versions"] |= fact["versions"]
        told = fact["result"] + (f": {fact['why']}" if fact["why"] else "")
        data["seen"].setdefault(fact["host"], {}).setdefault(fact["browser"], {})[fact["behaviour"]] = told
    DATA.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", "utf-8")
