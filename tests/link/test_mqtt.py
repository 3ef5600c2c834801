"""The link against a real Mosquitto: sharing, reconnecting, refusing, and telling the true cause."""

from __future__ import annotations

import contextlib
import gc
import re
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil
import pytest
import trustme

from picopanel import Broker, NotConnected
from picopanel._link import LinkStatus
from picopanel._link.client import Client
from picopanel._link.connection import Connection
from picopanel._link.mqtt import ListeningLink, MqttLink, shared_link
from picopanel._runtime import loop

from ..support.mosquitto import Mosquitto
from ..support.outside import Outside
from ..support.ports import free_port
from ..support.spy import Spy
from ..support.waiting import eventually
from ..troubleshooting.doubles import Grudging


class Ear:
    """A receiver that keeps what it hears."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, bytes, bool]] = []
        self.statuses: list[LinkStatus] = []
        self.qualities: list[int] = []
        self.granted: list[dict[str, int | None]] = []
        self.refused: list[frozenset[str]] = []
        self.published: list[tuple[str, int]] = []

    def on_gathered(self) -> None:
        pass

    def on_message(
        self, topic: str, payload: bytes, retained: bool, more: bool = False, qos: int = 0
    ) -> None:
        self.messages.append((topic, payload, retained))
        self.qualities.append(qos)

    def on_link(self, status: LinkStatus) -> None:
        self.statuses.append(status)

    def on_granted(self, granted: Mapping[str, int | None]) -> None:
        self.granted.append(dict(granted))

    def on_subscribed(self, refused: Mapping[str, int]) -> None:
        self.refused.append(frozenset(refused))

    def on_published(self, topic: str, code: int) -> None:
        self.published.append((topic, code))

    def wait(self, phase: str, within: float = 10) -> LinkStatus:
        """Wait until the link's latest phase is this one."""
        eventually(
            lambda: self.statuses and self.statuses[-1].phase == phase,
            f"the link is {phase}",
            within=within,
            seen=lambda: self.statuses,
        )
        return self.statuses[-1]


@pytest.fixture
def listen() -> Iterator:
    """Attach an ear to a broker: `listen(Broker(url), "a/topic")`."""
    attached: list[tuple[Outside, Ear]] = []

    def attach(broker: Broker, *topics: str) -> tuple[Outside, Ear]:
        link, ear = Outside(shared_link(broker)), Ear()
        link.attach(dict.fromkeys(topics or ("x/y",), 1), ear)
        attached.append((link, ear))
        return link, ear

    yield attach
    for link, ear in attached:
        link.detach(ear)


def problem_of(ear: Ear) -> str | None:
    """Return the first problem that the link names."""
    eventually(
        lambda: any(status.problem for status in ear.statuses),
        "the link names a problem",
        seen=lambda: ear.statuses,
    )
    return next(status.problem for status in ear.statuses if status.problem)


def test_panels_on_equal_brokers_share_one_connection(broker: Mosquitto, listen) -> None:
    one, first = listen(Broker(broker.url()), "a/x")
    same, second = listen(Broker(broker.url()), "b/x")
    assert one.link is same.link
    for ear in (first, second):
        ear.wait("connected")
        eventually(lambda ear=ear: ear.refused, "the subscription is answered")
    one.publish("b/x", b"1", qos=2, expiry=10)
    eventually(
        lambda: second.messages == [("b/x", b"1", False)], "the message comes", seen=lambda: second.messages
    )
    assert first.messages == [], "each hears its own topics only"
    assert broker.log.read_text().count("New client connected") == 1


def test_the_last_one_out_ends_connection_and_threads(broker: Mosquitto, listen) -> None:
    """There is no socket then, no timer of a connection's, and no thread but the one loop."""

    def threads() -> set[str]:
        ours = ("picopanel", "paho")
        return {thread.name for thread in threading.enumerate() if thread.name.startswith(ours)}

    def left() -> list[object]:
        gc.collect()
        clients = [it for it in gc.get_objects() if issubclass(type(it), (Connection, Client))]
        sockets = [it for it in psutil.Process().net_connections(kind="tcp") if it.raddr]
        return [it for it in sockets if it.raddr.port == broker.port] + clients

    before = threads()  # another test's own client may be among them
    link, ear = listen(Broker(broker.url()))
    ear.wait("connected")
    eventually(
        lambda: threads() - before <= {"picopanel-loop", "picopanel-observers"},
        "no thread is left for a connection",
        seen=threads,
    )
    link.detach(ear)
    eventually(lambda: not left(), "no socket is left, and nothing that a timer holds", seen=left)
    again, ear = listen(Broker(broker.url()))
    assert again.link is not link.link
    ear.wait("connected")


def test_what_is_connected_once_nobody_wants_it_any_more_is_closed(broker: Mosquitto) -> None:
    link, ear = MqttLink(Broker(broker.url())), Ear()

    def come_and_go() -> None:
        link.attach({"a/x": 0}, ear)
        link.detach(ear)

    loop.ask(come_and_go)
    eventually(lambda: "disconnected" in broker.log.read_text(), "it came, and says goodbye")
    assert [status.phase for status in ear.statuses] == ["connecting"]


def test_who_comes_while_the_last_one_leaves_is_connected_all_the_same(broker: Mosquitto, listen) -> None:
    link, first = listen(Broker(broker.url()))
    first.wait("connected")
    second = Ear()
    link.detach(first)
    link.attach({"a/x": 0}, second)  # it had the link before the other left
    # Where the broker's last answer has crossed the farewell, the system tells it of a broken connection.
    ended = re.compile("disconnected|closed its connection")
    eventually(lambda: ended.search(broker.log.read_text()), "the former connection has ended")
    second.messages.clear()

    def heard() -> bool:
        with contextlib.suppress(NotConnected):
            link.publish("a/x", b"1", qos=1, expiry=10)
        return bool(second.messages)

    eventually(heard, "it has a connection of its own")
    link.detach(second)


def test_a_link_for_wildcards_is_never_shared(broker: Mosquitto) -> None:
    """It hands every message to everybody, which a panel must not get."""
    listening, ear = Outside(ListeningLink(Broker(broker.url()))), Ear()
    listening.attach({"+/info": 0}, ear)
    ear.wait("connected")
    assert shared_link(Broker(broker.url())) is not listening.link
    listening.detach(ear)


def test_a_retained_message_is_told_as_retained(broker: Mosquitto, listen, spy: Spy) -> None:
    spy.publish("a/status", "online", retain=True)
    _, ear = listen(Broker(broker.url()), "a/status")
    eventually(lambda: ear.messages == [("a/status", b"online", True)], "it comes", seen=lambda: ear.messages)
    spy.publish("a/status", "offline", retain=True)
    eventually(lambda: ear.messages[-1] == ("a/status", b"offline", False), "the live one comes as live")


def test_a_restarted_broker_is_found_again_and_subscribed(broker: Mosquitto, listen) -> None:
    link, ear = listen(Broker(broker.url()), "a/x")
    ear.wait("connected")
    eventually(lambda: len(ear.refused) == 1, "it is subscribed")
    broker.kill()
    assert ear.wait("lost").problem == "closed"
    with pytest.raises(NotConnected):
        link.publish("a/x", b"late", qos=2, expiry=10)
    broker.start()
    ear.wait("connected", within=35)
    eventually(lambda: len(ear.refused) == 2, "it is subscribed again")
    link.publish("a/x", b"new", qos=2, expiry=10)
    eventually(lambda: ear.messages, "a message comes")
    assert [payload for _, payload, _ in ear.messages] == [b"new"]


def test_a_refused_subscription_is_asked_for_again(listen) -> None:
    """On the same connection, until it is granted; what has gone meanwhile is not asked for."""
    grudging = Grudging(refusals=3)
    url = f"mqtt://127.0.0.1:{grudging.port}"
    link, ear = listen(Broker(url), "a/x")
    eventually(lambda: ear.refused == [{"a/x"}], "it is refused", seen=lambda: ear.refused)
    gone = Ear()
    link.attach({"b/x": 1}, gone)
    eventually(lambda: gone.refused == [{"b/x"}], "the other's is refused", seen=lambda: gone.refused)
    link.detach(gone)
    eventually(lambda: len(ear.refused) == 2, "the answer changes", within=20, seen=lambda: grudging.asked)
    assert ear.refused == [{"a/x"}, frozenset()], "told once for each change"
    assert grudging.asked == [["a/x"], ["b/x"], ["a/x"], ["a/x"]]
    assert [status.phase for status in ear.statuses] == ["connecting", "connected"], "one connection"
    grudging.close()


def test_a_refused_password_stops_the_retrying(start, listen) -> None:
    broker = start(users={"ada": "right"})
    _, ear = listen(Broker(broker.url(login="ada:wrong")))
    status = ear.wait("refused")
    assert status.problem in ("password", "not-authorized"), status
    _, ear = listen(Broker(broker.url(login="ada:right")))
    ear.wait("connected")
    tries = broker.log.read_text().count("not authorised")
    assert tries == 1, "it is not tried again"


@pytest.mark.parametrize(
    ("trust", "host", "problem"),
    [
        ("own", "localhost", None),
        ("other", "localhost", "certificate-ca"),
        ("own", "wrong.example", "certificate-host"),
    ],
)
def test_a_certificate_is_checked_before_anything_is_sent(
    tmp_path: Path, start, listen, trust: str, host: str, problem: str | None
) -> None:
    broker = start(listeners=["mqtts"], certificate_for=host)
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    ca = broker.ca if trust == "own" else other
    _, ear = listen(Broker(broker.url("mqtts", login="ada:secret"), ca=ca))
    if problem is None:
        ear.wait("connected")
    else:
        assert problem_of(ear) == problem
        assert "ada" not in broker.log.read_text(), "no credential leaves before the check has passed"


def test_plain_mqtt_on_a_tls_port_and_tls_on_a_plain_port(start, listen) -> None:
    broker = start(listeners=["mqtt", "mqtts"])
    _, ear = listen(Broker(f"mqtt://127.0.0.1:{broker.ports['mqtts']}"))
    assert problem_of(ear) == "hung-up"
    _, ear = listen(Broker(f"mqtts://127.0.0.1:{broker.ports['mqtt']}"))
    assert problem_of(ear) in ("not-tls", "blocked-port")


def test_websockets(start, listen) -> None:
    broker = start(listeners=["ws", "wss", "mqtt"])
    for url, ca in ((broker.url("ws"), None), (broker.url("wss"), broker.ca)):
        link, ear = listen(Broker(url, ca=ca), "a/x")
        ear.wait("connected")
        eventually(lambda ear=ear: ear.refused, "the subscription is answered")
        link.publish("a/x", b"1", qos=2, expiry=10)
        eventually(lambda ear=ear: ear.messages, "the message comes")
    _, ear = listen(Broker(f"ws://127.0.0.1:{broker.ports['mqtt']}"))
    assert problem_of(ear) == "no-websocket"


@pytest.mark.parametrize(
    ("url", "problem"),
    [("mqtt://no-such-host.invalid", "unknown-host"), ("mqtt://127.0.0.1:{closed}", "closed-port")],
)
def test_a_broker_that_is_not_there(listen, url: str, problem: str) -> None:
    _, ear = listen(Broker(url.format(closed=free_port())))
    assert problem_of(ear) == problem
