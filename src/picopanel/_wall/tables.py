"""A wall's tables: who was there, one row a board, and what all boards have measured."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TextIO

from .._errors import Uncopied
from .._errors.arguments import library
from .._runtime import loop
from .._store import NO_CLOCK, Store
from .._store.export import HEADER, Export, frame, iso, plain, quoted, written
from .boards import Boards
from .tiles import channel_of, facts

if TYPE_CHECKING:
    import pandas

_MOMENTS = ("first_seen", "last_seen")
_COLUMNS = ("id", *_MOMENTS, "commands", "answers", "away", "firmware", "state", "trouble")


class Register(Uncopied):
    """Who was there; it is asked anew each time."""

    def __init__(self, boards: Boards) -> None:
        self._boards = boards

    def to_dataframe(self) -> pandas.DataFrame:
        """Return it as a frame; times are UTC."""
        found = loop.ask(rows, self._boards)
        columns = {name: [row[n] for row in found] for n, name in enumerate(_COLUMNS)}
        for name in _MOMENTS:
            columns[name] = [NO_CLOCK if time is None else time for time in columns[name]]
        return frame(columns, _MOMENTS)

    def to_csv(self, path: str | os.PathLike[str] | TextIO | None = None) -> str | None:
        """Write it to a file, as `PicoWall.to_csv` does; times are ISO 8601 in UTC."""
        return written([loop.ask(attendance_csv, self._boards)], path)

    def __len__(self) -> int:
        return loop.ask(len, self._boards)

    def __repr__(self) -> str:
        return f"<attendance of {len(self)} boards>"


def rows(boards: Boards) -> list[tuple[Any, ...]]:
    """Return who was there, in order of the IDs; moments in ms of Unix time, or None; in the loop only."""
    found = []
    for device_id, device in sorted(boards):
        seen, info = device.known.attendance, device.known.presence.info
        tile = facts(device, channel_of(device))
        counts = (seen.commands, seen.answers, seen.away)
        firmware = info.firmware if info is not None and seen.first is not None else ""
        now = (firmware, tile["word"], tile["trouble"] or "")
        found.append((device_id, seen.first, seen.last, *counts, *now))
    return found


def attendance_csv(boards: Boards) -> str:
    lines = [quoted(*_COLUMNS)]
    for device_id, first, last, commands, answers, away, firmware, *now in rows(boards):
        seen = (iso(first), iso(last), str(commands), str(answers), str(away))
        lines.append(quoted(plain(device_id), *seen, plain(firmware), *now))
    return "\n".join([*lines, ""])


def readings_frame(boards: Boards) -> pandas.DataFrame:
    """Return the readings, board by board in order of the IDs, with the ID as the first column."""
    pd = library("pandas", "to_dataframe()")

    def of(device_id: str, export: Export) -> pandas.DataFrame:
        frame = export.to_dataframe()
        frame.insert(0, "id", device_id)
        return frame

    frames = [of(*each) for each in _exports(boards)] or [of("", Export(Store().since(0), "", {}))]
    return pd.concat(frames, ignore_index=True)  # type: ignore[no-any-return]


def readings_csv(boards: Boards, path: str | os.PathLike[str] | TextIO | None) -> str | None:
    def lines() -> Iterator[str]:
        yield f"id,{HEADER}"
        for device_id, export in _exports(boards):
            yield from export.lines(f"{quoted(plain(device_id))},")

    return written(lines(), path)


def _exports(boards: Boards) -> Iterator[tuple[str, Export]]:
    for device_id, device in loop.ask(sorted, boards):
        yield device_id, loop.ask(lambda device=device: device.export)
