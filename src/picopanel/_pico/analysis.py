"""What is reckoned from the readings: a spectrum, and one channel over another."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from .._errors import InvalidArgument, arguments
from .._store.spectrum import Spectrum, spectrum
from .._store.zone import moment, span
from .measured import Measured

if TYPE_CHECKING:
    import pandas

_LONGEST = 1e9  # seconds: of more, pandas makes none of its times


class Analysis(Measured):
    """Spectrum and XY, once for `Pico` and for `PicoPanel`."""

    def spectrum(
        self,
        channel: str = "temperature",
        start: datetime | str | None = None,
        end: datetime | str | None = None,
        *,
        window: str = "hann",
    ) -> Spectrum:
        """Return what swings in a channel, by frequency, as numpy's FFT finds it.

        It is made of the newest readings between which nothing is missing, without their mean. Where they are
        not evenly spaced they are laid on an even grid by straight lines first, and `even` says so: quick
        swings are then told too small.

        Args:
            channel: Its name.
            start: The first time; what is without a zone is this computer's. All if None.
            end: The last.
            window: How the ends are faded: `hann`, `hamming`, `blackman` or `none`.

        Raises:
            NoChannel: There is none of this name.
            InvalidArgument: There are fewer than 32 readings without a gap, or no such window.
            ModuleNotFoundError: numpy is not installed: `%pip install numpy`.

        Example:
            >>> with PicoPanel.replay(speed=1000) as show:
            ...     readings = list(show.readings(n=100))
            ...     show.spectrum("temperature").window
            'hann'
        """
        unit, between = self[channel].unit, span(start, end)
        return spectrum(self._export().rows, channel, between, unit=unit, window=window)

    def xy(
        self,
        x: str,
        y: str,
        start: datetime | str | None = None,
        end: datetime | str | None = None,
        *,
        within: float = 2.0,
    ) -> pandas.DataFrame:
        """Return one channel over another: a row for each reading of `y`, with the last of `x` before it.

        Columns: `time`, and one for each of the two, of its name.

        Args:
            x: The channel across.
            y: The one up.
            start: The first time; what is without a zone is this computer's. All if None.
            end: The last.
            within: How many seconds before a reading of `y` that of `x` may lie; others are left out.

        Raises:
            NoChannel: There is none of this name.
            ModuleNotFoundError: pandas is not installed: `%pip install pandas`.

        Example:
            >>> channel = panel.derive("kelvin", lambda celsius: celsius + 273.15, "temperature")
            >>> list(panel.xy("temperature", "kelvin"))
            ['time', 'temperature', 'kelvin']
            >>> panel.remove_derived()
        """
        if x == y:
            raise InvalidArgument(f"{x!a} over itself is a straight line: name two channels.")
        if "time" in (x, y):
            raise InvalidArgument(
                "xy() has a column 'time' of its own: derive one of another name from yours."
            )
        within = arguments.number("within", within, least=0, most=_LONGEST)
        x, y = (self[name].name for name in (x, y))
        frame = self.to_dataframe()
        if start is not None:
            frame = frame[frame.time >= moment(start)]
        if end is not None:
            frame = frame[frame.time <= moment(end)]
        across, up = (frame.loc[frame.channel == name, ["time", "value"]] for name in (x, y))
        import pandas

        rows = pandas.merge_asof(
            up.rename(columns={"value": y}),
            across.rename(columns={"value": x}),
            on="time",
            tolerance=pandas.Timedelta(seconds=within),
        )
        found: pandas.DataFrame = rows.dropna()[["time", x, y]].reset_index(drop=True)
        return found
