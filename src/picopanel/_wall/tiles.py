"""What each tile shows, which have changed since when, and what is kept of them once the kernel is gone."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .._device.device import Device
from .._device.following import readings
from .._device.known import TEMPERATURE
from .._page.feed import Message
from .._page.snapshot import sheet, sheet_text
from .._runtime.clock import Clock
from .._store import Store
from .boards import Boards

# Refreshes after which a tile is made anew though its board has said nothing: the clock alone changes some.
REFRESH_ALL_IN = 4
POINTS = 40  # of the small line on a tile
STEP = 3000.0  # milliseconds that share a point, so that a line of fast readings holds two minutes
MOST_BYTES = 150_000  # of a snapshot in the notebook
_LOOKED_AT = 600  # stored rows out of which another channel's line is made

_RANK = ("bad", "warn", "unknown", "ok")


class Spark:
    """The small line on a tile: a board's last points; readings that come rarely have a point each."""

    def __init__(self) -> None:
        self.points: list[float] = []
        self._began = float("-inf")

    def add(self, time: float, value: float) -> bool:
        """Take a reading (Unix time in ms), and say whether it changes the line.

        Of the readings that share a point, the one that is farthest from the point before is kept:
        a spike is seen.
        """
        value = float(f"{value:.4g}")
        if time - self._began >= STEP or not self.points:
            self._began = time
            self.points = [*self.points[1 - POINTS :], value]
            return True
        before = self.points[-2] if len(self.points) > 1 else self.points[-1]
        if abs(value - before) <= abs(self.points[-1] - before):
            return False
        self.points[-1] = value
        return True

    @classmethod
    def of(cls, store: Store, channel: str) -> Spark:
        """Return the line of a channel whose readings are stored already."""
        spark, rows = cls(), store.since(store.end - _LOOKED_AT)
        for _, time, value, _ in readings(rows, channel):
            spark.add(time, value)
        return spark


class Tile:
    """One board's facts, and the version of the wall in which they last changed."""

    def __init__(self, device_id: str, began: int) -> None:
        self.id = device_id
        self.spark = Spark()
        self.facts: dict[str, Any] = {}
        self.version = self.spark_version = 0
        self._signs: object = None
        self._made_in = began
        self._channel = ""

    def refresh(self, device: Device, wanted: str | None, nth: int, version: int) -> None:
        """Take what is new at the nth refresh of all, as of that version."""
        signs = (device, wanted, device.store.end, device.known.last_led, device.link_status.phase)
        if signs == self._signs and nth - self._made_in < REFRESH_ALL_IN:
            return
        self._signs, self._made_in = signs, nth
        channel = channel_of(device, wanted)
        new = facts(device, channel)
        if channel != self._channel:
            self._channel, self.spark, self.spark_version = channel, Spark.of(device.store, channel), version
        elif new["at"] not in (None, self.facts.get("at")) and self.spark.add(new["at"], new["value"]):
            self.spark_version = version
        if new != self.facts:
            self.facts, self.version = new, version

    def since(self, version: int) -> dict[str, Any]:
        line = {"spark": self.spark.points} if self.spark_version > version else {}
        return {"id": self.id, **self.facts, **line}


class Told(NamedTuple):
    version: int = 0
    head: Mapping[str, Any] | None = None


class Tiles:
    """The news of a wall: tiles, with one running number for their changes, and a head; in the loop only."""

    untold = Told()

    def __init__(self, boards: Boards, clock: Clock, head: Callable[[], Mapping[str, Any]] = dict) -> None:
        self._boards, self._clock, self._head = boards, clock, head
        self._tiles: dict[str, Tile] = {}
        self._refreshes = self.version = 0
        self.channel: str | None = None  # what the tiles show; None: each board's own

    def refresh(self) -> None:
        if self._boards.closed:
            return
        self._refreshes += 1
        for device_id, device in self._boards:
            if device_id not in self._tiles:  # not all are made anew at once
                began = self._refreshes - len(self._tiles) % REFRESH_ALL_IN
                self._tiles[device_id] = Tile(device_id, began)
            self._tiles[device_id].refresh(device, self.channel, self._refreshes, self.version + 1)
        self.version = max((tile.version for tile in self._tiles.values()), default=0)

    def changed_since(self, version: int) -> list[dict[str, Any]]:
        return [tile.since(version) for tile in self._tiles.values() if tile.version > version]

    def since(self, told: Told) -> tuple[list[Message], Told]:
        """Return a message with all that is new, if anything is, and what the page has been told then."""
        now = Told(self.version, self._head())
        if now == told:
            return [], told
        message = self._message(told.version, self.changed_since(told.version))
        if now.head != told.head:
            message["head"] = now.head
        return [(message, [])], now

    def answer(self, question: Mapping[str, Any]) -> tuple[list[Message], Told]:
        self.refresh()
        return self.since(Told(question["since"]))

    def heartbeat(self, told: Told) -> Message:
        return self._message(self.version, []), []

    def again(self, told: Told) -> Told:
        return self.untold

    def _message(self, since: int, tiles: list[dict[str, Any]]) -> dict[str, Any]:
        now, version = self._clock.unix(), self.version
        return {"type": "wall", "now": now, "from": since, "version": version, "tiles": tiles}


def channel_of(device: Device, wanted: str | None = None) -> str:
    """Return the channel that a board's tile shows: the wanted one, or the board's own."""
    last = device.known.last
    return wanted or (TEMPERATURE if TEMPERATURE in last else next(iter(last), ""))


def facts(device: Device, channel: str) -> dict[str, Any]:
    """Return what the tile of a board shows of a channel, as `js/src/contract.ts` has it.

    Its lamp is the first in trouble on the way to the board, else the Pico's.
    """
    known, diagnosis = device.known, device.diagnosis()
    at, value = known.last.get(channel, (None, None))
    broker, pico, data = diagnosis.lamps[:3]
    first = min((broker, pico, data), key=lambda lamp: _RANK.index(lamp.level))
    lamp = pico if first.level == "ok" else first
    return {
        "led": known.led,
        "has_led": device.has_led,
        "at": at,
        "value": None if value is None else float(f"{value:.6g}"),
        "unit": known.units.get(channel, ""),
        "stale": known.presence.stale_ms if known.presence.seen_live else None,
        "virtual": known.presence.virtual,
        "level": lamp.level,
        "word": lamp.word if lamp is pico else f"{lamp.name}: {lamp.word}",
        "trouble": diagnosis.trouble,
        "next": diagnosis.next,
        "away": known.attendance.away,
    }


@dataclass(frozen=True, slots=True)
class WallSnapshot:
    tiles: list[dict[str, Any]]
    at: float
    look: Mapping[str, Any] = field(default_factory=dict)

    @property
    def version(self) -> object:
        """What is new in it is worth keeping."""
        return self.tiles, self.look

    @property
    def recorded(self) -> dict[str, Any]:
        """What the page shows of it without a kernel; the lines are shorter where there are many boards."""
        points = POINTS
        while True:
            tiles = [{**tile, "spark": [*deque(tile.get("spark", ()), points)]} for tile in self.tiles]
            recorded = {"at": self.at, "look": self.look, "tiles": tiles}
            if not points or len(json.dumps(recorded)) <= MOST_BYTES:
                return recorded
            points //= 2

    @property
    def text(self) -> str:
        return sheet_text(f"{len(self.tiles)} boards", self.at, self._rows())

    def html(self, css_class: str = "picopanel-snapshot") -> str:
        heads = ("board", "state", "LED", "last value", "trouble")
        return sheet(f"<b>{len(self.tiles)} boards</b>", self.at, heads, self._rows(), css_class)

    def _rows(self) -> list[tuple[str, ...]]:
        return [
            (
                tile["id"],
                tile["word"],
                {True: "on", False: "off", None: "unknown"}[tile["led"]],
                "" if tile["value"] is None else f"{tile['value']:g} {tile['unit']}".strip(),
                tile["trouble"] or "",
            )
            for tile in sorted(self.tiles, key=lambda tile: str(tile["id"]))
        ]
