"""A board that streams and a panel, each with a way of its own to one broker, and what must hold of them."""

import gc
import threading
from collections import Counter

import paho.mqtt.client as paho
import psutil

from picopanel import NoAnswer, NotConnected, Pico
from picopanel._device.device import Device
from picopanel._link.connection import Connection
from picopanel._runtime import loop
from picopanel._store import Store

from ..support.mosquitto import Mosquitto
from ..support.programs import Board
from ..support.spy import Spy
from ..support.waiting import eventually
from ..support.way import Way

KEPT_NO_LONGER = (Device, Store, Connection, paho.Client)
"""What holds all the memory of a panel."""

ID = "trial"
RATE = 50
"""Readings a second; the test board's ring holds 4000 of them."""


class Trial:
    """Something goes wrong here, and is over again.

    Args:
        broker: A running one; its port is behind both ways.
    """

    def __init__(self, broker: Mosquitto) -> None:
        self.broker = broker
        self.to_board, self.to_panel = Way(broker.port), Way(broker.port)
        self._boards: list[Board] = []
        self.plug_in()
        self.reopen()
        self.spy = Spy(broker.port)
        eventually(lambda: self.pico.temperature is not None, "readings come", seen=self.sentence)

    def close(self) -> None:
        self.pico.close()
        del self.pico
        for board in self._boards:
            board.kill()
        self.spy.close()
        del self.spy  # paho keeps two sockets of its own as long as a client lives
        for way in (self.to_board, self.to_panel):
            way.close()

    def plug_in(self) -> None:
        """Start the board."""
        self.board = self.plug_in_another()

    def plug_in_another(self) -> Board:
        """Start one more board under the same ID."""
        self._boards.append(Board("pico_layer_board.py", self.to_board.port, ID, "--rate", RATE))
        return self._boards[-1]

    def reopen(self) -> None:
        """Make the panel's cell run (again)."""
        self.pico = Pico(ID, broker=f"mqtt://127.0.0.1:{self.to_panel.port}")

    def sentence(self) -> str | None:
        """Return what the panel says is wrong."""
        return self.pico._device.diagnosis().trouble

    def says(self, *sentences: str, within: float = 5) -> None:
        """Wait for one of these sentences; 5 s is what the panel promises."""
        eventually(
            lambda: self.sentence() in sentences,
            f"the panel says {sentences}",
            within=within,
            seen=self.sentence,
        )

    def try_to_toggle(self) -> None:
        """Send a command that may or may not arrive, and do not wait."""
        self.pico._device.start("toggle", 5)

    def recovers(self, within: float = 40) -> None:
        """Wait, without doing anything about it, until a command is answered and nothing is wrong."""

        def answered() -> bool:
            try:
                return self.pico.toggle(timeout=3) is not None
            except (NotConnected, NoAnswer):
                return False

        eventually(answered, "a command is answered again", within=within, seen=self.sentence)
        self.says(None)

    def holds(self) -> None:
        """Check what must hold after every fault: readings, commands, answers."""
        self.every_reading_is_there_once()
        self.no_command_was_late_or_twice()

    def every_reading_is_there_once(self, within: float = 25) -> None:
        """Wait until all that the board has measured is in the store, from its first sample on."""
        last = max(self.readings(), default=0)

        def complete() -> bool:
            found = self.readings()
            return bool(found) and max(found) >= last and found == Counter(range(max(found) + 1))

        expected = "each sample of the board is in the store once"
        eventually(complete, expected, within=within, seen=self.missing_or_double)
        assert self.pico._device.known.lost_samples == 0, "nothing was lost"

    def readings(self) -> Counter[int]:
        """Return how often each sample of the board is in the store, by its number."""
        return numbers_in(self.pico)

    def missing_or_double(self) -> dict[int, int]:
        found = self.readings()
        return {n: found[n] for n in range(max(found, default=0) + 1) if found[n] != 1}

    def no_command_was_late_or_twice(self) -> None:
        """Hold the panel's log, the wire and the board against each other."""
        events = [event for _, event in loop.ask(self.pico._device.store.since, 0).events]
        sent = [event["id"] for event in events if event["kind"] == "sent"]
        answered = [event["id"] for event in events if event["kind"] == "answered"]
        assert len(answered) == len(set(answered)), "a command is answered once"
        eventually(lambda: len(self.board.heard) >= len(answered), "what was answered was carried out")
        carried_out = len(self.board.heard)
        assert len(answered) <= carried_out <= len(sent), (
            f"{len(sent)} commands sent, {len(answered)} answered, {carried_out} carried out"
        )
        on_the_wire = Counter(self.spy.on(f"{ID}/cmd"))
        assert set(on_the_wire.values()) <= {1}, "no command passed twice"


def numbers_in(pico: Pico) -> Counter[int]:
    """Return how often each sample of the newest boot is in the store, by the number that its value tells."""
    device = pico._device
    rows = loop.ask(device.store.since, 0)
    boot = device.known.samples.current
    wanted = {number for number, origin in rows.table.items() if origin.boot == boot}
    pairs = zip(rows.values, rows.origins, strict=True)
    return Counter(round((value - 20) * 1000) for value, origin in pairs if origin in wanted)


STAY = Counter({"picopanel-loop": 1, "picopanel-observers": 1})
"""Threads that a process keeps, one each however many panels it had."""


def footprint() -> dict[str, object]:
    """Return the threads and open files that this process has because of PicoPanel."""
    gc.collect()
    ours = ("picopanel", "paho")
    names = Counter(
        thread.name.split("-(")[0] for thread in threading.enumerate() if thread.name.startswith(ours)
    )
    return {"threads": dict(names), "sockets": len(psutil.Process().net_connections(kind="tcp"))}


def alive() -> Counter[str]:
    """Return how many devices, stores and connections this process still holds in its memory.

    By their types: what a weak proxy stands for may be gone.
    """
    gc.collect()
    return Counter(type(each).__name__ for each in gc.get_objects() if issubclass(type(each), KEPT_NO_LONGER))


def leaves_nothing(before: dict[str, object], held: Counter[str] | None = None) -> None:
    """Wait until there is no more than a former `footprint()`, and `alive()` if given."""

    def no_more() -> bool:
        now = footprint()
        threads = Counter(now["threads"]) - (Counter(before["threads"]) | STAY)
        return not threads and now["sockets"] <= before["sockets"]

    eventually(no_more, f"no more threads and sockets than {before}", within=20, seen=footprint)
    if held is not None:
        expected = f"no more devices, stores and connections than {held}"
        eventually(lambda: not alive() - held, expected, within=20, seen=alive)
