"""SiLA 2: a server whose commands return when the board has answered, and say in words why not."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable
from concurrent.futures import wait
from contextlib import suppress
from datetime import datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path
from threading import Lock
from typing import Any

import grpc
from sila2.framework import DefinedExecutionError, Feature, UndefinedExecutionError
from sila2.server.encryption import generate_self_signed_certificate

from .._broker.address import is_loopback
from .._device.following import Reading
from .._device.known import TEMPERATURE
from .._errors import (
    CommandRefused,
    InvalidArgument,
    InvalidCommand,
    NoAnswer,
    NotConnected,
    PanelClosed,
    PicoPanelError,
)
from .._pico.pico import Handle
from .._version import __version__
from .access import LISTEN, certificates, check_access, first_certificate, host_and_port, own_certificate
from .serve import ANSWER_WITHIN, Options
from .sila_server import KEPT, BoardServer, Subscribers, Threads

_FEATURES = Path(__file__).parent / "sila"
_ERRORS = {
    NoAnswer: "NoAnswer",
    NotConnected: "NotConnected",
    PanelClosed: "NotConnected",
    CommandRefused: "Refused",
    InvalidArgument: "InvalidInput",
    InvalidCommand: "InvalidInput",
}
_STATES = {True: "on", False: "off", None: "unknown"}
_KELVIN = {"°C": 273.15, "K": 0.0}
_STEPS = 100  # in which a blinking's progress is told, at most
_LOGGER = "observable-command-manager-{}"  # sila2 makes one for each execution


def open_front(pico: Handle, where: str, options: Options) -> Sila:
    """Begin to serve at a host and port."""
    host, port = host_and_port(where, LISTEN)
    check_access(host, options, "a SiLA 2")
    if ":" in host:
        raise InvalidArgument("sila2 serves at IPv4 addresses only, e.g. at 127.0.0.1:50052.")
    return Sila(pico, "127.0.0.1" if host == "localhost" else host, port, options)


class Sila:
    """A server of one board. gRPC has threads of its own, in which the board's verbs wait."""

    def __init__(self, pico: Handle, host: str, port: int, options: Options) -> None:
        self.address, self.says = f"{host}:{port}", "encrypted"
        self._pico, self._id = pico, options.device_id
        self._newest: dict[str, Reading] = {}
        self._told: dict[str, Any] = {}
        self._telling = Lock()
        self._cancelled: set[str] = set()
        self._threads = Threads()
        try:
            # There, whatever begins more threads: those end with the program, as these do.
            self._threads.submit(self._start, host, port, options).result()
        except (OSError, RuntimeError, ValueError) as error:
            if isinstance(error, PicoPanelError):
                raise
            why = str(error)
            if "Failed to bind" in why:  # what follows in gRPC's own sentence helps nobody
                why = "a program listens there, or this computer has no such address. Take another port"
            raise PicoPanelError(f"{self.address} cannot be served: {why}.") from None

    def take(self, reading: Reading) -> None:
        before = self._newest.get(reading.channel)
        late = before is not None and before.time > reading.time
        if not late:
            self._newest[reading.channel] = reading
        self._readings.tell(_told(reading), reading.channel, late=late)
        if reading.channel == TEMPERATURE and reading.unit in _KELVIN and not late:
            self._temperature.tell(round(reading.value + _KELVIN[reading.unit], 6))

    def changed(self) -> None:
        it = self._pico
        with self._telling:  # who makes the server and who observes may look at once: what is newer stays
            now = {"Status": it.status, "State": _STATES[it.led], "Failing": [*it.failing.items()]}
            for name, value in now.items():
                if self._told.get(name) != value:
                    self._changing[name].tell(value)
            self._told = now
        if (error := self._unknown()) is not None:
            self._temperature.fail(error)

    def crossed(self, reading: Reading, sentence: str) -> None:
        self._crossed.tell(sentence)

    def close(self) -> None:
        self._threads.submit(self._server.end).result()

    def _start(self, host: str, port: int, options: Options) -> None:
        # The same for the same board at the same computer, as a client expects.
        identity = uuid.uuid5(uuid.NAMESPACE_URL, f"urn:picopanel:{uuid.getnode():x}:{self._id}")
        key, chain = own_certificate(options) or generate_self_signed_certificate(identity, host)
        found = re.match(r"\d+\.\d+(\.\d+)?", __version__)
        self._server = BoardServer(
            _credentials(key, chain, options.clients),
            self._threads,
            server_name=f"PicoPanel {self._id}",
            server_type="RaspberryPiPicoW",
            server_description="A Raspberry Pi Pico W, shown by PicoPanel.",
            server_version=found[0] if found else "0.0",
            server_vendor_url="https://github.com/picopanel/picopanel",
            server_uuid=identity,
        )
        self._add_features()
        if is_loopback(host):
            self._server.announce_nothing()
            self._server.begin(host, port)
        else:
            self._server.begin(host, port)
            announced = self._server.announce(host, port, chain)
            self.says = f"certificates on both sides, {'' if announced else 'not '}announced by mDNS"

    def _add_features(self) -> None:
        add = self._add
        switches = {verb.title(): partial(self._switch, verb) for verb in ("on", "off", "toggle")}
        led = add("LedController", **switches, Blink=self._blink)
        add("CancelController", CancelCommand=self._cancel, CancelAll=self._cancel_all)
        temperature = add("TemperatureProvider", CurrentTemperature_on_subscription=self._check_known)
        measured = lambda: [_told(each) for each in tuple(self._newest.values())]  # noqa: E731
        channels = add("ChannelProvider", get_Channels=measured)
        setters = {f"Set{kind}": self._set for kind in ("Number", "Switch", "Text")}
        board = add("BoardController", **setters, Read=self._read, Mark=self._mark)
        self._temperature = temperature["CurrentTemperature"]
        self._readings, self._crossed = channels["Readings"], channels["CrossedLimit"]
        self._crossed.tell("")
        self._changing = {"Status": board["Status"], "State": led["State"], "Failing": channels["Failing"]}

    def _add(self, name: str, **calls: Callable[..., Any]) -> dict[str, Subscribers]:
        feature = _feature(name)
        answers = {name: _in_words(feature, call) for name, call in calls.items()}
        # Else what sila2 says of each refusal fills a notebook's cell.
        for logger in (name, _LOGGER.format(feature.fully_qualified_identifier.rpartition(".")[0])):
            if not logging.getLogger(logger).handlers:
                logging.getLogger(logger).addHandler(logging.NullHandler())
        return self._server.add(feature, answers)

    def _switch(self, verb: str) -> tuple[str, float, bool]:
        reply = getattr(self._pico, verb)(timeout=ANSWER_WITHIN)
        return _STATES[reply.led], reply.latency, reply.certain

    def _read(self) -> tuple[str, list[tuple[str, float, str]], float, bool]:
        reply = self._pico.read(timeout=ANSWER_WITHIN)
        known = set(self._pico.channels)
        units = {name: self._pico[name].unit if name in known else "" for name in reply.values}
        values = [(name, value, units[name]) for name, value in reply.values.items()]
        return _STATES[reply.led], values, reply.latency, reply.certain

    def _set(self, control: str, to: float | bool | str) -> tuple[float, bool]:
        reply = self._pico.set({control: to}, timeout=ANSWER_WITHIN)
        return reply.latency, reply.certain

    def _blink(self, on: float, off: float, count: int, *, instance: Any) -> tuple[float, bool]:
        """Blink, and tell how far it is; the board's answer comes at its beginning, or there is none."""
        seconds, name = count * (on + off), str(instance.execution_uuid)
        instance.lifetime_of_execution = KEPT + timedelta(seconds=seconds)
        instance.begin_execution()
        begun = time.monotonic()
        going = self._threads.submit(self._pico.blink, on, off, count, timeout=ANSWER_WITHIN)
        while wait([going], max(0.1, seconds / _STEPS)).not_done:
            passed = min(time.monotonic() - begun, seconds)
            instance.progress = passed / seconds
            instance.estimated_remaining_time = timedelta(seconds=seconds - passed)
            if name in self._cancelled:  # before it had begun, or it would be over
                with suppress(PicoPanelError):
                    self._pico.off(timeout=ANSWER_WITHIN)
        command = _feature("LedController")["Blink"].fully_qualified_identifier
        logging.Logger.manager.loggerDict.pop(_LOGGER.format(f"{command}-{name}"), None)
        reply = going.result()
        if name in self._cancelled:
            raise _error("LedController", "Cancelled", "The blinking was cancelled, as was asked for.")
        if time.monotonic() - begun < seconds:
            raise _error("LedController", "Interrupted", "Another LED command has ended the blinking.")
        return reply.latency, reply.certain

    def _mark(self, text: str) -> None:
        self._pico.mark(text)

    def _cancel(self, execution: str) -> None:
        blinkings = self._blinkings()
        if execution not in blinkings:
            said = "No such command is under way: it is over, or never was."
            raise _error("CancelController", "InvalidCommandExecutionUUID", said)
        self._cancelled &= blinkings
        self._cancelled.add(execution)
        self._pico.off(timeout=ANSWER_WITHIN)

    def _cancel_all(self) -> None:
        for each in self._blinkings():
            self._cancel(each)

    def _blinkings(self) -> set[str]:
        """Return those that are under way, also what has been asked for but has not begun."""
        return self._server.under_way("LedController", "Blink")

    def _check_known(self) -> None:
        if (error := self._unknown()) is not None:
            raise error

    def _unknown(self) -> DefinedExecutionError | None:
        """Return why the temperature cannot be known, if it cannot."""
        if (status := self._pico.status) != "online":
            said = f"The status of {self._id!r} is {status}, so its temperature cannot be known."
            then = "the Status of the BoardController is online; a command says what to check"
            name = "NotConnected"
        elif (reason := self._pico.failing.get(TEMPERATURE)) is not None:
            said = f"The board cannot measure its temperature: {reason}. Check how the sensor is wired."
            then = "Failing of the ChannelProvider does not name it any more"
            name = "SensorFailed"
        else:
            return None
        return _error("TemperatureProvider", name, f"{said} Subscribe again once {then}.")


@lru_cache
def _feature(name: str) -> Feature:
    return Feature(str(_FEATURES / f"{name}.sila.xml"))


def _error(feature: str, identifier: str, message: str) -> DefinedExecutionError:
    return DefinedExecutionError(_feature(feature).defined_execution_errors[identifier], message)


def _in_words(feature: Feature, call: Callable[..., Any]) -> Callable[..., Any]:
    """Return a call as sila2 makes it, whose errors are those of the feature."""

    def answer(*given: Any, metadata: object, **more: Any) -> Any:
        try:
            return call(*given, **more)
        except PicoPanelError as error:
            said = next((name for kind, name in _ERRORS.items() if isinstance(error, kind)), "")
            message = str(error)
            if said == "Refused":
                message = f"{message.rstrip('.')}. Ask for something else: the same would be declined again."
            if said not in feature.defined_execution_errors:
                raise UndefinedExecutionError(message) from None
            raise _error(feature._identifier, said, message) from None

    return answer


def _told(reading: Reading) -> tuple[str, float, str, datetime]:
    # To the nearest millisecond, as in PicoPanel's tables: sila2 would cut off what is beyond.
    return reading.channel, reading.value, reading.unit, reading.time + timedelta(microseconds=500)


def _credentials(key: bytes, chain: bytes, clients: Path | None) -> grpc.ServerCredentials:
    """Return what a server shows, and whom it lets in; one that is given no list lets in everybody."""
    if clients is None:
        return grpc.ssl_server_credentials([(key, chain)])
    listed = b"\n".join(map(first_certificate, certificates(clients)))
    return grpc.ssl_server_credentials([(key, chain)], listed, require_client_auth=True)
