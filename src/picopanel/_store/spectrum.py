"""What swings in a channel's readings, and how strongly, by numpy's FFT; the spacing of readings is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._errors import InvalidArgument
from .._errors.arguments import nearest

if TYPE_CHECKING:
    import pandas

LEAST = 32
"""Fewer readings tell of hardly a frequency."""

WINDOWS = {"hann": "hanning", "hamming": "hamming", "blackman": "blackman", "none": "ones"}
"""By their names, what numpy calls them."""

_EVEN = 0.05  # by so much of a spacing readings may be off an even one: such an error is lost in the window
_GAP = 3.0  # spacings in which nothing came: over a gap nothing is made up


@dataclass(frozen=True, slots=True)
class Lines:
    """A spectrum.

    Attributes:
        frequencies: In Hz.
        amplitudes: In the channel's unit: that of a sine of this frequency, from its middle to its top.
        first, last: The times of the readings that it is made of, in ms of Unix time.
        n: How many they are.
        interval: Seconds from one to the next.
        even: Whether they are as far apart as that; else they were laid on an even grid by straight lines.
    """

    frequencies: Any
    amplitudes: Any
    first: float
    last: float
    n: int
    interval: float
    even: bool


@dataclass(frozen=True, slots=True, repr=False)
class Spectrum:
    """What swings in a channel's readings.

    Attributes:
        channel, unit: Of what.
        window: By which its ends were faded.
        n: Of how many readings; the newest that no gap is in.
        interval: Seconds between two of them. Up to half of its inverse frequencies are told.
        even: Whether they are evenly spaced; else they were laid on an even grid by straight lines.
        frame: `frequency` in Hz, and `amplitude` in `unit`, as of a sine from its middle to its top.
    """

    channel: str
    unit: str
    window: str
    n: int
    interval: float
    even: bool
    frame: pandas.DataFrame

    def __repr__(self) -> str:
        peak = self.frame.iloc[int(self.frame["amplitude"].to_numpy().argmax())]
        even = "" if self.even else ", laid on an even grid"
        return (
            f"<spectrum of {self.channel}: {peak.amplitude:.3g} {self.unit} at {peak.frequency:.4g} Hz; "
            f"{self.n} readings, every {self.interval:.4g} s{even}, window {self.window}>"
        )


def check_window(name: object) -> str:
    if not isinstance(name, str) or name not in WINDOWS:
        raise InvalidArgument(f"There is no window {name!a}. {nearest(name, WINDOWS)}")
    return name


def spectrum(times: Sequence[float], values: Sequence[float], window: str) -> Lines:
    """Return the spectrum of readings in order of time, of the newest that no gap is in.

    Raises:
        InvalidArgument: They are too few.
        ModuleNotFoundError: numpy is not installed.
    """
    numpy = _numpy()
    at, heights = numpy.asarray(times, float), numpy.asarray(values, float)
    keep = numpy.diff(at, prepend=-numpy.inf) > 0  # of two readings of one time the first
    at, heights = at[keep], heights[keep]
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
    return Lines(frequencies[1:], swings[1:], float(at[0]), float(at[-1]), len(at), step / 1000, even)


def thinned(lines: Lines, most: int) -> tuple[list[float], list[float]]:
    """Return the greatest amplitude of each of so many columns, so that no peak is lost."""
    count = len(lines.frequencies)
    width = max(1, -(-count // most))
    firsts = range(0, count, width)
    tops = [first + int(lines.amplitudes[first : first + width].argmax()) for first in firsts]
    return lines.frequencies[tops].tolist(), lines.amplitudes[tops].tolist()


def _numpy() -> Any:
    try:
        import numpy
    except ModuleNotFoundError:
        raise ModuleNotFoundError("A spectrum needs numpy: run  %pip install numpy  and try again.") from None
    return numpy
