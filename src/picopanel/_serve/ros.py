"""ROS 2, through a rosbridge: topics with the board's own times, services that answer when the board has."""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlsplit

import roslibpy

from .._device.command import Reply
from .._device.following import Reading
from .._errors import InvalidArgument, PicoPanelError
from .._pico.pico import Handle
from .access import host_and_port, in_url
from .ros_messages import BOOL, SET_BOOL, STRING, TRIGGER, message_of, ros_name
from .serve import ANSWER_WITHIN, Options

_MOST_WAITING = 10_000  # readings, while no bridge is there; the oldest go
_GATHER = 0.02  # seconds, in which readings come together
_FIRST_WAIT = 1.0  # seconds for a bridge that is there, before it is said that none is
_TRY_AGAIN = 5.0  # seconds at most between two attempts; roslibpy would come to wait for an hour
_PING = 10.0  # seconds; a bridge that does not read is given up after as long again, and what waits for it
_WORKERS = 8  # calls under way at once; more wait
_MOST_CALLS = 64  # that are under way or wait

_LATCHED = _LED, _STATUS, _FAILING = ("led", BOOL), ("status", STRING), ("failing", STRING)
_LIMITS = ("limits", STRING)

_log = logging.getLogger("picopanel")


def open_front(pico: Handle, where: str, options: Options) -> RosDevice:
    """Begin to serve at a rosbridge: a host and port, or a URL."""
    if "://" not in where:
        found = host_and_port(where, "A rosbridge is at a host and a port, e.g. 127.0.0.1:9090.")
        where = f"ws://{in_url(*found)}"
    if not _is_bridge(where):
        raise InvalidArgument(
            "A rosbridge is at a host and a port, or at ws://HOST:PORT or wss://HOST:PORT. It knows no "
            "users: whoever reaches it may use the board."
        )
    return RosDevice(pico, urlsplit(where).geturl(), options)  # WSS:// is wss://


def _is_bridge(where: str) -> bool:
    try:
        url = urlsplit(where)
        return url.scheme in ("ws", "wss") and bool(url.hostname) and url.port != 0 and "@" not in url.netloc
    except ValueError:  # a port or an address that cannot be
        return False


class _Bridge(roslibpy.Ros):
    """A connection to a rosbridge, which is tried again until it is closed."""

    def __init__(self, url: str, listeners: Mapping[str, Callable[[Any], None]]) -> None:
        self._listeners = listeners
        secure = url.startswith("wss:")
        # Of roslibpy's two transports a process can have one; Twisted, the usual one, takes any certificate.
        try:
            super().__init__(url, transport="asyncio" if secure else None)
        except RuntimeError:
            if secure:
                raise
            super().__init__(url, transport="asyncio")

    def connect(self) -> None:
        for name, listener in self._listeners.items():
            self.on(name, listener)
        self.factory.maxDelay = _TRY_AGAIN
        self.factory.setProtocolOptions(autoPingInterval=_PING, autoPingTimeout=_PING)
        super().connect()

    def close(self) -> None:
        """Try no more; who is connected ends that by itself."""
        self.factory.maxRetries = 0


class RosDevice:
    """One board's topics and services. What is sent is sent in roslibpy's thread, which all of it share."""

    def __init__(self, pico: Handle, address: str, options: Options) -> None:
        self.address = address
        self._pico, self._name = pico, ros_name(options.device_id)
        self._topics = {key: f"/{self._name}/{key[0]}" for key in (*_LATCHED, _LIMITS)}
        self._services = self._make_services()
        self._waiting: deque[tuple[tuple[str, str], dict[str, Any]]] = deque(maxlen=_MOST_WAITING)
        self._state: dict[tuple[str, str], Any] = {}
        self._told: dict[tuple[str, str], Any] = {}
        self._refusals: set[str] = set()
        self._protocol: Any = None  # the connection, while there is one
        self._woken = self._closed = False
        self._calls = BoundedSemaphore(_MOST_CALLS)
        self._pool = ThreadPoolExecutor(_WORKERS, "picopanel-ros-call")
        called = {service: partial(self._called, service) for service in self._services}
        try:
            self._bridge = _Bridge(address, {"ready": self._ready, "close": self._lost, **called})
        except RuntimeError:  # roslibpy's advice is for those who call it themselves
            raise PicoPanelError(
                "wss:// needs roslibpy's asyncio transport, and this process already has its other one: "
                "set ROSLIBPY_TRANSPORT=asyncio before the first connection to ROS."
            ) from None
        with suppress(roslibpy.core.RosTimeoutError):
            self._bridge.run(_FIRST_WAIT)
        there = "ROS 2" if self._bridge.is_connected else "no rosbridge is there yet"
        self.says = f"{there}; topics and services in /{self._name}"

    def take(self, reading: Reading) -> None:
        kind, message = message_of(reading, self._name)
        self._put((reading.channel, kind), message)

    def crossed(self, reading: Reading, sentence: str) -> None:
        self._put(_LIMITS, {"data": sentence})

    def changed(self) -> None:
        it = self._pico
        failing = "; ".join(f"{channel}: {why}" for channel, why in it.failing.items())
        self._state = {_STATUS: it.status, _LED: it.led, _FAILING: failing}
        self._wake()

    def close(self) -> None:
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._bridge.close()
        protocol, self._protocol = self._protocol, None
        if protocol is not None:
            protocol.send_close()

    def _put(self, key: tuple[str, str], message: dict[str, Any]) -> None:
        self._waiting.append((key, message))
        self._wake()

    def _wake(self) -> None:
        if not self._woken:
            self._woken = True
            self._bridge.call_later(_GATHER, self._pass_on)

    def _ready(self, protocol: Any) -> None:
        """Advertise all anew: a bridge forgets who was connected."""
        if self._closed:
            protocol.send_close()
            return
        self._protocol, self._told = protocol, {}
        protocol._message_handlers["status"] = self._refused  # roslibpy has nothing else for it
        for key in self._topics:
            self._advertise(key)
        for service, (kind, _) in self._services.items():
            self._send("advertise_service", service=service, type=kind)
        self._pass_on()

    def _lost(self, _: Any) -> None:
        self._protocol = None

    def _pass_on(self) -> None:
        self._woken = False
        if not self._is_open():
            return
        for key, value in self._state.items():
            if value is not None and self._told.get(key) != value:
                self._told[key] = value
                self._publish(key, {"data": value})
        while self._waiting:
            self._publish(*self._waiting.popleft())

    def _publish(self, key: tuple[str, str], message: dict[str, Any]) -> None:
        if key not in self._topics:
            taken = [topic.rpartition("/")[2] for topic in self._topics.values()]
            self._topics[key] = f"/{self._name}/{ros_name(key[0], taken)}"
            self._advertise(key)
        self._send("publish", topic=self._topics[key], msg=message, latch=key in _LATCHED)

    def _advertise(self, key: tuple[str, str]) -> None:
        self._send("advertise", topic=self._topics[key], type=key[1], latch=key in _LATCHED)

    def _send(self, operation: str, **fields: Any) -> None:
        """In roslibpy's thread only: elsewhere, what is too late would be written out as a traceback."""
        if self._is_open():
            self._protocol.sendMessage(json.dumps({"op": operation, **fields}).encode())

    def _is_open(self) -> bool:
        return self._protocol is not None and bool(self._protocol.state == self._protocol.STATE_OPEN)

    def _refused(self, status: Mapping[str, Any]) -> None:
        """Tell once what the bridge would not do, such as a type that it does not have."""
        said = str(status.get("msg"))[:200]
        if said not in self._refusals and len(self._refusals) < 10:
            self._refusals.add(said)
            _log.warning("The rosbridge at %s says: %s", self.address, said)

    def _make_services(self) -> dict[str, tuple[str, Callable[[Mapping[str, Any]], Reply]]]:
        it = self._pico

        def set_led(given: Mapping[str, Any]) -> Reply:
            wanted = given.get("data")
            if not isinstance(wanted, bool):
                raise InvalidArgument("SetBool takes data: true or false.")
            return (it.on if wanted else it.off)(timeout=ANSWER_WITHIN)

        return {
            f"/{self._name}/set_led": (SET_BOOL, set_led),
            f"/{self._name}/toggle": (TRIGGER, lambda _: it.toggle(timeout=ANSWER_WITHIN)),
            f"/{self._name}/blink": (TRIGGER, lambda _: it.blink(timeout=ANSWER_WITHIN)),
            f"/{self._name}/read": (TRIGGER, lambda _: it.read(timeout=ANSWER_WITHIN)),
        }

    def _called(self, service: str, request: Mapping[str, Any]) -> None:
        """Have a call carried out aside: whoever waits here holds up all that is ROS in this process."""
        answer = partial(self._answer, self._protocol, service, request)
        if self._calls.acquire(blocking=False):
            self._pool.submit(self._carry_out, self._services[service][1], request, answer)
        else:
            answer(False, "Too many calls wait for the board; nothing was sent.")

    def _carry_out(
        self,
        call: Callable[[Mapping[str, Any]], Reply],
        request: Mapping[str, Any],
        answer: Callable[[bool, str], None],
    ) -> None:
        try:
            outcome = True, repr(call(request.get("args") or {})).strip("<>")
        except Exception as error:  # whoever waits hears of any
            outcome = False, str(error)
        self._calls.release()
        self._bridge.call_later(0, partial(answer, *outcome))

    def _answer(
        self, protocol: Any, service: str, request: Mapping[str, Any], success: bool, sentence: str
    ) -> None:
        """Answer on the connection that asked; another one would not know the question."""
        if protocol is self._protocol:
            values = {"success": success, "message": sentence}
            self._send("service_response", id=request.get("id"), service=service, values=values, result=True)
