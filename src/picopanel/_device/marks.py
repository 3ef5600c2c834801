"""The marks of one board: words for moments of its log, set, changed and taken away."""

from __future__ import annotations

from collections.abc import Callable

from .._errors import InvalidArgument
from .._store.marks import LONGEST_MARK, ROUNDED, Event, as_changed, changes
from .command import new_id
from .known import Known


class Marks:
    """Marks by their names; in the loop only."""

    def __init__(self, known: Known, check_open: Callable[[], None]) -> None:
        self._known, self._check_open = known, check_open

    @property
    def all(self) -> list[Event]:
        """Those that stand, in order of time."""
        found = as_changed(self._known.store.events("mark"))
        return sorted(found, key=lambda mark: mark[0])

    def __contains__(self, name: str) -> bool:
        return self._last(name) is not None

    def __getitem__(self, name: str) -> Event:
        """Return a mark as it was last changed; one that was taken away has no text."""
        found = self._last(name)
        if found is None:
            raise InvalidArgument("That mark is gone: it was cleared, or is older than what is kept.")
        return found

    def set(self, text: str, at: float | None = None, name: str | None = None) -> str:
        """Note words for this moment or an earlier one, in ms of Unix time; return the mark's name."""
        name, now = name or new_id(), self._known.clock.unix()
        self._note(name, _checked(text), now if at is None else at, 0)
        return name

    def change(self, name: str, text: str | None = None, at: float | None = None) -> None:
        """Note other words, or another moment; other words bring back what was taken away."""
        time, former = self[name]
        words = former["text"] if text is None else _checked(text)
        self._note(name, words, time if at is None else at, changes(former) + 1)

    def take_away(self, name: str) -> None:
        time, former = self[name]
        self._note(name, "", time, changes(former) + 1)

    def _last(self, name: str) -> Event | None:
        found = self._known.store.changes_of(name)
        return max(found, key=lambda it: changes(it[1]), default=None)

    def _note(self, name: str, text: str, time: float, change: int) -> None:
        self._check_open()
        if not 0 <= time <= self._known.clock.unix() + ROUNDED:
            raise InvalidArgument("A mark stands at a moment that has been; this one has not come yet.")
        self._known.note("mark", at=time, mark=name, text=text, change=change)


def _checked(text: str) -> str:
    text = text.strip()
    if not 0 < len(text) <= LONGEST_MARK:
        raise InvalidArgument(f"mark() takes a text of 1 to {LONGEST_MARK} characters.")
    return text
