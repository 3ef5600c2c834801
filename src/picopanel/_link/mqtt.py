"""The link over a real broker: one for each broker and credentials in a process.

Every connection gets a new client, so nothing in flight survives a reconnect.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from .._broker import Broker
from .._errors import NotConnected
from .._runtime import loop
from .._runtime.clock import Clock
from .._runtime.loop import safely
from . import LinkStatus, Receiver
from .connection import Connection
from .reasons import HUNG_UP, OTHER_VERSION
from .troubles import from_exception

if TYPE_CHECKING:
    from .client import Client

BACKOFF = (1.0, 30.0)  # seconds before the first and the later attempts to connect again, jittered
_links: dict[Broker, MqttLink] = {}


def shared_link(broker: Broker) -> MqttLink:
    """Return this process's one link to a broker."""
    return _links.setdefault(broker, MqttLink(broker))


class MqttLink:
    """Keeps one connection, and hands each message to the receivers of its topic."""

    first_version = 5  # of MQTT; where a broker does not speak 5, 3.1.1 (which is 4) is tried

    def __init__(self, broker: Broker, clock: Clock | None = None) -> None:
        self.identity = self._broker = broker
        self.status = LinkStatus("connecting")
        self._clock = clock or Clock()
        self._receivers: dict[Receiver, Mapping[str, int]] = {}
        self._routes: dict[str, tuple[Receiver, ...]] = {}
        # Those that have just been handed messages; a wall has hundreds that have not.
        self._gathering: dict[Receiver, None] = {}
        self._connection: Connection | None = None  # what there is, or will be if the broker lets us in
        self._retry: loop.Handle | None = None
        self._delay = BACKOFF[0]
        self._visit = 0  # counts how often it was left: what comes of an earlier attempt is nobody's
        self._over_5: LinkStatus | None = None  # what was said over MQTT 5, while 3.1.1 is tried

    def attach(self, topics: Mapping[str, int], receiver: Receiver) -> None:
        if not self._receivers:
            self.status, self._delay, self._over_5 = LinkStatus("connecting"), BACKOFF[0], None
            self._connect()
        self._receivers[receiver] = topics
        for topic in topics:
            self._routes[topic] = (*self._routes.get(topic, ()), receiver)
        safely(receiver.on_link, self.status)
        if self._up is not None:
            self._up.subscribe(topics, receiver)

    def detach(self, receiver: Receiver) -> None:
        gone = []
        for topic in self._receivers.pop(receiver, ()):
            self._routes[topic] = tuple(it for it in self._routes[topic] if it is not receiver)
            if not self._routes[topic]:
                del self._routes[topic]
                gone.append(topic)
        if self._up is not None:
            self._up.unsubscribe(gone, receiver)
        if not self._receivers:
            self._forget()
            self._drop(farewell=True)

    def publish(self, topic: str, payload: bytes, *, qos: int, expiry: int) -> int:
        if self._up is None:
            raise NotConnected("The broker is not connected, so the command was not sent.")
        return self._up.publish(topic, payload, qos, expiry)

    @property
    def _up(self) -> Connection | None:
        return self._connection if self._connection is not None and self._connection.is_up else None

    def _drop(self, farewell: bool = False) -> None:
        self._visit += 1
        if self._retry is not None:
            self._retry.cancel()
        if self._connection is not None:
            self._connection.leave(farewell)
            self._connection = None

    def _forget(self) -> None:
        """Who opens a panel from now on gets a link of their own."""
        if _links.get(self._broker) is self:
            del _links[self._broker]

    def _connect(self, version: int | None = None) -> None:
        work = partial(_open, self._broker, version or self.first_version, **self._greeting)
        opened = partial(self._opened, self._visit)
        if loop.has_thread():
            loop.aside(work, opened)
        else:  # a page's WebSocket opens by itself
            loop.post(lambda: opened(work()))

    @property
    def _greeting(self) -> Mapping[str, Any]:
        """What else CONNECT says, as `Client` takes it."""
        return {}

    def _opened(self, visit: int, client: Client | LinkStatus | Exception) -> None:
        if isinstance(client, Exception):  # no more threads
            client = from_exception(client, self._broker)
        if visit != self._visit:
            if not isinstance(client, LinkStatus):
                client.say_goodbye()
                client.hang_up()
        elif isinstance(client, LinkStatus):
            self.ended(client)
        else:
            self._connection = Connection(client, self, self._clock)
            self._connection.begin()

    def up(self, connection: Connection) -> None:
        receivers = tuple(self._receivers.items())
        self._tell(LinkStatus("connected", mqtt=connection.version, keeps=connection.keeps))
        for receiver, topics in receivers:
            if receiver in self._receivers:
                connection.subscribe(topics, receiver)

    def came(self, topic: str, payload: bytes, retained: bool, qos: int) -> None:
        for receiver in self._listeners(topic):
            self._gathering[receiver] = None
            safely(receiver.on_message, topic, payload, retained, True, qos)

    def gathered(self) -> None:
        gathering, self._gathering = self._gathering, {}
        for receiver in gathering:
            safely(receiver.on_gathered)

    def published(self, topic: str, code: int) -> None:
        for receiver in self._routes.get(topic, ()):
            safely(receiver.on_published, topic, code)

    def ended(self, outcome: LinkStatus) -> None:
        """A connection has ended, or there was none: with MQTT 5 refused, try 3.1.1; then wait."""
        self._connection = None
        over_5, self._over_5 = self._over_5, None
        is_first = self.first_version == 5 and over_5 is None
        if is_first and outcome.problem in OTHER_VERSION and outcome.mqtt is None:
            self._over_5 = outcome
            self._connect(4)
            return
        # What was said over MQTT 5 stands, unless 3.1.1 has brought more.
        if over_5 is not None and over_5.code and outcome.problem in ("version", *HUNG_UP):
            outcome = over_5
        if outcome.mqtt is not None:
            self._delay = BACKOFF[0]
        if outcome.phase == "refused":  # trying again cannot mend it
            self._forget()
        else:
            self._retry = self._clock.later(self._delay * random.uniform(0.5, 1.0), self._connect)
            self._delay = min(self._delay * 2, BACKOFF[1])
        self._tell(outcome)

    def _tell(self, status: LinkStatus) -> None:
        self.status = status
        for receiver in tuple(self._receivers):
            safely(receiver.on_link, status)

    def _listeners(self, topic: str) -> Iterable[Receiver]:
        return self._routes.get(topic, ())


class ListeningLink(MqttLink):
    """Hands every message to every receiver, for wildcards; nothing else may use its connection.

    Over exact filters on the shared one they would be delivered twice, and counted twice.
    """

    def _listeners(self, topic: str) -> Iterable[Receiver]:
        return tuple(self._receivers)


def _open(broker: Broker, version: int, **greeting: Any) -> Client | LinkStatus:
    """Return a client that has sent CONNECT, or why there is none. This blocks, and touches no loop."""
    try:
        # paho comes while the page is busy with its first chart: a panel's cell does not wait for it.
        from .client import Client
        from .page_socket import PageSocket
    except OSError as error:  # no more files
        return from_exception(error, broker)
    except Exception as error:  # a broken paho may raise anything
        return LinkStatus("refused", "no-paho", f"{type(error).__name__}: {error}")
    try:
        open_socket = None if loop.has_thread() else PageSocket
        return Client(broker, version, open_socket=open_socket, **greeting).greet()
    except Exception as error:
        return from_exception(error, broker)
