"""What a broker and its certificates say, told in words: by panel and doctor, over TLS 1.2 and 1.3."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from pathlib import Path

import paho.mqtt
import pytest
import trustme

import picopanel
from picopanel import Broker, NotConnected, Pico, cert
from picopanel._doctor import examine
from picopanel._link.mqtt import shared_link
from picopanel._link.troubles import from_exception

from ..support.certificates import authority_without_key_usage, demand, identity
from ..support.ports import free_port
from ..support.pythons import pythons
from ..support.waiting import eventually

WANTED = "This broker wants a client certificate."
REFUSED = "The broker does not take the client certificate given as cert=."
STRICT = "This Python wants more in the certificates of the broker and its authority: "
VERSIONS = ["TLSv1.2", "TLSv1.3"]


@pytest.fixture
def demanding(start, monkeypatch, tmp_path):
    """Starts a broker that wants client certificates, over one version of TLS; and makes one for it."""

    def start_one(version, kind):
        limits = tmp_path / f"{version}.cnf"
        limits.write_text(
            "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = limits\n"
            f"[limits]\nMinProtocol = {version}\nMaxProtocol = {version}\n"
        )
        monkeypatch.setenv("OPENSSL_CONF", str(limits))
        broker = start(listeners=[kind, "mqtt"] if kind == "wss" else [kind], prepare=demand)
        monkeypatch.delenv("OPENSSL_CONF")
        return broker

    return start_one


def said(broker):
    """What the panel says of a broker, and at which step the doctor fails with which words."""
    with Pico("a", broker=broker) as pico:
        status = lambda: pico._device.link_status  # noqa: E731
        eventually(lambda: status().phase not in ("connecting",), "it is told", seen=status)
        trouble = pico._device.diagnosis()
    failed = [each for each in examine("a", shared_link(broker)) if each.result == "failed"]
    return trouble, failed


@pytest.mark.parametrize("kind", ["mqtts", "wss"])
@pytest.mark.parametrize("version", VERSIONS)
def test_w2_a_broker_that_wants_a_client_certificate_says_so_and_takes_one(demanding, version, kind):
    broker = demanding(version, kind)
    url, files = broker.url(kind), {"cert": broker.folder / "ada.pem", "key": broker.folder / "ada.key"}
    trouble, failed = said(Broker(url, ca=broker.ca))
    assert trouble.trouble == WANTED
    assert "Broker(url, cert='me.pem', key='me.key')" in trouble.next
    assert [(each.step, each.text.startswith(WANTED)) for each in failed] == [
        ("TLS" if version == "TLSv1.2" else "MQTT", True)
    ]
    with Pico("a", broker=Broker(url, ca=broker.ca, **files)) as pico:
        eventually(lambda: pico._device.link_status.phase == "connected", "it lets us in")


@pytest.mark.parametrize("version", VERSIONS)
def test_w2_a_client_certificate_of_somebody_elses_is_named(demanding, version, tmp_path):
    broker = demanding(version, "mqtts")
    identity(trustme.CA(), tmp_path, "eve")
    mine = Broker(broker.url("mqtts"), ca=broker.ca, cert=tmp_path / "eve.pem", key=tmp_path / "eve.key")
    trouble, failed = said(mine)
    assert trouble.trouble == REFUSED
    assert "unknown ca" in trouble.next
    assert failed[0].text.startswith(REFUSED)


def test_w2_a_broker_that_gives_no_alert_a_chance_to_be_read_is_heard_all_the_same(demanding):
    """Its alert has come and it has hung up before the first word is sent to it."""
    broker = demanding("TLSv1.3", "mqtts")
    mine = Broker(broker.url("mqtts"), ca=broker.ca)
    from picopanel._link.client import Buffered

    connection = mine.tls_context().wrap_socket(
        socket.create_connection(("localhost", broker.port)), server_hostname="localhost"
    )
    eventually(lambda: "peer did not return a certificate" in broker.log.read_text(), "it has hung up")
    buffered = Buffered(connection)
    eventually(lambda: is_refused(buffered), "nothing can be sent any more")
    assert buffered.broken is not None
    assert "CERTIFICATE_REQUIRED" in buffered.broken.reason
    connection.close()


def is_refused(buffered):
    try:
        buffered.send(b"\x10\x10")
    except OSError:
        return True
    return False


@pytest.mark.parametrize(
    ("reason", "problem"),
    [
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", "tls-other"),
        ("TLSV1_ALERT_PROTOCOL_VERSION", "tls-other"),
        ("UNSUPPORTED_PROTOCOL", "tls-other"),
        ("SSLV3_ALERT_BAD_CERTIFICATE", "client-certificate"),
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "client-certificate"),
        ("WRONG_VERSION_NUMBER", "not-tls"),
    ],
)
def test_w2_an_alert_is_told_for_what_it_is(reason, problem):
    error = ssl.SSLError(1, f"[SSL: {reason}] (_ssl.c:1006)")
    error.reason = reason
    status = from_exception(error, Broker("mqtts://h"))
    assert status.problem == problem
    assert status.detail == reason.replace("_", " ").lower()


def test_w4_an_authority_that_python_3_13_does_not_take_is_named_with_the_reason(start, strict):
    broker = start(listeners=["mqtts"], prepare=authority_without_key_usage)
    trouble, failed = said(Broker(broker.url("mqtts"), ca=broker.ca))
    assert trouble.trouble.startswith(STRICT)
    assert any(word in trouble.trouble for word in ("key usage", "Key Identifier", "not marked critical"))
    assert "An authority of your own" in trouble.next
    assert "ca='ca.pem'" not in trouble.next, "which was given"
    assert (failed[0].step, failed[0].text) == ("TLS", trouble.trouble)


WITH_PACKAGES = """import sys
sys.path[:0] = sys.argv.pop().split(":")
from picopanel._cli import main
sys.exit(main())"""


def test_w4_the_same_with_a_real_python_3_13(start):
    newest = pythons().get((3, 13))
    if newest is None:
        pytest.skip("there is no Python 3.13 on this machine")
    broker = start(listeners=["mqtts"], prepare=authority_without_key_usage)
    packages = f"{Path(picopanel.__file__).parents[1]}:{Path(paho.mqtt.__file__).parents[2]}"
    done = subprocess.run(
        [
            *(newest, "-c", WITH_PACKAGES),
            *("doctor", "--id", "a", "--broker", broker.url("mqtts"), "--ca", broker.ca, packages),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert STRICT in done.stdout, done


@pytest.mark.parametrize("given", ["its own authority", "another authority", "no authority"])
def test_w4_a_certificate_error_keeps_its_own_words(start, tmp_path, given):
    broker = start(listeners=["mqtts"], certificate_for="broker.example")
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    ca = {"its own authority": broker.ca, "another authority": other}.get(given)
    trouble, failed = said(Broker(broker.url("mqtts"), ca=ca))
    words, problem = {
        "its own authority": ("Hostname mismatch", "belongs to another host name."),
        "another authority": ("certificate", "not signed by the authority given as ca=."),
        "no authority": ("certificate", "not signed by anyone this computer trusts."),
    }[given]
    assert trouble.trouble.endswith(problem)
    assert "In TLS's words: " in trouble.next
    assert words in trouble.next.partition("In TLS's words: ")[2]
    assert ("ca='ca.pem'" in trouble.next) == (given == "no authority")
    assert failed[0].text == trouble.trouble


def test_w4_the_recipe_in_the_docs_makes_certificates_that_python_3_13_takes(start, strict):
    from ..docs.blocks import ROOT, blocks

    (recipe,) = (each for each in blocks(ROOT / "docs" / "security.md") if "openssl req -x509" in each.code)
    script = recipe.code.replace("broker.example", "localhost")

    def put(folder):
        subprocess.run(["bash", "-e", "-c", script], cwd=folder, check=True, capture_output=True)
        for name, made in (("chain.pem", "broker.pem"), ("key.pem", "broker.key")):
            shutil.copy(folder / made, folder / name)

    broker = start(listeners=["mqtts"], prepare=put)
    with Pico("a", broker=Broker(broker.url("mqtts"), ca=broker.ca)) as pico:
        status = lambda: pico._device.link_status  # noqa: E731
        eventually(lambda: status().phase == "connected", "it is trusted", seen=status)


ODD = ["abc..hivemq.cloud", f"{'a' * 64}.example", "ü..example", ".", "xn--ü." + "y" * 70]


@pytest.mark.parametrize("host", ODD)
@pytest.mark.parametrize("scheme", ["mqtt", "mqtts", "wss"])
def test_w7_a_host_that_no_name_can_be_gets_a_sentence_and_a_finding(host, scheme):
    trouble, failed = said(Broker(f"{scheme}://{host}"))
    assert trouble.trouble == "This cannot be the name of a broker."
    assert "Between two dots" in trouble.next
    assert [(each.step, each.text.startswith(trouble.trouble)) for each in failed] == [("name", True)]


def test_w7_the_certificate_of_such_a_host_is_not_asked_for_in_vain():
    with pytest.raises(NotConnected, match="cannot be the name of a broker"):
        cert("abc..hivemq.cloud")


def test_w7_a_host_that_only_nobody_knows_is_still_another_matter():
    trouble, failed = said(Broker(f"mqtt://no-such_broker.invalid:{free_port()}"))
    assert trouble.trouble == "The broker's name is not known."
    assert failed[0].step == "name"
