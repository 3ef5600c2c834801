"""Times as a user gives them, and as a reader's clock shows them, also where the hour comes twice."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from math import inf

from .._errors import InvalidArgument


def moment(time: object) -> datetime:
    """Return a time in UTC, to the millisecond as in a table; one without a zone is this computer's."""
    with suppress(ValueError):
        time = datetime.fromisoformat(time) if isinstance(time, str) else time
    if not isinstance(time, datetime):
        raise InvalidArgument(
            "A time is a datetime, such as those in the column `time`, or a text such as "
            "2026-11-29T14:30:00+00:00."
        )
    try:
        return utc(round(time.timestamp() * 1000))
    except (ValueError, OverflowError, OSError):  # the last is Windows's, of what its clock does not know
        raise InvalidArgument(
            f"The time {time} is too early or too late for a computer's clock: give one at which something "
            "can have been measured."
        ) from None


def in_ms(time: object) -> float:
    """Return a time in ms of Unix time."""
    return 1000 * moment(time).timestamp()


def span(start: object, end: object) -> tuple[float, float]:
    """Return two times in ms of Unix time; None leaves that side open."""
    return 0.0 if start is None else in_ms(start), inf if end is None else in_ms(end)


def utc(time: float) -> datetime:
    """Return milliseconds of Unix time as a time in UTC."""
    return datetime.fromtimestamp(time / 1000, timezone.utc)


def local(time: float) -> datetime:
    """Return milliseconds of Unix time as a time of this computer's zone."""
    # By way of UTC: Windows refuses to look for the zone of a bare time of January 1970.
    return utc(time).astimezone()


def zone_name(moment: datetime) -> str:
    """Return what people call a time's zone and how far it is from UTC: `CEST, UTC+02:00`."""
    name, offset = moment.tzname() or "", moment.isoformat()[-6:]
    if not name[:1].isalpha():
        return f"UTC{offset}"
    return name if name == "UTC" else f"{name}, UTC{offset}"


def changes(first: float, last: float) -> bool:
    """Whether clocks here are changed between two times, in ms of Unix time."""
    step = max(timedelta(hours=6).total_seconds() * 1000, (last - first) / 1000)
    times = [first + nth * step for nth in range(int((last - first) / step) + 1)]
    return len({local(time).utcoffset() for time in [*times, last]}) > 1


def clocks(times: Sequence[float]) -> list[str]:
    """Return times of day; with their zones where clocks were changed among them, or a time comes twice."""
    moments = [local(time) for time in times]
    told = len({moment.utcoffset() for moment in moments}) > 1 or any(map(_comes_twice, moments))
    return [f"{moment:%H:%M:%S %Z}" if told else f"{moment:%H:%M:%S}" for moment in moments]


def day(time: float) -> str:
    """Return a time in ms of Unix time as a reader has it."""
    return local(time).strftime("%Y-%m-%d %H:%M:%S %Z")


def _comes_twice(moment: datetime) -> bool:
    naive = moment.replace(tzinfo=None)
    return naive.replace(fold=0).timestamp() != naive.replace(fold=1).timestamp()
