"""A real broker from a real JupyterLite: over the page's own WebSocket, with TLS, user and password."""

from contextlib import closing

import pytest

from ..support.browser import Window
from ..support.lite import LiteNotebook

WRITE = """async text => { await app.serviceManager.contents.save('my_secrets.py',
    { type: 'file', format: 'text', content: text }); }"""
SAVED = "async name => JSON.stringify(await app.serviceManager.contents.get(name, { content: true }))"
PANEL = "from picopanel import NotConnected, PicoPanel\npanel = PicoPanel()\npanel"
VERBS = "print(panel.toggle().led, len(list(panel.readings(n=3))))"
PLAIN = """
try:
    PicoPanel(broker="mqtts://broker.example")
except NotConnected as error:
    print(error)
"""
MISTYPED = (
    "from picopanel import Broker\nPicoPanel('bob-08', broker=Broker({!r}, username='ada', password='x'))"
)


@pytest.fixture
def window(browser):
    """Its browser has accepted the broker's certificate; in the end, no page has had an error."""
    window = Window(browser, any_certificate=True)
    with closing(window):
        yield window
        window.check()


def test_a_board_on_a_real_broker_in_a_page(lite, window, start, run):
    broker = start(listeners=("mqtt", "wss"), users={"ada": "her-word"})
    own = broker.url("mqtt", "ada:her-word")
    board = run("-m", "picopanel", "pico", "ada-07", "--interval", 100, "--broker", own)
    book = LiteNotebook(lite, window, [PANEL, VERBS, PLAIN, MISTYPED.format(broker.url("wss"))])
    secrets = {"HOST": broker.url("wss"), "USERNAME": "ada", "PASSWORD": "her-word"}
    lines = [f"HIVEMQ_{name} = {value!r}" for name, value in secrets.items()]
    book._act(WRITE, "\n".join([*lines, "COURSE_ID = 'ada-07'"]))

    book.run_to_end(0)
    panel = book.panel()
    panel.wait_until_ready()
    panel.streams(10)
    panel.click("On")
    panel.confirmed("On")
    assert book.run_to_end(1) == "False 3"

    broker.kill()
    panel.says("The broker closed the connection.")
    broker.start()
    panel.wait_until_ready()
    board.kill()
    panel.says("The Pico is offline.")

    assert "write wss://broker.example:8884/mqtt" in book.run_to_end(2)
    book.run_to_end(3)
    book.panel(3).says("The broker refused the user name or password")
    book.save()
    saved = book._act(SAVED, book.name)
    assert "ada-07" in saved and "her-word" not in saved, "the password is in my_secrets.py alone"
