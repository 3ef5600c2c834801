"""What tests of all kinds share: a broker, boards, a spy, a browser, and the figures that were measured."""

import os
import signal
import ssl
import sys
from contextlib import closing

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from . import slowest
from .support.browsers import browsers
from .support.lite import JupyterLite
from .support.mosquitto import Mosquitto
from .support.programs import Board, Program
from .support.spy import Spy

# A run in the background of a script is told to ignore interrupts, and so would be every program that it
# starts: kernels, boards, the command line, whose interrupts are tested.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


TOGETHER = {
    "tests/browser/test_finger": "pages",
    "tests/browser/test_gallery": "pages",
    "tests/browser/test_setup_page_faults": "pages",
    "tests/browser/test_sight": "pages",
    "tests/browser/test_themes": "pages",
    "tests/browser/": "JupyterLab",
    "tests/colab/": "Colab",
    "tests/hosts/test_behaviours": "hosts",
    "tests/hosts/test_hosts": "hosts",
    "tests/hosts/test_vscode": "pages",
    "tests/lite/": "JupyterLite",
    "tests/recorded/test_boxes": "",
    "tests/recorded/test_renewal": "",
    "tests/recorded/": "pages",
    "tests/reliability/test_notebooks": "JupyterLab",
}
"""Tests that go to one worker, by how their files begin: two browsers at once are enough, and Colab's
environment is one. The tests of every other file go together."""

LONGEST = (
    "JupyterLab",
    "pages",
    "Colab",
    "hosts",
    "tests/test_examples.py",
    "tests/troubleshooting/test_presence.py",
    "tests/reliability/test_brokers.py",
    "tests/reliability/test_cluster.py",
    "tests/chip/test_chip_journey.py",
    "tests/firmware/test_firmware_micropython.py",
    "tests/reliability/test_network.py",
    "tests/recorded/test_boxes.py",
    "JupyterLite",
    "tests/firmware/test_firmware_memory.py",
    "tests/firmware/test_firmware_tls.py",
    "tests/troubleshooting/test_broker.py",
    "tests/cli/test_board.py",
)
"""What takes longest begins first, so that no worker is left alone with it in the end. Three workers keep two
cores busy; with more, each live page waits longer, and costs more meanwhile."""


def together(nodeid):
    """Return the name of what a test goes together with."""
    file = nodeid.split("::")[0]
    return next((name for start, name in TOGETHER.items() if file.startswith(start)), "") or file


class ByServer(LoadScopeScheduling):
    """One worker for the tests of a file, which share servers, or of several files."""

    def _split_scope(self, nodeid):
        return together(nodeid)


def pytest_collection_modifyitems(items):
    if "PYTEST_XDIST_WORKER" in os.environ:
        place = {name: at for at, name in enumerate(LONGEST)}
        items.sort(key=lambda item: place.get(together(item.nodeid), len(place)))


def pytest_xdist_make_scheduler(config, log):
    return ByServer(config, log)


def pytest_runtest_logreport(report):
    """Tell of a failure when it happens, not only in the end."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        print(
            f"\n== {report.when} failed: {report.nodeid}\n{report.longreprtext[-800:]}", file=sys.__stderr__
        )


@pytest.fixture(scope="session")
def start_browser():
    """Starts a browser, or gives back the one that runs: Playwright cannot run twice in a process."""
    with browsers() as start:
        yield start


@pytest.fixture(scope="session")
def browser(start_browser):
    """One Chromium for all tests."""
    return start_browser("Chromium")


@pytest.fixture(scope="session")
def lite(tmp_path_factory):
    """A JupyterLite of its own with PicoPanel in it, on loopback."""
    with closing(JupyterLite(tmp_path_factory.mktemp("lite"))) as lite:
        yield lite


@pytest.fixture
def start(tmp_path):
    """Starts a Mosquitto: `start(users=..., acl=[...], more=["settings"])`; all end with the test.

    What `prepare` puts into a broker's folder is there when it starts.
    """
    brokers = []

    def start_one(*, prepare=lambda folder: None, **settings):
        broker = Mosquitto(tmp_path / f"broker{len(brokers)}", **settings)
        prepare(broker.folder)
        brokers.append(broker.start())
        return broker

    yield start_one
    for broker in brokers:
        broker.stop()


@pytest.fixture
def broker(start):
    """A running Mosquitto."""
    return start()


@pytest.fixture
def spy(broker):
    """Hears everything on the broker."""
    spy = Spy(broker.port)
    yield spy
    spy.close()


@pytest.fixture
def strict(monkeypatch):
    """Contexts as Python 3.13 makes them: `ssl.create_default_context` there sets this flag."""
    make = ssl.create_default_context

    def make_strict(*arguments, **more):
        context = make(*arguments, **more)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    monkeypatch.setattr(ssl, "create_default_context", make_strict)


@pytest.fixture
def run():
    """Starts a Python program: `run("-m", "picopanel", ...)`; ended with the test."""
    programs = []

    def start(*arguments, **environment):
        programs.append(Program(arguments, **environment))
        return programs[-1]

    yield start
    for program in programs:
        program.kill()


@pytest.fixture
def board(broker):
    """Starts a test board in its own process: `board("course_board.py", "an-id")`."""
    boards = []

    def start(program, board_id, *options):
        boards.append(Board(program, broker.port, board_id, *options))
        return boards[-1]

    yield start
    for each in boards:
        each.kill()


@pytest.fixture
def mqtt_as(tmp_path):
    """A folder that could be that of the board's MQTT client."""
    folder = tmp_path / "mqtt_as"
    folder.mkdir()
    (folder / "__init__.py").write_text("VERSION = (0, 8, 3)\n")
    return folder


@pytest.fixture
def measured(record_property):
    """Keeps a figure for the report at the end: `measured("first chart, ms", 412)`."""

    def keep(what, figure):
        record_property(what, f"{figure:.0f}")

    return keep


def pytest_terminal_summary(terminalreporter):
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    figures = [it for report in reports for it in report.user_properties if not isinstance(it[1], dict)]
    if figures:
        terminalreporter.section("measured")
    for what, figure in figures:
        terminalreporter.write_line(f"{what}: {figure}")
    if reasons := list(slowest.lines(reports)):
        terminalreporter.section("what the slowest earn their time with")
        terminalreporter.write("\n".join([*reasons, ""]))
