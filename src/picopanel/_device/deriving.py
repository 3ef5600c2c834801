"""Keeps derived channels going: what comes is reckoned in the observers' thread, and kept in the loop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby, islice
from operator import add

from .._errors import InvalidArgument
from .._errors.arguments import nearest
from .._runtime import loop, observers
from .._runtime.clock import Timer
from .._runtime.waiting import Event
from .._store import Rows
from .._store.derive import Derived, Found, Reckoner
from .following import Limits
from .known import Known

_GATHERED = 0.5  # seconds for which late readings may go on to come
_RESTS = 1.0  # seconds between two times that a channel is reckoned anew
_ALL = 0.0  # from the first reading on
_NEVER = float("inf")


@dataclass(slots=True, eq=False)
class _Work:
    """One derived channel. It has one task in the observers' thread at a time: so none pile up there."""

    derived: Derived
    reckoner: Reckoner = field(init=False)
    seq: int = 0  # the first row that it has not been given
    passed_over: range = range(0)
    busy: bool = False
    late: float = _NEVER  # from which time on it is to be reckoned anew
    blamed: bool = False
    ended: bool = False
    caught_up: Event = field(default_factory=Event)  # set once all that there was has been reckoned


class Deriving:
    """The derived channels of one board; in the loop, but for what says otherwise."""

    def __init__(self, known: Known, limits: Limits) -> None:
        self._known, self._limits = known, limits
        self._works: dict[str, _Work] = {}
        self._timer = Timer(known.clock, None, self._take_late)
        self._rests_until = 0.0

    @property
    def all(self) -> tuple[Derived, ...]:
        return tuple(work.derived for work in self._works.values())

    def set(self, derived: Derived) -> Event:
        """Derive a channel of what there is and of what comes; return what tells when the former is done."""
        known, name = self._known, derived.channel
        if name in self._works:
            self._works[name].ended = True
        self._works[name] = work = _Work(derived)
        known.units[name] = derived.unit
        known.derived[name] = derived.sources
        self._anew(work, _ALL)
        known.changed()
        return work.caught_up

    def remove(self, channel: str | None) -> None:
        """Take a channel away, with all its values; all channels if None."""
        names = list(self._works)
        if channel is not None and channel not in names:
            raise InvalidArgument(f"{channel!a} is not derived. {nearest(channel, names)}".rstrip())
        for name in names if channel is None else [channel]:
            self._end(name)
            self._known.last.pop(name, None)
            self._known.units.pop(name, None)
        self._known.changed()

    def close(self) -> None:
        self._timer.stop()
        for work in self._works.values():
            work.ended = True

    def check(self) -> None:
        """Something may have come."""
        for work in tuple(self._works.values()):
            self._go_on(work)

    def past_came(self, past: range) -> None:
        """A file's rows are in the log now: what was derived there already is not derived once more."""
        if not self._works or not past:
            return
        origins = self._known.store.since(past.start, len(past)).table.values()
        there = {origin.channel for origin in origins if origin.derived}
        for name, work in self._works.items():
            work.passed_over = past
            if name not in there:
                work.late = _ALL
        self._take_late()

    def _go_on(self, work: _Work) -> None:
        store = self._known.store
        if work.seq in work.passed_over:
            work.seq = work.passed_over.stop
        if work.busy or work.ended or work.seq >= store.end:
            return
        if 0 < work.seq <= store.floor:  # all that it knows of is forgotten; it may be a replay's next time
            work.reckoner = self._reckoner(work)
        before = work.passed_over.start - work.seq
        rows = store.since(work.seq, before if before > 0 else None)
        work.seq = rows.end
        derived = {origin.channel: origin.derived for origin in rows.table.values()}
        name, sources = work.derived.channel, work.derived.sources
        if derived.get(name) is False:
            self._end(name)
            self._known.notice(f"The board measures {name!a} itself now, so it is derived no more.")
        elif not derived.keys().isdisjoint(sources):
            last, _ = self._known.last.get(sources[0], (_NEVER, 0.0))
            work.reckoner.newest = min(work.reckoner.newest, last)  # the board's clock may turn out earlier
            self._have_reckoned(work, rows)

    def _anew(self, work: _Work, since: float) -> None:
        """Reckon all from a time on, once more if it was."""
        work.busy, work.late = True, _NEVER
        if work.derived.channel in self._known.store.derived:
            self._forget(work.derived.channel, since)
        work.reckoner = self._reckoner(work)
        rows = self._known.store.since(0)
        work.seq = rows.end
        self._have_reckoned(work, rows, since, self._known.store.room)

    def _reckoner(self, work: _Work) -> Reckoner:
        return Reckoner(work.derived, partial(self._blame, work))

    def _end(self, name: str) -> None:
        self._works.pop(name).ended = True
        del self._known.derived[name]
        self._forget(name, _ALL)

    def _forget(self, name: str, since: float) -> None:
        """Take a channel's values from a time on away; what is derived from them follows."""
        store = self._known.store
        store.withdraw(name, (store.end, since))
        for work in self._works.values():
            if name in work.derived.sources:
                self._be_late(work, since)
        self._known.note("withdrawn", channel=name, since=since)

    def _be_late(self, work: _Work, since: float) -> None:
        if since < _NEVER:
            work.late = min(work.late, since)
            self._timer.hurry(max(self._known.now + _GATHERED, self._rests_until))

    def _take_late(self) -> None:
        self._rests_until = self._known.now + _RESTS
        for work in tuple(self._works.values()):
            if work.late < _NEVER and not work.busy:
                self._anew(work, work.late)

    def _have_reckoned(self, work: _Work, rows: Rows, since: float = _ALL, most: int | None = None) -> None:
        presence = self._known.presence
        every = presence.info.every if presence.info is not None else {}
        holds = presence.stale_after * 1000
        reach = {name: max(holds, 3 * every.get(name, 0)) for name in work.derived.sources}
        slow = every.get(work.derived.sources[0], 0)
        work.busy = True
        going = work.reckoner.go_through(rows, reach, slow, since, most)
        observers.call(partial(self._reckon, work, rows, going, most is not None))

    def _reckon(self, work: _Work, rows: Rows, going: Iterator[Found], past: bool) -> None:
        """In the observers' thread."""
        try:
            for found in going:
                if work.ended:
                    break
                loop.post(self._keep, work, rows, found, past)
        finally:
            loop.post(self._done, work)

    def _keep(self, work: _Work, rows: Rows, found: Found, past: bool) -> None:
        known, name = self._known, work.derived.channel
        if work.ended or rows.end <= known.store.floor:  # the readings have been forgotten meanwhile
            return
        values = iter(found.values)
        for number, run in groupby(found.places, rows.origins.__getitem__):
            places = [*run]
            times, lags = ([it[at] for at in places] for it in (rows.times, rows.lags))
            stamps = [rows.stamps[at] for at in places]
            origin = replace(rows.table[number], channel=name, derived=True)
            some, arrivals = [*islice(values, len(places))], [*map(add, times, lags)]
            known.store.append(origin, times, some, arrivals, stamps)
            if times[-1] >= known.last.get(name, (0.0, 0.0))[0]:
                known.last[name] = (times[-1], some[-1])
        if past:
            self._limits.pass_over()  # it says nothing of now
        known.grown()

    def _done(self, work: _Work) -> None:
        work.busy = False
        self._be_late(work, min(work.late, work.reckoner.late))
        work.reckoner.late = _NEVER
        work.caught_up.set()
        self._go_on(work)

    def _blame(self, work: _Work, error: BaseException) -> None:
        """In the observers' thread."""
        if not work.blamed:
            work.blamed = True
            self._known.blame(f"Your function for {work.derived.channel!a}", error)
