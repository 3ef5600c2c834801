"""What lies between two times of a log, as a frame and in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from .._errors import InvalidArgument

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, slots=True, repr=False)
class Stretch:
    """Readings from one time to another, both included.

    Attributes:
        start, end: In UTC.
        frame: The readings, with the columns of `to_dataframe()`.
        numbers: A row for each channel: `unit`, `n` readings, `difference` from the first to the last and the
            `seconds` between them, `mean`, `median`, `least`, `most`, `deviation` (of a sample), and `slope`
            per second by least squares.
    """

    start: datetime
    end: datetime
    frame: pandas.DataFrame
    numbers: pandas.DataFrame

    def __repr__(self) -> str:
        seconds = (self.end - self.start).total_seconds()
        return f"<{seconds:g} s, {len(self.frame)} readings>\n{self.numbers.to_string()}"


def stretch(table: pandas.DataFrame, start: datetime, end: datetime) -> Stretch:
    """Return what of a table of readings lies between two times, in either order."""
    start, end = sorted((moment(start), moment(end)))
    frame = table[(table.time >= start) & (table.time <= end)].reset_index(drop=True)
    rows = {channel: _numbers(readings) for channel, readings in frame.groupby("channel", sort=False)}
    numbers = type(table).from_dict(rows, orient="index", columns=list(_numbers(None)))
    return Stretch(start, end, frame, numbers)


def moment(time: object) -> datetime:
    """Return a time in UTC, to the millisecond as in a table; one without a zone is this computer's."""
    if not isinstance(time, datetime):
        raise InvalidArgument("between() takes two datetimes, such as those in the column `time`.")
    return datetime.fromtimestamp(round(time.timestamp() * 1000) / 1000, timezone.utc)


def _numbers(readings: pandas.DataFrame | None) -> dict[str, Any]:
    names = ("unit", "n", "difference", "seconds", "mean", "median", "least", "most", "deviation", "slope")
    if readings is None:
        return dict.fromkeys(names)
    value, at = readings["value"], readings["elapsed_s"]
    middle, width = at.mean(), ((at - at.mean()) ** 2).sum()
    slope = ((at - middle) * (value - value.mean())).sum() / width if width > 0 else float("nan")
    found = (
        readings["unit"].iloc[0],
        len(value),
        value.iloc[-1] - value.iloc[0],
        at.iloc[-1] - at.iloc[0],
        value.mean(),
        value.median(),
        value.min(),
        value.max(),
        value.std(),
        slope,
    )
    return dict(zip(names, found, strict=True))
