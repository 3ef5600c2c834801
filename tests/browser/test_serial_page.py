"""The stand-in for `navigator.serial` does what Chromium's does, of which `make chip` asks the same."""

from contextlib import ExitStack, contextmanager
from queue import Empty

import pytest

from ..support import serial_page
from ..support.browser import on
from ..support.serial_checks import EXPECTED, PAGE, Echo, Reports

POPUP = """
() => new Promise((tell) => {
  document.querySelector("button").onclick = () => {
    const page = open("", "setup");
    page.document.write("<button>Choose</button>");
    page.document.close();
    page.document.querySelector("button").onclick = async () => {
      const port = await page.navigator.serial.requestPort({ filters: [{ usbVendorId: 0x2e8a }] });
      tell(port.getInfo());
    };
  };
})
"""
EVENTS = """
() => {
  const said = (window.said = []);
  for (const event of ["connect", "disconnect"])
    navigator.serial.addEventListener(event, async ({ target }) => {
      const ports = await navigator.serial.getPorts();
      said.push([event, target.getInfo().usbVendorId, target.connected, ports.includes(target)]);
    });
  document.querySelector("button").onclick = async () => {
    window.port = await navigator.serial.requestPort();
    said.push("chosen");
  };
}
"""
OPENED = "() => port.open({ baudRate: 115200 }).then(() => 'opened', (error) => error.name)"


@pytest.fixture
def echo():
    echo = Echo()
    yield echo
    echo.unplug()


@pytest.fixture
def serve():
    with ExitStack() as ends:

        def serve_one(page):
            reports = Reports(page)
            ends.callback(reports.close)
            return reports

        yield serve_one


@pytest.fixture
def url(serve):
    return serve(b"<!doctype html><button>Ask</button>").url


@contextmanager
def page_with(browser, board_port, usb=serial_page.PICO):
    context = browser.new_context()
    serial = serial_page.install(context, board_port, usb)
    yield context.new_page(), serial
    context.close()


def test_it_says_what_chromium_says(browser, serve):
    echo, reports = Echo(), serve(PAGE)
    with page_with(browser, echo.port, {}) as (page, serial):
        page.goto(reports.url)
        what = said = None
        while what != "said":
            try:
                what, said = reports.next(timeout=0.02)
            except Empty:
                page.wait_for_timeout(20)
                continue
            if what == "click":
                serial.chooses = said == "choose"
                page.click("button")
            elif what == "pull":
                echo.unplug()
    assert said == EXPECTED


def test_a_page_that_another_writes_has_it_too(browser, url, echo):
    with page_with(browser, echo.port) as (page, _serial):
        page.goto(url)
        page.evaluate("() => { window.told = (" + POPUP + ")(); }")
        with page.expect_popup() as popup:
            page.click("button")
        popup.value.click("button")
        assert page.evaluate("told") == serial_page.PICO


def choose(page, url):
    """Load a page that keeps what its port says, and choose the board."""
    page.goto(url)
    page.evaluate(EVENTS)
    page.click("button")
    on(page)(lambda: page.evaluate("said.length") == 1, "it is chosen")


def test_a_board_that_is_plugged_in_again_is_known(browser, url, echo):
    with page_with(browser, echo.port) as (page, serial):
        choose(page, url)
        serial.unplug()
        assert page.evaluate(OPENED) == "NetworkError"
        serial.plug_in(echo.port)
        on(page)(lambda: page.evaluate("said.length") == 3, "both events")
        vendor = serial_page.PICO["usbVendorId"]
        assert page.evaluate("said") == [
            "chosen",
            ["disconnect", vendor, False, False],
            ["connect", vendor, True, True],
        ]


def test_a_port_is_opened_by_one_at_a_time(browser, url, echo):
    with page_with(browser, echo.port) as (page, serial):
        choose(page, url)
        serial.busy = True
        assert page.evaluate(OPENED) == "NetworkError"
        serial.busy = False
        assert page.evaluate(OPENED) == "opened"
        another = page.context.new_page()
        another.goto(url)
        another.evaluate("() => navigator.serial.getPorts().then(([port]) => { window.port = port; })")
        assert another.evaluate(OPENED) == "NetworkError"
