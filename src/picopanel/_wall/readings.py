"""What all boards of a wall have measured."""

from __future__ import annotations

import csv
import io
import os
from typing import TYPE_CHECKING, TextIO

from .._errors.arguments import opened
from .._store.export import plain
from .boards import Boards

if TYPE_CHECKING:
    import pandas


def to_dataframe(boards: Boards) -> pandas.DataFrame:
    """Return the readings, board by board in order of the IDs, with the ID as the first column."""
    frames = {device_id: device.export.to_dataframe() for device_id, device in sorted(boards)}
    for device_id, frame in frames.items():
        frame.insert(0, "id", device_id)
    import pandas

    return pandas.concat(frames.values(), ignore_index=True)


def to_csv(boards: Boards, path: str | os.PathLike[str] | TextIO | None) -> str | None:
    """Write them to a file, with the same columns; None returns the text."""
    if path is None:
        text = io.StringIO(newline="")
        to_csv(boards, text)
        return text.getvalue()
    with opened(path) as file:
        writer = csv.writer(file)
        for number, (device_id, device) in enumerate(sorted(boards)):
            text = io.StringIO(newline="")
            device.export.to_csv(text)
            text.seek(0)
            header, *rows = csv.reader(text)
            if number == 0:
                writer.writerow(["id", *header])
            writer.writerows([plain(device_id), *row] for row in rows)
    return None
