"""A mark on the chart, as a user holds it in Python."""

from __future__ import annotations

from datetime import datetime

from .._device.marks import Marks
from .._errors import InvalidArgument, Uncopied
from .._runtime import loop
from .._store.marks import Event
from .._store.zone import in_ms, local, utc


class Mark(Uncopied):
    """Words for a moment; `text` and `time` are those of now, wherever they were changed.

    Example:
        >>> mark = panel.mark("heater on")
        >>> mark.move(panel.marks[0].time)
        >>> mark.rename("heater at 40 °C")
        >>> mark.remove()
        >>> mark
        <mark: taken away>
    """

    def __init__(self, marks: Marks, name: str) -> None:
        self._marks, self._name = marks, name

    @property
    def text(self) -> str:
        """Its words; empty once it has been taken away."""
        return self._now()[1]["text"]  # type: ignore[no-any-return]

    @property
    def time(self) -> datetime:
        """Where it stands, in UTC."""
        return utc(self._now()[0])

    def rename(self, text: str) -> None:
        """Give it other words, at most 200 characters; one that was taken away comes back."""
        loop.ask(self._marks.change, self._name, str(text))

    def move(self, at: datetime | str) -> None:
        """Have it stand at another moment that has been; what is without a zone is this computer's."""
        loop.ask(self._marks.change, self._name, at=in_ms(at))

    def remove(self) -> None:
        """Take it away: from the chart, and from the readings that carry it."""
        loop.ask(self._marks.take_away, self._name)

    def __repr__(self) -> str:
        try:
            time, event = self._now()
        except InvalidArgument:
            return "<mark: gone>"
        moment = local(time)
        return f"<mark {event['text']!a} at {moment:%H:%M:%S}>" if event["text"] else "<mark: taken away>"

    def _now(self) -> Event:
        return loop.ask(self._marks.__getitem__, self._name)
