"""`BoardSetup` without its page: mpremote itself, on a real MicroPython behind a pseudo-terminal."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from picopanel import BoardSetup, NoBroker, PicoPanel, PicoPanelError
from picopanel._panel import board_setup
from picopanel._setup import setup

from ..support.programs import Program
from ..support.waiting import PATIENCE, eventually

SSID, WIFI_PASSWORD, ID, PASSWORD = "lab", "wifi-s3cret", "b-1", "right"
STEPS = 7


class Desk:
    """A board on USB, and the card that sets it up; when its program starts, a virtual Pico answers."""

    def __init__(self, board, broker, mqtt_as, password=PASSWORD, port=None):
        self.board, self.starts, self.clicks = board, [], count()
        self.url = broker.url(login=f"ada:{PASSWORD}")
        board.on_reset = self.start
        given = broker.url(login=f"ada:{password}")
        self.setup = BoardSetup(ID, broker=given, port=port or board.port, mqtt_as=mqtt_as)
        self.card = self.setup.children[0]

    def start(self):
        self.board.say(b"PicoPanel starts in two seconds\r\n")
        self.starts.append(Program(["-m", "picopanel", "pico", ID, "--broker", self.url]))

    def say(self, **message):
        self.card._handle_custom_msg(message, [])

    def press(self, device_id=ID, ssid=SSID):
        given = {"id": device_id, "ssid": ssid, "password": WIFI_PASSWORD}
        self.say(type="start", click=str(next(self.clicks)), **given)

    @property
    def state(self):
        return self.card._state

    def steps(self):
        return [step["state"] for step in self.state["steps"]]

    def wait(self, within=PATIENCE):
        eventually(lambda: not self.state["running"], "it has ended", within=within, seen=lambda: self.state)

    def close(self):
        self.setup.close()
        for program in self.starts:
            program.kill()


@pytest.fixture
def desk(plug_in, locked_broker, mqtt_as):
    """Lays one out: `desk(password="wrong")`."""
    made = []

    def lay(files=(), board=None, **more):
        made.append(Desk(plug_in(files, **board or {}), locked_broker, mqtt_as, **more))
        return made[-1]

    yield lay
    for each in made:
        each.close()


def test_goes_from_an_empty_board_to_its_first_blink(desk):
    at = desk()
    assert repr(at.setup) == "<BoardSetup: not done yet>"
    told = []
    at.card.observe(lambda _: told.append(tuple(at.steps())), "_state")
    at.press()
    at.wait()
    work = [steps for steps in told if "doing" in steps]
    wanted = [("done",) * nth + ("doing",) + ("waits",) * (STEPS - 1 - nth) for nth in range(STEPS)]
    assert [*dict.fromkeys(work)] == wanted, "one step after the other"
    assert at.state["trouble"] is None
    assert at.steps() == ["done"] * STEPS
    assert at.state["steps"][-1]["says"] == "It has just blinked five times."
    assert "PicoPanel starts in two seconds" in at.state["console"]
    assert WIFI_PASSWORD in (at.board.flash / "my_secrets.py").read_text()


def test_no_password_is_in_what_a_notebook_keeps(desk, capfd):
    at = desk()
    at.press()
    at.wait()
    kept = json.dumps([at.card.get_state(), at.setup.get_state()], default=str)
    printed = "".join(capfd.readouterr())
    for secret in (WIFI_PASSWORD, PASSWORD):
        assert secret not in kept + printed


@pytest.mark.parametrize(
    ("board", "given", "typed", "step", "said"),
    [
        ({}, {"password": "wrong"}, {}, 0, "Nothing on the board was changed."),
        ({}, {}, {"device_id": "a+b"}, 0, "The device ID 'a+b' holds '+'"),
        ({}, {}, {"ssid": ""}, 0, "The board needs a Wi-Fi"),
        ({}, {"port": "/dev/nothing"}, {}, 1, "No board is at /dev/nothing."),
        ({"wifi": False}, {}, {}, 1, "knows no Wi-Fi"),
    ],
)
def test_what_is_wrong_is_told_at_its_step_and_nothing_is_written(desk, board, given, typed, step, said):
    at = desk({"main.py": "print('course')"}, board, **given)
    at.press(**typed)
    at.wait()
    assert said in at.state["trouble"]
    assert at.steps() == ["done"] * step + ["failed"] + ["waits"] * (STEPS - step - 1)
    assert (at.board.flash / "main.py").read_text() == "print('course')"


def test_an_address_with_a_password_in_the_ids_place_is_kept_nowhere(desk):
    at = desk()
    at.press("mqtts://ada:s3cret-pw@broker.example")
    at.wait()
    assert at.state["trouble"]
    assert "s3cret-pw" not in json.dumps(at.card.get_state(), default=str)
    assert at.state["id"] == ID


def test_stopped_in_the_last_step_it_has_come_to_its_end(desk, monkeypatch):
    at = desk()
    given = setup.set_up

    def stopped_at_the_end(*arguments, **more):
        for done in given(*arguments, **more):
            if done.step == "blink":
                at.say(type="stop")
            yield done

    monkeypatch.setattr(setup, "set_up", stopped_at_the_end)
    at.press()
    at.wait()
    assert at.state["trouble"] is None
    assert at.steps() == ["done"] * STEPS


def test_stopped_in_a_step_it_ends_behind_that(desk):
    at = desk()
    at.press()
    at.say(type="stop")
    at.wait()
    assert at.state["trouble"].startswith("Stopped.")
    assert at.steps() == ["done"] + ["waits"] * (STEPS - 1)


def test_a_set_up_ends_with_its_card(desk):
    at = desk()
    at.board.on_reset = lambda: None
    at.press()
    eventually(lambda: at.steps()[1] == "done", "it has begun", seen=at.steps)
    at.setup.close()
    at.wait(within=20)
    assert at.setup.panel is None


def test_another_card_stops_the_first_and_says_so(desk):
    at, other = desk(), desk()
    at.board.on_reset = lambda: None
    at.press()
    eventually(lambda: at.steps()[5] == "doing", "it waits", seen=at.steps)
    other.press()
    assert other.state["trouble"].startswith("Another card was at work")
    at.wait(within=10)
    other.press()
    other.wait()
    assert other.steps() == ["done"] * STEPS, other.state


def test_the_country_of_the_environment_goes_to_the_board(desk, monkeypatch):
    monkeypatch.setenv("PICOPANEL_WIFI_COUNTRY", "DE")
    at = desk()
    at.press()
    at.wait()
    assert "COUNTRY = 'DE'" in (at.board.flash / "my_secrets.py").read_text()


def test_a_port_that_is_not_ours_to_open_names_the_group(desk, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    at = desk(port="/dev")
    at.press()
    at.wait()
    assert at.state["trouble"].startswith("This user may not open /dev. On Linux, run `sudo usermod")


def test_it_can_be_stopped_while_it_waits_and_begun_again(desk):
    at = desk()
    resets, start = [], at.board.on_reset
    at.board.on_reset = lambda: resets.append(True)
    at.press()
    eventually(lambda: resets and at.steps()[5] == "doing", "it waits", seen=at.steps)
    at.press()  # one at a time
    at.say(type="stop")
    at.wait(within=10)
    assert at.state["trouble"].startswith("Stopped.")
    assert at.steps()[5] == "failed"
    at.board.on_reset = start
    at.press()
    at.wait()
    assert at.steps() == ["done"] * STEPS, at.state
    assert len(at.starts) == 1


def test_a_click_that_comes_twice_counts_once(desk):
    at = desk(password="wrong")
    for _ in range(2):
        at.say(type="start", click="the same", id=ID, ssid=SSID, password=WIFI_PASSWORD)
        at.wait()
    at.setup.children[0]._state = {**at.state, "trouble": "of before"}
    at.say(type="start", click="the same", id=ID, ssid=SSID, password=WIFI_PASSWORD)
    assert at.state["trouble"] == "of before"


@pytest.mark.parametrize(
    "message",
    [None, [], "start", {}, {"type": "start"}, {"type": 3}, {"type": "start", "click": {}}],
)
def test_what_no_page_of_ours_says_is_ignored(desk, message):
    at = desk()
    at.card._handle_custom_msg(message, [])
    assert at.steps() == ["waits"] * STEPS


def test_a_board_pulled_out_is_told_and_the_next_set_up_finishes(desk):
    at = desk({"main.py": "print('course')"})
    at.press()
    eventually(lambda: at.steps()[2] == "done", "it writes", seen=at.steps)
    at.board.unplug()
    at.wait()
    assert at.steps()[3] == "failed"
    assert at.state["trouble"], "it says why"
    again = desk(board={"flash": at.board.flash})
    again.press()
    again.wait()
    assert again.steps() == ["done"] * STEPS, again.state
    assert (again.board.flash / "before_picopanel/main.py").read_text() == "print('course')"


def test_a_panel_gives_the_card_for_its_own_board(locked_broker):
    panel = PicoPanel(ID, broker=locked_broker.url(login=f"ada:{PASSWORD}"))
    setup = panel.setup()
    state = setup.children[0]._state
    assert (state["id"], state["broker"]) == (ID, locked_broker.url())
    setup.close()
    panel.close()


def test_a_virtual_board_is_not_set_up():
    panel = PicoPanel.demo("needs-none")
    with pytest.raises(PicoPanelError, match="A virtual board or a recording is not set up"):
        panel.setup()
    panel.close()


def test_without_a_broker_it_says_how_to_give_one():
    with pytest.raises(NoBroker, match="No broker was given"):
        BoardSetup()


def test_a_wrong_argument_is_named():
    with pytest.raises(PicoPanelError, match="takes no argument 'prot'"):
        BoardSetup(prot="COM5")


def test_what_a_board_prints_can_be_read_at_any_time_and_nothing_is_said_to_it(desk):
    at = desk()
    at.say(type="console", click="read")
    eventually(lambda: at.board.say(b"warm 23\r\n") or "warm 23" in at.state["console"], "it is read")
    at.press()
    assert (at.state["running"], at.state["reading"]) == (False, True), "one thing at a time"
    at.say(type="stop")
    eventually(lambda: not at.state["reading"], "it is read no more")
    assert (at.state["trouble"], at.board.programs) == (None, [])
    at.board.unplug()
    at.say(type="console", click="again")
    eventually(lambda: at.state["reading"], "a board that is not there yet is waited for")
    at.say(type="stop")
    eventually(lambda: not at.state["reading"], "and that ends")


def test_two_cards_do_not_read_one_board(desk):
    first, second = desk(), desk()
    first.say(type="console", click="read")
    second.say(type="console", click="read")
    assert "Another card was at work" in second.state["trouble"]
    eventually(lambda: not first.state["reading"], "the first one lets go")
    second.say(type="console", click="again")
    assert second.state["reading"]


def test_told_of_a_board_by_two_threads_at_once_it_shows_one_panel(desk, monkeypatch):
    """JupyterLab's messages come in a thread of their own, and its end in the kernel's main one."""
    made = []

    def make(*given, **named):
        made.append(PicoPanel(*given, **named))
        return made[-1]

    monkeypatch.setattr(board_setup, "PicoPanel", make)
    at = desk()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(at.setup._show_panel, [ID] * 4))
    assert made == [at.setup.panel]


def test_a_virtual_board_that_is_to_be_set_up_says_that_it_cannot_be():
    """A page may ask for it: one that is away when its panel is opened looks like a board that never was."""
    panel = PicoPanel.demo("no-board")
    panel._on_page_message(panel, {"type": "setup", "open": True}, [])
    assert panel._setup is None
    assert "A virtual board or a recording is not set up" in panel._now()["notices"][-1]
    panel.close()
