"""OPC UA: a server whose methods return when the board has answered, and whose values have its time."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from functools import partial
from threading import Thread
from typing import Any, TypeVar

from asyncua import ua
from asyncua.server.user_managers import CertificateUserManager, PermissiveUserManager

from .._device.command import Reply
from .._device.following import Reading
from .._errors import CommandRefused, InvalidArgument, NoAnswer, NotConnected, PanelClosed, PicoPanelError
from .._pico.pico import Handle
from .access import (
    LISTEN,
    certificates,
    check_access,
    first_certificate,
    host_and_port,
    in_url,
    own_certificate,
)
from .opcua_nodes import NAMESPACE, Nodes, check_nodesets
from .opcua_server import PatientServer
from .serve import ANSWER_WITHIN, Options

_REFUSALS = {
    NoAnswer: ua.StatusCodes.BadTimeout,
    NotConnected: ua.StatusCodes.BadNoCommunication,
    CommandRefused: ua.StatusCodes.BadRequestNotAllowed,
    InvalidArgument: ua.StatusCodes.BadInvalidArgument,
    PanelClosed: ua.StatusCodes.BadShutdown,
    PicoPanelError: ua.StatusCodes.BadUnexpectedError,
}
_QUALITY = {
    "online": ua.StatusCodes.Good,
    "silent": ua.StatusCodes.UncertainNoCommunicationLastUsableValue,
    "connecting": ua.StatusCodes.BadWaitingForInitialData,
    "unknown": ua.StatusCodes.BadWaitingForInitialData,
}
_LED = ("led", "SensorValue")
_MOST_WAITING = 10_000  # readings, while this loop is busy; the oldest go
_GATHER = 0.02  # seconds, in which readings come together
_WORKERS = 8  # commands under way at once; more wait

_log = logging.getLogger("asyncua")
_T = TypeVar("_T")


def open_front(pico: Handle, where: str, options: Options) -> OpcUa:
    """Begin to serve at a host and port."""
    host, port = host_and_port(where, LISTEN)
    check_access(host, options, "an OPC UA")
    if options.nodesets is not None:
        check_nodesets(options.nodesets)
    return OpcUa(pico, f"opc.tcp://{in_url(host, port)}/picopanel", options)


class OpcUa:
    """A server of one board, in a thread and a loop of its own."""

    def __init__(self, pico: Handle, address: str, options: Options) -> None:
        self.address = address
        self.says = "a device of LADS" if options.nodesets else "OPC UA's own types"
        self._pico, self._options = pico, options
        self._waiting: deque[Reading] = deque(maxlen=_MOST_WAITING)
        self._told: dict[tuple[str, ...], ua.DataValue] = {}
        self._channels: set[str] = set()
        self._quality: int = _QUALITY["unknown"]
        self._failing: Mapping[str, str] = {}
        self._news, self._changes = asyncio.Event(), True
        self._pool = ThreadPoolExecutor(_WORKERS, "picopanel-opcua-call")
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="picopanel-opcua", daemon=True)
        if not _log.handlers:  # else what it says of foreign nodesets and clients fills a notebook's cell
            _log.addHandler(logging.NullHandler())
        self._thread.start()
        try:
            self._do(self._start())
        except BaseException as error:
            self._end()
            if isinstance(error, (OSError, ValueError)) and not isinstance(error, PicoPanelError):
                raise PicoPanelError(f"{address} cannot be served: {error}.") from None
            raise

    def take(self, reading: Reading) -> None:
        self._waiting.append(reading)
        self._wake()

    def changed(self) -> None:
        self._changes = True
        self._wake()

    def crossed(self, reading: Reading, sentence: str) -> None:
        event = self._emit("LimitCrossed", sentence, reading.channel, 500, reading.time)
        asyncio.run_coroutine_threadsafe(event, self._loop)

    def close(self) -> None:
        self._do(self._stop())
        self._end()

    def _wake(self) -> None:
        if not self._news.is_set():
            self._loop.call_soon_threadsafe(self._news.set)

    def _do(self, work: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _end(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> None:
        self._server = server = PatientServer(user_manager=await self._users())
        server.set_endpoint(self.address)
        server.set_server_name(f"PicoPanel {self._options.device_id}")
        await server.init()
        await server.set_application_uri(f"{NAMESPACE}:{self._options.device_id}")
        await self._secure()
        self._nodes = Nodes(server, self._options.device_id, self._options.nodesets)
        await self._nodes.build()
        for channel in await self._loop.run_in_executor(None, list, self._pico):
            await self._add_channel(channel)
        self._events = {}
        for name in ("CommandFailed", "LimitCrossed", "Marked"):
            kind = await server.create_custom_event_type(self._nodes.id().NamespaceIndex, f"{name}EventType")
            self._events[name] = await server.get_event_generator(kind)
        await self._add_methods()
        await server.start()
        self._task = asyncio.create_task(self._run())

    async def _stop(self) -> None:
        self._task.cancel()
        await self._server.stop()

    async def _users(self) -> Any:
        folder = self._options.clients
        if folder is None:
            return PermissiveUserManager()
        manager = CertificateUserManager()
        for path in certificates(folder):
            await manager.add_user(first_certificate(path), path.name, "pem")
        return manager

    async def _secure(self) -> None:
        """Encrypt where there is a certificate; where there is a list of clients, nobody else is let in."""
        closed = self._options.clients is not None
        policies = [] if closed else [ua.SecurityPolicyType.NoSecurity]
        if (own := own_certificate(self._options)) is not None:
            policies.append(ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt)
            await self._server.load_private_key(own[0], format="pem")
            await self._server.load_certificate(own[1], format="pem")
        self._server.set_security_policy(policies)
        self._server.set_identity_tokens([ua.X509IdentityToken if closed else ua.AnonymousIdentityToken])

    async def _add_methods(self) -> None:
        it = self._pico
        for verb in ("on", "off", "toggle", "read"):
            await self._add_method(verb.title(), partial(getattr(it, verb), timeout=ANSWER_WITHIN))
        seconds = [_argument(name, "Double", "seconds, each time") for name in ("OnTime", "OffTime")]
        await self._add_method("Blink", partial(it.blink, timeout=ANSWER_WITHIN), *seconds)
        control = _argument("Name", "String", "of a control that the board has")
        value = _argument("Value", "BaseDataType", "a number, a text, a Boolean")
        call = lambda name, to: it.set({str(name): to}, timeout=ANSWER_WITHIN)  # noqa: E731
        await self._add_method("Set", call, control, value)
        text = _argument("Text", "String", "at most 200 characters")
        await self._add_method("Mark", it.mark, text)

    async def _add_method(self, name: str, call: Callable[..., Any], *takes: ua.Argument) -> None:
        """Add what answers a client once the board has answered, and with a status code of its own if not."""

        async def answer(_: ua.NodeId, *given: ua.Variant) -> Any:
            if len(given) < len(takes):
                return ua.StatusCode(ua.StatusCodes.BadArgumentsMissing)
            if len(given) > len(takes):
                return ua.StatusCode(ua.StatusCodes.BadTooManyArguments)
            values = [each.Value for each in given]
            try:
                reply = await self._loop.run_in_executor(self._pool, partial(call, *values))
            except PicoPanelError as error:
                await self._emit("CommandFailed", str(error), name, 700)
                code = next(code for kind, code in _REFUSALS.items() if isinstance(error, kind))
                return ua.StatusCode(code)
            if name == "Mark":
                await self._emit("Marked", str(values[0]), name, 100)
            return _outputs(reply) if isinstance(reply, Reply) else []

        await self._nodes.add_method(name, answer, list(takes), [] if name == "Mark" else _REPLY)

    async def _emit(
        self, kind: str, sentence: str, name: str, severity: int, at: datetime | None = None
    ) -> None:
        """Tell who has subscribed to the server's events: a call's status code has no room for words."""
        generator = self._events[kind]
        generator.event.Severity = severity
        generator.event.SourceNode = self._nodes.id()
        generator.event.SourceName = f"{self._options.device_id}.{name}"
        await generator.trigger(at, sentence)

    async def _run(self) -> None:
        while True:
            await self._news.wait()
            await asyncio.sleep(_GATHER)
            self._news.clear()
            try:
                await self._pass_on()
            except Exception:  # of what came; what comes next is well
                _log.exception("PicoPanel could not pass a reading on.")

    async def _pass_on(self) -> None:
        if self._changes or (self._waiting and self._quality != ua.StatusCodes.Good):
            self._changes = False
            await self._look()
        newest: dict[tuple[str, ...], ua.DataValue] = {}
        while self._waiting:
            reading = self._waiting.popleft()
            name: tuple[str, ...] = (reading.channel, "SensorValue")
            if reading.channel not in self._channels:
                await self._add_channel(reading.channel)
            before = newest.get(name) or self._told.get(name)
            value = ua.Variant(reading.value, ua.VariantType.Double)
            data = await self._write(name, value, reading.time, self._quality_of(reading.channel))
            late = before is not None and before.SourceTimestamp > reading.time
            newest[name] = before if late else data
        for name, data in newest.items():  # what came late is told, but is not what is now
            if self._told[name] is not data:
                await self._write(name, data.Value, data.SourceTimestamp, self._quality_of(name[0]))

    async def _add_channel(self, channel: str) -> None:
        """Make what a channel needs; a board may get another one when it starts anew."""
        self._channels.add(channel)
        limits = {limit.channel: limit for limit in self._pico.limits}
        await self._nodes.add_channel(channel, self._pico[channel].unit, limits.get(channel))

    async def _look(self) -> None:
        """Tell the status and the LED, and with how good they are how good all values are."""
        it = self._pico
        known = await self._loop.run_in_executor(None, lambda: (it.status, it.led, it.failing))
        status, led, self._failing = known
        now = datetime.now(timezone.utc)
        self._quality = quality = _QUALITY.get(status, ua.StatusCodes.BadNoCommunication)
        await self._write(("Status",), ua.Variant(status), now, ua.StatusCodes.Good)
        for name, data in tuple(self._told.items()):
            if name not in (("Status",), _LED):
                await self._write(name, data.Value, data.SourceTimestamp, self._quality_of(name[0]))
        if led is None and quality == ua.StatusCodes.Good:
            quality = ua.StatusCodes.BadWaitingForInitialData
        await self._write(_LED, ua.Variant(led), now, quality)

    def _quality_of(self, channel: str) -> int:
        if channel in self._failing and self._quality == ua.StatusCodes.Good:
            return int(ua.StatusCodes.BadSensorFailure)
        return self._quality

    async def _write(
        self, name: tuple[str, ...], value: ua.Variant, at: datetime, quality: int
    ) -> ua.DataValue:
        data = ua.DataValue(value, ua.StatusCode(quality), at, datetime.now(timezone.utc))
        self._told[name] = data
        await self._nodes.write(name, data)
        return data


def _argument(name: str, kind: str, about: str) -> ua.Argument:
    datatype = ua.NodeId(getattr(ua.ObjectIds, kind))
    return ua.Argument(Name=name, DataType=datatype, ValueRank=-1, Description=ua.LocalizedText(about))


_REPLY = [
    _argument("Led", "Boolean", "whether it is on; null where it cannot be known"),
    _argument("Temperature", "Double", "°C; null where the board measures none"),
    _argument("Latency", "Double", "seconds from sending to the board's answer"),
    _argument("Certain", "Boolean", "whether the answer surely belongs to this call"),
]


def _outputs(reply: Reply) -> list[ua.Variant]:
    return [ua.Variant(each) for each in (reply.led, reply.temperature, reply.latency, reply.certain)]
