"""sila2's server, but what it leaves open is closed.

A client that does not read costs a bounded memory, one that goes ends nobody else's subscription, and one
that hangs does not keep its own; a port that is taken is refused, where gRPC would share it; clients may have
to show a certificate; no thread keeps the program from ending; and nothing is announced on a network that was
not asked for. Binary transfers are left out: no feature of ours has one, and sila2 would keep whatever a
client sends.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import suppress
from datetime import timedelta
from queue import SimpleQueue
from threading import Condition, Lock, Thread
from typing import Any

import grpc
from sila2.framework import Feature
from sila2.server import FeatureImplementationBase, SilaServer

_MOST_CALLS = 100  # and subscriptions, under way at once; more are refused
_LONGEST_REQUEST = 64 * 1024
_MOST_WAITING = 10_000  # messages for one subscriber; the oldest go
KEPT = timedelta(minutes=1)
"""From a command's beginning, a client may ask for its result, where the command itself does not say more."""
_FAREWELL = 1.0  # seconds, in which clients hear that their subscriptions end
_PING_EVERY, _PING_WITHIN = 20_000, 10_000  # milliseconds; a client that answers none is taken for gone


class Threads(Executor):
    """A thread for each call. A pool's would have a program wait for ever for who has subscribed."""

    def submit(self, call: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()

        def run() -> None:
            try:
                future.set_result(call(*given, **named))
            except BaseException as error:
                future.set_exception(error)

        Thread(target=run, name="picopanel-sila", daemon=True).start()
        return future


class _Stream(Iterator[Any]):
    """What waits for one subscriber."""

    def __init__(self) -> None:
        self._waiting: deque[Any] = deque(maxlen=_MOST_WAITING)
        self._news, self._ended = Condition(), False

    def put(self, *messages: Any) -> None:
        with self._news:
            self._waiting.extend(messages)
            self._news.notify()

    def end(self) -> None:
        with self._news:
            self._ended = True
            self._news.notify()

    def __next__(self) -> Any:
        with self._news:
            self._news.wait_for(lambda: self._waiting or self._ended)
            if self._ended:
                raise StopIteration
            return self._waiting.popleft()


class Subscribers:
    """Those of one property, with what sila2 asks of its own manager; any thread may tell them something."""

    def __init__(self, to_message: Callable[[Any], Any]) -> None:
        self._to_message = to_message
        self._lock = Lock()
        self._streams: set[_Stream] = set()
        self._last: dict[str, Any] = {}

    def tell(self, value: Any, key: str = "", *, late: bool = False) -> None:
        """Tell a value; who subscribes later hears the last one of each key, but none that was late."""
        with self._lock:
            if not late:
                self._last[key] = value
            if self._streams:
                self._put(self._to_message(value))

    def fail(self, error: Exception) -> None:
        """End all subscriptions with an error, and forget what was told."""
        with self._lock:
            self._last.clear()
            self._put(error)

    def add_subscription(self, context: grpc.ServicerContext) -> _Stream:
        stream = _Stream()
        with self._lock:
            stream.put(*map(self._to_message, self._last.values()))
            self._streams.add(stream)
        if not context.add_callback(lambda: self._remove(stream)):  # the client has gone already
            self._remove(stream)
        return stream

    def cancel_producer(self) -> None:
        for stream in tuple(self._streams):
            self._remove(stream)

    def _remove(self, stream: _Stream) -> None:
        with self._lock:
            self._streams.discard(stream)
        stream.end()

    def _put(self, message: Any) -> None:
        for stream in self._streams:
            stream.put(message)


class BoardServer(SilaServer):
    """A server of features that are functions; to be made, started and stopped in one of `Threads`."""

    def __init__(self, credentials: grpc.ServerCredentials, threads: Threads, **attributes: Any) -> None:
        super().__init__(**attributes)
        self._credentials, self._subscribers = credentials, dict[str, dict[str, Subscribers]]()
        self.child_task_executor = threads
        options = {
            "grpc.so_reuseport": 0,
            "grpc.max_receive_message_length": _LONGEST_REQUEST,
            "grpc.keepalive_time_ms": _PING_EVERY,
            "grpc.http2.ping_timeout_ms": _PING_WITHIN,
        }
        self.grpc_server = grpc.server(
            threads, options=[*options.items()], maximum_concurrent_rpcs=_MOST_CALLS
        )
        service = self.feature_servicers["SiLAService"]
        service.feature._grpc_module.add_SiLAServiceServicer_to_server(service, self.grpc_server)

    def add(self, feature: Feature, calls: Mapping[str, Callable[..., Any]]) -> dict[str, Subscribers]:
        """Add a feature with what carries its commands out; return who has subscribed to its properties."""
        it = FeatureImplementationBase(self)
        for name in feature._observable_properties:
            setattr(it, f"_{name}_producer_queue", SimpleQueue())
            setattr(it, f"{name}_on_subscription", lambda *, metadata: None)
        for name in feature._observable_commands:
            setattr(it, f"{name}_default_lifetime_of_execution", KEPT)
        for name, call in calls.items():
            setattr(it, name, call)
        self.set_feature_implementation(feature, it)
        properties = feature._observable_properties.items()
        self._subscribers[feature._identifier] = {name: Subscribers(it.to_message) for name, it in properties}
        return self._subscribers[feature._identifier]

    def under_way(self, feature: str, command: str) -> set[str]:
        """Return the executions of a command that are not over, from the moment it is asked for."""
        managers = self.feature_servicers[feature].observable_command_managers[command]
        return {str(name) for name, manager in tuple(managers.items()) if manager.is_running()}

    def begin(self, host: str, port: int) -> None:
        try:
            self.start(host, port, enable_discovery=False)
        except BaseException:
            self.announce_nothing()
            raise
        for feature, ours in self._subscribers.items():
            managers = self.feature_servicers[feature].observable_property_subscription_managers
            for name, subscribers in ours.items():
                managers[name][None].cancel_producer()
                managers[name] = {None: subscribers}

    def announce(self, host: str, port: int, certificate: bytes) -> bool:
        """Have SiLA's discovery find the server, and say whether the network can do that."""
        from zeroconf import Error

        with suppress(Error, OSError, ValueError):
            self._broadcaster.register_server(self, host, port, certificate)
            return True
        return False

    def announce_nothing(self) -> None:
        self._broadcaster.zc.close()

    def end(self) -> None:
        self.stop(_FAREWELL)
        self.announce_nothing()

    @property
    def _broadcaster(self) -> Any:
        return self._SilaServer__service_broadcaster

    def _SilaServer__create_server_credentials(self, *_: Any) -> grpc.ServerCredentials:  # noqa: N802
        """Return ours: sila2 can ask no client for a certificate."""
        return self._credentials
