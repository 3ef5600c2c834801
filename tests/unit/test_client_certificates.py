"""The certificate files that a broker is given: read at once, checked at once, never shown."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from picopanel import Broker, InvalidBroker
from picopanel._cli.options import broker_of

SECRET = "s3cret-Pa55"


class Identity:
    """Files of an authority and of a client certificate of it."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        mine = authority.issue_cert("ada@broker.example")
        self.ca, self.cert, self.key = (folder / name for name in ("ca.pem", "ada.pem", "ada.key"))
        authority.cert_pem.write_to_path(self.ca)
        mine.cert_chain_pems[0].write_to_path(self.cert)
        mine.private_key_pem.write_to_path(self.key)


@pytest.fixture
def identity(tmp_path: Path) -> Identity:
    return Identity(tmp_path)


@pytest.mark.parametrize("url", ["mqtt://h", "ws://h", "localhost", "127.0.0.1:1883"])
def test_s4_certificates_without_tls_are_refused(identity: Identity, url: str) -> None:
    for more in ({"ca": identity.ca}, {"cert": identity.cert, "key": identity.key}, {"key": identity.key}):
        with pytest.raises(InvalidBroker, match="write mqtts:// or wss://"):
            Broker(url, **more)  # type: ignore[arg-type]
    assert Broker("mqtts://localhost", ca=identity.ca).ca == str(identity.ca)


def test_w2_a_client_certificate_is_read_when_it_is_given(
    identity: Identity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    broker = Broker("mqtts://h", ca="ca.pem", cert="ada.pem", key="ada.key")
    assert (broker.cert, broker.key) == (str(identity.cert), str(identity.key))
    both = tmp_path / "both.pem"
    both.write_bytes(identity.cert.read_bytes() + identity.key.read_bytes())
    assert Broker("mqtts://h", cert=both).key == str(both), "both may be in one file"
    context = broker.tls_context()
    assert len({broker, Broker("mqtts://h", ca="ca.pem", cert="ada.pem", key="ada.key")}) == 1
    Identity(tmp_path)
    assert broker != Broker("mqtts://h", ca=broker.ca, cert="ada.pem", key="ada.key"), "another certificate"
    identity.key.unlink()
    assert broker.tls_context() is context, "a drive that is gone ends no reconnecting"
    assert Broker("mqtts://h").cert is Broker("mqtts://h").key is None


def test_w2_what_is_no_client_certificate_is_refused_and_not_shown(
    identity: Identity, tmp_path: Path
) -> None:
    def said(**files: object) -> str:
        with pytest.raises(InvalidBroker) as refusal:
            Broker("mqtts://h", **files)  # type: ignore[arg-type]
        return str(refusal.value)

    other = tmp_path / "other"
    other.mkdir()
    assert "goes with cert=" in said(key=identity.key)
    assert "belongs to another certificate" in said(cert=identity.cert, key=Identity(other).key)
    assert "no certificate and its key in PEM" in said(cert=identity.cert)
    assert "no certificate and its key in PEM" in said(cert=identity.key, key=identity.key)
    assert "at the path given as cert=" in said(cert="nowhere", key=identity.key)
    pasted = said(cert=identity.cert, key=identity.key.read_text())
    assert "takes the path of a file" in pasted
    assert "BEGIN" not in pasted
    for file in (other, tmp_path / SECRET):
        assert SECRET not in said(ca=file), "what is no path may be anything"


@pytest.mark.parametrize(
    "form", [serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL]
)
def test_w2_a_locked_key_is_told_how_to_unlock(identity: Identity, form: serialization.PrivateFormat) -> None:
    key = serialization.load_pem_private_key(identity.key.read_bytes(), None)
    lock = serialization.BestAvailableEncryption(SECRET.encode())
    identity.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, lock))
    with pytest.raises(InvalidBroker, match=r"locked with a password(.|\n)*openssl pkey"):
        Broker("mqtts://h", cert=identity.cert, key=identity.key)


def test_w2_a_command_takes_a_client_certificate(identity: Identity) -> None:
    files = {"ca": str(identity.ca), "cert": str(identity.cert), "key": str(identity.key)}
    broker = broker_of(Namespace(broker="mqtts://h", **files))
    assert (broker.ca, broker.cert, broker.key) == tuple(files.values())
    for name, path in files.items():
        with pytest.raises(InvalidBroker, match=f"--{name} goes with --broker"):
            broker_of(Namespace(broker=None, **{name: path}))
