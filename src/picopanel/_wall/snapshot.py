"""What is kept of a wall once its kernel is gone, and a table for where no widget lives."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from .._page.still import sheet, sheet_text

MOST_BYTES = 150_000


@dataclass(frozen=True, slots=True)
class WallSnapshot:
    tiles: list[dict[str, Any]]
    at: float

    @property
    def mark(self) -> object:
        """What is new in it is worth keeping."""
        return self.tiles

    @property
    def recorded(self) -> dict[str, Any]:
        """What the page shows of it without a kernel; the lines are shorter where there are many boards."""
        points = max((len(tile.get("spark", ())) for tile in self.tiles), default=0)
        while True:
            tiles = [
                {**tile, "spark": tile.get("spark", [])[-points:] if points else []} for tile in self.tiles
            ]
            recorded = {"at": self.at, "tiles": tiles}
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
