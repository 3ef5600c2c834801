"""What is seen in hosts and browsers, kept as data by `make browsers`."""

import json
import os
from pathlib import Path

import pytest

from .behaviours import BEHAVIOURS
from .hosts import HOSTS

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


def pytest_runtest_logreport(report):
    """Keep at once what was seen: a run of a few, or one that is stopped, leaves the others as they were."""
    alone = os.environ.get("PICOPANEL_BROWSERS") and "PYTEST_XDIST_WORKER" not in os.environ
    if report.when != "call" or not alone:
        return
    for name, fact in report.user_properties:
        if name == KEPT and "result" in fact:
            keep(fact)


def keep(fact):
    data = json.loads(DATA.read_text("utf-8")) if DATA.exists() else {"versions": {}, "seen": {}}
    data["versions"] |= fact["versions"]
    told = fact["result"] + (f": {fact['why']}" if fact["why"] else "")
    data["seen"].setdefault(fact["host"], {}).setdefault(fact["browser"], {})[fact["behaviour"]] = told
    data["seen"] = {host: in_order(data["seen"][host]) for host in HOSTS if host in data["seen"]}
    DATA.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", "utf-8")


def in_order(browsers):
    """As they are listed, and nothing that is listed no more."""
    return {
        browser: {name: browsers[browser][name] for name in BEHAVIOURS if name in browsers[browser]}
        for browser in ("Chromium", "Firefox", "WebKit")
        if browser in browsers
    }
