"""The certificate files that `board setup` writes, in the MicroPython of a Pico W itself."""

import pytest
import trustme
from cryptography.x509 import load_pem_x509_certificate
from trustme import KeyType

from picopanel import Broker
from picopanel._setup.certificates import FORMER_CA, own_files
from picopanel._setup.files import firmware

from . import chip

LOAD = """
from pico import certificates
{change}
try:
    certificates.context()
    print('loaded', [len(root) for root in certificates.split(certificates._read({name!r}))])
except certificates.Unusable as problem:
    print('unusable', problem)
"""


OF_EVERYBODY = Broker("mqtts://h")
"""One whose authority every board knows."""


def files(broker=OF_EVERYBODY):
    """What `board setup` puts there, but for `main.py`, which would start the radio, and for mqtt_as."""
    found = {**firmware()[0], **own_files(broker)}
    return {name: data for name, data in found.items() if name != "main.py" and "mqtt_as" not in name}


def test_b1_the_shipped_roots_are_all_taken(tmp_path):
    program = LOAD.format(change="", name="roots.der")
    assert chip.run(files(), program, tmp_path) == ["loaded [1391, 543]"]


def test_b1_every_root_of_a_broker_of_ones_own_is_taken(tmp_path):
    roots = [trustme.CA(), trustme.CA()]
    (tmp_path / "ca.pem").write_bytes(b"".join(root.cert_pem.bytes() for root in roots))
    program = LOAD.format(change="", name="ca.der")
    (line,) = chip.run(files(Broker("mqtts://h", ca=tmp_path / "ca.pem")), program, tmp_path)
    assert line.startswith("loaded [")
    assert line.count(",") == 1, "expected two roots"


@pytest.mark.parametrize("kind", KeyType)
def test_w2_a_certificate_of_the_boards_own_is_taken(tmp_path, kind):
    authority = trustme.CA(key_type=kind)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    own = authority.issue_cert("board", key_type=kind)
    own.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "board.pem"))
    broker = Broker("mqtts://h", ca=tmp_path / "ca.pem", cert=tmp_path / "board.pem")
    brought = files(broker)
    assert {"cert.der", "key.der"} <= set(brought)
    (line,) = chip.run(brought, LOAD.format(change="", name="ca.der"), tmp_path)
    assert line.startswith("loaded [")


def test_b1_text_is_refused_as_the_tests_of_native_micropython_refuse_it(tmp_path):
    """If this one fails, Pico W images read PEM, and `tests/firmware/shims/ssl.py` is to follow."""
    text = trustme.CA().cert_pem.bytes()
    assert load_pem_x509_certificate(text), "there is nothing wrong with it but its form"
    program = LOAD.format(change=f"certificates.SHIPPED_ROOTS = {FORMER_CA!r}", name=FORMER_CA)
    lines = chip.run({**files(), FORMER_CA: text}, program, tmp_path)
    assert lines == [f"unusable {FORMER_CA}: invalid cert"]
