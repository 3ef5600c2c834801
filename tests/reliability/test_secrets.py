"""A known password, and a search for it in everything that a panel makes."""

import json
import os

import nbformat
import pytest
from nbclient import NotebookClient

PASSWORD = "Correct-Horse-7%2F"
USER = "ada-lovelace-1815"
LOGIN = f"{USER}:Correct-Horse-7%252F"

SETUP = """
import logging, traceback
logging.basicConfig(level=logging.DEBUG, filename={log!r}, force=True)
from picopanel import Broker, Pico, PicoPanel
panel = PicoPanel("secret-id")
panel
"""
USE = """
while panel.temperature is None: panel.sleep(0.05)
panel.toggle()
broker = Broker({url!r})
print(repr(panel), str(panel), [broker], f"{{broker}}", broker.url, panel._device.diagnosis())
print(panel.doctor())
panel._on_page_message(panel, {{"type": "ask", "since": 0, "messages": 0}}, [])  # the drawer is opened
assert panel.messages()
panel.to_csv({csv!r})
panel.figure().write_html({html!r})
panel.figure()
"""
ERRORS = [
    "%xmode Verbose",
    "PicoPanel('x', broker={url!r} + ':notaport')",
    "PicoPanel('<x>', broker={url!r})",
    "Broker({url!r}, ca='/nowhere.pem')",
    "PicoPanel({url!r})",
    "Broker({url!r}.replace('Correct', '2024#Correct'))",
    "Broker({url!r}, password='Correct-Horse')",
    "import warnings; warnings.simplefilter('always'); Pico('a b', broker={url!r}).close()",
    "panel.blink(n=1); panel.send_and_receive('fly')",
    "nobody = Pico('nobody', broker={url!r}); nobody.toggle(timeout=0.3)",
    "wrong = Pico('wrong', broker={wrong!r}); wrong.sleep(1); print(wrong.status); wrong.on()",
    "import pickle; pickle.dumps(Broker({url!r}))",
    "try:\n    1 / 0\nexcept ZeroDivisionError:\n    Pico('wrong', broker={wrong!r}).on(timeout=1)",
]


class Recorder(NotebookClient):
    """Keeps every message that the kernel sends, comm traffic included."""

    traffic: list[dict]

    def process_message(self, msg, cell, cell_index):
        self.traffic.append(msg)
        return super().process_message(msg, cell, cell_index)


@pytest.fixture
def made(tmp_path, start, run, monkeypatch):
    """Everything that a notebook with a password has made: by name, as text; the cells' sources left out."""
    broker = start(users={USER: PASSWORD, "board": "b"})
    url = broker.url(login=LOGIN)
    facts = {
        "url": url,
        "wrong": broker.url(login=f"{USER}:{PASSWORD}-wrong".replace("%", "%25")),
        **{kind: str(tmp_path / f"made.{kind}") for kind in ("log", "csv", "html")},
    }
    pico = run(
        "-m", "picopanel", "pico", "secret-id", "--interval", "100", "--broker", broker.url(login="board:b")
    )
    pico.wait_for("Online")
    for name, value in {
        "PICOPANEL_BROKER": url,
        "HIVEMQ_PASSWORD": PASSWORD,
        "IPYTHONDIR": str(tmp_path),
        "JUPYTER_CONFIG_DIR": str(tmp_path),
        "HOME": str(tmp_path),
    }.items():
        monkeypatch.setenv(name, value)
    sources = [source.format(**facts) for source in [SETUP, USE, *ERRORS]]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    client = Recorder(notebook, allow_errors=True, timeout=60, store_widget_state=True, resources={})
    client.traffic = []
    client.execute(cwd=os.getcwd())
    for cell in notebook.cells:
        cell.source = ""
    traffic = [each for each in client.traffic if each["msg_type"] != "execute_input"]
    return {
        "saved notebook": json.dumps(notebook),
        "traffic with the page": repr([(each["content"], each.get("buffers")) for each in traffic]),
        **{kind: open(facts[kind]).read() for kind in ("log", "csv", "html")},
    }


def test_no_password_and_no_user_in_anything_that_is_made(made):
    """Saved notebook with widget state, comm traffic, log at debug level, CSV, HTML, tracebacks."""
    for each in (
        "InvalidBroker",
        "InvalidDeviceID",
        "InvalidCommand",
        "NoAnswer",
        "NotConnected",
        "NotPickled",
    ):
        assert each in made["saved notebook"], f"the notebook has met {each}"
    assert "NATS" in made["saved notebook"], "and a warning"
    assert "news" in made["traffic with the page"]
    assert "'subscribe', 'secret-id/ack'" in made["traffic with the page"], "the drawer has been told"
    assert "secret-id/ack" not in made["saved notebook"], "what passed is not saved"
    for name, text in made.items():
        for secret in (PASSWORD, PASSWORD.replace("%", "%25"), "Correct-Horse"):
            assert secret not in text, f"the password is in the {name}: {around(text, secret)}"
        assert USER not in text, f"the user name is in the {name}: {around(text, USER)}"


def around(text: str, found: str) -> str:
    at = text.find(found)
    return text[max(0, at - 300) : at + 50]
