"""What swings in a channel's readings, and how strongly, by numpy's FFT; the spacing of readings is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._errors import InvalidArgument
from .._errors.arguments import library, nearest
from .store import Rows

if TYPE_CHECKING:
    import pandas

LEAST = 32
"""Fewer readings tell of hardly a frequency."""

WINDOWS = {"hann": "hanning", "hamming": "hamming", "blackman": "blackman", "none": "ones"}
"""By their names, what numpy calls them."""

EVER = (0.0, float("inf"))

_EVEN = 0.05  # by so much of a spacing readings may be off an even one: such an error is lost in the window
_GAP = 3.0  # spacings in which nothing came: over a gap nothing is made up


@dataclass(frozen=True, slots=True, repr=False)
class Spectrum:
    """What swings in a channel's readings, as `panel.spectrum()` returns it.

    Attributes:
        channel, unit: Of what.
        window: By which its ends were faded.
        n: Of how many readings; the newest that no gap is in.
        interval: Seconds between two of them. Up to half of its inverse frequencies are told.
        even: Whether they are evenly spaced; else they were laid on an even grid by straight lines.
        frequencies: In Hz, as an array of numpy's.
        amplitudes: In `unit`, one for each: that of a sine from its middle to its top.

    Example:
        >>> with PicoPanel.replay(speed=1000) as show:
        ...     readings = list(show.readings(n=100))
        ...     found = show.spectrum("temperature")
        >>> list(found.frame)
        ['frequency', 'amplitude']
    """

    channel: str
    unit: str
    window: str
    n: int
    interval: float
    even: bool
    frequencies: Any
    amplitudes: Any

    @property
    def frame(self) -> pandas.DataFrame:
        """Its `frequency` and `amplitude`, a row each."""
        columns = {"frequency": self.frequencies, "amplitude": self.amplitudes}
        return library("pandas", "Its frame").DataFrame(columns)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        top = self.amplitudes.argmax()
        even = "" if self.even else ", laid on an even grid"
        return (
            f"<spectrum of {self.channel}: {self.amplitudes[top]:.3g} {self.unit} at "
            f"{self.frequencies[top]:.4g} Hz; {self.n} readings, every {self.interval:.4g} s{even}, "
            f"window {self.window}>"
        )


def spectrum(
    rows: Rows,
    channel: str,
    between: tuple[float, float] = EVER,
    *,
    unit: str = "",
    window: str = "hann",
) -> Spectrum:
    """Return that of a channel's newest readings that no gap is in, between two times in ms of Unix time.

    Raises:
        InvalidArgument: They are too few, or there is no such window.
        ModuleNotFoundError: numpy is not installed.
    """
    if window not in (*WINDOWS,):
        raise InvalidArgument(f"There is no window {window!a}. {nearest(window, WINDOWS)}")
    at, heights = _readings(rows, channel, *between)
    numpy = library("numpy", "A spectrum")
    gaps = numpy.diff(at)
    spacing = float(numpy.median(gaps)) if len(gaps) else 0.0
    breaks = numpy.flatnonzero(gaps > _GAP * spacing)
    begin = int(breaks[-1]) + 1 if len(breaks) else 0
    at, heights = at[begin:], heights[begin:]
    if len(at) < LEAST:
        after = " since its last gap" if begin else ""
        raise InvalidArgument(
            f"A spectrum needs {LEAST} readings without a gap; there are {len(at)}{after}. "
            "Wait for more, or choose a longer time."
        )
    step = (at[-1] - at[0]) / (len(at) - 1)
    grid = at[0] + step * numpy.arange(len(at))
    even = bool(numpy.abs(at - grid).max() <= _EVEN * step)
    if not even:
        heights = numpy.interp(grid, at, heights)
    fade = getattr(numpy, WINDOWS[window])(len(heights))
    swings = numpy.abs(numpy.fft.rfft((heights - heights.mean()) * fade)) * 2 / fade.sum()
    frequencies = numpy.fft.rfftfreq(len(heights), step / 1000)
    return Spectrum(channel, unit, window, len(at), step / 1000, even, frequencies[1:], swings[1:])


def _readings(rows: Rows, channel: str, start: float, end: float) -> tuple[Any, Any]:
    """Return a channel's times, in order, and its values; of two readings of one time the first."""
    numpy = library("numpy", "A spectrum")
    times, ours = numpy.asarray(rows.times), numpy.zeros(1 + max(rows.table, default=0), bool)
    ours[[number for number, origin in rows.table.items() if origin.channel == channel]] = True
    told = numpy.rint(times)  # a time that is given is one as it is told, to the millisecond
    there = numpy.flatnonzero(ours[numpy.asarray(rows.origins)] & (told >= start) & (told <= end))
    at, firsts = numpy.unique(times[there], return_index=True)
    return at, numpy.asarray(rows.values)[there[firsts]]


def thinned(found: Spectrum, most: int) -> tuple[list[float], list[float]]:
    """Return the greatest amplitude of each of so many columns, so that no peak is lost."""
    count = len(found.frequencies)
    width = max(1, -(-count // most))
    firsts = range(0, count, width)
    tops = [first + int(found.amplitudes[first : first + width].argmax()) for first in firsts]
    return found.frequencies[tops].tolist(), found.amplitudes[tops].tolist()
