"""A broker with the certificates of a hosted one, and boards set up for it, which end with their test."""

import pytest
import trustme
from trustme import KeyType

from picopanel import Broker, Pico
from picopanel._setup.files import contents, download

from ..support.mosquitto import Mosquitto
from ..support.mqtt_as import mqtt_as_folder
from .chip import Chip

HOST, USER, PASSWORD = "broker.example", "board", "a password"
WIFI = {"SSID": "RP2040PY-GUEST", "PASSWORD": "any will do"}  # what the emulated radio hears
PATIENT = "from pico import link\n\nlink.KEEPALIVE = 600\n"  # the chip's seconds are not the broker's


def chain_of_three(folder, *, kind=KeyType.ECDSA, name=HOST, **more):
    """As HiveMQ Cloud has it: a root that nobody sends, one between, and the broker's own."""
    root = trustme.CA(key_type=kind)
    between = root.create_child_ca(key_type=kind)
    own = between.issue_cert(name, key_type=kind, **more)
    root.cert_pem.write_to_path(str(folder / "ca.pem"))
    own.private_key_pem.write_to_path(str(folder / "key.pem"))
    chain = b"".join(pem.bytes() for pem in own.cert_chain_pems)
    assert chain.count(b"BEGIN CERTIFICATE") == 2
    (folder / "chain.pem").write_bytes(chain)


def set_up(broker, device_id):
    """The files that `board setup` writes, for a board whose broker is slower than its clock."""
    files, missing = contents(device_id, broker, WIFI, mqtt_as_folder(), download)
    assert not missing
    start = b"Board(my_secrets).run"
    assert start in files["main.py"]
    files["main.py"] = files["main.py"].replace(start, PATIENT.encode() + start)
    return files


class Laboratory:
    """A broker that boards reach over TLS or not, and notebooks from this machine.

    Args:
        chain: Writes the certificates of its broker into a folder.
    """

    def __init__(self, folder, chain=chain_of_three):
        self.folder, self._parts = folder, []
        self.broker = Mosquitto(
            folder / "broker",
            listeners=("mqtt", "mqtts"),
            users={USER: PASSWORD, "ada": "another"},
        )
        chain(folder / "broker")
        self.broker.start()
        self._parts.append(self.broker.stop)

    def board(self, device_id="chip", *, tls=True, files=None, **more):
        """Switch a board on that was set up for this broker; `files` replace some of its own."""
        kind = "mqtts" if tls else "mqtt"
        broker = Broker(
            f"{kind}://{HOST}:{self.broker.ports[kind]}",
            username=USER,
            password=PASSWORD,
            ca=self.folder / "broker" / "ca.pem" if tls else None,
        )
        folder = self.folder / f"board{len(self._parts)}"
        folder.mkdir()
        written = {**set_up(broker, device_id), **(files or {})}
        chip = Chip(written, folder, port=broker.port, host=HOST, **more)
        self._parts.append(chip.stop)
        return chip

    def pico(self, device_id="chip"):
        pico = Pico(device_id, broker=self.broker.url(login="ada:another"))
        self._parts.append(pico.close)
        return pico

    def close(self):
        for end in reversed(self._parts):
            end()


@pytest.fixture
def laboratory(tmp_path):
    """Makes one: `laboratory(chain=...)`."""
    made = []

    def make(**more):
        made.append(Laboratory(tmp_path, **more))
        return made[-1]

    yield make
    for each in made:
        each.close()
