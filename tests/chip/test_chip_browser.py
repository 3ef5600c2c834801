"""A Chromium with a window, its own chooser and a serial port of this machine, as its users have it."""

from contextlib import ExitStack, closing

import pytest

from ..support.headed import OFFER_TO_KEEP_A_PASSWORD, Desk, Headed, is_possible
from ..support.jupyter import TOKEN, JupyterLab
from ..support.serial_checks import EXPECTED, PAGE, Echo, Reports
from ..support.waiting import eventually
from .conftest import WIFI

NOTEBOOK, ITS_PAGE = "setup.ipynb", "about:blank"  # in their addresses
IDLE = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
SHOWN = "document.body.innerText"


@pytest.fixture
def screen():
    if trouble := is_possible():
        pytest.skip(trouble)
    with closing(Desk()) as screen:
        yield screen


def test_a_port_of_its_own_does_what_the_stand_in_does(screen, tmp_path):
    echo = Echo()
    with (
        closing(Reports(PAGE)) as reports,
        closing(Headed(screen, tmp_path / "profile", reports.url, echo.port)) as chromium,
    ):
        do = {
            "click": lambda _: chromium.click(reports.url, "document.querySelector('button')"),
            "chooser": lambda how: {"close": chromium.dismiss, "choose": chromium.choose}[how](),
            "pull": lambda _: echo.unplug(),
        }
        while (told := reports.next(timeout=60))[0] != "said":
            what, how = told
            do[what](how)
    assert told[1] == EXPECTED


def button(text):
    buttons = "[...document.querySelectorAll('button:not(:disabled, [aria-disabled=true])')]"
    return f"{buttons}.find(it => it.offsetParent && it.innerText.startsWith({text!r}))"


def test_from_a_cell_to_the_blink(screen, new_board, tmp_path):
    chip, cell = new_board
    with ExitStack() as ends:
        lab = JupyterLab(tmp_path)
        ends.callback(lab.stop)
        lab.start().write_notebook(NOTEBOOK, [cell])
        address = f"{lab.url}/doc/tree/{NOTEBOOK}?token={TOKEN}"
        chromium = Headed(screen, tmp_path / "profile", address, chip.console_port)
        ends.callback(chromium.close)
        chromium.until(NOTEBOOK, IDLE)
        chromium.click(NOTEBOOK, "document.querySelector('.cm-content')")
        screen.press("Return", held="Shift_L")
        chromium.click(NOTEBOOK, button("It is plugged into the computer in front of you"))
        for name, text in {"id": "chip", "ssid": WIFI["SSID"], "password": WIFI["PASSWORD"]}.items():
            chromium.click(NOTEBOOK, f"document.querySelector('.picopanel-setup [name={name}]')")
            screen.type(text)
        screen.press("Return")
        chromium.click(ITS_PAGE, "document.querySelector('summary')")
        chromium.click(ITS_PAGE, button("Show all ports"))  # this port has no vendor
        chromium.choose()
        chromium.until(ITS_PAGE, f"{SHOWN}.includes('This page can be closed.')", within=600)
        assert "Broker: connected." in chromium.see(ITS_PAGE, SHOWN), "the page shows its console"
        eventually(lambda: chip.lit[-10:] == [True, False] * 5, "it blinks", seen=lambda: chip.lit)
        screen.press("w", held="Control_L")
        chromium.until(NOTEBOOK, f"{SHOWN}.includes('That was your board.')")
        chromium.click(NOTEBOOK, button("On"))
        eventually(lambda: chip.lit[-1], "the panel switches its LED on")
        assert not chromium.window(OFFER_TO_KEEP_A_PASSWORD), "the Wi-Fi's is for the board alone"
