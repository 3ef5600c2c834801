"""`serve()`: what a board measures goes to each framework, and their commands come to it."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any, Protocol

from .._device.following import Reading
from .._errors import InvalidArgument, NotConnected, PanelClosed, PicoPanelError, Uncopied, arguments
from .._pico.pico import Handle
from .._runtime import loop
from .._runtime.waiting import Event

ANSWER_WITHIN = 3.0
"""Seconds that a board has to answer: most frameworks' clients give up by themselves after four."""
_TRY_AGAIN = 1.0  # seconds
_OBSERVED = ["led", "status", "failing"]


class Front(Protocol):
    """One framework's view of the board. Each has threads of its own; none of these calls waits for it."""

    address: str
    says: str

    def take(self, reading: Reading) -> None:
        """Pass a reading on."""

    def crossed(self, reading: Reading, sentence: str) -> None:
        """Tell that a reading is beyond a limit, in these words."""

    def changed(self) -> None:
        """Tell that the LED, whether the board is there, or which sensors fail has changed."""

    def close(self) -> None:
        """Tell its clients that it ends, and end."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a front may need to know beside the board and its own address."""

    device_id: str
    nodesets: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    clients: Path | None = None


# The argument's name, and the module's: the library, what people call it, where it is if only True is given.
_FRONTS = {
    "opcua": ("asyncua", "OPC UA", "127.0.0.1:4840"),
    "sila": ("sila2", "SiLA 2", "127.0.0.1:50052"),
    "ros": ("roslibpy", "ROS", "127.0.0.1:9090"),
}


def serve(
    pico: Handle,
    *,
    opcua: bool | str = False,
    sila: bool | str = False,
    ros: bool | str = False,
    nodesets: str | os.PathLike[str] | None = None,
    cert: str | os.PathLike[str] | None = None,
    key: str | os.PathLike[str] | None = None,
    clients: str | os.PathLike[str] | None = None,
) -> Serving:
    """Show a board to a laboratory's framework as one of its own devices, until it is closed.

    Args:
        pico: A `Pico`, or a `PicoPanel`; it stays open afterwards.
        opcua: True, or the host and port to listen at, `127.0.0.1:4840` if not given.
        sila: The same for SiLA 2, `127.0.0.1:50052` if not given.
        ros: True, or where a rosbridge is: a host and port, `127.0.0.1:9090` if not given, or a URL with
            `ws://` or `wss://`. While none is there, it is looked for.
        nodesets: A folder with the OPC Foundation's nodesets of DI, AMB, IA, Machinery and LADS. With it, the
            OPC UA device is one of LADS, else one of OPC UA's own types.
        cert: The servers' certificate, PEM.
        key: Its key, PEM.
        clients: A folder with the certificates, PEM or DER, of who may use the servers. An address
            that other computers reach needs all three.

    Raises:
        InvalidArgument: Nothing to serve, or an address that cannot be or that would let anybody in.
        PicoPanelError: A framework's library is not installed, its port is taken, or Python runs in a page.

    Example:
        >>> with picopanel.serve(panel, opcua="127.0.0.1:48400") as serving:
        ...     serving.addresses["opcua"]
        'opc.tcp://127.0.0.1:48400/picopanel'
    """
    if not isinstance(pico, Handle):
        raise InvalidArgument("serve() takes a Pico or a PicoPanel.")
    wanted = {name: where for name, where in (("opcua", opcua), ("sila", sila), ("ros", ros)) if where}
    if not wanted:
        raise InvalidArgument("serve() needs to know for whom: opcua=True, sila=True or ros=True, or where.")
    if not loop.has_thread():
        raise PicoPanelError(
            "This notebook's Python runs in the browser (JupyterLite), where no other program reaches it. "
            "Use serve() in JupyterLab, or `picopanel serve` in a terminal."
        )
    paths = {"nodesets": nodesets, "cert": cert, "key": key, "clients": clients}
    found = {name: arguments.file_path(name, path) for name, path in paths.items() if path is not None}
    options = Options(pico._device.id, **found)
    with ExitStack() as undo:
        fronts: dict[str, Front] = {}
        for name, where in wanted.items():
            library, called, usual = _FRONTS[name]
            arguments.extra(library, f"{called} is spoken with {library}", name)
            module = importlib.import_module(f".{name}", __package__)
            fronts[name] = module.open_front(pico, usual if where is True else str(where), options)
            undo.callback(fronts[name].close)
        undo.pop_all()
    return Serving(pico, fronts)


class Serving(Uncopied):
    """A board that is served; it ends with a `with`, or by `close()`."""

    def __init__(self, pico: Handle, fronts: Mapping[str, Front]) -> None:
        self._pico, self._fronts = pico, fronts
        self._closed = Event()
        loop.ask(pico._device.limits.hearers.append, self._crossed)
        pico.observe(self._changed, _OBSERVED)
        self._changed(None)
        # Not joined: it waits for readings, and ends with the next one, or with the board's connection.
        Thread(target=self._read, name="picopanel-serve", daemon=True).start()

    @property
    def addresses(self) -> dict[str, str]:
        """Where each framework finds the board."""
        return {name: front.address for name, front in self._fronts.items()}

    @property
    def says(self) -> list[str]:
        """What is served where, a sentence each."""
        return [f"{_FRONTS[name][1]}: {front.address} ({front.says})" for name, front in self._fronts.items()]

    def close(self) -> None:
        """Serve no more; the board's connection stays."""
        if self._closed.is_set():
            return
        self._closed.set()
        loop.ask(self._pico._device.limits.hearers.remove, self._crossed)
        self._pico.unobserve(self._changed, _OBSERVED)
        for front in self._fronts.values():
            loop.safely(front.close)

    def __enter__(self) -> Serving:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        verb = "served no more" if self._closed.is_set() else "serving"
        return f"<{verb}: {', '.join(self.addresses.values())}>"

    def _changed(self, _: Any) -> None:
        for front in self._fronts.values():
            loop.safely(front.changed)

    def _read(self) -> None:
        while not self._closed.is_set():
            try:
                for reading in self._pico.readings():
                    if self._closed.is_set():
                        return
                    for front in self._fronts.values():
                        loop.safely(front.take, reading)
                return  # nothing more can come
            except PanelClosed:
                return
            except NotConnected:  # the broker refuses us; what it lacks may be mended there
                self._closed.wait(_TRY_AGAIN)

    def _crossed(self, reading: Reading, limit: str) -> None:
        """In the loop, and maybe before the reading itself is passed on."""
        sentence = f"{reading.channel} is {reading.value:g} {reading.unit}, {limit}."
        for front in self._fronts.values():
            loop.safely(front.crossed, reading, sentence)
