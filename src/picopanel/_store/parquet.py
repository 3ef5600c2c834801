"""A recording as a Parquet file, for long runs: the columns of `to_dataframe()`, and a board's `interval`.

What is no reading is in the file's metadata, as the lines of a recording that has nothing else. What is read
is untrusted, as of every recording.
"""

from __future__ import annotations

import os
import sys
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._errors import InvalidPayload, NotARecording
from .._errors.arguments import library
from .._protocol.payloads import LATEST
from .export import Readings
from .marks import ROUNDED, Event, as_changed
from .recording import FACTS, Recording, header, lines, origin_of, read
from .store import EVENT, NO_CLOCK, Origin, Rows, Store

if TYPE_CHECKING:
    from pyarrow import RecordBatch, Schema, Table
    from pyarrow.parquet import ParquetFile

_EVENTS, _PARTS = b"picopanel", b"picopanel_parts"  # keys of the metadata
_OR_LINES = " Or give a name that ends with .jsonl."
_AT_ONCE = 32_768  # rows that are in memory together; so many origins have a number
_WORDS = ("channel", "unit", "boot")


@dataclass(slots=True)
class Opened:
    """A file that has been looked at.

    Attributes:
        file: Its columns.
        events: A recording of its device ID and its events alone.
        parts: How many recordings have been added to it.
    """

    file: ParquetFile
    events: Recording
    parts: int


def look(path: Path) -> Opened | None:
    """Open a file, and see whether it is one of ours; None if there is none yet.

    Raises:
        ModuleNotFoundError: pyarrow is not installed.
        NotARecording: It is not, or it is damaged.
        OSError: It cannot be read.
    """
    pyarrow = _pyarrow()
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(path, read_dictionary=_WORDS)
    except FileNotFoundError:
        return None
    except KeyError:
        raise NotARecording(path.name, "its columns are not those of one") from None
    except pyarrow.ArrowInvalid:
        raise NotARecording(path.name, "it is no whole Parquet file") from None
    metadata = file.metadata.metadata or {}
    if file.schema_arrow.remove_metadata() not in _read_schemas() or _EVENTS not in metadata:
        raise NotARecording(path.name, "its columns are not those of one")
    if file.metadata.num_rows > path.stat().st_size:  # times differ, so a row takes bytes
        raise NotARecording(path.name, "it has more rows than bytes")
    parts = metadata.get(_PARTS, b"")
    if not (parts.isdigit() and len(parts) < 10):
        raise NotARecording(path.name, "it does not tell of how many parts it is made")
    return Opened(file, read(BytesIO(metadata[_EVENTS]), path.name, sys.maxsize), int(parts))


def load(path: Path, opened: Opened, capacity: int) -> Recording:
    """Return what a file holds: the newest rows, so many at the least.

    Raises:
        NotARecording: The file is of something else, or damaged.
        OSError: It cannot be read.
    """
    found = replace(opened.events, store=Store(capacity), size=path.stat().st_size)
    waiting = opened.events.store.since(0).timed_events()
    try:
        for batch in _newest(opened.file, capacity):
            last = batch.column("time")[-1].value / 1000
            due = [event for event in waiting if event[0] <= last]
            waiting = [event for event in waiting if event[0] > last]
            found.store.extend(_rows(batch, due, found.units))
    except (_pyarrow().ArrowInvalid, InvalidPayload) as error:
        raise NotARecording(path.name, f"its rows are none of one: {error}") from None
    for time, event in waiting:
        found.store.append_event(time, event)
    return found


def add(path: Path, more: Recording) -> None:
    """Add a recording's rows to a file, or make it of them; what is there stays whole until all is written.

    Raises:
        NotARecording: The file is of something else, or damaged.
        OSError: It cannot be read or written.
    """
    from pyarrow import parquet

    former = look(path)
    rows = more.store.since(0)
    events = former.events if former else Recording(more.device_id, Store(sys.maxsize))
    for time, event in rows.timed_events():
        if event["kind"] != "withdrawn":  # that is done here: those rows are not in the file
            events.store.append_event(time, event)
    marks = sorted((time, mark["text"]) for time, mark in as_changed(events.store.events("mark")))
    table = _table(Readings.of(rows), more.units, _start(former.file) if former else None)
    told = header(more.device_id) + b"".join(lines(events.store.since(0), {}))
    new = path.with_name(f".{path.name}.new")
    try:
        with parquet.ParquetWriter(new, table.schema, compression="zstd") as writer:
            for batch in _batches(former.file) if former else ():
                counting = _counting(batch, more.withdrawn).select(table.schema.names)
                writer.write_batch(_marked(counting.cast(table.schema), marks))
            for batch in table.to_batches(_AT_ONCE):
                writer.write_batch(_marked(batch, marks))
            writer.add_key_value_metadata({_EVENTS: told, _PARTS: str(former.parts + 1 if former else 1)})
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


def _counting(batch: RecordBatch, withdrawn: dict[str, float]) -> RecordBatch:
    """Return a batch without the derived readings that have been withdrawn since."""
    import pyarrow.compute as pc

    for channel, since in withdrawn.items():
        late = pc.greater_equal(batch.column("time").cast("int64"), int(since * 1000))
        mine = pc.equal(batch.column("channel").cast("string"), channel)
        batch = batch.filter(pc.invert(pc.and_(batch.column("derived"), pc.and_(mine, late))))
    return batch


def _schema() -> Schema:
    """Return the columns, as they are written; a word is a text of its own, as most tools want it."""
    pa = _pyarrow()
    moment, words = pa.timestamp("us", "UTC"), pa.string()
    there = {"time": moment, "elapsed_s": pa.float64(), "channel": words, "value": pa.float64()}
    there |= {"unit": words, "virtual": pa.bool_(), "replay": pa.bool_(), "derived": pa.bool_()}
    there["arrival"] = moment
    maybe = {"led": pa.bool_(), "boot": words, "interval": pa.int64(), "board_time": moment, "mark": words}
    fields = [pa.field(name, kind, nullable=False) for name, kind in there.items()]
    return pa.schema([*fields, *(pa.field(name, kind) for name, kind in maybe.items())])


def _read_schemas() -> tuple[Schema, Schema]:
    """Return the columns as they are read, now and of old: the same words are told once."""
    pa = _pyarrow()
    told = pa.dictionary(pa.int32(), pa.string())
    now = pa.schema([field.with_type(told) if field.name in _WORDS else field for field in _schema()])
    return now, now.remove(now.get_field_index("derived"))


def _batches(file: ParquetFile, *which: Any) -> Iterator[RecordBatch]:
    """Yield a file's rows; of old nothing was derived."""
    pa = _pyarrow()
    for batch in file.iter_batches(_AT_ONCE, *which):
        old = "derived" not in batch.schema.names
        yield batch.append_column("derived", pa.array([False] * len(batch))) if old else batch


def _table(found: Readings, units: dict[str, str], start: float | None) -> Table:
    """Return readings as columns, without their marks."""
    pa = _pyarrow()
    import numpy

    times, numbers = numpy.asarray(found.times), pa.array(numpy.asarray(found.origins, "int64"))
    known = range(max(found.table, default=0) + 1)
    schema = _schema()

    def of_origin(name: str, what: Callable[[Origin], object]) -> Any:
        nobody = Origin("")
        each = [what(found.table.get(number, nobody)) for number in known]
        return pa.array(each, schema.field(name).type).take(numbers)

    def moments(milliseconds: Any, without: Any = None) -> Any:
        return pa.array(numpy.rint(milliseconds * 1000).astype("int64"), mask=without)

    stamps = numpy.asarray(found.stamps)
    no_clock = stamps == NO_CLOCK
    begin = start if start is not None else times[:1]
    columns = {
        "time": moments(times),
        "elapsed_s": (times - begin) / 1000,
        "channel": of_origin("channel", lambda it: it.channel),
        "value": numpy.asarray(found.values),
        "unit": of_origin("unit", lambda it: units.get(it.channel, "")),
        "virtual": of_origin("virtual", lambda it: it.virtual),
        "replay": of_origin("replay", lambda it: it.replay),
        "derived": of_origin("derived", lambda it: it.derived),
        "arrival": moments(times + numpy.asarray(found.lags)),
        "led": of_origin("led", lambda it: it.led),
        "boot": of_origin("boot", lambda it: it.boot),
        "interval": of_origin("interval", lambda it: it.interval),
        "board_time": moments(numpy.where(no_clock, 0, stamps), no_clock),
        "mark": pa.nulls(len(times), pa.string()),
    }
    cast = [pa.array(columns[field.name]).cast(field.type) for field in schema]
    return pa.Table.from_arrays(cast, schema=schema)


def _marked(batch: RecordBatch, marks: Sequence[tuple[float, str]]) -> RecordBatch:
    """Return a batch with the last mark before each time: it may have been set or changed since."""
    import numpy

    pa = _pyarrow()
    times = batch.column("time").cast("int64").to_numpy() / 1000
    last = numpy.searchsorted([time - ROUNDED for time, _ in marks], times, side="right")
    texts = pa.array([None, *(text for _, text in marks)], pa.string()).take(pa.array(last))
    return batch.set_column(batch.schema.get_field_index("mark"), "mark", texts)


def _newest(file: ParquetFile, capacity: int) -> Iterator[RecordBatch]:
    """Yield the groups at the end that have so many rows."""
    groups, rows = file.num_row_groups, 0
    while groups and rows < capacity:
        groups -= 1
        rows += file.metadata.row_group(groups).num_rows
    wanted = [name for name in _schema().names if name not in ("elapsed_s", "replay", "mark")]
    chosen = [*range(groups, file.num_row_groups)]
    return (it for it in _batches(file, chosen, wanted) if it.num_rows)


def _rows(batch: RecordBatch, events: list[Event], units: dict[str, str]) -> Rows:
    """Return a batch with the events of its time among them."""
    import numpy

    column = {name: batch.column(name) for name in batch.schema.names}
    if any(
        column[field.name].null_count for field in _schema() if not field.nullable and field.name in column
    ):
        raise InvalidPayload("something is missing")
    times, arrivals = (column[name].cast("int64").to_numpy() / 1000 for name in ("time", "arrival"))
    stamps = column["board_time"].cast("int64").fill_null(NO_CLOCK).to_numpy()
    without = stamps == NO_CLOCK
    stamps = numpy.where(without, NO_CLOCK, stamps // 1000)
    values, lags = column["value"].to_numpy(), numpy.rint(arrivals - times)
    for each, least, most in ((times, 0, LATEST), (lags, -(2**31), 2**31 - 1), (stamps[~without], 0, LATEST)):
        if not ((each >= least) & (each <= most)).all():
            raise InvalidPayload("a time that is none")
    if not numpy.isfinite(values).all():
        raise InvalidPayload("a value that is no number")
    table, numbers = _origins(column, units)
    count, whens = len(times), [time for time, _ in events]
    order = numpy.argsort(numpy.concatenate([times, whens]), kind="stable")

    def ordered(kind: str, readings: Any, of_events: object) -> Any:
        whole = numpy.concatenate([readings, numpy.full(len(events), of_events, readings.dtype)])
        made = array(kind)
        made.frombytes(whole[order].astype(kind).tobytes())
        return made

    at = numpy.flatnonzero(order >= count)
    return Rows(
        first=0,
        end=len(order),
        floor=0,
        times=ordered("d", times, whens),
        values=ordered("d", values, 0.0),
        lags=ordered("i", lags, 0),
        stamps=ordered("q", stamps, NO_CLOCK),
        origins=ordered("H", numbers, EVENT),
        events=tuple((int(row), events[order[row] - count][1]) for row in at),
        table=table,
    )


def _origins(column: dict[str, Any], units: dict[str, str]) -> tuple[dict[int, Origin], Any]:
    """Return a batch's origins by number, and the number of each row's."""
    import numpy

    codes = [column[name].indices.fill_null(-1).to_numpy(zero_copy_only=False) for name in _WORDS]
    codes.append(column["interval"].fill_null(-1).to_numpy(zero_copy_only=False))
    codes += [column[name].cast("int8").fill_null(-1).to_numpy(zero_copy_only=False) for name in FACTS[4:]]
    mixed = numpy.zeros(len(codes[0]), "int64")
    for code in codes:  # each fact counts at most as many as there are rows
        kinds, nth = numpy.unique(code, return_inverse=True)
        mixed = numpy.unique(mixed * len(kinds) + nth, return_inverse=True)[1]
    _, firsts, numbers = numpy.unique(mixed, return_index=True, return_inverse=True)
    table = {}
    for number, row in enumerate(firsts.tolist(), 1):
        table[number] = origin_of([column[name][row].as_py() for name in FACTS], units)
    return table, numbers + 1


def _start(file: ParquetFile) -> float | None:
    first = next(file.iter_batches(1, columns=["time"]), None)
    return first.column("time")[0].value / 1000 if first is not None and first.num_rows else None


def _pyarrow() -> Any:
    for name in ("numpy", "pyarrow"):
        found = library(name, "A recording in Parquet", '"picopanel[parquet]"', _OR_LINES)
    return found
