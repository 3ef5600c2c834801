/** The page's copy of the kernel's store: whatever way batches come, the rows end up exact and in order. */
import type { Origin, Rows } from "../contract";

/** A batch's columns, `end - first` long each. */
export interface Columns {
  times: Float64Array;
  values: Float64Array;
  origins: Uint16Array;
}

export class RowTable {
  times = new Float64Array(1024);
  values = new Float64Array(1024);
  origins = new Uint16Array(1024);
  readonly origin: Origin[] = [];
  /** The number of the row at index 0 of the columns. */
  base = 0;
  /** Rows below are gone, though the columns may still hold them until `compact`. */
  floor = 0;
  /** The next row wanted. */
  have = 0;

  /** Takes what is new. Gives the first new row, or null when rows are missing before this batch. */
  merge(batch: Rows, columns: Columns): number | null {
    this.raise(batch.floor);
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

  private raise(floor: number): void {
    this.floor = Math.max(this.floor, floor);
    if (this.have >= this.floor) return;
    this.have = this.floor;
    this.base = this.floor;
  }

  private append(columns: Columns, from: number, to: number): void {
    const at = this.have - this.base;
    this.reserve(at + to - from);
    this.times.set(columns.times.subarray(from, to), at);
    this.values.set(columns.values.subarray(from, to), at);
    this.origins.set(columns.origins.subarray(from, to), at);
    this.have += to - from;
  }

  private reserve(size: number): void {
    if (size <= this.times.length) return;
    const capacity = Math.max(size, this.times.length * 2);
    this.times = grown(this.times, new Float64Array(capacity));
    this.values = grown(this.values, new Float64Array(capacity));
    this.origins = grown(this.origins, new Uint16Array(capacity));
  }
}

function grown<T extends Float64Array | Uint16Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
