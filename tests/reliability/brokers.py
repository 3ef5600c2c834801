"""The brokers that the behaviours are tried on, by name: each starts one and tells how to reach it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from picopanel import Broker

from ..support.mosquitto import Mosquitto
from ..support.nats import Nats
from ..support.rabbitmq import RabbitMQ
from ..support.way import Way
from .test_access import ACL

LOGIN = "alice:a"


@dataclass(frozen=True)
class Tried:
    """A running broker, one way to it, and what it promises."""

    url: str
    mqtt: int
    """5, or 4 for 3.1.1."""
    ca: Path | None = None
    restart: Callable[[], object] | None = None

    @property
    def broker(self) -> Broker:
        return Broker(self.url, ca=self.ca)

    @property
    def options(self) -> list[str]:
        return ["--broker", self.url, *(["--ca", str(self.ca)] if self.ca else [])]


@contextmanager
def mosquitto(folder: Path, kind: str) -> Iterator[Tried]:
    kinds = {kind, "mqtt"}  # 2.0.11 does not start with WebSocket alone
    broker = Mosquitto(
        folder, listeners=kinds, users={"alice": "a"}, acl=ACL.read_text().splitlines()
    ).start()

    def restart() -> None:
        broker.kill()
        broker.start()

    ca = broker.ca if kind in ("mqtts", "wss") else None
    yield Tried(broker.url(kind, LOGIN), 5, ca, restart)
    broker.stop()


@contextmanager
def old_mosquitto(folder: Path) -> Iterator[Tried]:
    with mosquitto(folder, "mqtt") as tried:
        way = Way(tried.broker.port, refuse_mqtt5=True)
        yield Tried(f"mqtt://{LOGIN}@127.0.0.1:{way.port}", 4, None, tried.restart)
        way.close()


@contextmanager
def nats(folder: Path) -> Iterator[Tried]:
    server = Nats(folder).start()

    def restart() -> None:
        server.kill()
        server.start()

    yield Tried(server.url(), 4, None, restart)
    server.stop()


@contextmanager
def rabbitmq(folder: Path) -> Iterator[Tried]:
    broker = RabbitMQ(folder).start()
    yield Tried(broker.url(), 4)
    broker.stop()


BROKERS = {
    "Mosquitto, MQTT 5, TCP": lambda folder: mosquitto(folder, "mqtt"),
    "Mosquitto, MQTT 5, TLS": lambda folder: mosquitto(folder, "mqtts"),
    "Mosquitto, MQTT 5, WebSocket": lambda folder: mosquitto(folder, "ws"),
    "Mosquitto, MQTT 5, WebSocket and TLS": lambda folder: mosquitto(folder, "wss"),
    "Mosquitto, MQTT 3.1.1, TCP": old_mosquitto,
    "NATS with JetStream": nats,
}
