"""What a start takes: without TLS, and over it with each kind of key that a broker's authority may have."""

from functools import partial

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from trustme import KeyType

from ..support.waiting import eventually
from .authority import HOST, Authority, days_ago, write
from .conftest import TOLD_OF_MEMORY

LEAST_FREE = 60_000  # bytes, with everything loaded and connected
PLAIN, EC, RSA, LONGER = (
    "without TLS",
    "EC keys of 256 bits",
    "RSA keys of 2048",
    "EC, the authority's of 384",
)


class Longer:
    """An authority whose own keys are longer, as those are by which Let's Encrypt issues for EC keys."""

    def write(self, folder):
        keys = [ec.generate_private_key(ec.SECP384R1()) for _ in range(2)]
        root = _certified("Root", keys[0], "Root", keys[0])
        between = _certified("Between", keys[1], "Root", keys[0])
        key = keys[1].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        own = trustme.CA.from_pem(between, key).issue_cert(HOST)
        write(folder, root, own, [own.cert_chain_pems[0].bytes(), between])


def _certified(name, key, issuer, issuers_key):
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    made = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(days_ago(1))
        .not_valid_after(days_ago(-1000))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return made.sign(issuers_key, hashes.SHA384()).public_bytes(Encoding.PEM)


def _named(name):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


AUTHORITIES = {PLAIN: Authority, EC: Authority, RSA: partial(Authority, KeyType.RSA), LONGER: Longer}


@pytest.mark.parametrize("keys", AUTHORITIES)
def test_a_start_leaves_memory_and_is_quicker_than_the_watchdog(laboratory, measured, keys):
    room = laboratory(AUTHORITIES[keys]())
    chip = room.board(tls=keys != PLAIN, extras=TOLD_OF_MEMORY)
    chip.wait_for("Time: set.", within=600)
    before = chip.measure()["seconds"]
    chip.wait_for("Broker: connected.", within=300)
    taken = chip.measure()["seconds"] - before
    measured(f"{keys}: from the time to the broker, ms by the chip's clock", 1000 * taken)
    pico = room.pico()
    eventually(lambda: pico.status == "online", "the panel knows the board", within=120, seen=lambda: pico)
    reply = pico.read(timeout=60)
    measured(f"{keys}: free while connected, bytes", reply.values["free"])
    chip.stop()
    assert reply.values["free"] > LEAST_FREE, f"{keys}: expected more than {LEAST_FREE} bytes: {reply}"
