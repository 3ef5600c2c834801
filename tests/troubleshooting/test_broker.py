"""Between the notebook and the broker: each row's cause, brought about."""

from datetime import datetime, timedelta, timezone

import pytest
import trustme

from picopanel import Broker

from ..support.certificates import authority_without_key_usage, demand, identity
from ..support.ports import free_port
from ..support.spy import Spy
from ..support.waiting import eventually
from ..support.way import Way
from .doubles import SlowBoard, another_service, black_hole, dynamic_security, impatient_proxy, refusing

USERS = {"ada": "right", "board": "board"}


def certified(start, *, host="localhost", days=(-1, 1)):
    """A broker whose certificate is for a host, from one day to another."""
    now = datetime.now(timezone.utc)
    dates = {"not_before": now + timedelta(days[0]), "not_after": now + timedelta(days[1])}
    authority = trustme.CA()

    def put(folder):
        own = authority.issue_cert(host, **dates)
        own.private_key_pem.write_to_path(folder / "key.pem")
        own.cert_chain_pems[0].write_to_path(folder / "chain.pem")
        authority.cert_pem.write_to_path(folder / "ca.pem")

    return start(listeners=["mqtts"], prepare=put)


def announce(broker, *login):
    """Leave the retained messages of a board that is online."""
    board = SlowBoard(broker.port, "a", login=login)
    spy = Spy(broker.port, login=login or None)
    eventually(lambda: spy.on("a/status"), "the board is announced")
    spy.close()
    board.close()


def asks(pico):
    pico._device.start("read", 3)


def test_unknown_host(named):
    named("mqtt://no-such-broker.invalid", "a")


def test_impossible_host(named):
    named("mqtts://abc..hivemq.cloud", "a")


def test_closed_port(named):
    named(f"mqtt://127.0.0.1:{free_port()}", "a")


def test_port_8883_blocked(named):
    with black_hole() as port:
        named(f"mqtts://127.0.0.1:{port}", "a")


def test_plain_on_a_tls_port(named, start):
    named(f"mqtt://localhost:{start(listeners=['mqtts']).port}", "a")


def test_no_broker_at_this_port(named):
    with another_service() as port:
        named(f"mqtt://127.0.0.1:{port}", "a")


def test_port_that_never_answers(named):
    with another_service(silent=True) as port:
        named(f"mqtt://127.0.0.1:{port}", "a")


def test_tls_on_a_plain_port(named, start):
    named(f"mqtts://localhost:{start().port}", "a")


def test_wrong_ca(named, start):
    named(start(listeners=["mqtts"]).url("mqtts"), "a")


def test_another_ca(named, start, tmp_path):
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    named(start(listeners=["mqtts"]).url("mqtts"), "a", ca=tmp_path / "other.pem")


def test_ca_that_python_3_13_does_not_take(named, start, strict):
    broker = start(listeners=["mqtts"], prepare=authority_without_key_usage)
    named(broker.url("mqtts"), "a", ca=broker.ca)


def test_client_certificate_missing(named, start):
    broker = start(listeners=["mqtts"], prepare=demand)
    named(broker.url("mqtts"), "a", ca=broker.ca)


def test_client_certificate_of_another(named, start, tmp_path):
    broker = start(listeners=["mqtts"], prepare=demand)
    identity(trustme.CA(), tmp_path, "eve")
    files = {"cert": tmp_path / "eve.pem", "key": tmp_path / "eve.key"}
    named(Broker(broker.url("mqtts"), ca=broker.ca, **files), "a")


def test_expired_certificate(named, start):
    broker = certified(start, days=(-9, -1))
    named(broker.url("mqtts"), "a", ca=broker.ca)


def test_clock_wrong(named, start):
    broker = certified(start, days=(1, 9))
    named(broker.url("mqtts"), "a", ca=broker.ca)


def test_wrong_host_name(named, start):
    broker = certified(start, host="broker.example")
    named(broker.url("mqtts"), "a", ca=broker.ca)


def test_wrong_user(named, start):
    named(start(users=USERS).url(login="eve:right"), "a")


def test_wrong_password(named, start):
    named(start(users=USERS).url(login="ada:wrong"), "a")


@pytest.mark.parametrize("code", [4, 5])
def test_wrong_password_over_mqtt_3_1_1(named, code):
    with refusing(mqtt311=code) as port:
        named(f"mqtt://127.0.0.1:{port}", "a")


def test_broker_full(named):
    with refusing(mqtt5=0x97, mqtt311=5) as port:
        named(f"mqtt://127.0.0.1:{port}", "a")


def test_broker_full_over_mqtt_3_1_1(named):
    with refusing(mqtt311=5) as port:
        named(f"mqtt://127.0.0.1:{port}", "a")


def test_broker_not_available(named):
    with refusing(mqtt5=0x88, mqtt311=3) as port:
        named(f"mqtt://127.0.0.1:{port}", "a")


def test_broker_that_moved(named):
    with refusing(mqtt5=0x9D, mqtt311=3) as port:
        named(f"mqtt://127.0.0.1:{port}", "a")


def test_tls_settings_broken(named, start, monkeypatch, tmp_path):
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "no-such-folder" / "keys.log"))
    named(start(listeners=["mqtts"]).url("mqtts"), "a")


def test_mqtt_5_refused(named, start, run):
    broker = start()
    run("-m", "picopanel", "pico", "old", "--broker", broker.url()).wait_for("Online")
    way = Way(broker.port, refuse_mqtt5=True)
    named(f"mqtt://127.0.0.1:{way.port}", "old")
    way.close()


def test_proxy_that_closes_idle_connections(named, start):
    with impatient_proxy(start().port, seconds=1.5) as port:
        named(f"mqtt://127.0.0.1:{port}", "a")


def test_not_permitted_to_subscribe(named, start, tmp_path):
    named(start(more=dynamic_security(tmp_path, allow=[("publishClientSend", "#")])).url(), "a", within=5)


def test_not_permitted_to_subscribe_silently(named, start):
    broker = start(users=USERS, acl=["user ada", "topic write #"])
    named(broker.url(login="ada:right"), "a", act=asks)


def test_not_permitted_to_publish(named, start, tmp_path):
    allow = [("subscribePattern", "#"), ("publishClientSend", "+/info"), ("publishClientSend", "+/status")]
    broker = start(more=dynamic_security(tmp_path, allow=allow))
    announce(broker)
    named(broker.url(), "a", act=asks)


@pytest.mark.parametrize("announced", [True, False], ids=["picopanel layer", "course layer"])
def test_not_permitted_to_publish_silently(named, start, announced):
    broker = start(users=USERS, acl=["user ada", "topic read #", "user board", "topic #"])
    if announced:
        announce(broker, "board", "board")
    named(broker.url(login="ada:right"), "a", act=asks)
