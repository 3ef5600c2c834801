"""From what a user gives to a device on a link."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from .._broker import Broker, find
from .._device.device import Device, open_device
from .._errors import InvalidBroker, InvalidDeviceID, NotConnected, warn
from .._errors.arguments import first_of
from .._link import Link
from .._link.mqtt import ListeningLink, shared_link
from .._link.virtual import VirtualLink
from .._link.virtual_board import Setup, VirtualBoard
from .._protocol.ids import check_device_id
from .._runtime import loop

if TYPE_CHECKING:
    from .._protocol.description import Description

PUBLIC = "This broker is public: anyone can read and command this board, if they guess its ID."

_virtual_links: dict[tuple[str, object], VirtualLink] = {}


def connect(
    device_id: str | None, broker: Broker | str | None, capacity: int, board: object = None
) -> Device:
    """Return a board on a real broker; what is not given is looked up."""
    kind, announced = None, False
    if board is not None:
        from .._protocol.boards import HOME_ASSISTANT, find_board

        announced = board == HOME_ASSISTANT
        kind = None if announced else find_board(board)
    if device_id is None and kind is not None:
        device_id = kind.own_id
    if device_id is not None:
        check_device_id(device_id)
    device_id, found = find(device_id, broker)
    if device_id is None:
        raise InvalidDeviceID(
            "No device ID was given. Use PicoPanel('my-course-id'), or set COURSE_ID where the broker "
            "is set (environment, Colab secrets or my_secrets.py)."
        )
    warn_of(check_device_id(device_id))
    left_out: list[str] = []
    if announced:
        from .announced import ask_broker

        check_reach(found)
        kind, left_out = ask_broker(found, [device_id])[device_id]
    device = loop.ask(lambda: Device(device_id, _link(found), capacity=capacity, board=kind))
    if left_out:
        said = f"Of what this board announces, some is left out: {first_of(left_out, 3, '; ')}."
        loop.ask(device.known.notice, f"{said} as_description() has all of it.")
    _tell_if_public(device, found)
    return device


def _tell_if_public(device: Device, broker: Broker) -> None:
    if broker.public:
        loop.ask(device.known.notice, PUBLIC)
        warn(PUBLIC)


def listen(topics: object, broker: Broker | str | None, capacity: int) -> Device:
    """Return what comes on a filter; over a connection of its own, as wildcards need."""
    from .._device.listening import called, check_filter

    checked = check_filter(topics)
    found = find("", broker)[1]
    check_reach(found)
    link = loop.ask(ListeningLink, found)
    device = loop.ask(lambda: Device(called(checked), link, capacity=capacity, listens=checked))
    _tell_if_public(device, found)
    return device


def warn_of(device_id: str) -> None:
    """Warn of an ID that may go wrong."""
    if device_id != device_id.strip():
        warn("The device ID begins or ends with white space, which counts: does the board's as well?")
    elif " " in device_id:
        warn("Some brokers (NATS) refuse topics with spaces.")


def share(
    device_id: str, broker: Broker | None, capacity: int, board: Description | None = None
) -> tuple[Device, bool]:
    """Return the board as it is open in this process already, else open it; and whether that was done.

    In the loop only. A virtual one, if no broker is given.
    """
    link = _link(broker) if broker else _virtual_link(device_id)
    found = open_device(link, device_id, board)
    if found is not None:
        return found, False
    return Device(device_id, link, capacity=capacity, board=board), True


def _link(broker: Broker) -> Link:
    check_reach(broker)
    return shared_link(broker)


def check_reach(broker: Broker) -> None:
    """Refuse a broker that is not to be reached from here: from a page only some are.

    Python's own sockets lead elsewhere there: they open a WebSocket to the port, without TLS.

    Raises:
        NotConnected, InvalidBroker: With what to write instead.
    """
    if loop.has_thread():
        return
    here = "This notebook's Python runs in the browser (JupyterLite), which"
    if broker.transport != "websockets":
        host = f"[{broker.host}]" if ":" in broker.host else broker.host
        raise NotConnected(
            f"{here} reaches a broker over WebSocket alone: write wss://{host}:8884/mqtt, or what else your "
            "broker's provider gives as its address for WebSocket. PicoPanel.demo() needs no broker."
        )
    if not (broker.verify and broker.ca is broker.cert is None):
        raise InvalidBroker(
            f"{here} itself says whose certificates are good: leave out ca=, cert=, key= and verify=."
        )
    if "pyodide" not in sys.modules:
        raise NotConnected("This Python can start no threads, and so it has no connections.")
    origin = str(import_module("js").origin)
    if origin.startswith("https:") and not broker.tls and not broker.loopback:
        raise NotConnected(
            f"{here} allows a page that came over https:// no connection without TLS: write wss:// instead "
            "of ws://, with the port that your broker has for it."
        )


def connect_virtual(device_id: str, capacity: int, setup: Setup | None = None) -> Device:
    """Return a virtual board; the same ID gives the same board again, still running."""
    warn_of(check_device_id(device_id))
    return loop.ask(lambda: Device(device_id, _virtual_link(device_id, setup), capacity=capacity))


def connect_other(device_id: str, capacity: int, board: object) -> Device:
    """Return a virtual board that speaks as the description of this name says; as `connect_virtual`."""
    from .._link.virtual_others import virtual_other
    from .._protocol.boards import find_board

    warn_of(check_device_id(device_id))
    link = _virtual_links.get((device_id, board)) if isinstance(board, str) else None
    if link is None:
        link = _virtual_links[device_id, board] = VirtualLink(virtual_other(board, device_id))
    return loop.ask(lambda: Device(device_id, link, capacity=capacity, board=find_board(board)))


def _virtual_link(device_id: str, setup: Setup | None = None) -> Link:
    link = _virtual_links.get((device_id, None))
    if link is None:
        link = _virtual_links[device_id, None] = VirtualLink(VirtualBoard(device_id, setup=setup))
    elif setup is not None:
        link.exchange(VirtualBoard(device_id, setup=setup))
    return link
