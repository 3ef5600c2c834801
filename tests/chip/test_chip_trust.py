"""Whom a board trusts, on one board whose broker shows other certificates from time to time."""

import pytest
from trustme import KeyType

from .authority import Authority, days_ago

AUTHORITY = Authority()


@pytest.fixture(scope="module")
def room(laboratory):
    return laboratory(AUTHORITY)


@pytest.fixture(scope="module")
def chip(room):
    """A board that does not get to know the time."""
    chip = room.board()
    chip.set_clock(False)
    return chip


@pytest.fixture
def show(room):
    """Has the broker show another certificate: `show(authority, **of_its_own)`."""

    def start_anew(authority=AUTHORITY, **more):
        ca = (room.trust / "ca.pem").read_bytes()
        room.broker.stop()
        authority.write(room.trust, **more)
        (room.trust / "ca.pem").write_bytes(ca)
        room.broker.start()

    return start_anew


def test_without_the_time_it_says_that_it_cannot_check_and_with_it_it_connects(chip):
    chip.wait_for("Time: not to be had", within=600)
    chip.wait_for("its certificate cannot be checked, for the board has no time")
    chip.set_clock(True)
    chip.wait_for("Time: set.")
    chip.wait_for("Broker: connected.")


@pytest.mark.parametrize(
    ("authority", "more", "told"),
    [
        (Authority(), {}, "not correctly signed"),
        (AUTHORITY, {"name": "another.example"}, "does not match"),
        (AUTHORITY, {"not_before": days_ago(20), "not_after": days_ago(10)}, "expired"),
    ],
)
def test_what_is_not_to_be_trusted_is_told(chip, show, authority, more, told):
    show(authority, **more)
    chip.wait_for(told)


def test_a_broker_whose_authority_issues_under_another_of_its_roots_is_found_again(chip, show):
    show(kind=KeyType.RSA)
    chip.wait_for("Broker: connected.")
