"""Every behaviour, in every host, in every browser: the core of it by `make test`, all by `make browsers`."""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from .behaviours import BEHAVIOURS, CORE
from .hosts import HOSTS
from .seat import NotToBeHad, Seat

ALL = bool(os.environ.get("PICOPANEL_BROWSERS"))
STORY = ["streams", "click confirmed", "reload", "theme change"]
"""What `make test` looks at in every host, in Chromium alone."""


def wanted() -> Iterator[tuple[str, str, str]]:
    for host, kind in HOSTS.items():
        for browser in kind.browsers:
            for behaviour in BEHAVIOURS if ALL else first(host, browser):
                yield host, browser, behaviour


def first(host: str, browser: str) -> list[str]:
    """Return what `make test` looks at."""
    if browser == "Chromium":
        return STORY if HOSTS[host].has_story else []
    return CORE if host == "JupyterLab" else []


class Seats:
    """The one seat that is taken: hosts stay, and a page is opened anew where a behaviour has failed."""

    def __init__(self, start, folders):
        self._start, self._folders = start, folders
        self._hosts, self._ends = {}, ExitStack()
        self._taken = None

    def take(self, host: str, browser: str) -> Seat:
        if self._taken and (self._taken.host.name, self._taken.browser) == (host, browser):
            return self._taken
        self.leave()
        if host not in self._hosts:
            self._hosts[host] = HOSTS[host](self._folders.mktemp("host")).start()
            self._ends.callback(self._hosts[host].close)
        seat = self._hosts[host].seat(self._hosts[host], self._start, browser)
        try:
            seat.open()
        except BaseException:
            Seat.close(seat)  # its window; there is no more of it
            raise
        self._taken = seat
        return seat

    def leave(self) -> None:
        if self._taken:
            taken, self._taken = self._taken, None
            taken.close()

    def close(self) -> None:
        self.leave()
        self._ends.close()


@pytest.fixture(scope="module")
def seats(start_browser, tmp_path_factory):
    seats = Seats(start_browser, tmp_path_factory)
    yield seats
    seats.close()


@pytest.mark.parametrize(("host", "browser", "behaviour"), list(wanted()), ids=str)
def test_behaviour(host, browser, behaviour, seats, seen):
    kind = HOSTS[host]
    if reason := kind.cannot.get(behaviour):
        seen("–", reason)
        pytest.skip(reason)
    seat = seats.take(host, browser)
    seen.versions(seat)
    try:
        BEHAVIOURS[behaviour](seat)
        seat.check()
    except NotToBeHad as reason:
        seen("–", str(reason))
        pytest.skip(str(reason))
    except BaseException as problem:
        seen("fails", str(problem))
        seats.leave()
        raise
    seen("works")
