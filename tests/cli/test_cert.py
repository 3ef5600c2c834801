"""`picopanel cert` and `picopanel.cert`."""

import ssl
from datetime import datetime, timedelta, timezone

import pytest
import trustme

from picopanel._errors import NotConnected
from picopanel._setup.certificates import FILES, cert, read

from ..support.listening import Listening


class Server(Listening):
    """Shakes hands over TLS with a chain of a root, an intermediate and its own certificate."""

    def __init__(self, folder):
        self.root = trustme.CA()
        self.intermediate = self.root.create_child_ca()
        own = self.intermediate.issue_cert("localhost")
        self.ca = folder / "root.pem"
        self.root.cert_pem.write_to_path(str(self.ca))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        own.configure_cert(context)
        super().__init__(lambda client: context.wrap_socket(client, server_side=True).close())
        self.address = f"localhost:{self.port}"


@pytest.fixture
def server(tmp_path):
    with Server(tmp_path) as server:
        yield server


def der(authority):
    return ssl.PEM_cert_to_DER_cert(authority.cert_pem.bytes().decode())


def test_writes_the_root_of_the_verified_path_and_not_what_is_sent(server, tmp_path):
    found = cert(server.address, ca=server.ca, out=tmp_path / "out")
    root = der(server.root)
    assert found.der == root, "the broker sends its own and the intermediate only"
    assert found.is_root
    written = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert written["ca.der"] == written["hivemq-com-chain.der"] == root
    assert ssl.PEM_cert_to_DER_cert(written["ca.pem"].decode()) == root


def test_writes_nothing_that_it_cannot_verify(server, tmp_path):
    with pytest.raises(NotConnected, match="not signed by anyone this computer trusts"):
        cert(server.address, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_takes_what_is_sent_only_if_that_is_spelled_out(run, server, tmp_path):
    program = run("-m", "picopanel", "cert", server.address, "--unverified", "--out", tmp_path)
    assert program.finish() == 0
    assert "Path:    NOT verified" in program.lines
    assert (tmp_path / "ca.der").read_bytes() == der(server.intermediate)
    assert any("is an intermediate" in line for line in program.lines), program.lines


def test_prints_subject_and_expiry_and_warns_of_the_intermediate_it_replaces(run, server, tmp_path):
    (tmp_path / FILES[-1]).write_bytes(der(server.intermediate))
    program = run("-m", "picopanel", "cert", server.address, "--ca", server.ca, "--out", tmp_path)
    assert program.finish() == 0
    said = "\n".join(program.lines)
    assert f"Subject: {read(der(server.root))[0].subject}" in said
    assert "Expires: 3000-01-01" in said
    assert "is an intermediate" in said
    assert (tmp_path / FILES[-1]).read_bytes() == der(server.root)


def test_warns_of_a_root_that_ends_within_a_year(server):
    (root,) = read(der(server.root))
    assert root.warnings(datetime(2998, 12, 1, tzinfo=timezone.utc)) == []
    (warning,) = root.warnings(root.expires - timedelta(days=300))
    assert "within a year" in warning


def test_says_that_a_servers_own_certificate_is_not_an_authoritys(server):
    own = server.intermediate.issue_cert("localhost").cert_chain_pems[0].bytes()
    with pytest.raises(ValueError, match="renewed every few weeks"):
        read(own)


def test_names_what_keeps_it_from_connecting():
    with pytest.raises(NotConnected, match="Nothing listens at the broker's port"):
        cert("127.0.0.1:1")
