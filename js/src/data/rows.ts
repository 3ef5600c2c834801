/** The page's copy of the kernel's store: whatever way batches come, the rows end up exact and in order. */
import type { Origin, PanelEvent, Recorded, Rows } from "../contract";

/** A batch's columns, `end - first` long each. */
export type Columns = { times: Float64Array; values: Float64Array; origins: Uint16Array };

export class RowTable {
  private times = new Float64Array(1024);
  private values = new Float64Array(1024);
  private origins = new Uint16Array(1024);
  readonly origin: Origin[] = [];
  private base = 0; // the number of the row at index 0 of the columns
  /** Rows below are gone, though the columns may still hold them until `compact`. */
  floor = 0;
  /** The next row wanted. */
  have = 0;

  /** Takes what is new. Gives the first new row, or null when rows are missing before this batch. */
  merge(batch: Rows, columns: Columns): number | null {
    this.floor = Math.max(this.floor, batch.floor);
    if (this.have < this.floor) this.have = this.base = this.floor;
    if (batch.first > this.have) return null;
    for (const [number, origin] of Object.entries(batch.origins ?? {})) this.origin[Number(number)] = origin;
    // A page that was opened later has not heard what earlier pushes told.
    if (columns.origins.some((number) => number > 0 && !this.origin[number])) return null;
    const from = this.have;
    if (batch.end > from) this.append(columns, from - batch.first, batch.end - batch.first);
    return from;
  }

  time(row: number): number {
    return this.times[row - this.base];
  }

  value(row: number): number {
    return this.values[row - this.base];
  }

  /** The number of a row's origin, an index of `origin`. */
  originOf(row: number): number {
    return this.origins[row - this.base];
  }

  /** Makes it a row of nobody. */
  forget(row: number): void {
    this.origins[row - this.base] = 0;
  }

  /** How many rows the columns hold that are gone. */
  get dead(): number {
    return this.floor - this.base;
  }

  /** Lets go of the rows that are gone. Row numbers stay what they were. */
  compact(): void {
    for (const column of [this.times, this.values, this.origins])
      column.copyWithin(0, this.dead, this.have - this.base);
    this.base = this.floor;
  }

  private append(columns: Columns, from: number, to: number): void {
    const at = this.have - this.base;
    const size = at + to - from;
    this.times = withRoom(this.times, size);
    this.values = withRoom(this.values, size);
    this.origins = withRoom(this.origins, size);
    for (const name of ["times", "values", "origins"] as const)
      this[name].set(columns[name].subarray(from, to), at);
    this.have += to - from;
  }
}

/** A column with room for so many items: itself, or a larger one with what it holds. */
export function withRoom<T extends Float64Array | Uint16Array | Uint32Array>(column: T, size: number): T {
  if (size <= column.length) return column;
  const larger = new (column.constructor as new (size: number) => T)(Math.max(size, 2 * column.length));
  larger.set(column);
  return larger;
}

/** The columns of a message's buffers, where `origin` may stand for the third; hosts give buffers as DataView, typed array or ArrayBuffer. */
export function columnsOf(buffers: readonly (ArrayBuffer | ArrayBufferView)[], origin?: number): Columns {
  const [times, values, origins] = buffers.map(copied);
  const columns = { times: new Float64Array(times), values: new Float64Array(values) };
  if (origin === undefined) return { ...columns, origins: new Uint16Array(origins) };
  return { ...columns, origins: new Uint16Array(columns.times.length).fill(origin) };
}

/** A copy, because a part of a larger message need not start at a multiple of 8. */
function copied(buffer: ArrayBuffer | ArrayBufferView): ArrayBuffer {
  if (!ArrayBuffer.isView(buffer)) return buffer;
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength).slice().buffer;
}

type Row = { time: number; value?: number; origin?: number; event?: PanelEvent };

/** A recording as one batch of rows, so that it is drawn as live data are. */
export function recordedRows({ series, state, marks = [] }: Recorded): [Rows, Columns] {
  const shared = {
    boot: null,
    interval: null,
    led: null,
    virtual: state.virtual,
    replay: state.replay != null,
  };
  const origins = series.map(({ channel }, nth): [number, Origin] => [nth + 1, { channel, ...shared }]);
  const readings = series.flatMap(({ times, values }, nth) =>
    times.map((time, at): Row => {
      const value = values[at];
      // A missing value is a silence: an event, as in the store.
      return value === null ? { time, event: { kind: "offline" } } : { time, value, origin: nth + 1 };
    }),
  );
  const words = marks.map(({ time, text }, nth): Row => {
    return { time, event: { kind: "mark", mark: String(nth), text } };
  });
  const rows = [...readings, ...words];
  const events = rows.flatMap(({ event }, row): [number, PanelEvent][] => (event ? [[row, event]] : []));
  return [
    { first: 0, end: rows.length, floor: 0, origins: Object.fromEntries(origins), events },
    {
      times: Float64Array.from(rows, ({ time }) => time),
      values: Float64Array.from(rows, ({ value }) => value ?? Number.NaN),
      origins: Uint16Array.from(rows, ({ origin }) => origin ?? 0),
    },
  ];
}
