"""Readings in: each is placed in time and kept once, many at a time where they come fast."""

from __future__ import annotations

from collections.abc import Sequence

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


class _Rows:
    """Rows of one origin on their way into the store."""

    __slots__ = ("arrivals", "stamps", "times", "values")

    def __init__(self) -> None:
        self.times: list[float] = []
        self.values: list[float] = []
        self.arrivals: list[float] = []
        self.stamps: list[int] = []


class Intake:
    """Takes in runs of messages of one topic. Its callers hold the board's lock."""

    def __init__(self, board: Known, outbox: Outbox, refill: Refill) -> None:
        self._board = board
        self._outbox = outbox
        self._refill = refill
        self._rows: dict[Origin, _Rows] = {}

    def readings(self, messages: Sequence[Received]) -> None:
        """Take in bare numbers of the course layer."""
        board = self._board
        info = board.presence.info
        virtual = info is not None and info.virtual and board.presence.seen_live
        rows = self._rows.setdefault(Origin(TEMPERATURE, virtual=virtual), _Rows())
        times, answers = rows.times, list[float | None]()
        for _, payload, retained, arrival, _ in messages:
            value = self._number(payload)
            if retained:  # it is somebody's old number, and nothing says of when
                continue
            answers.append(value)
            board.not_a_number = _shown(payload) if value is None else None
            if value is not None:
                times.append(arrival)
                rows.values.append(value)
                board.last[TEMPERATURE] = (arrival, value)
        rows.arrivals, rows.stamps = times, [NO_CLOCK] * len(times)
        board.units.setdefault(TEMPERATURE, COURSE_UNIT)
        self._store()
        if answers:
            board.attendance.answers += len(answers)
            board.presence.course_reading(board.clock.monotonic())
            self._outbox.course_readings(answers[-1], len(answers))

    def _number(self, payload: bytes) -> float | None:
        try:
            return parse_reading(payload)
        except InvalidPayload as error:
            self._board.refuse(error)
            return None

    def telemetry(self, messages: Sequence[Received]) -> None:
        """Take in samples of the PicoPanel layer."""
        for _, payload, retained, arrival, _ in messages:
            try:
                if retained:
                    raise InvalidPayload("retained telemetry")
                self._samples(parse_telemetry(payload), arrival)
            except InvalidPayload as error:
                self._board.refuse(error)
        self._store()

    def _samples(self, telemetry: Telemetry, arrival: float) -> None:
        board = self._board
        board.admit(board.last, telemetry.values)
        last_up = telemetry.up + (telemetry.count - 1) * telemetry.dt
        end = telemetry.seq + telemetry.count
        boot, superseded = board.samples.boot(telemetry.boot, arrival, last_up, end - 1)
        if superseded:
            board.two_boards_at = board.clock.monotonic()
        newest = boot.end
        times = boot.time.place_all(telemetry.seq, telemetry.up, telemetry.dt, telemetry.count)
        new = boot.add(telemetry.seq, end)
        for first, last in new:
            self._keep(telemetry, first - telemetry.seq, last - telemetry.seq, times, arrival)
        if end > newest:
            now = board.clock.monotonic()
            if board.presence.quiet_for(now) > SILENT_AT_LEAST and board.presence.state(now) == "silent":
                board.attendance.away += 1
            board.presence.sample(now, empty=not telemetry.values)
            board.learn_led(telemetry.led, last_up)
            for name, values in telemetry.values.items():
                board.last[name] = (times[-1], values[-1])
            self._refill.check()
        elif new and not superseded:
            self._refill.came()

    def _keep(
        self, telemetry: Telemetry, first: int, end: int, times: Sequence[float], arrival: float
    ) -> None:
        info = self._board.presence.info
        interval = telemetry.dt or (info.interval if info else None)
        virtual = info is not None and info.virtual
        count = end - first
        stamps = [NO_CLOCK] * count
        if telemetry.ts is not None:
            stamps = [telemetry.ts + at * telemetry.dt for at in range(first, end)]
        for name, values in telemetry.values.items():
            rows = self._of(name, telemetry, interval, virtual)
            rows.times += times[first:end]
            rows.values += values[first:end]
            rows.arrivals += [arrival] * count
            rows.stamps += stamps

    def _of(self, name: str, telemetry: Telemetry, interval: int | None, virtual: bool) -> _Rows:
        origin = Origin(name, telemetry.boot, interval, telemetry.led, virtual)
        rows = self._rows.get(origin)
        if rows is None:
            rows = self._rows[origin] = _Rows()
        return rows

    def _store(self) -> None:
        taken, self._rows = self._rows, {}
        for origin, rows in taken.items():
            if rows.times:
                self._board.store.append(origin, rows.times, rows.values, rows.arrivals, rows.stamps)


def _shown(payload: bytes) -> str:
    """Return a stranger's bytes as a sentence can hold them."""
    text = payload[: 4 * _SHOWN].decode(errors="backslashreplace")
    return repr(text) if len(text) <= _SHOWN else repr(text[:_SHOWN]) + "…"
