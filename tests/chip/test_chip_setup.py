"""`picopanel board` and its mpremote, on a board that is new."""

import os
import subprocess
import sys

import pytest

from picopanel import Broker
from picopanel._setup import on_board, setup, usb
from picopanel._setup.by_kernel import ByKernel
from picopanel._setup.check import check
from picopanel._setup.usb import Mpremote

from ..support.mqtt_as import mqtt_as_package
from ..support.terminal import read_until
from ..support.waiting import eventually
from .authority import Authority
from .conftest import PASSWORD, USER, WIFI

CTRL_D, ENDS = b"\x04", b"\x1d"
HOST = "localhost"  # the board and this computer must both reach it by that name


@pytest.fixture(scope="module")
def room(laboratory):
    return laboratory(Authority(name=HOST))


@pytest.fixture(scope="module")
def chip(room):
    chip = room.switch_on({"main.py": b"print('of before')\n"}, room.broker.ports["mqtts"], HOST)
    eventually(lambda: chip.console_port, "its console can be reached")
    return chip


@pytest.fixture
def mpremote(chip, monkeypatch):
    monkeypatch.setattr(usb, "_MEETS_WITHIN", usb.ANSWERS_WITHIN)  # its second is some forty of ours
    return Mpremote(chip.console_port)


def test_setup_installs_starts_and_blinks(room, chip, mpremote, monkeypatch, tmp_path):
    monkeypatch.setattr(setup, "ONLINE_WITHIN", 900)
    mqtt_as = tmp_path / "mqtt_as"  # 0.7.1 is a single file, which `check` does not look for
    mqtt_as.mkdir()
    (mqtt_as / "__init__.py").write_bytes(next(mqtt_as_package().glob("*.py")).read_bytes())
    url = f"mqtts://{HOST}:{room.broker.ports['mqtts']}"
    broker = Broker(url, username=USER, password=PASSWORD, ca=room.trust / "ca.pem")
    said = list(setup.set_up(ByKernel(mpremote), "chip", broker, WIFI, mqtt_as))
    assert said[-1] == ("blink", "It has just blinked five times.")
    blinks = [True, False] * 5
    eventually(lambda: chip.lit[-10:] == blinks, "it blinks", seen=lambda: chip.lit)


def test_check_finds_it_whole(mpremote):
    found = {finding.step: finding.result for finding in check(mpremote)}
    assert found == dict.fromkeys(("board", "firmware", "secrets", "certificate", "clock"), "passed")


def test_logs_show_a_start_on_its_console(mpremote):
    command = [sys.executable, "-m", "picopanel", "board", "logs", "--port", mpremote.port]
    main, terminal = os.openpty()
    logs = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal)
    read_until(main, b"Use Ctrl-]")
    os.write(main, CTRL_D)
    read_until(main, b"PicoPanel starts in two seconds")
    os.write(main, ENDS)
    assert logs.wait(30) == 0


def test_restore_puts_back_what_was_there(chip, mpremote):
    assert mpremote.answer(on_board.restore()) == ["main.py"]
    assert mpremote.do(["exec", "print(open('main.py').read())"]).strip() == "print('of before')"
