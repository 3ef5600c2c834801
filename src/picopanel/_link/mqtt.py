"""The link over a real broker: one for each broker and credentials in a process.

Every connection gets a new client, so nothing in flight survives a reconnect.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from threading import Lock, Thread
from typing import TYPE_CHECKING

from .._broker import Broker
from .._errors import NotConnected
from .._runtime.interrupts import Event
from .._runtime.threads import safely
from . import LinkStatus, Receiver
from .reasons import OTHER_VERSION
from .refusals import from_exception

if TYPE_CHECKING:
    from .connection import Connection

BACKOFF = (1.0, 30.0)
"""Seconds before the first and the later attempts to connect again, jittered."""

_links: dict[Broker, MqttLink] = {}
_links_lock = Lock()


def shared_link(broker: Broker) -> MqttLink:
    """Return this process's one link to a broker."""
    with _links_lock:
        return _links.setdefault(broker, MqttLink(broker))


class MqttLink:
    """Keeps one connection, and hands each message to the receivers of its topic."""

    def __init__(self, broker: Broker) -> None:
        self.identity = self._broker = broker
        self._lock, self._telling = Lock(), Lock()
        self._receivers: dict[Receiver, dict[str, int]] = {}
        self._routes: dict[str, tuple[Receiver, ...]] = {}
        self._connection: Connection | None = None
        self._stop: Event | None = None
        """Ends the thread that is at work."""
        self.status = LinkStatus("connecting")

    def attach(self, topics: Mapping[str, int], receiver: Receiver) -> None:
        """Subscribe a receiver; the first one starts the connection."""
        with self._lock:
            self._receivers[receiver] = dict(topics)
            self._reroute()
            if self._stop is None or self._stop.is_set():  # the last of the former ones has just gone
                self._begin(receiver)
            connection = self._connection
        with self._telling:
            receiver.on_link(self.status)
        if connection is not None:
            connection.subscribe(dict(topics), receiver)

    def detach(self, receiver: Receiver) -> None:
        """Unsubscribe a receiver; after the last one the connection ends."""
        with _links_lock, self._lock:
            topics = self._receivers.pop(receiver, {})
            self._reroute()
            gone = [topic for topic in topics if topic not in self._routes]
            connection = self._connection
            if connection is not None:
                connection.unsubscribe(gone, receiver)
            if not self._receivers and self._stop is not None:
                self._stop.set()
                self._forget()
                self._connection = None
                if connection is not None:
                    connection.end()

    def publish(self, topic: str, payload: bytes, *, qos: int, expiry: int) -> int:
        """Publish now, or raise `NotConnected`."""
        connection = self._connection
        if connection is None:
            raise NotConnected("The broker is not connected, so the command was not sent.")
        return connection.publish(topic, payload, qos, expiry)

    def _begin(self, first: Receiver) -> None:
        self._connection, self._stop = None, Event()
        self.status = LinkStatus("connecting")
        try:
            Thread(target=self._run, args=(self._stop,), name="picopanel-mqtt", daemon=True).start()
        except RuntimeError:  # no more threads: who comes next tries it anew
            del self._receivers[first]
            self._stop = None
            raise

    def _run(self, stop: Event) -> None:
        delay = BACKOFF[0]
        while not stop.is_set():
            outcome = self._connect(stop)
            if stop.is_set():  # nobody is there to be told, or another thread is at work already
                return
            self._connection = None
            if outcome.phase == "refused":
                self._refuse(outcome, stop)
                return
            self._tell(outcome)
            if outcome.mqtt is not None:
                delay = BACKOFF[0]
            stop.wait(delay * random.uniform(0.5, 1.0))
            delay = min(delay * 2, BACKOFF[1])

    def _connect(self, stop: Event) -> LinkStatus:
        """Be connected, with MQTT 5 or else 3.1.1, until that ends; return why."""
        first = self._live(5, stop)
        if first.problem not in OTHER_VERSION or first.mqtt is not None or stop.is_set():
            return first
        second = self._live(4, stop)
        # What was said over MQTT 5 stands, unless 3.1.1 has brought more.
        return first if first.code and second.problem in ("version", "hung-up") else second

    def _live(self, version: int, stop: Event) -> LinkStatus:
        try:
            # paho comes while the page is busy with its first chart: a panel's cell does not wait for it.
            from .connection import Connection
        except OSError as error:  # no more files
            return from_exception(error, self._broker)
        except Exception as error:  # a broken paho may raise anything
            return LinkStatus("refused", "no-paho", f"{type(error).__name__}: {error}")
        try:
            connection = Connection(
                self._broker,
                version,
                on_up=lambda connection: self._up(connection, stop),
                on_message=self._route,
                on_gathered=self._gathered,
                on_published=self._published,
            )
        except Exception as error:  # of TLS's settings, or no more files: named, shown and tried again
            return from_exception(error, self._broker)
        return connection.live(stop)

    def _refuse(self, outcome: LinkStatus, stop: Event) -> None:
        """Tell what trying again cannot mend; who opens a panel after that gets a link of their own."""
        self._tell(outcome)
        with _links_lock:
            if not stop.is_set():
                self._forget()

    def _forget(self) -> None:
        if _links.get(self._broker) is self:
            del _links[self._broker]

    def _up(self, connection: Connection, stop: Event) -> None:
        with self._lock:
            if stop.is_set():
                return
            self._connection = connection
            receivers = tuple(self._receivers.items())
        self._tell(LinkStatus("connected", mqtt=connection.version, keeps=connection.keeps))
        for receiver, topics in receivers:
            connection.subscribe(topics, receiver)

    def _tell(self, status: LinkStatus) -> None:
        with self._telling:  # nobody hears an older status after a newer one
            self.status = status
            for receiver in tuple(self._receivers):
                safely(receiver.on_link, status)

    def _route(self, topic: str, payload: bytes, retained: bool, qos: int) -> None:
        for receiver in self._routes.get(topic, ()):
            safely(receiver.on_message, topic, payload, retained, True, qos)

    def _gathered(self) -> None:
        for receiver in tuple(self._receivers):
            safely(receiver.on_gathered)

    def _published(self, topic: str, code: int) -> None:
        for receiver in self._routes.get(topic, ()):
            safely(receiver.on_published, topic, code)

    def _reroute(self) -> None:
        routes: dict[str, tuple[Receiver, ...]] = {}
        for receiver, topics in self._receivers.items():
            for topic in topics:
                routes[topic] = (*routes.get(topic, ()), receiver)
        self._routes = routes
