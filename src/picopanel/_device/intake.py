"""Readings in: each is placed in time and kept once, many at a time where they come fast."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from .._errors import InvalidPayload
from .._protocol import Telemetry, parse_reading, parse_telemetry
from .._store import NO_CLOCK, Origin
from .known import COURSE_UNIT, TEMPERATURE, Known
from .messages import Received
from .outbox import Outbox
from .presence import SILENT_AT_LEAST
from .refill import Refill

_SHOWN = 24
"""Characters."""


@dataclass(slots=True)
class _Rows:
    """Rows of one origin on their way into the store."""

    times: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    arrivals: list[float] = field(default_factory=list)
    stamps: list[int] = field(default_factory=list)


class Intake:
    """Takes in runs of messages of one topic."""

    def __init__(self, known: Known, outbox: Outbox, refill: Refill) -> None:
        self._known = known
        self._outbox = outbox
        self._refill = refill
        self._rows: defaultdict[Origin, _Rows] = defaultdict(_Rows)

    def readings(self, messages: Sequence[Received]) -> None:
        """Take in bare numbers of the course layer."""
        known = self._known
        info = known.presence.info
        virtual = info is not None and info.virtual and known.presence.seen_live
        times, values, answers = list[float](), list[float](), list[float | None]()
        for _, payload, retained, arrival, _ in messages:
            value = self._number(payload)
            if retained:  # it is somebody's old number, and nothing says of when
                continue
            answers.append(value)
            known.not_a_number = _shown(payload) if value is None else None
            if value is not None:
                times.append(arrival)
                values.append(value)
                known.last[TEMPERATURE] = (arrival, value)
        known.units.setdefault(TEMPERATURE, COURSE_UNIT)
        if times:
            known.store.append(Origin(TEMPERATURE, virtual=virtual), times, values)
        if answers:
            known.attendance.answers += len(answers)
            known.presence.course_reading(known.now)
            self._outbox.course_readings(answers[-1], len(answers))

    def _number(self, payload: bytes) -> float | None:
        try:
            return parse_reading(payload)
        except InvalidPayload as error:
            self._known.refuse(error)
            return None

    def telemetry(self, messages: Sequence[Received]) -> None:
        """Take in samples of the PicoPanel layer."""
        for _, payload, retained, arrival, _ in messages:
            try:
                if retained:
                    raise InvalidPayload("retained telemetry")
                self._samples(parse_telemetry(payload), arrival)
            except InvalidPayload as error:
                self._known.refuse(error)
        self._store()

    def _samples(self, telemetry: Telemetry, arrival: float) -> None:
        known = self._known
        known.admit(known.last, telemetry.values)
        last_up = telemetry.up + (telemetry.count - 1) * telemetry.dt
        end = telemetry.seq + telemetry.count
        boot, superseded = known.samples.boot(telemetry.boot, arrival, last_up, end - 1)
        if superseded:
            known.two_boards_at = known.now
        newest = boot.end
        times = boot.time.place_all(telemetry.seq, telemetry.up, telemetry.dt, telemetry.count)
        new = boot.add(telemetry.seq, end)
        for first, last in new:
            self._keep(telemetry, first - telemetry.seq, last - telemetry.seq, times, arrival)
        if end > newest:
            now = known.now
            if known.presence.quiet_for(now) > SILENT_AT_LEAST and known.presence.state(now) == "silent":
                known.attendance.away += 1
            known.presence.sample(now, empty=not telemetry.values)
            known.learn_led(telemetry.led, last_up)
            for name, values in telemetry.values.items():
                known.last[name] = (times[-1], values[-1])
            self._refill.check()
        elif new and not superseded:
            self._refill.came()

    def _keep(
        self, telemetry: Telemetry, first: int, end: int, times: Sequence[float], arrival: float
    ) -> None:
        info = self._known.presence.info
        interval = telemetry.dt or (info.interval if info else None)
        virtual = info is not None and info.virtual
        count = end - first
        stamps = [NO_CLOCK] * count
        if telemetry.ts is not None:
            stamps = [telemetry.ts + at * telemetry.dt for at in range(first, end)]
        for name, values in telemetry.values.items():
            rows = self._rows[Origin(name, telemetry.boot, interval, telemetry.led, virtual)]
            rows.times += times[first:end]
            rows.values += values[first:end]
            rows.arrivals += [arrival] * count
            rows.stamps += stamps

    def _store(self) -> None:
        taken, self._rows = self._rows, defaultdict(_Rows)
        for origin, rows in taken.items():
            self._known.store.append(origin, rows.times, rows.values, rows.arrivals, rows.stamps)


def _shown(payload: bytes) -> str:
    """Return a stranger's bytes as a sentence can hold them."""
    text = payload[: 4 * _SHOWN].decode(errors="backslashreplace")
    return repr(text) if len(text) <= _SHOWN else repr(text[:_SHOWN]) + "…"
