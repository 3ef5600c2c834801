"""One list of behaviours, tried on every broker; docs/reliability.md says what differs."""

import pytest

from picopanel import NoAnswer, NotConnected, Pico

from ..support.waiting import eventually
from .brokers import BROKERS, rabbitmq


@pytest.fixture(scope="module", params=BROKERS)
def tried(request, tmp_path_factory):
    with BROKERS[request.param](tmp_path_factory.mktemp("broker")) as tried:
        yield tried


@pytest.fixture(scope="module")
def rabbit(tmp_path_factory):
    with rabbitmq(tmp_path_factory.mktemp("rabbitmq")) as tried:
        yield tried


@pytest.fixture
def plug_in(run):
    """Starts a virtual Pico on a broker."""

    def start(tried, *options):
        board = run("-m", "picopanel", "pico", "alice", "--interval", 100, *tried.options, *options)
        board.wait_for("Online", within=20)
        return board

    return start


def test_a_board_that_was_there_first_is_found(tried, plug_in):
    """What it is, whether it is there and its LED are retained."""
    plug_in(tried)
    with Pico("alice", broker=tried.broker) as pico:
        eventually(lambda: pico._device.mode == "pico", "its layer is known", seen=lambda: pico.status)
        assert pico._device.link_status.mqtt == tried.mqtt
        eventually(lambda: (pico.status, pico.led) == ("online", False), "status and LED are known")


def test_verbs_are_answered_and_readings_come(tried, plug_in):
    """Each answer belongs to its command; readings follow one another without a hole."""
    plug_in(tried)
    with Pico("alice", broker=tried.broker) as pico:
        assert [pico.on().led, pico.off().led, pico.toggle().led, pico.read().led] == [
            True,
            False,
            True,
            True,
        ]
        assert 10 < pico.read().temperature < 40
        list(pico.readings(n=20))
        boot = pico._device.known.samples
        current = boot.get(boot.current)
        eventually(lambda: not current.holes, "no reading is missing", seen=lambda: current.holes)


def test_a_board_of_the_course_answers_with_certainty(tried, plug_in):
    """A board without the new layer: commands at the broker's highest QoS, certain answers."""
    plug_in(tried, "--course")
    with Pico("alice", broker=tried.broker) as pico:
        assert pico.on().certain
        assert [pico.toggle().led, pico.toggle().led] == [False, True]
        assert pico._device.mode == "course"


def test_a_board_that_goes_is_told_and_one_that_comes_back_is_found(tried, plug_in):
    """Its will is published when its plug is pulled; a new start is a new boot."""
    board = plug_in(tried)
    with Pico("alice", broker=tried.broker) as pico:
        pico.on()
        board.kill()
        eventually(lambda: pico.status == "offline", "the will is told", within=5, seen=lambda: pico.status)
        assert pico.led is None, "nobody knows of its LED any more"
        plug_in(tried)
        eventually(lambda: pico.status == "online", "it is found again", seen=lambda: pico.status)
        eventually(lambda: pico.led is False, "its LED is known anew")
        assert pico.on().led is True


def test_a_broker_that_restarts_is_found_again(tried, plug_in):
    """Panel and board connect again by themselves, and no reading of the outage is missing."""
    plug_in(tried)
    with Pico("alice", broker=tried.broker) as pico:
        list(pico.readings(n=3))
        tried.restart()
        answered_again(pico)
        boots = pico._device.known.samples
        current = boots.get(boots.current)
        whole = lambda: current.first == 0 and not current.holes  # noqa: E731
        eventually(whole, "all readings are there", within=20, seen=lambda: (current.first, current.holes))
        assert pico._device.known.lost_samples == 0


def test_rabbitmq_finds_answers_streams_and_tells_who_has_gone(rabbit, plug_in):
    """A smoke run; the list above is not promised there."""
    board = plug_in(rabbit)
    with Pico("alice", broker=rabbit.broker) as pico:
        assert pico.on().led is True
        assert pico._device.link_status.mqtt == rabbit.mqtt
        list(pico.readings(n=5))
        board.kill()
        eventually(lambda: pico.status == "offline", "the will is told", within=5, seen=lambda: pico.status)


def answered_again(pico):
    def answered():
        try:
            return pico.read(timeout=2) is not None
        except (NotConnected, NoAnswer):
            return False

    eventually(answered, "a command is answered again", within=40, seen=lambda: pico.status)
