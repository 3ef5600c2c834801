"""A Chromium with a window, its own chooser and a serial port of this machine, as its users have it."""

from contextlib import ExitStack, closing
from queue import Empty
from time import sleep

import pytest

from ..support.headed import MIDDLE, Headed, Screen, is_possible
from ..support.serial_checks import EXPECTED, PAGE, Echo, Reports

SETTLED = 2  # seconds; a chooser that opens while another closes may lose the focus, and closes then too
AGAIN = 4
"""Seconds until a mouse's or a keyboard's work is done again: nothing says when a chooser is there."""


@pytest.fixture
def screen():
    if trouble := is_possible():
        pytest.skip(trouble)
    with closing(Screen()) as screen:
        yield screen


def test_a_port_of_its_own_does_what_the_stand_in_does(screen, tmp_path):
    echo = Echo()
    do = {
        ("click", "close"): lambda: screen.click(*MIDDLE),
        ("click", "choose"): lambda: (sleep(SETTLED), screen.click(*MIDDLE)),
        ("chooser", "close"): lambda: screen.press("Escape"),
        ("chooser", "choose"): screen.choose,
    }
    with ExitStack() as ends:
        reports = ends.enter_context(closing(Reports(PAGE)))
        ends.enter_context(closing(Headed(screen, tmp_path / "profile", reports.url, echo.port)))
        what, said = reports.next(timeout=60)
        while what != "said":
            if what == "pull":
                echo.unplug()
                what, said = reports.next(timeout=60)
                continue
            for _ in range(20):
                do[what, said]()
                try:
                    what, said = reports.next(timeout=AGAIN)
                    break
                except Empty:
                    continue
            else:
                screen.picture(tmp_path / "screen.png")
                pytest.fail(f"nothing came of {what} {said}: see {tmp_path}")
    assert said == EXPECTED
