"""Who was there: one row a board."""

from __future__ import annotations

import csv
import io
import os
from typing import TYPE_CHECKING, NamedTuple, TextIO

from .._device.device import Device
from .._errors.arguments import opened
from .._errors.uncopied import Uncopied
from .._store import NO_CLOCK
from .._store.export import frame, iso, plain
from .boards import Boards
from .tiles import worst

if TYPE_CHECKING:
    import pandas

_MOMENTS = ("first_seen", "last_seen")


class Row(NamedTuple):
    """One board; times are Unix milliseconds."""

    id: str
    first_seen: float | None
    last_seen: float | None
    commands: int
    answers: int
    away: int
    firmware: str
    state: str
    trouble: str


class Register(Uncopied):
    """Who was there; it is asked anew each time."""

    def __init__(self, boards: Boards) -> None:
        self._boards = boards

    def to_dataframe(self) -> pandas.DataFrame:
        """Return it as a frame; times are UTC."""
        return to_dataframe(self._boards)

    def to_csv(self, path: str | os.PathLike[str] | TextIO | None = None) -> str | None:
        """Write it to a file; times are ISO 8601 in UTC.

        Args:
            path: The file, or one that is open for text; None returns the text, as pandas does.
        """
        text = to_csv(self._boards)
        if path is None:
            return text
        with opened(path) as file:
            file.write(text)
        return None

    def __len__(self) -> int:
        return len(self._boards)

    def __repr__(self) -> str:
        return f"<attendance of {len(self)} boards>"


def rows(boards: Boards) -> list[Row]:
    """Return the table, in order of the IDs."""
    return sorted(_row(device_id, device) for device_id, device in boards)


def to_dataframe(boards: Boards) -> pandas.DataFrame:
    """Return the table as a frame; times are UTC."""
    columns = dict(zip(Row._fields, zip(*rows(boards), strict=True), strict=False))
    for name in _MOMENTS:
        columns[name] = tuple(NO_CLOCK if time is None else time for time in columns.get(name, ()))
    return frame({name: list(columns.get(name, ())) for name in Row._fields}, _MOMENTS)


def to_csv(boards: Boards) -> str:
    """Return the table as the text of a file; times are ISO 8601 in UTC."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(Row._fields)
    for row in rows(boards):
        first, last = iso(row.first_seen), iso(row.last_seen)
        words = (plain(row.firmware), row.state, row.trouble)
        writer.writerow((plain(row.id), first, last, row.commands, row.answers, row.away, *words))
    return file.getvalue()


def _row(device_id: str, device: Device) -> Row:
    known, diagnosis = device.known, device.diagnosis()
    seen, info, lamp = known.attendance, known.presence.info, worst(diagnosis)
    state = lamp.word if lamp.name == "Pico" else f"{lamp.name}: {lamp.word}"
    firmware = info.firmware if info is not None and seen.first is not None else ""
    return Row(
        device_id,
        seen.first,
        seen.last,
        seen.commands,
        seen.answers,
        seen.away,
        firmware,
        state,
        diagnosis.trouble or "",
    )
