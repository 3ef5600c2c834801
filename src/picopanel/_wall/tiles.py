"""What each tile shows, and which of them have changed since when."""

from __future__ import annotations

from itertools import count
from threading import RLock
from typing import Any

from .._device.device import Device
from .._device.diagnosis import Diagnosis, Lamp
from .boards import Boards
from .spark import Spark

LOOK_ALL_IN = 4
"""Looks in which every tile is made anew once, for what changes by the clock alone."""

_RANK = ("bad", "warn", "unknown", "ok")

_serials = count(1)


class Tile:
    """One board's facts, and the version of the wall in which they last changed."""

    def __init__(self, device_id: str) -> None:
        self.id = device_id
        self.spark = Spark()
        self.facts: dict[str, Any] = {}
        self.version = self.spark_version = 0
        self.turn = next(_serials)
        self._signs: object = None
        self._newest = 0.0

    def look(self, device: Device, due: bool, version: int) -> bool:
        """Take what is new, and say whether anything is."""
        known = device.known
        signs = (device, device.store.end, known.last_led, device.link_status.phase)
        if signs == self._signs and not due:
            return False
        self._signs = signs
        new = facts(device)
        at, value = new["at"], new["value"]
        if at is not None and at != self._newest:
            self._newest = at
            if self.spark.add(at, value):
                self.spark_version = version
        if new == self.facts:
            return False
        self.facts, self.version = new, version
        return True


class Tiles:
    """All tiles, and one running number for their changes.

    `since(version)` depends on the tiles alone, so its answer may be given any number of times.
    """

    def __init__(self, boards: Boards) -> None:
        self._boards = boards
        self._tiles: dict[str, Tile] = {}
        self._lock = RLock()
        self._looks = 0
        self._closed = False
        self.version = 0

    def close(self) -> None:
        """Look for the last time: a board that is let go of is in no trouble."""
        with self._lock:
            self.look()
            self._closed = True

    def look(self) -> None:
        """Look at every board once."""
        with self._lock:
            if self._closed:
                return
            self._looks += 1
            version, changed = self.version + 1, False
            for device_id, device in self._boards:
                tile = self._tiles.get(device_id)
                if tile is None:
                    tile = self._tiles[device_id] = Tile(device_id)
                due = (tile.turn + self._looks) % LOOK_ALL_IN == 0 or not tile.facts
                changed |= tile.look(device, due, version)
            if changed:
                self.version = version

    def since(self, version: int) -> list[dict[str, Any]]:
        """Return the tiles that have changed since a version, each whole but for an unchanged line."""
        with self._lock:
            return [
                {
                    "id": tile.id,
                    **tile.facts,
                    **({"spark": tile.spark.points} if tile.spark_version > version else {}),
                }
                for tile in self._tiles.values()
                if tile.version > version
            ]


def facts(device: Device) -> dict[str, Any]:
    """Return what the tile of a board shows, as `js/src/wall/contract.ts` has it."""
    known, diagnosis = device.known, device.diagnosis()
    channel = "temperature" if "temperature" in known.last else next(iter(known.last), "")
    at, value = known.last.get(channel, (None, None))
    info, live = known.presence.info, known.presence.seen_live
    lamp = worst(diagnosis)
    return {
        "led": known.led,
        "at": at,
        "value": None if value is None else float(f"{value:.6g}"),
        "unit": known.units.get(channel, ""),
        "stale": known.presence.stale_after * 1000 if live else None,
        "virtual": info is not None and info.virtual,
        "level": lamp.level,
        "word": lamp.word if lamp.name == "Pico" else f"{lamp.name}: {lamp.word}",
        "trouble": diagnosis.trouble,
        "next": diagnosis.next,
        "away": known.attendance.away,
    }


def worst(diagnosis: Diagnosis) -> Lamp:
    """Return the lamp that says most: the first in trouble on the way to the board, else the Pico's."""
    broker, pico, data, _ = diagnosis.lamps
    first = min((broker, pico, data), key=lambda lamp: _RANK.index(lamp.level))
    return pico if first.level == "ok" else first
