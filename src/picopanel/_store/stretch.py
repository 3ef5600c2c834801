"""What lies between two times of a log, as a frame and in numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .zone import moment

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, slots=True, repr=False)
class Stretch:
    """Readings from one time to another, both included.

    Attributes:
        start, end: In UTC.
        frame: The readings, with the columns of `to_dataframe()`.
        numbers: A row for each channel: `unit`, `n` readings, `difference` from the first to the last and the
            `seconds` between them, `mean`, `median`, `least`, `most`, `deviation` (of a sample), `slope` per
            second by least squares, and `least_at` and `most_at`, when it was so for the first time.
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
    rows = {
        channel: {name: reckon(readings) for name, reckon in _NUMBERS.items()}
        for channel, readings in frame.groupby("channel", sort=False)
    }
    numbers = type(table).from_dict(rows, orient="index", columns=list(_NUMBERS))
    return Stretch(start, end, frame, numbers)


def _slope(readings: pandas.DataFrame) -> float:
    """Return it per second, by least squares; NaN where all have one time."""
    value, at = readings["value"], readings["elapsed_s"]
    width = ((at - at.mean()) ** 2).sum()
    return ((at - at.mean()) * (value - value.mean())).sum() / width if width > 0 else float("nan")


def _span(column: pandas.Series) -> Any:
    return column.iloc[-1] - column.iloc[0]


_NUMBERS: dict[str, Callable[[pandas.DataFrame], Any]] = {
    "unit": lambda readings: readings["unit"].iloc[0],
    "n": len,
    "difference": lambda readings: _span(readings["value"]),
    "seconds": lambda readings: _span(readings["elapsed_s"]),
    "mean": lambda readings: readings["value"].mean(),
    "median": lambda readings: readings["value"].median(),
    "least": lambda readings: readings["value"].min(),
    "most": lambda readings: readings["value"].max(),
    "deviation": lambda readings: readings["value"].std(),
    "slope": _slope,
    "least_at": lambda readings: readings["time"].iloc[readings["value"].argmin()],
    "most_at": lambda readings: readings["time"].iloc[readings["value"].argmax()],
}
"""How each column is reckoned from a channel's readings."""
