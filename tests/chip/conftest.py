"""A broker with the certificates of a hosted one, and boards set up for it, which end with their file."""

import os
from pathlib import Path

import pytest

from picopanel import Broker, Pico
from picopanel._setup.files import contents, download

from ..support.mosquitto import Mosquitto
from ..support.mqtt_as import mqtt_as_package
from ..support.spy import Spy
from ..support.waiting import eventually
from .authority import HOST, Authority
from .chip import Chip

USER, PASSWORD = "board", "a password"
ADA = ("ada", "another")
WIFI = {"SSID": "RP2040PY-GUEST", "PASSWORD": "any will do"}  # what the emulated radio hears
PATIENT = "from pico import link\n\nlink.KEEPALIVE = 600\n"  # the chip's seconds are not the broker's
NOTHING = "    pass\n"  # the last line of the function `extras` in `main.py`
TOLD_OF_MEMORY = """
    import gc

    def free():
        gc.collect()
        return gc.mem_free()

    board.channel("free", free, unit="B")
"""
HOST_OF_BOTH = "localhost"  # a board and this computer must both reach the broker by that name
CELL = """
from picopanel import BoardSetup, Broker
from picopanel._setup import setup
setup.ONLINE_WITHIN = 900
broker = Broker({url!r}, username={user!r}, password={password!r}, ca={ca!r})
card = BoardSetup(broker=broker, mqtt_as={mqtt_as!r})
card
""".strip()
WHOLE = os.environ.get("PICOPANEL_CHIP") == "1"  # `make chip`
if not WHOLE:
    more = ("browser", "day", "keys", "setup", "setup_page", "trust", "usb")
    collect_ignore = [f"test_chip_{name}.py" for name in more]


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.timeout(1200))


def set_up(broker, device_id, extras=NOTHING):
    """The files that `board setup` writes, for a board that is patient, with these extras in `main.py`."""
    files, missing = contents(device_id, broker, WIFI, mqtt_as_package(), download)
    assert not missing
    main, start = files["main.py"].decode(), "Board(my_secrets).run"
    assert main.count(NOTHING) == main.count(start) == 1
    files["main.py"] = main.replace(NOTHING, extras).replace(start, PATIENT + start).encode()
    return files


class Laboratory:
    """A broker that boards reach over TLS or not, and notebooks of this machine.

    Attributes:
        trust: Its broker's certificates are in here.
    """

    def __init__(self, folder, authority):
        self.trust, self._folder, self._parts = folder / "broker", folder, []
        users = {USER: PASSWORD, **dict([ADA])}
        self.broker = Mosquitto(self.trust, listeners=("mqtt", "mqtts"), users=users)
        authority.write(self.trust)
        self.broker.start()
        self._parts.append(self.broker.stop)

    def board(self, device_id="chip", *, tls=True, extras=NOTHING, **more):
        """Switch on a board that was set up for this broker."""
        kind = "mqtts" if tls else "mqtt"
        url = f"{kind}://{HOST}:{self.broker.ports[kind]}"
        broker = Broker(url, username=USER, password=PASSWORD, ca=self.trust / "ca.pem" if tls else None)
        return self.switch_on(set_up(broker, device_id, extras), broker.port, **more)

    def switch_on(self, files, port, host=HOST, **more):
        """Switch on a board with these files."""
        folder = self._folder / f"board{len(self._parts)}"
        folder.mkdir()
        chip = Chip(files, folder, port=port, host=host, **more)
        self._parts.append(chip.stop)
        return chip

    def pico(self, device_id="chip"):
        pico = Pico(device_id, broker=self.broker.url(login=":".join(ADA)))
        self._parts.append(pico.close)
        return pico

    def spy(self):
        spy = Spy(self.broker.port, login=ADA)
        self._parts.append(spy.close)
        return spy

    def close(self):
        for end in reversed(self._parts):
            end()


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory):
    """Makes one: `laboratory(authority)`."""
    made = []

    def make(authority=None):
        made.append(Laboratory(tmp_path_factory.mktemp("laboratory"), authority or Authority()))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def new_board(laboratory):
    """A board with another program on it, and the cell that sets it up."""
    room = laboratory(Authority(name=HOST_OF_BOTH))
    port = room.broker.ports["mqtts"]
    chip = room.switch_on({"main.py": b"print('of before')\n"}, port, HOST_OF_BOTH)
    eventually(lambda: chip.console_port, "its console can be reached")
    url, ca = f"mqtts://{HOST_OF_BOTH}:{port}", str(room.trust / "ca.pem")
    given = {"url": url, "user": USER, "password": PASSWORD, "ca": ca, "mqtt_as": str(mqtt_as_package())}
    return chip, CELL.format(**given)
