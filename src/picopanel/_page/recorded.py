"""What stays to be seen once the kernel is gone: `Recorded` of `js/src/contract.ts`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .._store import EVENT, Store
from .._store.readings import is_silence

MOST_POINTS = 2000
MOST_BYTES = 50_000
LATEST = 20_000
"""Rows that are looked at, so that a long history costs no more than a short one."""

Series = dict[str, tuple[list[float], list[float | None]]]
"""By channel: times in ms of Unix time, and values; None is a silence."""


def record(series: Series, state: Mapping[str, Any], at: float) -> dict[str, Any]:
    """Return readings, thinned, with the state they belong to.

    Args:
        series: The readings, of `latest`.
        state: The panel's state. Notices stay out: they are for whoever is there.
        at: Milliseconds of Unix time.
    """
    most = MOST_POINTS // max(1, len(series))
    while True:
        thinned = [
            {"channel": channel, "times": [times[n] for n in kept], "values": [values[n] for n in kept]}
            for channel, (times, values) in series.items()
            for kept in [extremes(values, most)]
        ]
        recorded = {"at": at, "state": {**state, "notices": []}, "series": thinned}
        if most < 2 or len(json.dumps(recorded)) <= MOST_BYTES:
            return recorded
        most //= 2


def latest(store: Store) -> Series:
    """Return the latest readings by channel, in order of time, with None where a board was silent."""
    rows = store.since(max(store.floor, store.end - LATEST))
    readings: dict[str, list[tuple[float, float, int | None]]] = {}
    for time, value, number in zip(rows.times, rows.values, rows.origins, strict=True):
        if number != EVENT:
            origin = rows.table[number]
            readings.setdefault(origin.channel, []).append((time, value, origin.interval))
    return {channel: _with_silences(sorted(found)) for channel, found in readings.items()}


def extremes(values: Sequence[float | None], most: int) -> list[int]:
    """Return which of the values to keep, `most` at the most: minima, maxima, silences, both ends."""
    if len(values) <= most:
        return list(range(len(values)))
    kept = {0, len(values) - 1}
    parts = max(1, (most - 2) // 3)
    for part in range(parts):
        bucket = range(part * len(values) // parts, (part + 1) * len(values) // parts)
        known = [n for n in bucket if values[n] is not None]
        silent = next((n for n in bucket if values[n] is None), None)
        if known:
            kept |= {min(known, key=lambda n: values[n] or 0.0), max(known, key=lambda n: values[n] or 0.0)}
        if silent is not None:
            kept.add(silent)
    return sorted(kept)[:most]


def _with_silences(readings: list[tuple[float, float, int | None]]) -> tuple[list[float], list[float | None]]:
    times: list[float] = []
    values: list[float | None] = []
    for time, value, interval in readings:
        if interval and times and is_silence(time - times[-1], interval):
            times.append(times[-1] + 1)
            values.append(None)
        times.append(round(time))
        values.append(float(f"{value:.7g}"))
    return times, values
